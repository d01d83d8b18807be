"""A tab's conversation: found again after a reload, asked the next question, its requests counted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from playground.domain import Endpoint, Message, Request
from playground.engine import get_engine
from playground.lab import conversation as lab
from playground.lab import conversation_growth as growth
from playground.lab.conversation import Conversation, Rules, Turn
from playground.lab.ladder import Count, count_one
from playground.ui.chat_vs_api.sections import COUNT_SECONDS, Kept
from playground.ui.session import keeping
from playground.ui.session.state import owner
from playground.wire import Pool


@dataclass(frozen=True, slots=True)
class Split:
    """Counts of one lane's request without its history."""

    question: Count
    with_system: Count


@dataclass(slots=True)
class Talk:
    """A conversation with the counts that are still coming in."""

    conversation: Conversation
    splits: dict[tuple[int, int], Future[Split]] = field(default_factory=dict)
    """Turn and lane → what of the input is new and what is the system prompt."""
    wraps: dict[tuple[int, int], Future[Count]] = field(default_factory=dict)
    """Turn and lane → the input if the first question were asked next."""


_talks: Kept[Talk] = Kept()


def current_talk() -> Talk | None:
    """The conversation that this tab looks at; after a reload the one that the address names."""
    name = st.session_state.get("conversation") or st.query_params.get("conversation")
    talk = _talks.get(f"{owner()}:{name}") if name else None
    st.session_state["conversation"] = talk.conversation.id if talk else None
    return talk


def answered(talk: Talk | None) -> list[Turn]:
    """The turns of the branch that is shown whose lanes have all ended."""
    return [turn for turn in talk.conversation.path() if turn.live.done] if talk else []


def begin(rules: Rules) -> Talk:
    """A new conversation, which this tab looks at from now on."""
    talk = Talk(Conversation(id=secrets.token_hex(16), rules=rules))
    _talks.put(f"{owner()}:{talk.conversation.id}", talk)
    st.session_state["conversation"] = talk.conversation.id
    st.query_params["conversation"] = talk.conversation.id
    return talk


def ask(talk: Talk, where: Mapping[str, Endpoint], question: str, *, parent: int | None) -> bool:
    """Send the question to all models behind the turn `parent` (-1 = the last one shown).

    False when it may not be sent, which has then been said.
    """
    conversation = talk.conversation
    rules = conversation.rules
    at = conversation.head if parent == -1 else parent
    path = conversation.path(at)
    lanes = range(len(rules.models))
    full = [lane for lane in lanes if not lab.fits(rules, lane, path, question)]
    if full and rules.policy == "stop":
        st.session_state["conversation_full"] = (question, at)
        conversation.queue.clear()
        return True
    if full and rules.policy == "summarise" and path and not path[-1].summary:
        conversation.queue.insert(0, question)
        return _send(talk, where, lab.SUMMARISE, at, summary=True)
    return _send(talk, where, question, at, full=bool(full))


def _send(
    talk: Talk,
    where: Mapping[str, Endpoint],
    question: str,
    parent: int | None,
    *,
    summary: bool = False,
    full: bool = False,
) -> bool:
    conversation = talk.conversation
    rules, path = conversation.rules, conversation.path(parent)
    requests: list[Request] = []
    dropped: dict[int, int] = {}
    for lane in range(len(rules.models)):
        if full and not lab.fits(rules, lane, path, question):
            wanted, gone = lab.shortened(rules, lane, path, question)
            dropped[lane] = gone
        else:
            wanted = lab.request(rules, lane, path, question)
        requests.append(wanted)
    live = keeping.start(requests, where, kind="chat")
    if live is None:
        conversation.queue.clear()
        return False
    engine = get_engine()
    turn = conversation.add(question, live, parent=parent, summary=summary, dropped=dropped)
    for lane, sent in enumerate(requests):
        endpoint = where.get(sent.model.provider)
        talk.splits[turn.id, lane] = engine.submit(partial(_split, sent, endpoint))
    return True


def go_on(talk: Talk, where: Mapping[str, Endpoint]) -> None:
    """Ask the next question of the queue once the last turn has been answered."""
    conversation = talk.conversation
    path = conversation.path()
    if not conversation.queue or (path and not path[-1].live.done):
        return
    if path and not any(lane.response and lane.response.ok for lane in path[-1].live.lanes):
        conversation.queue.clear()
        return
    ask(talk, where, conversation.queue.pop(0), parent=-1)


async def _split(sent: Request, endpoint: Endpoint | None, pool: Pool) -> Split:
    """Count the question alone, and the question with the system prompt."""
    question: tuple[Message, ...] = sent.messages[-1:]
    bare = replace(sent, messages=question, system=None, previous_response_id=None)
    alone = await count_one(bare, endpoint, pool)
    if not sent.system:
        return Split(alone, alone)
    return Split(alone, await count_one(replace(bare, system=sent.system), endpoint, pool))


def split_of(talk: Talk, turn: Turn, lane: int) -> Split | None:
    """The counts of one lane of one turn; None when they could not be had in time."""
    future = talk.splits.get((turn.id, lane))
    try:
        return future.result(COUNT_SECONDS) if future else None
    except Exception:
        return None


def grown(
    talk: Talk,
    lane: int,
    path: Sequence[Turn],
    turns: tuple[growth.Turn, ...],
    where: Mapping[str, Endpoint],
) -> growth.Growth:
    """The measured turns with the step to a next round, counted by the provider."""
    key = (path[-1].id, lane)
    if key not in talk.wraps:
        rules = replace(talk.conversation.rules, kept=False)
        again = lab.request(rules, lane, path, path[0].question)
        talk.wraps[key] = get_engine().submit(
            partial(count_one, again, where.get(again.model.provider))
        )
    try:
        counted = talk.wraps[key].result(COUNT_SECONDS)
    except Exception:
        return growth.Growth(turns=turns, wrap_estimate=True)
    return growth.Growth(
        turns=turns,
        wrap=counted.tokens - turns[-1].input_tokens,
        wrap_estimate=counted.estimate,
    )
