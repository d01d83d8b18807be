"""Counts tokens offline, and says how far the count can be trusted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from playground.domain import File, Message, ModelRef, Reasoning, Request, Text, ToolCall
from playground.domain.provider import provider_of
from playground.tokens import vocabulary
from playground.tokens.attachments import count_file
from playground.tokens.cutting import SIZE, batches

DEFAULT = "o200k_base"

PER_MESSAGE = 4
"""Tokens that OpenAI adds around each message: exact on every recorded text chat, GPT-3.5 to GPT-5.5."""

BEFORE_REASONING = re.compile(r"(openai/)?(ft:)?(gpt-3|gpt-4|chatgpt-4)")
"""Models that OpenAI frames with 3 more tokens a request; the o-series and GPT-5 on take 2 (same recordings)."""

SAME_RANKS = {"o200k_harmony": "o200k_base"}
"""Encodings that differ from a shipped one only in special tokens, which ordinary text never yields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCount:
    """A number of tokens, and how it was found."""

    tokens: int
    estimate: bool
    """False only where the model's tokenizer is known and everything was counted."""
    how: str
    """One sentence for the reader."""
    attached: int = 0
    """Those of them that are of images and PDFs, by the provider's published rule."""
    uncounted: int = 0
    """Attachments for which no rule is known: they come on top."""


def encode(text: str, encoding: str = DEFAULT) -> list[int]:
    """Token ids of the text; special tokens in it count as plain text, lone surrogates as U+FFFD."""
    encoder = vocabulary.load(encoding)
    return [token for batch in batches(text, encoder) for token in batch]


_remembering = threading.Lock()
_counted: dict[tuple[str, str], int] = {}
"""Long texts and encodings that were counted last → tokens."""
MOST_COUNTED = 4


def count(text: str, encoding: str = DEFAULT) -> int:
    """Number of tokens in the text."""
    encoder = vocabulary.load(encoding)
    if len(text) <= SIZE:
        return len(encoder.encode_ordinary(text))
    known = _counted.get((text, encoding))
    if known is None:
        known = sum(map(len, batches(text, encoder)))
        remember(text, encoding, known)
    return known


def remember(text: str, encoding: str, tokens: int) -> None:
    """A long text has so many tokens: the next that asks need not count."""
    if len(text) <= SIZE:
        return
    with _remembering:
        _counted[text, encoding] = tokens
        while len(_counted) > MOST_COUNTED:
            del _counted[next(iter(_counted))]


def known_encoding(ref: ModelRef) -> str | None:
    """The shipped encoding that this model is known to use, by tiktoken's own table; None when not known."""
    from tiktoken.model import encoding_name_for_model

    if ref.provider != "openai" and not ref.model.startswith("openai/"):
        return None
    try:
        name = encoding_name_for_model(ref.model.removeprefix("openai/").partition("~")[0])
    except KeyError:
        return None
    name = SAME_RANKS.get(name, name)
    return name if name in vocabulary.SHIPPED else None


def estimate(text: str, ref: ModelRef) -> TokenCount:
    """Tokens of a text for this model: exact where its tokenizer is known, else a count with o200k_base that says so."""
    encoding = known_encoding(ref)
    return TokenCount(
        tokens=count(text, encoding or DEFAULT), estimate=encoding is None, how=_how(ref, encoding)
    )


def count_input(request: Request) -> TokenCount:
    """Estimated input tokens of everything in the request: text, framing, and attachments where the provider says how."""
    encoding = known_encoding(request.model)
    tokens = sum(count(text, encoding or DEFAULT) for text in texts(request))
    how = _how(request.model, encoding)
    if request.model.provider == "openai":
        framed = len(request.messages) + (request.system is not None)
        start = 3 if BEFORE_REASONING.match(request.model.model) else 2
        tokens += PER_MESSAGE * framed + start
        how += f"; {PER_MESSAGE} tokens for each message and {start} for the request are added for its framing"
    messages = request.messages if request.body is None else ()
    files = [part for m in messages for part in m.parts if isinstance(part, File)]
    counted = [found for file in files if (found := count_file(file, request.model))]
    attached, uncounted = sum(found.tokens for found in counted), len(files) - len(counted)
    for rule in dict.fromkeys(found.rule for found in counted):
        how += f"; {WHAT[rule.kind]} by {rule.source}: {rule.how}"
    if uncounted:
        how += f"; {uncounted} attached file{'s' if uncounted > 1 else ''} not counted"
    return TokenCount(
        tokens=tokens + attached, estimate=True, how=how, attached=attached, uncounted=uncounted
    )


WHAT = {"image/": "images", "application/pdf": "PDF pages"}


def texts(request: Request) -> Iterator[str]:
    """Everything in the request that the model reads as text: system, messages, tool calls, results, definitions, schema.

    Of a body that is sent letter by letter all of it.
    """
    if request.body is not None:
        yield request.body
        return
    if request.system:
        yield request.system
    for message in request.messages:
        yield from _message_texts(message)
    for tool in request.tools:
        yield f"{tool.name}\n{tool.description}\n{json.dumps(dict(tool.parameters), ensure_ascii=False)}"
    if request.settings.response_schema is not None:
        yield json.dumps(dict(request.settings.response_schema), ensure_ascii=False)


def _message_texts(message: Message) -> Iterator[str]:
    for part in message.parts:
        if isinstance(part, Text | Reasoning):
            yield part.text
        elif isinstance(part, ToolCall):
            yield f"{part.name}\n{json.dumps(part.arguments, ensure_ascii=False, default=str)}"
        elif not isinstance(part, File):
            yield part.content


def _how(ref: ModelRef, encoding: str | None) -> str:
    if encoding:
        return f"counted with {encoding}, the tokenizer of this model"
    provider = provider_of(ref.provider)
    note = _claude_note(ref.model) if provider.maker else ""
    return f"estimated with OpenAI's {DEFAULT}: {provider.tokenizer}{note}"


def _claude_note(model: str) -> str:
    version = re.search(r"claude-[a-z]+-(\d+)(?:-(\d{1,2})(?!\d))?", model)
    if version and (int(version[1]), int(version[2] or 0)) >= (4, 7):
        return (
            ", and this model's tokenizer is known to give about 30 % more tokens for the same text "
            "than earlier Claude models, so the real count is probably higher"
        )
    return ""
