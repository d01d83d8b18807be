"""What runs hold of a conversation and of a climb: both are made of their runs again, through JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.domain import ModelRef, Request, Response, Run
from playground.domain.nouns import NotARun
from playground.engine import LiveRun, ended_run
from playground.lab import conversation as lab
from playground.lab import ladder
from playground.lab.conversation import Conversation, Policy, Rules
from playground.lab.ladder import Rung

MODELS = st.sampled_from(
    ("openai:gpt-6.1-sol", "openai/chat:gpt-6-luna", "gemini/interactions:gemini-3.8-flash")
).map(ModelRef.parse)
RULES = st.builds(
    Rules,
    models=st.lists(MODELS, min_size=1, max_size=4).map(tuple),
    system=st.none() | st.text(max_size=40),
    shared=st.booleans(),
    kept=st.booleans(),
    cache=st.booleans(),
    policy=st.sampled_from(get_args(Policy)),
    window=st.none() | st.integers(200, 10**7),
)
TURNS = st.lists(
    st.tuples(
        st.integers(-1, 30),  # behind which turn before it; -1 = none
        st.text(max_size=20),
        st.booleans(),
        st.dictionaries(st.integers(0, 3), st.integers(1, 99), max_size=2),
    ),
    min_size=1,
    max_size=12,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def run(number: int, context: Mapping[str, Any], *requests: Request) -> LiveRun:
    """An ended run that holds this, as it comes out of the history."""
    responses = tuple(Response(model=request.model, text="An answer.") for request in requests)
    made = Run(
        id=f"run-{number}",
        created_at=f"2026-11-26T00:00:{number:02}.000+00:00",
        requests=requests,
        responses=responses,
    )
    return ended_run(made, "", json.loads(json.dumps(context)))


@given(rules=RULES, turns=TURNS)
def test_a_conversation_is_the_same_after_its_runs_were_kept(rules: Rules, turns: Any) -> None:
    before = Conversation(id="talk", rules=rules)
    for number, (behind, question, summary, dropped) in enumerate(turns):
        parent = f"run-{min(behind, number - 1)}" if min(behind, number - 1) >= 0 else None
        context = lab.context(before, parent=parent, summary=summary, dropped=dropped)
        requests = [Request.ask(ref, question) for ref in rules.models]
        turn = before.add(lab.turn_of(run(number, context, *requests)))
        assert (turn.parent, turn.question, turn.summary, turn.dropped) == (
            parent,
            question,
            summary,
            dropped,
        )
    after = lab.conversation_of([turn.live for turn in before.turns.values()])
    assert (after.id, after.rules, after.head) == (before.id, before.rules, before.head)
    assert list(after.turns) == list(before.turns)
    for turn in before.turns.values():
        same = after.turns[turn.id]
        assert [t.id for t in after.path_to(turn.id)] == [t.id for t in before.path_to(turn.id)]
        assert [t.id for t in after.siblings(same)] == [t.id for t in before.siblings(turn)]
        assert (same.question, same.summary, same.dropped) == (
            turn.question,
            turn.summary,
            turn.dropped,
        )


def test_a_branch_is_shown_to_its_end_and_the_rest_of_it_may_be_gone() -> None:
    rules = Rules(models=(ModelRef.parse("openai:gpt-6.1-sol"),))
    talk = Conversation(id="talk", rules=rules)
    for number, parent in enumerate((None, "run-0", "run-1", "run-0", "run-gone")):
        context = lab.context(talk, parent=parent)
        talk.add(lab.turn_of(run(number, context, Request.ask(rules.models[0], f"{number}"))))
    assert [turn.question for turn in talk.path()] == ["4"]
    talk.show("run-1")
    assert [turn.question for turn in talk.path()] == ["0", "1", "2"]
    talk.show("run-0")
    assert [turn.question for turn in talk.path()] == ["0", "3"]


@given(held=JSON)
def test_anything_else_is_no_conversation_and_no_climb(held: Any) -> None:
    request = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), "Hi")
    context = {lab.CONVERSATION: "talk", "rules": held, "parent": held, "dropped": held}
    with pytest.raises(NotARun):
        lab.conversation_of([run(0, context, request)])
    with pytest.raises(NotARun):
        ladder.ladders_of(held, [request])


RUNGS = st.lists(
    st.builds(
        Rung,
        name=st.text(max_size=10),
        kind=st.sampled_from(("bare", "system", "history", "tools", "effort")),
        request=st.builds(Request.ask, MODELS, st.text(max_size=20)),
        left_out=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


@given(rungs=RUNGS, models=st.integers(1, 4))
def test_the_ladders_are_the_same_after_their_run_was_kept(rungs: list[Rung], models: int) -> None:
    ladders = (tuple(rungs),) * models
    requests = [rung.request for one in ladders for rung in one]
    held = json.loads(json.dumps(ladder.held(ladders)))
    assert ladder.ladders_of(held, requests) == ladders
    with pytest.raises(NotARun):
        ladder.ladders_of(held, requests[:-1])
