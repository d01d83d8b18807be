"""Why one text has three counts: ours, the provider's own, and the bill. Differences are measured, not guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from playground.domain import Endpoint, Failure, File, Message, Request, Usage
from playground.domain.provider import provider_of
from playground.providers import ProviderError, count_input_tokens
from playground.tokens import TokenCount, estimate
from playground.wire import Pool

LETTER = "a"
"""One token in every vocabulary that is known; what is counted beyond it is framing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the provider's counting endpoint makes of a request and of its parts; None where it was not asked or failed."""

    letter: int | None = None
    """A request that holds one letter."""
    text: int | None = None
    """The user's text alone."""
    system: int | None = None
    """With the system prompt."""
    tools: int | None = None
    """With system prompt and tools."""
    whole: int | None = None
    """The request as it is."""
    failure: Failure | None = None
    """Why there is no count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One reason for a difference."""

    name: str
    tokens: int | None
    """How many tokens it adds (or takes away); None = not known."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Three counts of one request, and the way from the first to the last."""

    local: TokenCount
    """Of the text alone, on this computer."""
    counted: int | None
    """By the provider's counting endpoint."""
    billed: int | None
    """Input tokens that the provider reported after the request was sent."""
    parts: tuple[Part, ...]
    """From `local` on; where all are known they add up to the last count there is."""


def text_of(request: Request) -> str:
    """The user's text without system prompt, tools and files."""
    return "".join(message.text for message in request.messages)


def variants(request: Request) -> Mapping[str, Request]:
    """The requests to count, from one letter to all of it; those that say the same as the one before are left out."""
    bare = replace(
        request, system=None, tools=(), server_tools=(), messages=_without_files(request)
    )
    steps = {
        "letter": Request.ask(request.model, LETTER),
        "text": bare,
        "system": replace(bare, system=request.system),
        "tools": replace(bare, system=request.system, tools=request.tools),
        "whole": replace(request, server_tools=()),
    }
    kept: dict[str, Request] = {}
    for name, step in steps.items():
        if step not in kept.values():
            kept[name] = step
    return kept


async def count_parts(request: Request, endpoint: Endpoint, *, pool: Pool) -> Counts:
    """Ask the counting endpoint about each part of the request; never raises, `failure` says why a count is missing."""
    asked = variants(request)
    found = await asyncio.gather(
        *(count_input_tokens(part, endpoint, pool=pool) for part in asked.values()),
        return_exceptions=True,
    )
    counts: dict[str, int] = {}
    failure = None
    for name, result in zip(asked, found, strict=True):
        if isinstance(result, ProviderError):
            failure = failure or result.failure
        elif isinstance(result, BaseException):
            raise result
        else:
            counts[name] = result
    for name, before in (("system", "text"), ("tools", "system"), ("whole", "tools")):
        if name not in asked and before in counts:
            counts[name] = counts[before]
    return Counts(**counts, failure=failure)


def audit(request: Request, counts: Counts, usage: Usage | None = None) -> Audit:
    """Put the three counts side by side and say what lies between them."""
    local = estimate(text_of(request), request.model)
    billed = usage.input_tokens if usage else None
    parts = [*_counted_parts(request, local, counts)]
    if billed is not None:
        parts.append(_billed_part(request, counts, billed, local))
    return Audit(local=local, counted=counts.whole, billed=billed, parts=tuple(parts))


def _counted_parts(request: Request, local: TokenCount, counts: Counts) -> list[Part]:
    if counts.whole is None:
        return []
    framing = _minus(counts.letter, 1)
    body = _minus(counts.text, framing)
    parts = [
        Part(
            name="tokenizer",
            tokens=_minus(body, local.tokens),
            why="The provider's tokenizer counts this text as ours does."
            if body == local.tokens
            else "What the provider's own tokenizer makes of the same text beyond our count.",
        ),
        Part(
            name="chat framing",
            tokens=framing,
            why="They mark who speaks and where a message begins and ends."
            if counts.letter is None
            else f"Measured: a request that says only “{LETTER}” has {counts.letter} tokens. "
            "They mark who speaks and where a message begins and ends.",
        ),
    ]
    if request.system:
        parts.append(
            Part(
                name="system prompt",
                tokens=_minus(counts.system, counts.text),
                why="Measured: counted with and without it. It is sent, and billed, with every request.",
            )
        )
    if request.tools:
        parts.append(_tools(request, counts))
    if any(isinstance(part, File) for m in request.messages for part in m.parts):
        parts.append(
            Part(
                name="images and files",
                tokens=_minus(counts.whole, counts.tools),
                why="Measured: counted with and without them. Each provider has a rule of its own for pixels.",
            )
        )
    return parts


def _tools(request: Request, counts: Counts) -> Part:
    row = provider_of(request.model.provider)
    if "tools" in row.uncounted:
        why = f"{row.label}'s counting endpoint takes no tools: they show only in the bill."
    else:
        why = "Measured: counted with and without. Their names, descriptions and schemas are input."
    return Part(name="tools", tokens=_minus(counts.tools, counts.system), why=why)


def _billed_part(request: Request, counts: Counts, billed: int, local: TokenCount) -> Part:
    """What the bill has beyond the count that came before it."""
    if counts.whole is None:
        return Part(
            name="all the rest",
            tokens=billed - local.tokens,
            why="This provider counts nothing before sending: framing, tools, images and tokenizer together.",
        )
    more = billed - counts.whole
    if more == 0:
        why = "The bill is what the counting endpoint said."
    elif request.tools and "tools" in provider_of(request.model.provider).uncounted:
        why = "Tools, which the counting endpoint does not take, and what the model's own tools fed back."
    else:
        why = "Added by the provider after counting: its counts are estimates by its own account."
    return Part(name="only in the bill", tokens=more, why=why)


def _minus(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left - right


def _without_files(request: Request) -> tuple[Message, ...]:
    return tuple(
        replace(m, parts=tuple(part for part in m.parts if not isinstance(part, File)))
        for m in request.messages
    )
