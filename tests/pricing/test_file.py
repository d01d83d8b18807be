"""pricing.yaml itself, and what becomes of an edit that breaks it."""

import os
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.domain import ModelRef, Usage
from playground.pricing import load, loading
from playground.pricing.crosscheck import our_rates
from playground.pricing.loading import PROJECT
from playground.pricing.reading import Unreadable, read
from playground.pricing.row import Terms

TODAY = date(2026, 11, 26)
GOOD = """
prices:
  acme:
    - {model: one, input: 1, output: 2, source: https://example.com, as_of: 2026-11-01}
    - {model: two, input: 0.1, cache_read: 0.01, output: 0.4, source: https://example.com, as_of: 2026-11-01}
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes pricing.yaml in a folder of the test's own, with a new time on it."""

    def write(text: str) -> Path:
        file = tmp_path / "pricing.yaml"
        file.write_text(text, encoding="utf-8")
        now = time.time_ns()
        os.utime(file, ns=(now, now))
        return file

    return write


def with_row(row: str) -> str:
    return GOOD + f"    - {row}\n"


def test_our_own_table_has_no_mistake() -> None:
    book = load(PROJECT)
    assert book.problems == ()
    assert len(book.prices) > 150
    assert len(book.plans) >= 20


def test_every_row_has_a_source_and_the_day_it_was_checked() -> None:
    table = read(PROJECT)
    checked = [(p.source, p.as_of) for p in table.prices] + [
        (p.source, p.as_of) for p in table.plans
    ]
    checked += [(fee.source, fee.as_of) for fee in table.storage]
    for source, as_of in checked:
        assert source
        assert date(2025, 1, 1) < as_of <= TODAY
    assert all(price.source.startswith("https://") for price in table.prices)


def test_no_row_stands_twice_and_no_alias_is_another_row() -> None:
    table = read(PROJECT)
    keys = [(p.provider, p.model, p.valid_from) for p in table.prices]
    assert len(keys) == len(set(keys))
    names = {(p.provider, p.model) for p in table.prices}
    aliases = {(p.provider, alias) for p in table.prices for alias in p.aliases}
    assert not names & aliases


def test_rates_make_sense() -> None:
    for price in read(PROJECT).prices:
        rates = price.rates
        embeds = price.model.startswith("text-embedding")  # and has no output
        assert rates["output"] == 0 if embeds else rates["input"] <= rates["output"], price.model
        assert rates.get("cache_read", Decimal(0)) <= rates["input"], price.model
        writes = [rate for name, rate in rates.items() if name.startswith("cache_write")]
        assert all(rate > rates["input"] for rate in writes), price.model


def test_the_twenty_models_of_today_have_prices() -> None:
    book = load(PROJECT)
    for model in [
        "gpt-6.2-astra",
        "gpt-6.2-sol",
        "gpt-6-astra",
        "gpt-6.1-sol",
        "gpt-6.1-terra",
        "gpt-6-luna",
        "gpt-5.6-sol",
        "gpt-5.5",
        "gpt-5.4-mini",
        "chat-latest",
    ]:
        assert book.find("openai", model, TODAY), model
    for model in ["fable-5-2", "opus-5-5", "sonnet-5-5", "haiku-5-5", "haiku-4-5"]:
        assert book.find("anthropic", f"claude-{model}", TODAY), model
    for model in [
        "4-argon",
        "4-carbon",
        "4-hydrogen",
        "3.8-flash",
        "3.1-pro-preview",
        "3.5-flash-lite",
        "3.1-flash-lite",
    ]:
        assert book.find("gemini", f"gemini-{model}", TODAY), model


def test_decimals_are_read_exactly(write: Write) -> None:
    price = load(write(GOOD)).find("acme", "two", TODAY)
    assert price is not None
    assert price.rates == {
        "input": Decimal("0.1"),
        "cache_read": Decimal("0.01"),
        "output": Decimal("0.4"),
    }


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{model: x, input: 1, source: s, as_of: 2026-11-01}", "(x): `output` is missing"),
        ("{model: x, output: 1, source: s, as_of: 2026-11-01}", "(x): `input` is missing"),
        ("{model: x, input: 1, output: 2, as_of: 2026-11-01}", "(x): `source` is missing"),
        ("{model: x, input: 1, output: 2, source: s}", "(x): `as_of` is missing"),
        (
            "{model: x, input: one, output: 2, source: s, as_of: 2026-11-01}",
            "(x): `input` should be a number of USD, 0 or more, not 'one'",
        ),
        (
            "{model: x, input: -1, output: 2, source: s, as_of: 2026-11-01}",
            "(x): `input` should be a number of USD, 0 or more, not -1",
        ),
        (
            "{model: x, input: 1, output: .nan, source: s, as_of: 2026-11-01}",
            "(x): `output` should be",
        ),
        (
            "{model: x, input: 1, output: 2, source: s, as_of: yesterday}",
            "(x): `as_of` should be a date like 2026-12-01, not 'yesterday'",
        ),
        (
            "{model: x, input: 1, output: 2, source: s, as_of: 2026-13-01}",
            "month must be in 1..12",
        ),
        (
            "{model: x, input: 1, output: 2, cache_write: 3, source: s, as_of: 2026-11-01}",
            "(x): `cache_write` should be {name: USD, …}, not 3",
        ),
        (
            "{model: x, input: 1, output: 2, long_context: {above: 9}, source: s, as_of: 2026-11-01}",
            "(x): `long_context` should be {above: tokens, input: factor, output: factor}",
        ),
        (
            "{model: x, input: 1, output: 2, batch: 0, source: s, as_of: 2026-11-01}",
            "(x): `batch` should be a factor above 0, not 0",
        ),
        (
            "{model: x, input: 1, output: 2, tiers: {flex: {inptu: 1}}, source: s, as_of: 2026-11-01}",
            "(x): `tiers` should be rates such as input, cache_read, output instead of inptu",
        ),
        (
            "{model: x, input: 1, output: 2, price: 3, source: s, as_of: 2026-11-01}",
            "(x): `price` is not a field here",
        ),
        (
            "{model: one, input: 9, output: 9, source: s, as_of: 2026-11-01}",
            "(one): a price of this model from the same day stands above",
        ),
        (
            "{model: x, input: 1, input: 2, output: 2, source: s, as_of: 2026-11-01}",
            "`input` stands twice",
        ),
        ("just words", "expected {field: value, …}"),
    ],
)
def test_a_wrong_row_is_named_and_left_out(write: Write, row: str, problem: str) -> None:
    book = load(write(with_row(row)))
    assert len(book.problems) == 1
    assert book.problems[0].startswith("pricing.yaml, line 6")
    assert problem in book.problems[0]
    assert book.find("acme", "two", TODAY) is not None
    assert book.find("acme", "x", TODAY) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("prices: {acme: [", "pricing.yaml, line 2: "),
        ("prices:\n  acme:\n   - {model: x\n  - ]", "pricing.yaml, line 4: "),
        ("\t- x", "pricing.yaml, line 1: "),
        ("", "pricing.yaml is empty"),
        ("[1, 2]", "pricing.yaml: no `prices:`"),
        ("prices: none", "pricing.yaml: no `prices:`"),
    ],
)
def test_a_file_that_is_no_table_falls_back_to_the_shipped_prices(
    write: Write, text: str, problem: str
) -> None:
    book = load(write(text))
    assert len(book.problems) == 1
    assert book.problems[0].startswith(problem)
    assert book.problems[0].endswith("the shipped prices are used instead")
    assert book.find("openai", "gpt-6.1-sol", TODAY) is not None


def test_a_broken_edit_keeps_the_last_good_prices(write: Write) -> None:
    assert load(write(GOOD)).find("acme", "one", TODAY)
    broken = load(write("prices: {"))
    assert broken.find("acme", "one", TODAY)
    assert broken.problems[0].endswith("the last good prices stay in use")
    assert load(write(GOOD)).problems == ()


def test_a_broken_edit_found_at_start_keeps_the_last_good_prices_too(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "PROJECT", tmp_path / "pricing.yaml")
    load(write(GOOD))
    monkeypatch.setattr(loading, "_good", {})  # as a new process has it
    broken = load(write("prices: {"))
    assert broken.find("acme", "one", TODAY)
    assert broken.problems[0].endswith("the last good prices stay in use")
    mended = load(
        write(with_row("{model: one, input: five, output: 1, source: s, as_of: 2026-11-01}"))
    )
    assert mended.find("acme", "one", TODAY)
    assert "line 6 (one): `input` should be" in mended.problems[0]


def test_where_no_good_price_is_known_there_are_none(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "PROJECT", tmp_path / "pricing.yaml")
    book = load(write("prices: {"))
    assert book.prices == ()
    assert book.problems[0].endswith("there are no prices until it is mended")


def test_one_broken_row_takes_the_whole_history_of_its_model_from_the_last_good_prices(
    write: Write,
) -> None:
    later = (
        "{model: one, valid_from: 2026-12-01, input: 5, output: 9, source: s, as_of: 2026-11-01}"
    )
    load(write(with_row(later)))
    book = load(write(with_row(later.replace("5", "five"))))
    price = book.find("acme", "one", date(2026, 12, 1))
    assert price is not None
    assert price.rates["input"] == 5
    assert "line 6 (one): `input` should be" in book.problems[0]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    book = load(tmp_path / "gone.yaml")
    assert book.problems[0].startswith("gone.yaml cannot be read")
    assert book.find("openai", "gpt-6.1-sol", TODAY) is not None


def test_a_file_that_is_not_text_is_said(tmp_path: Path) -> None:
    file = tmp_path / "pricing.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match=r"pricing\.yaml cannot be read"):
        read(file)


def test_an_edit_is_seen_without_a_restart(write: Write) -> None:
    before = load(write(GOOD)).find("acme", "one", TODAY)
    after = load(write(GOOD.replace("input: 1,", "input: 7,"))).find("acme", "one", TODAY)
    assert before is not None
    assert after is not None
    assert (before.rates["input"], after.rates["input"]) == (Decimal(1), Decimal(7))


def test_reading_twice_gives_the_same_book(write: Write) -> None:
    file = write(GOOD)
    assert load(file) is load(file)


def test_a_price_of_ones_own_replaces_the_table_and_is_marked(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(
        "prices:\n  openai:\n    - {model: gpt-6.1-sol, input: 1, output: 5, source: contract, as_of: 2026-11-01}\n"
        "  ollama:\n    - {model: 'llama3:8b', input: 0, output: 0, source: my own machine, as_of: 2026-11-01}\n"
    )
    monkeypatch.setenv("PLAYGROUND_PRICES", str(own))
    book = load(PROJECT)
    usage = Usage(input_tokens=1_000, output_tokens=1_000)
    cost = book.price(ModelRef.parse("openai:gpt-6.1-sol"), None, usage, on=TODAY)
    assert cost is not None
    assert cost.total == Decimal("0.006")
    assert cost.price.override
    assert cost.price.source == "contract"
    free = book.price(ModelRef.parse("ollama:llama3:8b"), None, usage, on=TODAY)
    assert free is not None
    assert free.total == 0
    untouched = book.find("openai", "gpt-6-luna", TODAY)
    assert untouched is not None
    assert not untouched.override


def test_broken_prices_of_ones_own_are_not_used_and_named(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("prices: [")
    book = load(PROJECT, own)
    assert book.problems[0].startswith("mine.yaml, line 2: ")
    assert book.problems[0].endswith("your own prices are not used")
    assert book.find("openai", "gpt-6.1-sol", TODAY) is not None


def test_an_alias_that_is_also_a_row_is_said(write: Write) -> None:
    row = "{model: x, aliases: [one], input: 9, output: 9, source: s, as_of: 2026-11-01}"
    book = load(write(with_row(row)))
    assert book.problems == ("acme: one, an alias of x, is also another row's id",)
    price = book.find("acme", "one", TODAY)
    assert price is not None
    assert price.model == "one"


ROWS = st.sampled_from(GOOD.splitlines(keepends=True))
NOISE = st.sampled_from(
    ["{", "}", "[", ":", "-", "&a", "*a", "'", "!!x", "\t", "<<", "~", "? [a]: b", "null"]
)


@given(st.lists(ROWS | NOISE | st.text(max_size=9), max_size=12))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_whatever_makes_it_raise(tmp_path: Path, pieces: list[str]) -> None:
    file = tmp_path / "pricing.yaml"
    file.write_text("".join(pieces), encoding="utf-8", errors="replace")
    assert all(problem.startswith("pricing.yaml") for problem in said_of(file))


def said_of(file: Path) -> list[str]:
    try:
        return list(read(file).problems)
    except Unreadable as wrong:
        return [str(wrong)]


@pytest.mark.parametrize(
    "model", ["grok-code-fast-1", "grok-4-1-fast-reasoning", "grok-4-0709", "grok-3"]
)
def test_a_grok_that_was_retired_costs_what_answers_in_its_place(model: str) -> None:
    """Sources disagree, so a cost since that day is a range with the old price in it."""
    book = load(own=False)
    old, new = book.find("xai", model, date(2026, 5, 14)), book.find("xai", model, TODAY)
    assert old is not None
    assert new is not None
    assert old.retired == new.retired == date(2026, 5, 15)
    assert new.rates["input"] == Decimal("1.25")
    other = new.other("standard", 1)
    assert other is not None
    assert other.rates == old.rates
    assert "2026-05-15" in (new.note or "")


@pytest.mark.parametrize(
    ("model", "way", "ratio"),
    [
        ("gemini-4-neon", "flex", "0.5"),
        ("gemini-4-neon", "priority", "1.8"),
        ("gemini-4-neon", "batch", "0.5"),
        ("gemini-4-hydrogen", "priority", "1.8"),
        ("gemini-4-carbon", "flex", "0.5"),
        ("gemini-3.5-flash", "priority", "1.8"),
        ("gemini-3.1-flash-lite", "flex", "0.5"),
        ("gemini-3.1-pro-preview", "priority", "1.8"),
        ("gemini-3-flash-preview", "priority", "1.8"),
        ("gemini-2.5-flash-lite", "flex", "0.5"),
        ("grok-4.3", "batch", "0.8"),
        ("gemini-3-pro-image-preview", "batch", "0.5"),
    ],
)
def test_ways_of_processing_that_others_price_have_a_price_here(
    model: str, way: str, ratio: str
) -> None:
    book = load(own=False)
    row = book.find("xai" if model.startswith("grok") else "gemini", model, TODAY)
    assert row is not None
    rates = our_rates(row, Terms(), way, 1)
    for name in ("input", "output"):
        assert rates[name] == row.rates[name] * Decimal(ratio), name


STORED = """
storage:
  acme:
    - {what: shelf_storage, of: shelf, rate: 0.1, for: GiB-day, source: https://example.com, as_of: 2026-11-01}
    - {what: shelf_storage, of: shelf, rate: 0.2, for: GiB-day, valid_from: 2027-01-01, source: https://example.com, as_of: 2026-11-01}
"""


def test_what_is_stored_has_the_price_of_its_day_and_a_mistake_is_named(write: Write) -> None:
    book = load(write(GOOD + STORED), own=False)
    assert book.problems == ()
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert [f.rate for f in book.fees("acme", "shelf", before)] == [Decimal("0.1")]
    assert [f.rate for f in book.fees("acme", "shelf", after)] == [Decimal("0.2")]
    assert book.fees("acme", "box", after) == ()
    wrong = load(write(GOOD + STORED.replace("GiB-day", "GB-month", 1)), own=False)
    assert "`for` should be one of GiB-day, MTok" in wrong.problems[0]
    assert [f.rate for f in wrong.fees("acme", "shelf", before)] == [Decimal("0.1")]
