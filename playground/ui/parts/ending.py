"""How a response ended as it is shown: a word, and what a person can do next."""

from __future__ import annotations

from playground.domain import Response
from playground.domain.ending import State, said

NEXT_STEPS: dict[State, str] = {
    "cut": "The answer was cut short at a limit. Raise **Max output tokens** in the lane's settings, and retry.",
    "filtered": "The provider's filter ended the answer. Say it in other words, or ask another model.",
    "refused": "The model would not answer this. Say what it is for, or ask another model.",
}
"""What to do about an answer that is not whole; a failure names its own next step."""


RECORDED = "It ended so when it was recorded: a replay changes nothing."


def next_step(response: Response, state: State) -> str:
    """What to do about an answer that ended so; empty = it is whole, or its failure says it."""
    step = NEXT_STEPS.get(state, "")
    return RECORDED if step and response.source == "recorded" else step


def label(response: Response) -> str:
    """The state as the lane's head has it: `Done`, `Cut short`, `Failed`."""
    return said(response.state).capitalize()
