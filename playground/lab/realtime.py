"""Realtime: a text session with one model over a WebSocket, its turns, and what of each was billed before."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from playground.domain import (
    Endpoint,
    Message,
    ModelRef,
    Request,
    Response,
    Settings,
    Text,
    ToolResult,
)
from playground.domain.hops import Ran, following
from playground.domain.session import MODELS, SessionEvent, SessionModel, timeline
from playground.engine import LiveRun, get_engine
from playground.engine.live import response_of
from playground.lab.functions import BUILT_IN, perform
from playground.providers import Session
from playground.wire import Pool

SESSION = "session"
"""Under this name a turn's run holds the session's id in its context."""
IDLE = 600.0
"""Seconds without a turn after which a WebSocket is closed; the next turn opens another and tells it all."""
MOST_OPEN = 64
SYSTEM = "Answer in one or two short sentences."
FUNCTIONS = BUILT_IN
"""What a model may call in a session: the built-in functions of the panel Tools."""
CALLING = "What plan does customer C-1042 have, and what time is it in Europe/Lisbon?"
"""A first message that makes a model call two of them."""
MOST_ROUNDS = 5
"""Results that go back in one turn without a word of the user."""
QUESTIONS = (
    "What is a token?",
    "What is a context window?",
    "What is prompt caching?",
)
"""A session that shows it with one click a turn."""
SPEECH: Mapping[str, Mapping[str, Any]] = {
    "realtime": {"output_modalities": ["audio"]},
    "live": {"response_modalities": ["AUDIO"], "output_audio_transcription": {}},
}
"""What asks each door for speech with a transcript, in its own words."""


def models(where: Mapping[str, Endpoint]) -> tuple[SessionModel, ...]:
    """The models that hold sessions at the endpoints that there are."""
    return tuple(model for model in MODELS if model.ref.provider in where)


def model_of(ref: ModelRef) -> SessionModel | None:
    """What is known of a model that holds sessions."""
    return next((model for model in MODELS if model.ref == ref), None)


def asked(
    ref: ModelRef,
    question: str,
    before: Sequence[LiveRun],
    *,
    speech: bool,
    functions: bool = False,
) -> Request:
    """The next turn: the whole conversation as it is billed; over the WebSocket goes only what is new."""
    messages: tuple[Message, ...] = ()
    if before:
        last = before[-1].lanes[0]
        messages = (*last.request.messages, said(response_of(last)))
    extra = dict(SPEECH[ref.api]) if speech else {}
    return Request(
        model=ref,
        messages=(*messages, Message(role="user", parts=(Text(text=question),))),
        system=SYSTEM,
        tools=tuple(function.tool for function in FUNCTIONS) if functions else (),
        settings=replace(Settings(), extra=extra),
    )


def waits(runs: Sequence[LiveRun]) -> bool:
    """Whether the model waits for results of functions, and has not asked for them too often in this turn."""
    if not runs or not runs[-1].done:
        return False
    response, rounds = response_of(runs[-1].lanes[0]), 0
    for run in reversed(runs):
        if not results_of(run):
            break
        rounds += 1
    return response.ok and bool(response.tool_calls) and rounds < MOST_ROUNDS


def results_of(run: LiveRun) -> tuple[ToolResult, ...]:
    """The results that a run took back to the model; none where it asked something."""
    last = run.lanes[0].request.messages[-1]
    return tuple(part for part in last.parts if isinstance(part, ToolResult))


def going_on(run: LiveRun) -> Request:
    """Run what the model asks for, here, and give it the results: the turn goes on."""
    lane = run.lanes[0]
    response = response_of(lane)
    results = [perform(FUNCTIONS, call) for call in response.tool_calls]
    return following(lane.request, response, results)


def said(response: Response) -> Message:
    """An answer as the next turn's conversation has it."""
    return Message(role="assistant", parts=response.turn or (Text(text=response.text),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of a session as it is shown."""

    number: int
    question: str
    response: Response
    ran: tuple[Ran, ...]
    """The functions that it called, with their results, which the next message of the session brings."""
    later: bool
    """True where its usage comes with the end of the turn: Google counts a call and the answer to its result as one."""
    again: int | None
    """Input tokens that were in the session already and are billed once more; None = not known."""
    new: int | None
    """Input tokens that this turn added."""
    events: tuple[SessionEvent, ...]
    start: float
    """Seconds from the session's first message to this turn's."""


def turns(runs: Sequence[LiveRun]) -> tuple[Turn, ...]:
    """The turns of a session, the oldest first."""
    found: list[Turn] = []
    held: int | None = 0
    for number, run in enumerate(runs, 1):
        lane = run.lanes[0]
        response = response_of(lane)
        given = response.usage.input_tokens
        later = bool(response.tool_calls) and given is None and number < len(runs)
        again = None if held is None or given is None else min(held, given)
        found.append(
            Turn(
                number=number,
                question=_question(run),
                response=response,
                ran=_ran(response, runs[number]) if number < len(runs) else (),
                later=later,
                again=again,
                new=None if again is None or given is None else given - again,
                events=timeline(response.exchange),
                start=_start(runs[0], run),
            )
        )
        made = response.visible_output_tokens
        if not later:
            held = None if given is None or made is None else given + made
    return tuple(found)


def _question(run: LiveRun) -> str:
    results = results_of(run)
    names = ", ".join(result.name for result in results)
    return f"results of {names}" if results else run.lanes[0].request.messages[-1].text


def _ran(response: Response, after: LiveRun) -> tuple[Ran, ...]:
    """The calls of a response with what the next run brought back."""
    pairs = zip(response.tool_calls, results_of(after), strict=False)
    return tuple(Ran(call=call, result=result, duration=None) for call, result in pairs)


def _start(first: LiveRun, run: LiveRun) -> float:
    began, now = (datetime.fromisoformat(one.created_at) for one in (first, run))
    return (now - began).total_seconds()


def total(found: Sequence[Turn]) -> Decimal | None:
    """What the session has cost so far, USD; None where a turn's cost is not known."""
    costs = [turn.response.cost for turn in found if not turn.later]
    known = [cost.total for cost in costs if cost]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


class Held:
    """The open sessions of this process, each by an id that can't be guessed and its owner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: OrderedDict[tuple[str, str], Session] = OrderedDict()

    def get(self, owner: str, id: str = "") -> Session:
        """The owner's session of this id, or a new one."""
        with self._lock:
            session = self._sessions.get((owner, id))
            if session is None:
                session = Session()
                session.id = id or session.id
                self._sessions[owner, session.id] = session
            session.used = time.monotonic()
            return session

    def is_open(self, owner: str, id: str) -> bool:
        """Whether its WebSocket is open."""
        session = self._sessions.get((owner, id))
        return session is not None and session.open

    def idle(self) -> list[Session]:
        """Take out what nobody has used for a while, or what is more than is held."""
        now = time.monotonic()
        with self._lock:
            keys = [k for k, s in self._sessions.items() if now - s.used > IDLE]
            more = len(self._sessions) - len(keys) - MOST_OPEN
            keys += [k for k in self._sessions if k not in keys][: max(0, more)]
            return [self._sessions.pop(key) for key in keys]

    def leave(self, owner: str) -> list[Session]:
        """Take out all of this owner's, to be closed."""
        with self._lock:
            return [self._sessions.pop(key) for key in list(self._sessions) if key[0] == owner]

    def drop(self, owner: str, id: str) -> Session | None:
        """Take one out, to be closed."""
        with self._lock:
            return self._sessions.pop((owner, id), None)


HELD = Held()


def leave(owner: str) -> None:
    """Close all sessions of this owner."""
    if left := HELD.leave(owner):
        get_engine().submit(lambda pool: close(left, pool))


async def close(sessions: Sequence[Session], pool: Pool) -> None:
    """Close these; on the engine's loop, where they were opened."""
    await asyncio.gather(*(session.close() for session in sessions), return_exceptions=True)
