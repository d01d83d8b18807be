"""What was spent stays spent: amounts of answers that the history does not hold are kept beside it, in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from playground.budgets.ledger import not_in_history, spent, written
from playground.domain import Response
from playground.engine import LiveRun
from playground.history.deleting import delete_older, delete_runs
from playground.history.journal import Charger, Keeper, Writer
from playground.history.labels import Labels, owner_digest
from playground.history.pivot import pivot
from playground.history.queries import Filter
from playground.history.writing import put
from playground.store.database import reading
from playground.store.schema import ledger
from playground.store.store import Store
from tests.history.runs import CLAUDE, SOL, cost, small_run
from tests.history.test_journal import live

LONG_AGO = "2020-01-01"


@pytest.fixture
def writer(where: URL) -> Iterator[Writer]:
    made = Writer(lambda: where)
    yield made
    made.close(1)


def end(
    journal: Keeper | Charger,
    run: LiveRun,
    lane: int,
    total: str | None,
    *,
    simulated: bool = False,
) -> None:
    response = Response(
        model=run.lanes[lane].request.model,
        text="an answer",
        cost=cost(total) if total else None,
        simulated=simulated,
    )
    run.lanes[lane].end(response)
    journal.lane_ended(run, run.lanes[lane])


def rows(store: Store) -> list[tuple[object, ...]]:
    with reading(store.engine) as connection:
        return [tuple(row) for row in connection.execute(sa.select(ledger).order_by(*ledger.c))]


def test_a_run_that_is_not_kept_leaves_its_amounts_and_not_a_word(writer: Writer) -> None:
    run = live(1, lanes=4)
    labels = Labels(tags=("b", "a"), department=" research ", title="Secret plans", note="n")
    journal = Charger(writer, labels)
    journal.began(run)
    end(journal, run, 0, "0.25")
    end(journal, run, 1, "0.000000000001")
    end(journal, run, 2, None)
    end(journal, run, 3, "9", simulated=True)
    assert writer.flush(10)
    day = run.created_at[:10]
    assert rows(writer.store()) == [
        ("live-1", 0, day, "openai", "a, b", "research", 250_000_000_000),
        ("live-1", 1, day, "anthropic", "a, b", "research", 1),
    ]
    assert pivot(writer.store(), "day", Filter()) == []


def test_the_same_amount_written_twice_counts_once(writer: Writer) -> None:
    run, journal = live(1), Charger(writer, Labels())
    end(journal, run, 0, "0.25")
    journal.lane_ended(run, run.lanes[0])
    assert writer.flush(10)
    journal.lane_ended(run, run.lanes[0])
    assert writer.flush(10)
    assert spent(writer.store(), since=LONG_AGO) == Decimal("0.25")


def test_deleting_a_run_does_not_unspend_it(store: Store) -> None:
    put(store, small_run(1, total="0.5"), Labels(tags=("a", "b"), department="sales"))
    put(store, small_run(2, total="0.25", model=CLAUDE), Labels(tags=("ab",)))
    put(store, small_run(3, total="9", simulated=True), Labels())
    put(store, small_run(4, total=None), Labels())
    sums = [
        (dict[str, str](), "0.75"),
        ({"provider": "openai"}, "0.5"),
        ({"provider": "anthropic"}, "0.25"),
        ({"tag": "a"}, "0.5"),
        ({"tag": "ab"}, "0.25"),
        ({"tag": "A"}, "0"),
        ({"department": "sales"}, "0.5"),
        ({"department": "Sales"}, "0"),
        ({"department": "sales", "tag": "ab"}, "0"),
        ({"provider": "openai", "tag": "ab"}, "0"),
    ]
    gone: list[str] = []
    for run_id in ("run-1", "run-2", "run-3", "run-4"):
        delete_runs(store, [run_id])
        gone.append(run_id)
        for wanted, total in sums:
            assert spent(store, since=LONG_AGO, **wanted) == Decimal(total), (gone, wanted)
    assert [row[0] for row in rows(store)] == ["run-1", "run-2"]
    assert spent(store, since="2026-11-21") == 0


def test_retention_does_not_unspend_either(store: Store) -> None:
    put(store, small_run(1, day="2020-03-01", total="0.5"), Labels())
    assert delete_older(store, 30) == 1
    assert spent(store, since="2020-03-01") == Decimal("0.5")


def test_a_deleted_run_that_is_brought_in_again_counts_once(store: Store) -> None:
    run = small_run(1, total="0.5")
    put(store, run, Labels())
    delete_runs(store, [run.id])
    put(store, run, Labels())
    assert spent(store, since=LONG_AGO) == Decimal("0.5")
    assert rows(store) == []


def test_a_run_that_is_deleted_while_it_is_under_way_is_paid_whole(writer: Writer) -> None:
    run, journal = live(1, lanes=3), Keeper(writer, Labels(tags=("a",)))
    journal.began(run)
    end(journal, run, 0, "0.25")
    assert writer.flush(0.8) is False  # the other lanes are still to come
    delete_runs(writer.store(), [run.id])
    end(journal, run, 1, "0.5")
    end(journal, run, 2, None)
    assert writer.flush(10)
    assert spent(writer.store(), since=LONG_AGO, tag="a") == Decimal("0.75")
    assert written(writer.store(), [run.id]) == {(run.id, 0), (run.id, 1)}


def test_what_is_written_down_is_known_answer_by_answer(store: Store, writer: Writer) -> None:
    put(store, small_run(1, total="0.5"), Labels())
    put(store, small_run(2, total="0.5"), Labels())
    put(store, small_run(3, total=None), Labels())
    delete_runs(store, ["run-2"])
    found = written(store, ["run-1", "run-2", "run-3", "run-4"])
    assert found == {("run-1", 0), ("run-2", 0)}
    assert written(store, []) == set()


@pytest.mark.parametrize(
    ("wanted", "amount"),
    [
        (Filter(), "0.75"),
        (Filter(simulated=False), "0.75"),
        (Filter(provider="openai"), "0.5"),
        (Filter(tag="b"), "0.5"),
        (Filter(department="sales"), "0.5"),
        (Filter(since="2026-11-20"), "0.25"),
        (Filter(until="2026-11-19"), "0.5"),
        (Filter(model=SOL.model), None),
        (Filter(search="token"), None),
        (Filter(starred=True), None),
        (Filter(owner=owner_digest("me")), None),
    ],
)
def test_what_is_not_in_the_history_is_known_by_day_provider_tag_and_department_only(
    store: Store, wanted: Filter, amount: str | None
) -> None:
    put(store, small_run(1, day="2026-11-01", total="0.5"), Labels(tags=("b",), department="sales"))
    put(store, small_run(2, day="2026-11-20", total="0.25", model=CLAUDE), Labels())
    put(store, small_run(3, day="2026-11-20", total="7"), Labels())
    delete_runs(store, ["run-1", "run-2"])
    assert not_in_history(store, wanted) == (None if amount is None else Decimal(amount))
