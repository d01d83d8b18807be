"""What `fuzz` feeds: every parser of what others wrote, with good texts to begin from and the errors that it documents."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import httpcore2

from playground import library, settings
from playground.bills import reading as bills
from playground.chats.importing import chats
from playground.chats.nouns import Said
from playground.chats.sources import Given
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.domain.nouns import NotARun
from playground.experiments import case_files, importing, templates
from playground.experiments import reading as specs
from playground.experiments.sources import Sources
from playground.export import reading as runs
from playground.pricing import reading as prices
from playground.providers import Call, Session
from playground.providers.doors import SESSION_DOORS
from playground.providers.heard import Heard
from playground.wire import SSEParser, open_pool
from playground.wire.limits import Endless
from playground.wire.line import _Answer

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
ROOT = Path(__file__).parents[1]
KEY = Secret("fuzz-key-0123456789")


class Parser(NamedTuple):
    """One parser of what others wrote."""

    name: str
    seeds: tuple[bytes, ...]
    feed: Callable[[bytes], object]
    raises: tuple[type[Exception], ...] = ()
    """What it may raise, as its docstring says; anything else is a crash."""


def _sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def _lines(*values: Any) -> tuple[bytes, ...]:
    return tuple(json.dumps(value).encode() for value in values)


STREAMS: dict[str, tuple[bytes, ...]] = {
    "openai:m": (
        _sse(
            {"type": "response.created", "response": {"id": "r", "model": "m"}},
            {"type": "response.output_item.added", "output_index": 0, "item": {"type": "function_call", "name": "f", "call_id": "c"}},
            {"type": "response.output_text.delta", "delta": "Hello", "output_index": 0},
            {"type": "response.function_call_arguments.delta", "delta": "{}", "output_index": 0},
            {"type": "response.completed", "response": {"id": "r", "status": "completed", "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello", "annotations": [{"type": "url_citation", "url": "x"}]}]}], "usage": {"input_tokens": 3, "output_tokens": 2, "input_tokens_details": {"cached_tokens": 1}}}},
        ),
    ),
    "openai/chat:m": (
        _sse(
            {"id": "r", "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello", "reasoning_content": "hm"}}]},
            {"id": "r", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}}]},
            {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 1}}},
        )
        + b"data: [DONE]\n\n",
    ),
    "anthropic:m": (
        _sse(
            {"type": "message_start", "message": {"id": "r", "model": "m", "usage": {"input_tokens": 3, "cache_creation": {"ephemeral_5m_input_tokens": 1}}}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "c", "name": "f", "input": {}}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
            {"type": "content_block_stop", "index": 1},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
            {"type": "message_stop"},
        ),
    ),
    "gemini:m": (
        _sse(
            {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}, {"text": "Hello"}, {"functionCall": {"name": "f", "args": {}}}]}}], "modelVersion": "m", "responseId": "r"},
            {"candidates": [{"finishReason": "STOP", "groundingMetadata": {"groundingChunks": [{"web": {"uri": "x"}}]}}], "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 3}]}},
        ),
    ),
    "gemini/interactions:m": (
        _sse(
            {"event_type": "interaction.created", "interaction": {"id": "r", "status": "in_progress"}},
            {"event_type": "step.start", "index": 0, "step": {"type": "model_output"}},
            {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": "Hello"}},
            {"event_type": "step.stop", "index": 0},
            {"event_type": "interaction.completed", "interaction": {"id": "r", "status": "completed", "usage": {"total_input_tokens": 3, "total_output_tokens": 2}}},
        ),
    ),
}  # fmt: skip
MESSAGES: dict[str, tuple[bytes, ...]] = {
    "openai/realtime:m": _lines(
        {"type": "response.output_text.delta", "delta": "Hello"},
        {"type": "response.done", "response": {"id": "r", "status": "completed", "output": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, {"content": [{"text": "Hello"}]}], "usage": {"input_tokens": 3, "output_tokens": 2, "input_token_details": {"cached_tokens": 1, "text_tokens": 3}}}},
        {"type": "error", "error": {"message": "no", "code": "x"}},
        {"type": "rate_limits.updated", "rate_limits": [{"name": "requests", "limit": 3}]},
    ),
    "gemini/live:m": _lines(
        {"serverContent": {"modelTurn": {"parts": [{"text": "Hello"}]}, "turnComplete": True}, "usageMetadata": {"promptTokenCount": 3, "responseTokenCount": 2}},
        {"toolCall": {"functionCalls": [{"id": "c", "name": "f", "args": {}}]}},
        {"setupComplete": {}, "sessionResumptionUpdate": {"newHandle": "h"}, "goAway": {"timeLeft": "1s"}},
    ),
}  # fmt: skip


def _events(data: bytes) -> None:
    """However a stream is cut in pieces, the same events come of it."""
    whole = SSEParser()
    found = [*whole.feed(data), *whole.finish()]
    cut, pieces = SSEParser(), list[Any]()
    size = 1 + len(data) % 7
    for start in range(0, len(data), size):
        pieces += cut.feed(data[start : start + size])
    if [*pieces, *cut.finish()] != found:
        raise AssertionError("another split gives other events")


class _Pieces:
    """A connection that gives bytes and then is over."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    async def read(self, most: int, patience: float | None) -> bytes:
        return self._data.read(1 + most % 61)

    async def aclose(self) -> None:
        pass


class _NoLine:
    def keep(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


def _http(data: bytes) -> None:
    async def read() -> None:
        answer = _Answer(_NoLine(), _Pieces(data), 1.0)  # type: ignore[arg-type]
        await answer.head(1.0)
        async for _ in answer:
            pass

    _LOOP.run_until_complete(read())


_LOOP = asyncio.new_event_loop()
_POOL = open_pool()


def _door(spelling: str) -> Callable[[bytes], object]:
    """What a call makes of the bytes of a stream, and of the same as a whole body."""
    ref = ModelRef.parse(spelling)
    request = Request.ask(ref, "Hi")
    endpoint = Endpoint(provider=ref.provider, base_url="http://127.0.0.1:9", key=KEY)

    def feed(data: bytes) -> None:
        call, parser = Call(request, endpoint, pool=_POOL, on_delta=_hear), SSEParser()
        for name, event in (*parser.feed(data), *parser.finish()):
            call._take(name, event)
        call.failure = call._unfinished()
        call._settle()
        call.response()
        whole = Call(request, endpoint, pool=_POOL)
        whole._read_body(data.removeprefix(b"data: ").partition(b"\n\n")[0])
        whole._settle()
        whole.response()

    return feed


def _hear(kind: str, piece: str) -> None:
    if type(piece) is not str:
        raise TypeError(f"a {kind} that is no text was told: {piece!r}")


def _session(spelling: str) -> Callable[[bytes], object]:
    ref = ModelRef.parse(spelling)
    request = Request.ask(ref, "Hi")
    endpoint = Endpoint(provider=ref.provider, base_url="http://127.0.0.1:9", key=KEY)

    def feed(data: bytes) -> None:
        session = Session()
        session.heard, session._door = Heard(ref.provider), SESSION_DOORS[ref.api]
        turn = session.call(request, endpoint, pool=_POOL)
        turn._draft = session.heard.begin(_hear)
        session._take(0.0, False, data)
        turn._settle()
        turn.response()

    return feed


def _file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def feed(data: bytes) -> None:
        path = FOLDER / name
        path.write_bytes(data)
        read(path)

    return feed


def _said(text: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: text(data.decode("utf-8", "surrogateescape"))


def _imported(name: str) -> Callable[[bytes], object]:
    return lambda data: importing.read_in(Sources(uploaded={name: data}), name)


def _spec(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for name in ("a.yaml", "a.json"):
        specs.read_text(text, name, Sources(uploaded={"cases.csv": data}))


def _prompt(text: str) -> None:
    fixed, names = library.pieces(text)
    if len(fixed) != len(names) + 1:
        raise AssertionError("not one variable between each two texts")
    sent = library.filled(text, dict.fromkeys(names, "value"))
    library.values_in(text, sent)


VARS = {"name": "Ana", "n": 3, "list": [1, "two", None], "map": {"a": {"b": True}}}


def _chats(data: bytes) -> None:
    for name in ("conversations.json", "page.html", "export.zip"):
        list(chats([Given(name, io.BytesIO(data))], Said()))


def _cases(data: bytes) -> None:
    for ending in case_files.READERS:
        case_files.read(f"cases{ending}", data)


def _seeds(*paths: str) -> tuple[bytes, ...]:
    """Files of the project as seeds, no more of each than is mutated quickly."""
    return tuple((ROOT / path).read_bytes()[:6000] for path in paths)


SPEC = b"""\
name: A
prompts:
- label: short
  text: "Say {{word}} in {{ n }} words."
- messages: [{role: user, content: "{{word}}"}]
models: [openai:gpt-6.1-sol, {model: anthropic:claude-sonnet-5-5, settings: {temperature: 0.5}}]
cases:
- vars: {word: one, n: 1}
  checks: [{type: contains, value: one}, {type: regex, value: "o+"}, {type: expression, value: "len(text) > 2"}]
repeats: 2
"""
PROMPTFOO = b"""\
description: d
prompts: ["Say {{word}}", {id: file://p.txt, label: p}]
providers: [openai:gpt-6.1-sol, {id: anthropic:messages:claude-sonnet-5-5, config: {temperature: 0.5}}]
defaultTest: {assert: [{type: latency, threshold: 10}]}
tests:
- vars: {word: [one, two]}
  assert: [{type: contains, value: one}, {type: javascript, value: "output.length > 1"}, {type: not-regex, value: "o+"}]
scenarios: [{config: [{vars: {a: 1}}], tests: [{vars: {b: 2}}]}]
"""
EVALS = _lines(
    {"name": "e", "testing_criteria": [{"type": "string_check", "name": "s", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "eq"}, {"type": "text_similarity", "evaluation_metric": "bleu", "pass_threshold": 0.5, "input": "{{sample.output_text}}", "reference": "x"}, {"type": "score_model", "model": "m", "input": [{"role": "user", "content": "x"}]}], "data_source": {"type": "completions", "model": "m", "source": {"content": [{"item": {"answer": "x"}}]}, "input_messages": {"type": "template", "template": [{"role": "user", "content": "{{item.question}}"}]}}},
)  # fmt: skip
CHATS = (
    *_lines(
        [{"title": "t", "id": "1", "create_time": 1.5, "current_node": "b", "mapping": {"a": {"id": "a", "message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hi"]}, "create_time": 1.0}, "parent": None, "children": ["b"]}, "b": {"id": "b", "message": {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["Hello"]}, "metadata": {"model_slug": "gpt"}}, "parent": "a", "children": []}}}],
        [{"uuid": "1", "name": "n", "created_at": "2026-01-01T00:00:00Z", "chat_messages": [{"uuid": "m", "sender": "human", "text": "Hi", "content": [{"type": "text", "text": "Hi"}], "attachments": [], "files": []}, {"sender": "assistant", "content": [{"type": "text", "text": "Hello"}, {"type": "tool_use", "name": "f", "input": {}}]}]}],
        [{"header": "Gemini Apps", "title": "Prompted Hi", "time": "2026-01-01T00:00:00.000Z", "products": ["Gemini Apps"], "safeHtmlItem": [{"html": "<p>Hello</p>"}]}],
        {"conversations": [{"conversation": {"id": "1", "title": "t"}, "responses": [{"response": {"sender": "human", "message": "Hi"}}]}]},
        {"runSettings": {"model": "models/gemini"}, "chunkedPrompt": {"chunks": [{"text": "Hi", "role": "user", "tokenCount": 1}]}},
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    ),
    b"<html><body><div class='outer-cell mdl-cell'>Prompted\xc2\xa0Hi<br>Jan 1, 2026, 1:00:00 PM UTC<br><p>Hello</p></div></body></html>",
)  # fmt: skip
BILLS = (
    *_lines(
        {"object": "page", "data": [{"object": "bucket", "start_time": 1767225600, "end_time": 1767312000, "results": [{"object": "organization.usage.completions.result", "input_tokens": 3, "output_tokens": 2, "num_model_requests": 1, "model": "m", "batch": False}]}], "has_more": False},
        {"data": [{"starting_at": "2026-01-01T00:00:00Z", "ending_at": "2026-01-02T00:00:00Z", "results": [{"uncached_input_tokens": 3, "output_tokens": 2, "model": "m", "cache_creation": {"ephemeral_5m_input_tokens": 1}}]}]},
        {"data": [{"starting_at": "2026-01-01T00:00:00Z", "ending_at": "2026-01-02T00:00:00Z", "results": [{"amount": "12.5", "currency": "USD", "description": "d", "model": "m"}]}]},
        {"data": [{"date": "2026-01-01", "model": "m", "usage": 0.5, "requests": 1, "prompt_tokens": 3, "completion_tokens": 2}]},
    ),
    b"Service description,SKU description,Usage start date,Usage end date,Usage amount,Usage unit,Cost ($)\nGemini API,Input token count gemini,2026-01-01,2026-01-02,\"1,000\",count,0.10\n",
    b"usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n2026-01-01,m,3,2\n",
)  # fmt: skip
RUN = _lines(
    {"run_id": "r1", "created_at": "2026-01-01T00:00:00+00:00", "simulated": False, "requests": [{"model": {"provider": "openai", "api": "chat", "model": "m"}, "messages": [{"role": "user", "parts": [{"kind": "text", "text": "Hi"}]}], "settings": {}}], "responses": [{"model": {"provider": "openai", "api": "chat", "model": "m"}, "text": "Hello", "usage": {"input_tokens": 3}}]},
)  # fmt: skip
TEMPLATES = (
    b"{% for x in list %}{{ loop.index }}: {{ x | upper | default('none') }}{% if not loop.last %}, {% endif %}{% endfor %}",
    b"{% set a = map.a.b %}{{ 'yes' if a else 'no' }} {{ n * 2 ** 3 // 2 }} {{ name[0:2] }}{# c #}",
    b"{% macro m(x, y=1) %}{{ x + y }}{% endmacro %}{{ m(2) }} {{ name | replace('a', 'b') | truncate(3) }}",
)
TOML = (
    b'[ollama]\nbase_url = "http://localhost:11434/v1"\n\n[mine]\nbase_url = "https://x.example/v1"\nkey_env = "MY_KEY"\n',
)
CASES = (b'word,n\none,1\n"two, and",2\n', b'[{"word": "one"}, {"vars": {"word": "x"}}]')
HTTP = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
    b"HTTP/1.0 200 OK\r\n\r\nhello",
)


def _settings(path: Path) -> None:
    settings.load({"PLAYGROUND_ENDPOINTS": str(path), "MY_KEY": "k" * 20})


PARSERS: tuple[Parser, ...] = (
    Parser("HTTP answers", HTTP, _http, (httpcore2.ProtocolError,)),
    Parser("event streams", (*STREAMS["openai:m"], b"event: x\ndata: 1\r\n\r\n"), _events, (Endless,)),
    *(Parser(f"answers of {name}", seeds, _door(name), (Endless,)) for name, seeds in STREAMS.items()),
    *(Parser(f"sessions of {name}", seeds, _session(name)) for name, seeds in MESSAGES.items()),
    Parser("prices", _seeds("pricing.yaml"), _file("pricing.yaml", prices.read), (prices.Unreadable,)),
    Parser("experiments", (SPEC,), _spec),
    Parser("promptfoo", (PROMPTFOO,), _imported("promptfooconfig.yaml")),
    Parser("evals", EVALS, _imported("eval.json")),
    Parser("cases", CASES, _cases),
    Parser("chat exports", CHATS, _chats),
    Parser("bills", BILLS, lambda data: bills.read("bill", data)),
    Parser("runs", RUN, _said(lambda text: [runs.run_of(d) for d in runs.documents(text)]), (NotARun,)),
    Parser("templates", TEMPLATES, _said(lambda text: templates.render(text, VARS)), (templates.TemplateError,)),
    Parser("prompts", (b"Say {{word}} to {{ two  words }}, not {{{{this}}}}.",), _said(_prompt)),
    Parser("settings", TOML, _file("endpoints.toml", _settings)),
)  # fmt: skip
"""A new parser is a new row."""


def find(names: Iterable[str]) -> tuple[Parser, ...]:
    """The parsers of these names; all where there are none."""
    wanted = set(names)
    return tuple(parser for parser in PARSERS if not wanted or parser.name in wanted)
