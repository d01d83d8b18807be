"""The ladder: one prompt climbs step by step from a bare call to something like a chat product.

Every step is a real request. What a step added in tokens is the difference of two counts of the provider's own
counting endpoint: this step's request less the one before it. What the reported usage has beyond those parts is a part
of its own, "provider framing", so that the parts of a step always add up to what was reported.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from playground import paying, tokens
from playground.domain import Endpoint, Message, ModelRef, Request, Response, Text
from playground.domain.nouns import NotARun, jsonable, noun
from playground.domain.provider import provider_of, unknown
from playground.lab.ladder_profile import Profile, Step
from playground.providers import ProviderError, acceptance, count_input_tokens
from playground.wire import Pool

BARE = "Bare request"
PROMPT = "your prompt"
FRAMING = "provider framing"
BETWEEN = "\n\n"
"""What stands between two pieces of a system prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder for one model: the whole request up to here."""

    name: str
    kind: str
    """`bare` or the kind of the profile's step."""
    request: Request
    left_out: tuple[str, ...] = ()
    """What of this step the model does not take, or who pays does not pay for, and why, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a climb's run holds of a rung beside its request."""

    name: str
    kind: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How many input tokens one thing takes."""

    name: str
    tokens: int
    estimate: bool
    """True when it was counted here and not by the provider."""
    how: str
    """Where the number comes from, one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Input tokens of one request."""

    tokens: int
    estimate: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of one model's ladder."""

    twice: Count
    """The bare request with the prompt in it twice: less the bare one, it is the prompt without any framing."""
    rungs: tuple[Count, ...]
    """Of every rung, in order."""
    tools: tuple[int, ...] = ()
    """Estimated tokens of the tools of every rung, for a provider that does not count them."""


def climb(
    model: ModelRef,
    prompt: str,
    profile: Profile,
    *,
    now: datetime,
    where: Mapping[str, Endpoint] | None = None,
    stream: bool = True,
) -> tuple[Rung, ...]:
    """The requests of all steps that are on, each holding everything of those before it.

    With `where`, nothing is in them that who pays there does not pay for.
    """
    request = Request.ask(model, prompt, stream=stream)
    rungs = [Rung(name=BARE, kind="bare", request=request)]
    for step in profile.active:
        wanted = add(request, step, now)
        notes = tuple(
            f"{note.setting.replace('_', ' ')} left out: {note.why}"
            for note in acceptance.check(wanted)
            if note.action == "dropped"
        )
        request, unpaid = paying.payable(acceptance.fit(wanted), where or {})
        left_out = (*notes, *unpaid)
        rungs.append(Rung(name=step.name, kind=step.kind, request=request, left_out=left_out))
    return tuple(rungs)


def not_sent(rungs: Sequence[Rung], index: int) -> str:
    """`not sent: why`, where nothing of this step is sent; empty where it adds something."""
    rung = rungs[index]
    if not index or not rung.left_out or rung.request != rungs[index - 1].request:
        return ""
    return f"not sent: {'; '.join(rung.left_out)}"


def refusals(rungs: Sequence[Rung]) -> Iterator[str]:
    """What of the steps is left out, a sentence each, known before anything is sent."""
    for index, rung in enumerate(rungs):
        for said in [not_sent(rungs, index)] if not_sent(rungs, index) else rung.left_out:
            yield f"{rung.request.model}, {rung.name}: {said}"


def held(ladders: Sequence[Sequence[Rung]]) -> Any:
    """What a climb's run holds beside its requests, model by model, as JSON values."""
    return jsonable(
        [[Held(name=r.name, kind=r.kind, left_out=r.left_out) for r in rungs] for rungs in ladders]
    )


def ladders_of(value: Any, requests: Sequence[Request]) -> tuple[tuple[Rung, ...], ...]:
    """The ladders of a run's requests and of what it held beside them; NotARun when they are no climb."""
    steps = noun(tuple[tuple[Held, ...], ...], value, "ladder")
    height = len(steps[0]) if steps else 0
    if (
        not height
        or any(len(one) != height for one in steps)
        or len(requests) != height * len(steps)
    ):
        raise NotARun("This run is no climb of a ladder.")
    named = [step for one in steps for step in one]
    rungs = [
        Rung(name=step.name, kind=step.kind, request=request, left_out=step.left_out)
        for step, request in zip(named, requests, strict=True)
    ]
    return tuple(tuple(rungs[i : i + height]) for i in range(0, len(rungs), height))


def add(request: Request, step: Step, now: datetime) -> Request:
    """The request with what this step adds."""
    return ADD[step.kind](request, step, now)


def filled(text: str, now: datetime) -> str:
    """The text with {date}, {weekday} and {time} replaced; any other brace stays as it is."""
    values = {
        "{date}": f"{now.day} {now:%B %Y}",
        "{weekday}": f"{now:%A}",
        "{time}": f"{now:%H:%M}",
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _add_system(request: Request, step: Step, now: datetime) -> Request:
    told = [text for text in (request.system, filled(step.text, now).strip()) if text]
    return replace(request, system=BETWEEN.join(told) or None)


def _add_history(request: Request, step: Step, now: datetime) -> Request:
    earlier: list[Message] = []
    for question, answer in step.turns:
        earlier.append(Message(role="user", parts=(Text(text=question),)))
        earlier.append(Message(role="assistant", parts=(Text(text=answer),)))
    return replace(request, messages=(*earlier, *request.messages))


def _add_tools(request: Request, step: Step, now: datetime) -> Request:
    return replace(request, server_tools=tuple(dict.fromkeys((*request.server_tools, *step.tools))))


def _add_effort(request: Request, step: Step, now: datetime) -> Request:
    level = step.effort_of(request.model.provider)
    return replace(request, settings=replace(request.settings, effort=level))


ADD = {
    "system": _add_system,
    "history": _add_history,
    "tools": _add_tools,
    "effort": _add_effort,
}
"""Kind of step → what it does to the request."""


async def count(rungs: Sequence[Rung], endpoint: Endpoint | None, pool: Pool) -> Counts:
    """Count every rung, and the prompt alone; where the provider has no counting endpoint, estimate."""
    bare = rungs[0].request
    uncounted = "tools" in provider_of(bare.model.provider).uncounted
    counted = [await count_one(rung.request, endpoint, pool) for rung in rungs]
    return Counts(
        twice=await count_one(twice(bare), endpoint, pool),
        rungs=tuple(counted),
        tools=tuple(
            tool_tokens(rung.request) if uncounted or found.estimate else 0
            for rung, found in zip(rungs, counted, strict=True)
        ),
    )


async def count_one(request: Request, endpoint: Endpoint | None, pool: Pool) -> Count:
    """The provider's own count, or an estimate that says why."""
    if endpoint is not None:
        try:
            counted = await count_input_tokens(request, endpoint, pool=pool)
        except ProviderError as error:
            why = error.failure.message or error.failure.meaning
        else:
            how = f"counted by {request.model.provider}'s own counting endpoint"
            return Count(
                tokens=counted,
                estimate=False,
                how=f"{how} (simulated)" if endpoint.simulated else how,
            )
    else:
        why = unknown(request.model.provider)
    guess = tokens.count_input(request)
    return Count(tokens=guess.tokens, estimate=True, how=f"{guess.how} ({why})")


def twice(request: Request) -> Request:
    """The same request with its last message's text in it two times."""
    *before, last = request.messages
    return replace(request, messages=(*before, replace(last, parts=(*last.parts, *last.parts))))


def tool_tokens(request: Request) -> int:
    """Estimated tokens of the tools on offer, as compact JSON."""
    named = [{"type": name} for name in request.server_tools]
    return sum(tokens.count(json.dumps(tool, separators=(",", ":"))) for tool in named)


def parts(
    rungs: Sequence[Rung], counts: Counts, index: int, reported: int | None
) -> tuple[Part, ...]:
    """The input of one rung, taken apart; with `reported`, the parts add up to it."""
    bare = counts.rungs[0]
    alone = max(0, min(bare.tokens, counts.twice.tokens - bare.tokens))
    estimate = bare.estimate or counts.twice.estimate
    found = [
        Part(
            name=PROMPT,
            tokens=alone,
            estimate=estimate,
            how=f"the request with the prompt twice, less the request with it once; both {bare.how}",
        )
    ]
    found += [_added(rungs, counts, i) for i in range(1, index + 1)]
    counted = bare.tokens - alone
    left = counted if reported is None else reported - sum(part.tokens for part in found)
    return (
        found[0],
        Part(
            name=FRAMING, tokens=left, estimate=reported is None and estimate, how=_left(reported)
        ),
        *found[1:],
    )


def _added(rungs: Sequence[Rung], counts: Counts, index: int) -> Part:
    before, here = counts.rungs[index - 1], counts.rungs[index]
    tools = _at(counts.tools, index) - _at(counts.tools, index - 1)
    how = f"this step's request less the one before; both {here.how}"
    if tools:
        how = (
            "the tools' names counted here with o200k_base: the provider does not count them for us"
        )
    return Part(
        name=rungs[index].name,
        tokens=here.tokens - before.tokens + tools,
        estimate=here.estimate or before.estimate or bool(tools),
        how=how,
    )


def _at(values: Sequence[int], index: int) -> int:
    return values[index] if index < len(values) else 0


def _left(reported: int | None) -> str:
    if reported is None:
        return "the bare request less the prompt in it; no usage was reported to compare with"
    return (
        "what the provider reported beyond all other parts: its marks around messages, tools and system prompts, "
        "and whatever an estimate missed"
    )


def body_difference(before: Any, after: Any) -> Iterator[str]:
    """The lines of two JSON bodies that differ, as a unified diff with two lines around each change."""
    yield from difflib.unified_diff(
        _lines(before), _lines(after), "the step before", "this step", lineterm="", n=2
    )


def _lines(body: Any) -> list[str]:
    return json.dumps(body, indent=2, ensure_ascii=False).splitlines()


def steps_document(
    ladders: Sequence[Sequence[Rung]],
    counts: Sequence[Counts],
    responses: Sequence[Sequence[Response]],
    documents: Sequence[Sequence[Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """The steps of `ladder --json`: one row a step, with the parts and the response of every model."""
    steps = []
    for index, rung in enumerate(ladders[0]):
        rows = [
            {
                "name": part.name,
                "tokens": part.tokens,
                "estimate": part.estimate,
                "model": str(rungs[0].request.model),
            }
            for rungs, counted, answers in zip(ladders, counts, responses, strict=True)
            for part in parts(rungs, counted, index, answers[index].usage.input_tokens)
        ]
        steps.append(
            {
                "name": rung.name,
                "parts": rows,
                "left_out": [
                    {"model": str(rungs[index].request.model), "why": said}
                    for rungs in ladders
                    for said in rungs[index].left_out
                ],
                "responses": [dict(document[index]) for document in documents],
            }
        )
    return steps
