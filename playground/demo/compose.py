"""Turns a request into the whole answer: text, thoughts, tool calls, usage and schedule."""

from __future__ import annotations

import json
import random
import secrets
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from playground.demo import answers, counting, hosted, mcp, models, prompted, reasoning, recall
from playground.demo.ask import Ask, Part, Refused, Turn
from playground.demo.caching import Cache, Cached
from playground.demo.calling import Call, call_text, tool_calls
from playground.demo.pace import WORD, Pace, Schedule
from playground.demo.schema import Instance
from playground.demo.used import Used

CALL_TOKENS = 8
"""Output tokens of a tool call besides its arguments."""
READING_SPEED = 10_000
"""Input tokens a second that are not cached; invented, in proportion to what long prompts cost in practice."""
SLOW_SECONDS = 8.0
"""First token of a model named with `~slow`."""
MAX_OUTPUT = 65_536
"""Most output tokens of a model whose limit the catalog does not know."""
MAX_KEPT = 64 * 1024 * 1024
REASONING_SPREAD = 0.2
"""The same kind of question takes up to this share more or less, by the seed of its words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of the answer."""

    text: str
    tokens: int
    finish: str
    """`stop`, `stop_sequence`, `length`, `refusal` or `tool`."""
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer before a door writes it in its own form."""

    ask: Ask
    id: str
    """Random letters and digits, for the ids that a door makes."""
    created: int
    """Seconds since 1970."""
    input_tokens: int
    """All input, cached or not."""
    modalities: dict[str, int]
    cached: Cached
    reasoning: str
    reasoning_tokens: int
    choices: tuple[Choice, ...]
    calls: tuple[Call, ...]
    call_tokens: int
    """Of calls to functions and of what was asked of the provider's own tools."""
    schedule: Schedule
    used: tuple[Used, ...] = ()
    """The provider's own tools that ran before the answer."""
    diagnostics: Mapping[str, Any] | None = None
    """Why the cache was not read, where the request asks."""
    fed_tokens: int = 0
    """Input on top of `input_tokens`: what those tools brought."""

    @property
    def searches(self) -> int:
        """How often the web was searched."""
        return sum(used.tool == "web_search" for used in self.used)

    @property
    def visible_tokens(self) -> int:
        """Output tokens without reasoning."""
        return sum(choice.tokens for choice in self.choices) + self.call_tokens

    @property
    def output_tokens(self) -> int:
        """Output tokens with reasoning."""
        return self.visible_tokens + self.reasoning_tokens

    @property
    def finish(self) -> str:
        """How the first choice ended."""
        return self.choices[0].finish

    def turn(self, call_id: Callable[[Call], str]) -> Turn:
        """The answer as a message of the conversation; `call_id` = how its door writes a call's id."""
        kept = [(used, text) for used in self.used if (text := mcp.remembered(used))]
        said = [Part("mcp", text, id=mcp.approval_id(used)) for used, text in kept]
        said += [Part("text", self.choices[0].text)] if self.choices[0].text else []
        called = [
            Part("tool_call", call_text(c.name, c.arguments), id=call_id(c)) for c in self.calls
        ]
        return Turn("assistant", (*said, *called))


class Conversations:
    """The turns that the server keeps for `previous_response_id` and `previous_interaction_id`."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def keep(self, id: str, turns: tuple[Turn, ...]) -> None:
        """Remember a conversation; the oldest are forgotten above 64 MB."""
        with self._lock:
            self._turns[id] = turns
            self._size += _size(turns)
            while self._size > MAX_KEPT and self._turns:
                _, oldest = self._turns.popitem(last=False)
                self._size -= _size(oldest)

    def continued(self, ask: Ask, id: str | None) -> Ask:
        """The request with the earlier turns in front; Refused when the id is not known."""
        if not id:
            return ask
        with self._lock:
            earlier = self._turns.get(id)
        if earlier is None:
            raise Refused("no_conversation", id)
        return replace(ask, turns=earlier + ask.turns)


def _size(turns: tuple[Turn, ...]) -> int:
    return 500 + sum(len(p.text) + len(p.data) for turn in turns for p in turn.parts)


def compose(ask: Ask, cache: Cache, scale: float) -> Reply:
    """The whole answer; Refused when the input does not fit the model."""
    found = counting.segments(ask)
    size = counting.total(found)
    window = models.window(ask.model)
    if window is not None and size > window:
        raise Refused("context", f"{size}")
    seed = zlib.crc32(f"{ask.asked}|{ask.prompt}|{ask.effort}".encode("utf-8", "surrogatepass"))
    dice = random.Random(seed)  # noqa: S311 - reproducible on purpose
    most = ask.model.row.max_output or MAX_OUTPUT
    budget = min(ask.max_output or most, most)
    thought = min(thinking(ask, dice), budget)
    calls = () if ask.fault == "refuse" else tool_calls(ask, dice)
    used = () if ask.fault == "refuse" else hosted.use(ask, dice)
    call_tokens = sum(_call_tokens(call, ask) for call in calls)
    asked = [u.wanted for u in used if u.wanted and not u.approved]
    call_tokens += sum(CALL_TOKENS + counting.text_tokens(wanted, ask.model) for wanted in asked)
    waits = any(one.waits for one in used)
    choices = tuple(
        _choice(ask, number, size, budget - thought, bool(calls) or waits, dice, used)
        for number in range(ask.choices)
    )
    cached = cache.use(ask, found)
    shown = answers.reasoning(ask, thought, dice) if thought and ask.show_reasoning else ""
    return Reply(
        ask=ask,
        id=secrets.token_hex(25),
        created=int(time.time()),
        input_tokens=size,
        modalities=counting.by_modality(found),
        cached=cached,
        reasoning=shown,
        reasoning_tokens=thought,
        choices=choices,
        calls=calls,
        call_tokens=call_tokens,
        schedule=_pace(ask, scale, size - cached.read).lay_out(
            shown,
            thought,
            [(c.text, c.tokens) for c in choices],
            [(c.arguments, _call_tokens(c, ask)) for c in calls],
            dice,
        ),
        used=used,
        fed_tokens=sum(counting.text_tokens(one.fed, ask.model) for one in used),
    )


def count(ask: Ask) -> dict[str, int]:
    """Input tokens by modality, exactly as a send would report them; nothing is cached."""
    return counting.by_modality(counting.segments(ask))


def thinking(ask: Ask, dice: random.Random) -> int:
    """Reasoning tokens: what the model needs for such a question at this effort, a little more or less by the seed."""
    effort = ask.model.effort if ask.effort is None else ask.effort
    kind = reasoning.kind(ask.prompt)
    if kind == "greeting" and (ask.body.get("thinking") or {}).get("type") == "enabled":
        kind = "fact"  # Claude thinks about anything once a budget is given: 24 tokens about "Hi" in the recordings
    wanted = reasoning.expected(ask.model.row.id, kind, effort)
    wanted *= 1 + REASONING_SPREAD * (2 * dice.random() - 1)
    return int(wanted if ask.reasoning_limit is None else min(wanted, ask.reasoning_limit))


def _choice(
    ask: Ask,
    number: int,
    size: int,
    room: int,
    calling: bool,
    dice: random.Random,
    used: tuple[Used, ...],
) -> Choice:
    if ask.fault == "refuse":
        text = answers.REFUSALS[ask.model.vendor]
        return Choice(text, counting.text_tokens(text, ask.model), "refusal")
    if calling:
        said = answers.BEFORE_CALL.get(ask.model.vendor, "") if not ask.has_result else ""
        said = "" if ask.tool_choice == "required" else said
        return Choice(said, counting.text_tokens(said, ask.model), "tool")
    text, finish, stop = _text(ask, number, size, dice, used), "stop", None
    for mark in ask.stop:
        if mark and mark in text:
            text, finish, stop = text[: text.index(mark)], "stop_sequence", mark
    tokens = counting.text_tokens(text, ask.model)
    if ask.fault == "truncate":
        room = min(room, max(1, tokens // 3))
    if tokens > room:
        return Choice(cut(text, room, ask), room, "length")
    return Choice(text, tokens, finish, stop)


def _text(ask: Ask, number: int, size: int, dice: random.Random, used: tuple[Used, ...]) -> str:
    if (schema := _schema(ask)) is not None:
        made = Instance(schema, ask.prompt, dice).make()
        written = json.dumps(made, ensure_ascii=False, indent=2)
        return written if ask.schema is not None else prompted.fenced(written, ask.prompt)
    if ask.has_result:
        return answers.after_tool(ask)
    if read := answers.out_of_files(used):
        return read
    return recall.answered(ask) or answers.written(ask, size, number)


def _schema(ask: Ask) -> Mapping[str, Any] | None:
    """What the answer has to fit: the request's own schema, or the one that its words ask for."""
    if ask.schema:
        return ask.schema
    told = prompted.schema(f"{answers.system_text(ask)}\n{ask.prompt}")
    return prompted.named(ask.prompt) if told is None and ask.schema is not None else told


def cut(text: str, tokens: int, ask: Ask) -> str:
    """The longest beginning of the text that is at most so many tokens."""
    words = WORD.findall(text)
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if counting.text_tokens("".join(words[:middle]), ask.model) <= tokens:
            low = middle
        else:
            high = middle - 1
    return "".join(words[:low])


def _call_tokens(call: Call, ask: Ask) -> int:
    return CALL_TOKENS + counting.text_tokens(call_text(call.name, call.arguments), ask.model)


def _pace(ask: Ask, scale: float, fresh: int) -> Pace:
    """`fresh` input tokens have to be read first; what came from a cache has not."""
    ttft = SLOW_SECONDS if ask.fault == "slow" else ask.model.feel.ttft
    return Pace(ttft + fresh / READING_SPEED, ask.model.feel.speed, scale)
