"""A conversation of turns with several models at once: a tree of turns, what each turn resends, and when it is full.

The history is sent as plain text: questions and answers, without the models' reasoning. A provider that keeps the
conversation is sent the new question only, and its own id of the turn before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from playground import catalog, tokens
from playground.domain import APIS, Message, ModelRef, Request, Response, Settings, Text
from playground.domain.nouns import NotARun, jsonable, noun
from playground.domain.provider import provider_of
from playground.engine import LiveRun
from playground.engine.live import response_of
from playground.providers import acceptance

MOST_MODELS = 4
SUMMARISE = (
    "Summarise our conversation so far in at most 150 words, so that you can go on from the summary alone. "
    "Keep names, numbers, decisions and open questions."
)
SUMMARY = "Summary of the conversation so far:"

Policy = Literal["drop the oldest", "summarise", "stop"]
"""What happens when a turn would no longer fit the window."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turn:
    """One question and the run that answers it."""

    parent: str | None
    """The id of the turn before; None for a first one."""
    question: str
    live: LiveRun = field(repr=False)
    summary: bool = False
    """True where the answers take the place of everything before them."""
    dropped: Mapping[int, int] = field(default_factory=dict)
    """Lane → earlier messages that were left out so that the turn fits."""

    @property
    def id(self) -> str:
        """The id of its run."""
        return self.live.id

    def response(self, lane: int) -> Response:
        """The lane's answer, final or so far."""
        return response_of(self.live.lanes[lane])

    def request(self, lane: int) -> Request:
        """What the lane was sent."""
        return self.live.lanes[lane].request


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the turns are sent."""

    models: tuple[ModelRef, ...]
    system: str | None = None
    shared: bool = False
    """True: every model reads the answers of the first one; False: each reads its own."""
    kept: bool = False
    """True: the provider keeps the conversation wherever it can."""
    cache: bool = False
    """True: ask for prompt caching where it must be asked for."""
    policy: Policy = "stop"
    window: int | None = None
    """Tokens after which the policy applies; None = the model's own window."""


@dataclass(slots=True)
class Conversation:
    """The tree of turns, and the turn that is looked at."""

    id: str
    rules: Rules
    turns: dict[str, Turn] = field(default_factory=dict)
    """By id, the oldest first."""
    head: str | None = None
    """The last turn of the branch that is shown; None before the first."""

    def path(self) -> list[Turn]:
        """The turns of the branch that is shown, the first one first."""
        return self.path_to(self.head)

    def path_to(self, turn_id: str | None) -> list[Turn]:
        """The turns up to this one, as far back as they are known."""
        found = []
        while turn_id is not None and turn_id in self.turns:
            found.append(self.turns[turn_id])
            turn_id = found[-1].parent
        return found[::-1]

    def siblings(self, turn: Turn) -> list[Turn]:
        """All versions of this turn: itself, its edits and its repetitions."""
        return [other for other in self.turns.values() if other.parent == turn.parent]

    def add(self, turn: Turn) -> Turn:
        """Put a turn behind its parent and look at it."""
        self.turns[turn.id] = turn
        self.head = turn.id
        return turn

    def show(self, turn_id: str) -> None:
        """Look at the branch of this turn, as far as it goes."""
        while children := [t.id for t in self.turns.values() if t.parent == turn_id]:
            turn_id = children[-1]
        self.head = turn_id


CONVERSATION = "conversation"
"""Under this name a turn's run holds the conversation's id in its context."""


def context(
    conversation: Conversation,
    *,
    parent: str | None,
    summary: bool = False,
    dropped: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """What the run of a new turn holds, as JSON values, so that the conversation can be made of its runs again."""
    return {
        CONVERSATION: conversation.id,
        "parent": parent,
        "summary": summary,
        "dropped": jsonable(tuple((dropped or {}).items())),
        "rules": jsonable(conversation.rules),
    }


def turn_of(live: LiveRun) -> Turn:
    """The turn that a run answers; NotARun when the run is no conversation's."""
    held = live.context
    if CONVERSATION not in held or not live.lanes:
        raise NotARun("This run is no turn of a conversation.")
    dropped = noun(tuple[tuple[int, int], ...], held.get("dropped", []), "dropped")
    return Turn(
        parent=noun(str | None, held.get("parent"), "parent"),
        question=live.lanes[0].request.messages[-1].text,
        live=live,
        summary=noun(bool, held.get("summary", False), "summary"),
        dropped=dict(dropped),
    )


def conversation_of(runs: Sequence[LiveRun]) -> Conversation:
    """The conversation that these runs are the turns of, the oldest first; NotARun when they are none.

    The newest turn is shown, with the rules that it was asked by.
    """
    turns = [turn_of(live) for live in runs]
    if not turns:
        raise NotARun("There is no run, so there is no conversation.")
    held = turns[-1].live.context
    made = Conversation(
        id=noun(str, held.get(CONVERSATION), CONVERSATION),
        rules=noun(Rules, held.get("rules"), "rules"),
    )
    for turn in turns:
        made.add(turn)
    return made


def request(rules: Rules, lane: int, path: Sequence[Turn], question: str) -> Request:
    """What one model is sent for a new question behind these turns, cut to what the model takes."""
    ref = rules.models[lane]
    own = _settings(rules, ref)
    previous = _previous(rules, lane, path)
    asked = Message(role="user", parts=(Text(text=question),))
    return acceptance.fit(
        Request(
            model=ref,
            messages=(asked,) if previous else (*history(rules, lane, path), asked),
            system=_system(rules, lane, path),
            settings=own,
            previous_response_id=previous,
        )
    )


def history(rules: Rules, lane: int, path: Sequence[Turn]) -> tuple[Message, ...]:
    """Questions and answers that are sent again, after the last summary; turns without an answer are left out."""
    speaker = 0 if rules.shared else lane
    messages: list[Message] = []
    for turn in path:
        said = turn.response(speaker)
        if turn.summary:
            messages = []
        elif said.text:
            messages.append(Message(role="user", parts=(Text(text=turn.question),)))
            messages.append(Message(role="assistant", parts=(Text(text=said.text),)))
    return tuple(messages)


def keeps(ref: ModelRef) -> bool:
    """True when this door can keep the conversation."""
    return bool(APIS[ref.api].keeps)


def _previous(rules: Rules, lane: int, path: Sequence[Turn]) -> str | None:
    """The provider's id of the turn to go on from; None where everything is resent."""
    ref = rules.models[lane]
    if not (rules.kept and keeps(ref) and path) or path[-1].summary:
        return None
    last = path[-1].response(lane)
    stored = path[-1].request(lane).settings.extra.get("store") is True
    return last.response_id if last.ok and stored else None


def _settings(rules: Rules, ref: ModelRef) -> Settings:
    ttls = catalog.describe(ref).cache_ttls if rules.cache else ()
    return Settings(
        cache_ttl=ttls[0] if ttls and provider_of(ref.provider).cache_on_request else None,
        extra={"store": True} if rules.kept and keeps(ref) else {},
    )


def _system(rules: Rules, lane: int, path: Sequence[Turn]) -> str | None:
    """The system prompt, and behind it the last summary if there is one."""
    speaker = 0 if rules.shared else lane
    told = [rules.system or ""]
    summaries = [turn.response(speaker).text for turn in path if turn.summary]
    if summaries and summaries[-1]:
        told.append(f"{SUMMARY}\n{summaries[-1]}")
    return "\n\n".join(text for text in told if text) or None


def window(rules: Rules, lane: int) -> int | None:
    """Tokens that fit: what the user set, or the model's own window; None when that is not known."""
    own = catalog.describe(rules.models[lane]).context_window
    return rules.window or own


def expected(path: Sequence[Turn], lane: int, wanted: Request) -> int:
    """About how many input tokens a request will have: from the last reported usage where nothing was left out."""
    counted = tokens.count_input(wanted).tokens
    if not path or path[-1].summary:
        return counted
    last = path[-1].response(lane)
    before, said = last.usage.input_tokens, last.visible_output_tokens
    if before is None or said is None:
        return counted
    return max(counted, before + said + tokens.count(wanted.messages[-1].text))


def fits(rules: Rules, lane: int, path: Sequence[Turn], question: str) -> bool:
    """True when the next turn stays within the window, as far as can be estimated."""
    room = window(rules, lane)
    if room is None:
        return True
    return expected(path, lane, request(rules, lane, path, question)) <= room


def without_oldest(wanted: Request, room: int) -> tuple[Request, int]:
    """The request without its oldest turns until it is estimated to fit, and how many messages went; the question stays."""
    gone = 0
    while len(wanted.messages) > 2 and tokens.count_input(wanted).tokens > room:
        wanted = replace(wanted, messages=wanted.messages[2:])
        gone += 2
    return wanted, gone


def shortened(rules: Rules, lane: int, path: Sequence[Turn], question: str) -> tuple[Request, int]:
    """The lane's next request with the oldest turns dropped; what a provider keeps is resent, so that it can be cut."""
    wanted = request(replace(rules, kept=False), lane, path, question)
    room = window(rules, lane)
    return (wanted, 0) if room is None else without_oldest(wanted, room)
