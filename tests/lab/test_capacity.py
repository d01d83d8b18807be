"""The capacity planner: its arithmetic, its table, and its rates against the demo's own limits."""

from __future__ import annotations

from itertools import product

import pytest
from starlette.testclient import TestClient

from playground.demo.limits import KINDS, row_of, rows
from playground.demo.server import build
from playground.domain import ModelRef
from playground.lab.capacity import (
    Shape,
    Tier,
    access,
    all_tiers,
    cheapest,
    lanes,
    plan,
    plans,
    replay,
    tiers,
)

SOL = ModelRef.parse("openai:gpt-6.1-sol")
SONNET = ModelRef.parse("anthropic:claude-sonnet-5-5")
FLASH = ModelRef.parse("gemini:gemini-3.8-flash")
SHAPES = (
    Shape(),
    Shape(input_tokens=20_000, cached_share=0.9, output_tokens=300),
    Shape(input_tokens=200, output_tokens=4_000),
    Shape(input_tokens=20, output_tokens=5),
)


class Clock:
    """Seconds that pass only when the test says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("tier", "shape"), list(product(all_tiers(), SHAPES)))
def test_the_demos_limits_let_through_what_was_planned_within_two_percent(
    tier: Tier, shape: Shape
) -> None:
    planned = plan(tier, shape)
    replayed = replay(planned, shape, requests=1_000)
    if planned.per_minute is None:
        assert replayed is None
        return
    assert replayed is not None
    assert replayed.refused > 500, "without refusals nothing is proved"
    assert replayed.per_minute == pytest.approx(planned.per_minute, rel=0.02)


@pytest.mark.parametrize(
    ("words", "most", "binds"),
    [
        (1, 16, "requests"),
        (2_000, 16, "input_tokens"),
    ],
)
def test_a_plan_holds_against_the_simulated_server_and_its_retry_after(
    words: int, most: int, binds: str
) -> None:
    clock = Clock()
    row = row_of("anthropic", "claude-haiku-4-5", "limited")
    assert row is not None
    body = {
        "model": "claude-haiku-4-5~limited",
        "max_tokens": most,
        "messages": [{"role": "user", "content": "Write a long story. " + "token " * words}],
    }
    head = {"x-api-key": "demo", "anthropic-version": "2023-06-01"}
    with TestClient(build(0, clock=clock), base_url="http://127.0.0.1", headers=head) as app:
        answered, began, usage, refused = 0, 0.0, {}, 0
        while answered < 150:
            answer = app.post("/anthropic/v1/messages", json=body)
            if answer.status_code == 429:
                if not began:  # the full bucket of the beginning is spent
                    began, answered = clock.now, 0
                refused += 1
                clock.now += float(answer.headers["retry-after"])
            else:
                assert answer.status_code == 200
                usage = answer.json()["usage"]
                answered += 1
    assert refused > 10
    shape = Shape(input_tokens=usage["input_tokens"], output_tokens=usage["output_tokens"])
    limits = {kind: getattr(row, kind) for kind in KINDS}
    account = Tier(
        provider="anthropic",
        tier="small",
        models="*",
        condition="",
        source="",
        as_of=row.as_of,
        **limits,
    )
    planned = plan(account, shape)
    assert planned.binds == binds
    assert answered / ((clock.now - began) / 60) == pytest.approx(planned.per_minute, rel=0.02)


def test_the_limit_that_binds_and_the_tier_that_is_enough() -> None:
    build_, launch = plans(SOL, Shape())[1:3]
    assert (build_.per_minute, build_.binds) == (400, "tokens")
    assert build_.per_day == 400 * 1440
    assert build_.concurrency(8) == pytest.approx(400 / 60 * 8)
    assert lanes(build_, 8) == 53
    assert lanes(build_, 0.01) == 1
    assert cheapest(plans(SOL, Shape()), 400) == build_
    assert cheapest(plans(SOL, Shape()), 401) == launch
    assert cheapest(plans(SOL, Shape()), 1e9) is None


def test_cached_tokens_do_not_count_at_anthropic_and_count_where_nothing_is_published() -> None:
    cold, warm = (
        Shape(input_tokens=10_000, output_tokens=10),
        Shape(input_tokens=10_000, cached_share=0.75, output_tokens=10),
    )
    assert plans(SONNET, cold)[0].per_minute == 200
    assert plans(SONNET, warm)[0].per_minute == 800
    assert plans(SOL, cold)[1] == plans(SOL, warm)[1]


def test_a_day_can_be_shorter_than_its_minutes_and_unknown_is_none() -> None:
    free, first, *_ = plans(FLASH, Shape())
    assert (free.per_minute, free.per_day, free.binds_the_day) == (5, 1_500, "requests_a_day")
    assert cheapest((free,), 2) is None, "5 a minute, but not all day"
    assert (first.per_minute, first.per_day, first.binds, first.concurrency(1)) == (None,) * 4
    assert lanes(first, 1) is None


def test_each_row_has_a_source_and_agrees_with_the_limits_of_the_demo() -> None:
    read = [(row.source, row.as_of) for row in all_tiers()]
    for source, as_of in [*read, *((row.source, row.as_of) for row in access())]:
        assert source.startswith("https://")
        assert as_of.year == 2026
    assert {(a.provider, a.paid) for a in access()} == set(
        product(("openai", "anthropic", "gemini"), (True, False))
    )
    for shown in rows():
        if shown.suffix or shown.vendor == "gemini":
            continue
        ref = ModelRef(shown.vendor, "", shown.models.replace("*", "x"))
        (same,) = [tier for tier in tiers(ref) if tier.tier == shown.tier]
        assert [getattr(same, k) for k in KINDS] == [getattr(shown, k) for k in KINDS]
