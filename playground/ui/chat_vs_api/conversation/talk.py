"""A tab's conversation: made of its runs again after a reload, asked the next question, its requests counted."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from playground.domain import Endpoint, Message, Request
from playground.domain.nouns import NotARun
from playground.engine import LiveRun, get_engine
from playground.lab import conversation as lab
from playground.lab import conversation_growth as growth
from playground.lab.conversation import Conversation, Rules, Turn
from playground.lab.ladder import Count, count_one
from playground.ui import names
from playground.ui.chat_vs_api.conversation.settings import fill_rules
from playground.ui.chat_vs_api.counted import begin as begin_count
from playground.ui.chat_vs_api.counted import counted, counter
from playground.ui.session import keeping
from playground.ui.session.looking import Place, look_at, look_away, looked_at
from playground.ui.session.rooms import asked_in
from playground.ui.session.state import owner
from playground.ui.session.stored import note, runs_with, stored_run
from playground.wire import Pool

QUEUE = "queue"
"""Under this name a turn's run holds the questions that are to be asked behind it, one after the other."""

_asking = threading.Lock()
"""Two tabs that look at one conversation ask the next question of the queue once."""


@dataclass(frozen=True, slots=True)
class Split:
    """Counts of one lane's request without its history."""

    question: Count
    with_system: Count


def current_talk() -> Conversation | None:
    """The conversation that this tab looks at, with what was asked in it from another tab."""
    run = looked_at(PLACE)
    talk: Conversation | None = st.session_state.get(names.CONVERSATION)
    if run is None or talk is None or talk.id != PLACE.value(run):
        talk = st.session_state[names.CONVERSATION] = _made_of(run) if run else None
    else:
        _catch_up(talk)
    return talk


def _fill(run: LiveRun) -> None:
    talk = st.session_state[names.CONVERSATION] = _made_of(run)
    if talk:
        fill_rules(talk.rules)


PLACE = Place("conversation", _fill, group=lab.CONVERSATION)
"""Where the tab looks at a conversation; its link names the conversation, not one of its turns."""


def _made_of(run: LiveRun) -> Conversation | None:
    """The conversation that the run is a turn of; None when it is not a whole one."""
    runs = runs_with(lab.CONVERSATION, PLACE.value(run))
    known = {run.id for run in runs}
    before = runs[0].context.get("parent") if runs else None
    while isinstance(before, str) and before not in known and (earlier := stored_run(before)):
        runs.insert(0, earlier)  # of the conversation that this one went on from
        known.add(before)
        before = earlier.context.get("parent")
    try:
        return lab.conversation_of(runs)
    except NotARun:
        return None


def _catch_up(talk: Conversation) -> None:
    """Take in the turns that were asked elsewhere, and follow the branch that is shown to its end."""
    for run in get_engine().having(lab.CONVERSATION, talk.id, owner()):
        if run.id not in talk.turns:
            talk.turns[run.id] = lab.turn_of(run)
    if talk.head is not None:
        talk.show(talk.head)


def answered(talk: Conversation | None) -> list[Turn]:
    """The turns of the branch that is shown whose lanes have all ended."""
    return [turn for turn in talk.path() if turn.live.done] if talk else []


def begin(rules: Rules) -> Conversation:
    """A new conversation; the tab looks at it once its first question is asked."""
    return Conversation(id=secrets.token_hex(16), rules=rules)


def forget() -> None:
    """Look at no conversation, for buttons."""
    look_away(PLACE)
    st.session_state[names.CONVERSATION] = st.session_state[names.CONVERSATION_FULL] = None


def ask(
    talk: Conversation,
    where: Mapping[str, Endpoint],
    question: str,
    *,
    behind: str | None,
    queue: Sequence[str] = (),
) -> bool:
    """Send the question to all models behind a turn, and the queue after it; False when a budget or a key forbids it.

    What forbids it has then been said.
    """
    rules, path = talk.rules, talk.path_to(behind)
    lanes = range(len(rules.models))
    full = [lane for lane in lanes if not lab.fits(rules, lane, path, question)]
    if full and rules.policy == "stop":
        st.session_state[names.CONVERSATION_FULL] = (question, behind)
        drop_queue(talk)
        return True
    if full and rules.policy == "summarise" and path and not path[-1].summary:
        after = (question, *queue)
        return _send(talk, where, lab.SUMMARISE, behind, after, summary=True)
    return _send(talk, where, question, behind, queue, full=bool(full))


def _send(
    talk: Conversation,
    where: Mapping[str, Endpoint],
    question: str,
    behind: str | None,
    queue: Sequence[str],
    *,
    summary: bool = False,
    full: bool = False,
) -> bool:
    rules, path = talk.rules, talk.path_to(behind)
    requests: list[Request] = []
    dropped: dict[int, int] = {}
    for lane in range(len(rules.models)):
        if full and not lab.fits(rules, lane, path, question):
            wanted, gone = lab.shortened(rules, lane, path, question)
            dropped[lane] = gone
        else:
            wanted = lab.request(rules, lane, path, question)
        requests.append(wanted)
    if path and path[-1].live.owner != owner():
        talk.id = begin(rules).id  # a stranger's, opened by its link: it goes on as one's own
    context = lab.context(talk, parent=behind, summary=summary, dropped=dropped)
    live = keeping.start(requests, where, kind="chat", context={**context, QUEUE: list(queue)})
    if live is None:
        drop_queue(talk)
        return False
    talk.add(lab.turn_of(live))
    st.session_state[names.CONVERSATION] = talk
    look_at(PLACE, live)
    for lane in range(len(requests)):
        begin_count(live, f"split {lane}", partial(_splitting, live, lane, where))
    return True


def waiting(talk: Conversation) -> list[str]:
    """The questions that are to be asked behind the turn that is shown; none where this process did not ask that turn."""
    run = get_engine().find(talk.head, owner()) if talk.head else None
    return list(run.context.get(QUEUE, ())) if run else []


def drop_queue(talk: Conversation) -> None:
    """Ask nothing more by itself."""
    if waiting(talk):
        note(talk.path()[-1].live, **{QUEUE: []})


def go_on(talk: Conversation, where: Mapping[str, Endpoint]) -> None:
    """Ask the next question of the queue once the last turn has been answered."""
    with _asking:
        _catch_up(talk)
        queue, path = waiting(talk), talk.path()
        if not queue or not path[-1].live.done:
            return
        if any(lane.response and lane.response.ok for lane in path[-1].live.lanes):
            ask(talk, where, queue[0], behind=talk.head, queue=queue[1:])
        else:
            drop_queue(talk)


def _splitting(
    run: LiveRun, lane: int, where: Mapping[str, Endpoint] | None = None
) -> partial[Coroutine[Any, Any, Split]]:
    endpoint = counter(run, lane, asked_in("chat_vs_api") if where is None else where)
    return partial(_split, run.lanes[lane].request, endpoint)


async def _split(sent: Request, endpoint: Endpoint | None, pool: Pool) -> Split:
    """Count the question alone, and the question with the system prompt."""
    question: tuple[Message, ...] = sent.messages[-1:]
    bare = replace(sent, messages=question, system=None, previous_response_id=None)
    alone = await count_one(bare, endpoint, pool)
    if not sent.system:
        return Split(alone, alone)
    return Split(alone, await count_one(replace(bare, system=sent.system), endpoint, pool))


def split_of(turn: Turn, lane: int) -> Split | None:
    """The counts of one lane of one turn; None when they could not be had in time."""
    return counted(turn.live, f"split {lane}", Split, partial(_splitting, turn.live, lane))


def grown(
    talk: Conversation,
    lane: int,
    path: Sequence[Turn],
    turns: tuple[growth.Turn, ...],
    where: Mapping[str, Endpoint],
) -> growth.Growth:
    """The measured turns with the step to a next round, counted by the provider."""
    live = path[-1].live

    def counting() -> partial[Coroutine[Any, Any, Count]]:
        again = lab.request(replace(talk.rules, kept=False), lane, path, path[0].question)
        return partial(count_one, again, counter(live, lane, where))

    found = counted(live, f"wrap {lane}", Count, counting)
    if found is None:
        return growth.Growth(turns=turns, wrap_estimate=True)
    return growth.Growth(
        turns=turns,
        wrap=found.tokens - turns[-1].input_tokens,
        wrap_estimate=found.estimate,
    )
