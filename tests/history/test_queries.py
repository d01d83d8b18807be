"""Runs are found by what they say, by every filter, and their sums add up, in both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from playground.budgets.ledger import spent
from playground.domain import Failure, ModelRef, Run
from playground.history import queries
from playground.history.labels import Labels, owner_digest
from playground.history.pivot import GROUPS, pivot
from playground.history.queries import Filter, find
from playground.history.search import not_read, unsearchable
from playground.history.writing import put
from playground.store.store import Store
from tests.conftest import empty_place
from tests.history.runs import CLAUDE, SOL, full_run, small_run

LIMITED = Failure(type="rate_limited", status=429)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Five runs that differ in everything that can be asked for; nothing here changes them."""
    store = Store(empty_place(request, tmp_path_factory.mktemp("filled")))
    kept: list[tuple[Run, Labels, str]] = [
        (
            small_run(1, day="2026-11-01", total="0.001"),
            Labels(tags=("a",), department="sales"),
            "me",
        ),
        (
            small_run(2, day="2026-11-01", total="0.02", model=CLAUDE),
            Labels(tags=("a", "b"), kind="ask"),
            "",
        ),
        (
            small_run(3, day="2026-11-15", total=None, failure=LIMITED),
            Labels(department="sales"),
            "",
        ),
        (
            small_run(4, day="2026-11-20", total="0.3", prompt="Wo ist die Straße nach Café?"),
            Labels(starred=True),
            "",
        ),
        (
            small_run(5, day="2026-11-20", total="4", simulated=True),
            Labels(title="Zebra crossing"),
            "",
        ),
    ]
    for run, labels, owner in kept:
        put(store, run, labels, owner=owner)
    yield store
    store.close()


def found(store: Store, wanted: Filter) -> list[int]:
    rows = queries.find(store, wanted)
    assert rows.total == len(rows.rows)
    return sorted(int(row.id.removeprefix("run-")) for row in rows.rows)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), [1, 2, 3, 4, 5]),
        (Filter(provider="openai"), [1, 3, 4, 5]),
        (Filter(model="claude-sonnet-5-5"), [2]),
        (Filter(tag="a"), [1, 2]),
        (Filter(tag="b"), [2]),
        (Filter(department="sales"), [1, 3]),
        (Filter(since="2026-11-15"), [3, 4, 5]),
        (Filter(until="2026-11-15"), [1, 2, 3]),
        (Filter(since="2026-11-02", until="2026-11-19"), [3]),
        (Filter(failure="rate_limited"), [3]),
        (Filter(failure="any"), [3]),
        (Filter(failure="none"), [1, 2, 4, 5]),
        (Filter(kind="ask"), [2]),
        (Filter(least_cost=Decimal("0.02")), [2, 4, 5]),
        (Filter(most_cost=Decimal("0.02")), [1, 2]),
        (Filter(starred=True), [4]),
        (Filter(simulated=True), [5]),
        (Filter(simulated=False, provider="openai"), [1, 3, 4]),
        (Filter(owner=owner_digest("me")), [1]),
        (Filter(tag="a", provider="openai"), [1]),
    ],
)
def test_each_filter_finds_its_runs(filled: Store, wanted: Filter, expected: list[int]) -> None:
    assert found(filled, wanted) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("token", [1, 2, 3, 5]),
        ("TOKEN piece", [1, 2, 3, 5]),
        ("tok", [1, 2, 3, 5]),
        ('"piece of a word"', [1, 2, 3, 4, 5]),
        ('"word a of"', []),
        ("straße", [4]),
        ("word -token", [4]),
        ("zebra", [5]),
        ("nothing", []),
        ("...", []),
        ("' OR 1=1 --", []),
        ('"', []),
        ("token AND) NEAR(", []),
        ("a:b*^", []),
    ],
)
def test_the_search_reads_words_phrases_and_exclusions_and_nothing_typed_is_an_operator(
    filled: Store, search: str, expected: list[int]
) -> None:
    assert found(filled, Filter(search=search)) == expected


def test_the_newest_come_first_page_by_page(filled: Store) -> None:
    first = queries.find(filled, Filter(), count=2)
    second = queries.find(filled, Filter(), start=2, count=2)
    assert [row.id for row in (*first.rows, *second.rows)] == ["run-5", "run-4", "run-3", "run-2"]
    assert first.total == second.total == 5


def test_a_row_says_what_the_list_shows(filled: Store) -> None:
    row = queries.find(filled, Filter(tag="b")).rows[0]
    assert (row.name, row.models, row.cost) == ("What is a token?", str(CLAUDE), Decimal("0.02"))
    assert row.tags == ("a", "b")
    failed = queries.find(filled, Filter(failure="any")).rows[0]
    assert (failed.failed, failed.cost, failed.unpriced) == (1, None, 0)


def test_the_options_are_what_occurs(filled: Store) -> None:
    options = queries.options(filled)
    assert options.providers == ["anthropic", "openai"]
    assert options.models == ["claude-sonnet-5-5", "gpt-6.1-sol"]
    assert options.tags == ["a", "b"]
    assert options.departments == ["sales"]
    assert options.failures == ["rate_limited"]
    assert options.kinds == ["ask", "compare"]


def test_the_options_of_a_visitor_are_what_occurs_in_their_runs(store: Store) -> None:
    put(store, small_run(1), Labels(tags=("a",), department="sales"), owner="me")
    put(store, small_run(6, failure=LIMITED), Labels(tags=("secret",), kind="chat"), owner="you")
    options = queries.options(store, owner=owner_digest("me"))
    assert (options.providers, options.models) == (["openai"], ["gpt-6.1-sol"])
    assert (options.tags, options.departments) == (["a"], ["sales"])
    assert (options.failures, options.kinds) == ([], ["compare"])


@pytest.mark.parametrize("by", list(GROUPS))
def test_the_rows_of_every_pivot_add_up_to_the_total(filled: Store, by: str) -> None:
    rows = pivot(filled, by, Filter(simulated=False))
    assert sum((row.cost for row in rows), Decimal(0)) == Decimal("0.001") + Decimal(
        "0.02"
    ) + Decimal("0.3")
    assert sum(row.answers for row in rows) == 4
    assert sum(row.failed for row in rows) == 1
    assert sum(row.input_tokens for row in rows) == 4 * 10
    assert sum(row.output_tokens for row in rows) == 4 * 20


def test_a_pivot_by_tag_counts_a_run_with_two_tags_once(filled: Store) -> None:
    rows = {row.group: row.cost for row in pivot(filled, "tag", Filter(simulated=False))}
    assert rows == {"": Decimal("0.3"), "a": Decimal("0.001"), "a, b": Decimal("0.02")}


def test_an_answer_without_a_price_is_counted_beside_the_sum(store: Store) -> None:
    put(store, small_run(1, total=None), Labels())
    put(store, full_run(), Labels())
    rows = pivot(store, "provider", Filter())
    by_provider = {row.group: row for row in rows}
    assert by_provider["openai"].unpriced == 1
    assert by_provider["openai"].cost == Decimal("0.000250001")
    assert by_provider["ollama"].unpriced == 0


def test_a_pivot_of_one_model_leaves_the_other_lanes_out(store: Store) -> None:
    put(store, full_run(), Labels())
    rows = pivot(store, "model", Filter(model=SOL.model))
    assert [row.group for row in rows] == [SOL.model]


def test_what_was_spent_leaves_simulated_runs_out(filled: Store) -> None:
    assert spent(filled, since="2026-11-01") == Decimal("0.321")
    assert spent(filled, since="2026-11-20") == Decimal("0.3")
    assert spent(filled, since="2026-11-01", provider="anthropic") == Decimal("0.02")
    assert spent(filled, since="2026-11-01", tag="a") == Decimal("0.021")


def test_an_id_is_found_by_its_beginning_when_there_is_only_one(filled: Store) -> None:
    assert queries.one(filled, "run-3") == "run-3"
    assert queries.one(filled, "run-") is None
    assert queries.one(filled, "%") is None


SAID = {
    1: "我们要压缩上下文",
    2: "病院は機能する",
    3: "ราคาโทเค็น",
    4: "修改youer服务",
    5: "토큰을 세다",
    6: "Explain C++ templates",
    7: "C# generics",
    8: "It costs $5, save 50% today",
    9: "use --error-on-warnings with foo.bar_baz(1)",
    10: "don't write to nasa@jpl.gov about Downloads/transcripts",
    11: "Cats and cars; ＦＵＬＬ width",
    12: "Die STRASSE",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def spoken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A run for each thing that someone said; nothing here changes them."""
    store = Store(empty_place(request, tmp_path_factory.mktemp("spoken")))
    for number, prompt in SAID.items():
        run = small_run(number, prompt=prompt)
        put(store, replace(run, responses=(replace(run.responses[0], text=""),)), Labels())
    yield store
    store.close()


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("压缩", [1]),
        ("压", [1]),
        ("缩压", []),
        ("上下文 压缩", [1]),
        ("機能", [2]),
        ("病院は", [2]),
        ("โทเค็น", [3]),
        ("โทเกน", []),
        ("youer", [4]),
        ("服务", [4]),
        ("토큰", [5]),
        ("C++", [6]),
        ("c++ -templates", []),
        ("emplat", [6]),
        ("emplat C++", [6]),
        ("templates emplat", [6]),
        ("C#", [7]),
        ("c", [6, 7, 8, 11]),
        ("$5", [8]),
        ("50%", [8]),
        ("5%", []),
        ("--error-on-warnings", [9]),
        ("--error -on", []),
        ("foo.bar_baz", [9]),
        ("bar_", [9]),
        ("don't", [10]),
        ("nasa@jpl.gov", [10]),
        ("jpl", [10]),
        ("Downloads/trans", [10]),
        ("full", [11]),
        ("straße", [12]),
        ("-c", [1, 2, 3, 4, 5, 9, 10, 12]),
        ("-c -压缩", [2, 3, 4, 5, 9, 10, 12]),
        ("cats ;", [11]),
        ("cats +", []),
        ("a*", []),
        ("x" * 10_000, []),
        (" ".join(f"w{i}" for i in range(3000)), []),
        ("a\x01b \ud800", []),
    ],
)
def test_the_search_finds_every_script_parts_of_words_and_signs(
    spoken: Store, search: str, expected: list[int]
) -> None:
    assert found(spoken, Filter(search=search)) == expected
    assert not unsearchable(search)


@pytest.mark.parametrize("search", ["%", '"', "*", "-", "()", "++", "...", "_", '"--" -$', "🙂"])
def test_signs_alone_find_nothing_and_are_answered(spoken: Store, search: str) -> None:
    assert found(spoken, Filter(search=search)) == []
    assert unsearchable(search) or search == '"'
    assert not unsearchable("")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def long(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Thirty runs; each third one has a word inside which "needle" stands."""
    store = Store(empty_place(request, tmp_path_factory.mktemp("long")))
    for number in range(1, 31):
        prompt = f"a haystackneedlestack {number}" if number % 3 == 0 else "only hay"
        put(store, small_run(number, prompt=prompt, day=f"2026-11-{number:02d}"), Labels())
    yield store
    store.close()


NEEDLES = list(range(30, 0, -3))


def numbers(found: queries.Found) -> list[int]:
    return [int(row.id.removeprefix("run-")) for row in found.rows]


def test_parts_of_words_are_read_for_from_the_newest_until_the_screen_is_full(
    long: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 4)
    monkeypatch.setattr(queries, "READING", 60.0)
    wanted = Filter(search="needle")
    first = find(long, wanted, count=3)
    assert numbers(first) == NEEDLES[:3]
    assert first.more
    assert first.since == ""
    second = find(long, wanted, start=3, count=3)
    assert numbers(second) == NEEDLES[3:6]
    whole = find(long, wanted, count=50)
    assert numbers(whole) == NEEDLES
    assert (whole.total, whole.more) == (10, False)


def test_reading_stops_when_time_is_over_and_says_where(
    long: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 10)
    monkeypatch.setattr(queries, "READING", 0.0)
    part = find(long, Filter(search="needle"))
    assert numbers(part) == [30, 27, 24, 21]
    assert (part.more, part.since) == (True, "2026-11-21")
    assert "2026-11-21" in not_read(part.since)
    older = find(long, Filter(search="needle", until=part.since))
    assert numbers(older) == [21, 18, 15, 12]
    nothing = find(long, Filter(search="eedlex"))
    assert (nothing.rows, nothing.since) == ((), "2026-11-21")
    assert not_read("") == ""
    monkeypatch.setattr(queries, "AT_ONCE", 1)
    one_day = find(
        long, Filter(search="needle", until="2026-11-21")
    )  # gets past the day that it begins with
    assert (numbers(one_day), one_day.since) == ([21], "2026-11-20")
    assert numbers(find(long, Filter(search="needle"), patience=60)) == NEEDLES


def test_what_the_index_finds_reads_no_text(long: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "READING", 0.0)
    monkeypatch.setattr(queries, "AT_ONCE", 1)
    assert find(long, Filter(search="haystack")).total == 10
    assert find(long, Filter(search="hay")).total == 30
    assert find(long, Filter(search="-haystack")).total == 20
    assert queries.ids(long, Filter(search="needle")) == [f"run-{n}" for n in NEEDLES]


def test_filters_and_exclusions_hold_inside_words_too(
    long: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 7)
    monkeypatch.setattr(queries, "READING", 60.0)
    assert numbers(find(long, Filter(search="needle -27"))) == [n for n in NEEDLES if n != 27]
    assert numbers(find(long, Filter(search="needle", since="2026-11-20"))) == [30, 27, 24, 21]
    assert find(long, Filter(search="needle", owner="nobody")).rows == ()


REPLAY = "gpt-4o~recorded-2024-08-06-states"


def test_who_answered_is_asked_by_the_rule_that_every_place_has(store: Store) -> None:
    refs = [
        (ModelRef.parse(spelled), simulated)
        for spelled, simulated in (
            ("openai:gpt-6.1-sol", False),
            ("openai:gpt-6.1-sol", True),
            (f"openai:{REPLAY}", True),
            ("here:smollm2", False),
        )
    ]
    for n, (ref, simulated) in enumerate(refs):
        put(
            store,
            small_run(n, day="2026-11-01", total="1", model=ref, simulated=simulated),
            Labels(),
        )
    for n, (ref, simulated) in enumerate(refs):
        source = ref.source(simulated)
        assert found(store, Filter(source=source)) == [n], source
        (row,) = queries.find(store, Filter(source=source)).rows
        assert row.answered == source
        assert [row.answers for row in pivot(store, "day", Filter(source=source))] == [1]
