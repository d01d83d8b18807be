"""What the list says of a run's answers."""

from __future__ import annotations

import pytest

from playground.history.labels import Row

PRIMES = "openai:gpt-5~recorded-2026-01-17-primes"
ASKED = "openai:gpt-6.1-sol"


@pytest.mark.parametrize(
    ("models", "simulated", "said"),
    [
        (ASKED, False, ""),
        (ASKED, True, "simulated"),
        (PRIMES, True, "recorded"),
        (f"{PRIMES}, {ASKED}", True, "partly recorded"),
    ],
)
def test_a_run_says_who_stood_in(models: str, simulated: bool, said: str) -> None:
    row = Row(
        seq=1,
        id="r",
        created_at="2026-11-26T12:00:00.000+00:00",
        kind="compare",
        state="done",
        title=None,
        prompt="Hi",
        models=models,
        tags=(),
        department="",
        note="",
        starred=False,
        simulated=simulated,
        lanes=2,
        failed=0,
        stopped=0,
        partial=0,
        unpriced=0,
        cost=None,
    )
    assert row.stand_in == said
