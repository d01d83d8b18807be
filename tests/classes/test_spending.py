"""A class's money, in both kinds of database: held at the most before a call, its receipt after it, never overspent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from playground.budgets.forecast import estimate
from playground.classes import kept, spending
from playground.classes.nouns import ClassError, Seat
from playground.domain import Cost, Exchange, Failure, Response, Settings, Timing, Usage
from playground.history.interrupted import SILENT_SECONDS
from playground.store.database import writing
from playground.store.schema import class_calls
from playground.store.store import Store
from tests.classes.people import ANN, BOB, SOL, TEACHER, joined, later, opened, question
from tests.history.runs import small_run

ROOT = Path(__file__).parents[2]
ASKED = question(settings=Settings(max_output_tokens=100))
SPAN = estimate(ASKED)
assert SPAN is not None
assert SPAN[1] is not None
MOST = SPAN[1] + SPAN[0] / 4
"""The input at its dearest, 100 tokens of output, and a quarter of the input for what is counted otherwise there."""


def cost(total: str) -> Cost:
    found = small_run(1, total=total).responses[0].cost
    assert found is not None
    return found


def answered(total: str | None = None, **more: object) -> Response:
    usage = Usage(input_tokens=10, output_tokens=20)
    paid = None if total is None else cost(total)
    timing = Timing(started_at=later())
    made = Response(model=ASKED.model, usage=usage, cost=paid, timing=timing)
    return replace(made, **more)  # type: ignore[arg-type]


def reserve(store: Store, seat: Seat, lanes: int = 1) -> str:
    return spending.reserve(store, seat, dict.fromkeys(range(lanes), ASKED))


def test_the_most_is_held_and_the_receipt_takes_its_place(store: Store) -> None:
    seat = joined(store, opened(store, models=(SOL,)))
    held = reserve(store, seat, lanes=2)
    assert spending.used(store, seat) == 2 * MOST
    spending.settle(store, held, 0, answered("0.0012"))
    assert spending.used(store, seat) == MOST + Decimal("0.0012")
    reserve(store, seat)
    teacher, ann = spending.board(store, seat.of.id)
    assert (teacher.runs, teacher.used) == (0, Decimal(0))
    assert (ann.runs, ann.calls, ann.under_way, ann.failed) == (2, 3, 2, 0)
    assert (ann.input_tokens, ann.output_tokens) == (10, 20)
    assert (ann.cost, ann.held) == (Decimal("0.0012"), 2 * MOST)


BROKEN = Exchange(method="POST", url="/", status=500, request_headers={}, request_body={})
FAILURE = Failure(type="server", message="no", meaning="No.", next_step="Wait.")


@pytest.mark.parametrize(
    ("response", "counts", "bounds"),
    [
        (answered("0.0001"), Decimal("0.0001"), 0),
        (answered(failure=FAILURE, exchange=BROKEN), 0, 0),
        (answered(failure=FAILURE, timing=Timing()), 0, 0),  # it never left
        (answered(failure=FAILURE), MOST, 1),  # it left, and nobody said what became of it
    ],
)
def test_what_nobody_said_the_cost_of_counts_at_its_most(
    store: Store, response: Response, counts: Decimal, bounds: int
) -> None:
    seat = joined(store, opened(store))
    spending.settle(store, reserve(store, seat), 0, response)
    assert spending.used(store, seat) == counts
    ann = spending.board(store, seat.of.id)[1]
    assert (ann.cost, ann.under_way, ann.bounds) == (counts, 0, bounds)
    assert ann.failed == (response.failure is not None)


def test_a_members_budget_and_that_of_all_hold(store: Store) -> None:
    made = opened(store, budget=MOST * Decimal("2.5"), total=MOST * 4)
    ann, bob = joined(store, made), joined(store, made, BOB)
    reserve(store, ann, lanes=2)
    with pytest.raises(ClassError, match=r"of your \$.* in Physics is left"):
        reserve(store, ann)
    with pytest.raises(ClassError, match="of your"):
        reserve(store, bob, lanes=3)
    reserve(store, bob, lanes=2)
    teacher = kept.seat(store, made.id, owner=TEACHER)
    assert teacher is not None
    kept.change(store, made.id, ann.member.id, owner=TEACHER, budget=MOST * 3)
    with pytest.raises(ClassError, match="left for all of Physics"):
        reserve(store, ann)  # her own would do
    assert sum(spent.used for spent in spending.board(store, made.id)) == 4 * MOST


def test_what_can_not_be_bounded_is_refused(store: Store) -> None:
    seat = joined(store, opened(store))
    with pytest.raises(ClassError, match="ollama:llama3 has no price"):
        spending.reserve(store, seat, {0: question("ollama:llama3")})
    assert spending.used(store, seat) == 0


def test_a_seat_that_was_read_before_the_end_holds_nothing_after_it(store: Store) -> None:
    made = opened(store)
    ann, bob, viewer = (
        joined(store, made),
        joined(store, made, BOB),
        joined(store, made, "e", "viewer"),
    )
    with pytest.raises(ClassError, match="look at this class's board"):
        reserve(store, viewer)
    kept.change(store, made.id, bob.member.id, owner=TEACHER, ends_at=later(seconds=-1))
    with pytest.raises(ClassError, match="Physics ended at"):
        reserve(store, bob)
    kept.change(store, made.id, bob.member.id, owner=TEACHER, removed_at=later())
    with pytest.raises(ClassError, match="taken out"):
        reserve(store, bob)
    kept.close(store, made.id, owner=TEACHER)
    with pytest.raises(ClassError, match="Physics is closed"):
        reserve(store, ann)
    assert sum(spent.used for spent in spending.board(store, made.id)) == 0


def test_two_processes_at_once_can_not_overspend_and_what_they_held_is_free_when_they_crash(
    store: Store,
) -> None:
    """Two members by the budget of all, then one member at two places by their own."""
    all_of = opened(store, budget=MOST * 100, total=MOST * Decimal("20.5"))
    each_of = opened(store, budget=MOST * Decimal("7.5"), total=MOST * 100)
    seats = [joined(store, all_of), joined(store, all_of, BOB), joined(store, each_of)]
    env = {**os.environ, "PLAYGROUND_DATABASE_URL": store.url.render_as_string(hide_password=False)}
    racers = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.classes.racing", "20"),
                *(f"{all_of.id}:{who}", f"{each_of.id}:{ANN}"),
            ],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in (ANN, BOB)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    held = [tuple(map(int, racer.stdout.readline().split())) for racer in racers if racer.stdout]
    assert tuple(map(sum, zip(*held, strict=True))) == (20, 7)
    used = [spending.used(store, seat) for seat in seats]
    assert (used[0] + used[1], used[2]) == (20 * MOST, 7 * MOST)
    for racer in racers:
        racer.kill()
        racer.communicate()
    assert [spending.used(store, seat) for seat in seats] == [0, 0, 0]
    board = spending.board(store, all_of.id)
    assert sum(spent.lost for spent in board) == 20
    assert sum(spent.lost_most for spent in board) == 20 * MOST
    assert sum(spent.under_way for spent in board) == 0


def set_row(store: Store, held: str, **values: object) -> None:
    with writing(store.engine) as connection:
        mine = class_calls.c.reservation == held
        connection.execute(class_calls.update().where(mine), values)


def test_what_another_computer_holds_is_free_once_it_is_silent_and_counts_again_by_its_receipt(
    store: Store,
) -> None:
    seat = joined(store, opened(store, budget=MOST * Decimal("1.5")))
    held = reserve(store, seat)
    set_row(store, held, writer="another-computer:1")
    with pytest.raises(ClassError, match="is left"):
        reserve(store, seat)  # it speaks still
    set_row(store, held, heartbeat=time.time() - SILENT_SECONDS - 1)
    spending.alive(store, [held])
    assert spending.used(store, seat) == MOST
    set_row(store, held, heartbeat=time.time() - SILENT_SECONDS - 1)
    reserve(store, seat)  # frees it
    ann = spending.board(store, seat.of.id)[1]
    assert (ann.lost, ann.lost_most, ann.under_way, ann.held) == (1, MOST, 1, MOST)
    spending.alive(store, [held])  # too late: others may have spent it
    assert spending.board(store, seat.of.id)[1].lost == 1
    spending.settle(store, held, 0, answered("0.0012"))  # it was only asleep
    ann = spending.board(store, seat.of.id)[1]
    assert (ann.lost, ann.cost, ann.used) == (0, Decimal("0.0012"), MOST + Decimal("0.0012"))
