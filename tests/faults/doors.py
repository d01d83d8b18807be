"""Every way in which a call leaves: one row a door, how it is asked, and what a good answer is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from playground.domain import Endpoint, ModelRef, Request
from playground.domain.job import Job, Progress
from playground.domain.provider import provider_of
from playground.lab.file_search import NoNotes
from playground.providers import batch, bills, caches, counting, files, leftovers, models, stores
from playground.providers.talking import Talk
from playground.wire import Pool
from tests.faults.faults import MCP, QUESTION, SESSION, STREAM, WHOLE
from tests.faults.server import Answer, Visit, body, events, talk

Ask = Callable[[Endpoint, Pool], Awaitable[Any]]
NOTES = NoNotes()


@dataclass(frozen=True, kw_only=True)
class Door:
    """One way out."""

    kind: str
    answer: Callable[[Visit], Answer]
    model: str = ""
    """The spelling of the model that is asked, where one is."""
    provider: str = ""
    ask: Ask | None = None
    before: int = 0
    """How many requests of it are answered well before it meets the fault."""
    within: Callable[[Visit], bool] = lambda visit: True
    gone_is_good: bool = False
    """Whether a 404 is no failure: what was to be deleted, or looked at, is gone."""


TEXT: Mapping[str, tuple[str, list[Any], Any]] = {
    "responses": (
        "openai:m",
        [
            {"type": "response.output_text.delta", "delta": "Hello", "output_index": 0},
            {"type": "response.completed", "response": {"id": "r", "status": "completed"}},
        ],
        {
            "id": "r",
            "status": "completed",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello"}]}],
        },
    ),
    "chat": (
        "openai/chat:m",
        [
            {"id": "r", "choices": [{"index": 0, "delta": {"content": "Hello"}}]},
            {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        ],
        {"id": "r", "choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]},
    ),
    "compatible": (
        "groq:m",
        [
            {"id": "r", "choices": [{"index": 0, "delta": {"content": "Hello"}}]},
            {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        ],
        {"id": "r", "choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]},
    ),
    "messages": (
        "anthropic:m",
        [
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": "Hello"},
            },
            {"type": "message_stop"},
        ],
        {
            "id": "r",
            "type": "message",
            "content": [{"type": "text", "text": "Hello"}],
            "stop_reason": "end_turn",
        },
    ),
    "generate_content": (
        "gemini:m",
        [
            {"candidates": [{"content": {"parts": [{"text": "Hello"}]}}]},
            {"candidates": [{"finishReason": "STOP"}]},
        ],
        {"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]},
    ),
    "interactions": (
        "gemini/interactions:m",
        [
            {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": "Hello"}},
            {"event_type": "interaction.completed", "interaction": {"status": "completed"}},
        ],
        {
            "id": "r",
            "status": "completed",
            "steps": [{"type": "model_output", "content": [{"type": "text", "text": "Hello"}]}],
        },
    ),
}
"""Door → model, the shortest whole stream, the same as one body."""

REALTIME = talk(
    ({"type": "session.created", "session": {}}, {"type": "session.updated", "session": {}}, None),
    {"type": "response.output_text.delta", "delta": "Hello"},
    {"type": "response.done", "response": {"id": "r", "status": "completed"}},
)
LIVE = talk(
    (None, {"setupComplete": {}}),
    {"serverContent": {"modelTurn": {"parts": [{"text": "Hello"}]}}},
    {"serverContent": {"turnComplete": True}},
)
GOOD = body(
    {
        "id": "x",
        "name": "x",
        "data": [],
        "models": [],
        "input_tokens": 3,
        "totalTokens": 3,
        "file": {"name": "files/x", "uri": "x"},
        "done": True,
        "deleted": True,
        "object": "x",
    }
)
"""What answers every short question well."""


def always(answer: Answer) -> Callable[[Visit], Answer]:
    return lambda visit: answer


def question(provider: str, ask: Ask, **more: Any) -> Door:
    return Door(kind=QUESTION, provider=provider, ask=ask, answer=always(GOOD), **more)


MODELS = {"openai": "openai:m", "anthropic": "anthropic:m", "gemini": "gemini:m"}
_REF = {name: ModelRef.parse(spelling) for name, spelling in MODELS.items()}
_ASKED = {name: Request.ask(ref, "Hi") for name, ref in _REF.items()}
_DONE = {
    name: Progress(id="batches/x", state="done", input_id="y", results=("z",)) for name in MODELS
}


def _job(provider: str) -> Job:
    return Job(
        id="1",
        model=_REF[provider],
        title="t",
        created_at="2026-11-26T00:00:00Z",
        keys=("a",),
        requests=(_ASKED[provider],),
        progress=_DONE[provider],
        simulated=False,
    )


def _batches(p: str) -> dict[str, Door]:
    def talking(do: Callable[[Talk], Awaitable[Any]]) -> Ask:
        return lambda endpoint, pool: do(Talk(endpoint, pool))

    lines = [("a", _ASKED[p])]
    rows: dict[str, Ask] = {
        "submit": talking(lambda talk: batch.submit(talk, _REF[p], lines, "t", NOTES)),
        "look": talking(lambda talk: batch.look(talk, _DONE[p])),
        "cancel": talking(lambda talk: batch.cancel(talk, _DONE[p])),
        "delete": talking(lambda talk: batch.delete(talk, _DONE[p])),
        "list": talking(batch.listing),
        "collect": talking(lambda talk: batch.collect(talk, _job(p))),
        "file up": talking(lambda talk: files.upload(talk, "n.txt", b"text", "text/plain", NOTES)),
        "file gone": talking(lambda talk: leftovers.delete(talk, "file", "files/x")),
    }
    gone = ("look", "delete", "file gone")
    return {
        f"{p} {name if 'file' in name else f'batch: {name}'}": question(
            p, ask, gone_is_good=name in gone
        )
        for name, ask in rows.items()
    }


def _count(p: str) -> Ask:
    return lambda endpoint, pool: counting.count_input_tokens(_ASKED[p], endpoint, pool=pool)


async def _listed(endpoint: Endpoint, pool: Pool) -> None:
    await models.list_models(endpoint, pool=pool)


async def _row(endpoint: Endpoint, pool: Pool) -> models.Listing:
    return await models.read_model(endpoint, "m", pool=pool)


async def _bills(endpoint: Endpoint, pool: Pool) -> Any:
    from datetime import date

    return await bills.fetch(endpoint, date(2026, 11, 1), date(2026, 11, 1), pool=pool)


def _stores(p: str) -> dict[str, Door]:
    door = stores.STORES[p]

    def asking(do: Callable[[Talk], Awaitable[Any]]) -> Ask:
        return lambda endpoint, pool: do(Talk(door.where(endpoint), pool))

    put = ("n.txt", b"text", "text/plain")
    rows: dict[str, Ask] = {
        "make": asking(lambda talk: door.create(talk, "n", NOTES)),
        "add": asking(lambda talk: door.add(talk, "x", put, NOTES, {}, None)),
        "look": asking(lambda talk: door.look(talk, "x", ())),
        "delete": asking(lambda talk: door.delete(talk, "x")),
    }
    return {f"{p} store: {name}": question(p, ask) for name, ask in rows.items()}


def _caches() -> dict[str, Door]:
    def asking(do: Callable[[Talk], Awaitable[Any]]) -> Ask:
        return lambda endpoint, pool: do(Talk(endpoint, pool))

    make = partial(caches.make, model=_REF["gemini"], prefix=_ASKED["gemini"], seconds=60)
    rows: dict[str, Ask] = {
        "make": asking(lambda talk: make(talk, title="t", notes=NOTES)),
        "look": asking(lambda talk: caches.look(talk, "x")),
        "keep": asking(lambda talk: caches.keep(talk, "x", seconds=5)),
        "delete": asking(lambda talk: caches.delete(talk, "x")),
        "list": asking(caches.listing),
    }
    return {
        f"gemini cache: {name}": question("gemini", ask, gone_is_good=name == "delete")
        for name, ask in rows.items()
    }


def _tool_server(visit: Visit) -> Answer:
    """A tool server's answers by JSON-RPC."""
    asked = visit.json or {}
    if "id" not in asked:
        return Answer((b"", b""))
    results: dict[str, Any] = {
        "initialize": {
            "protocolVersion": asked.get("params", {}).get("protocolVersion"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "t", "version": "1"},
        },
        "tools/list": {"tools": [{"name": "t", "inputSchema": {"type": "object"}}]},
        "tools/call": {"content": [{"type": "text", "text": "Hello"}]},
    }
    result = results.get(asked["method"], {})
    return body({"jsonrpc": "2.0", "id": asked["id"], "result": result})


def _asks(method: str) -> Callable[[Visit], bool]:
    return lambda visit: visit.method == "POST" and (visit.json or {}).get("method") == method


DOORS: dict[str, Door] = {
    **{
        name: Door(kind=STREAM, model=model, answer=always(events(*stream)))
        for name, (model, stream, _) in TEXT.items()
    },
    **{
        f"{name}, whole": Door(kind=WHOLE, model=model, answer=always(body(answer)))
        for name, (model, _, answer) in TEXT.items()
    },
    "realtime": Door(kind=SESSION, model="openai/realtime:m", answer=always(REALTIME)),
    "live": Door(kind=SESSION, model="gemini/live:m", answer=always(LIVE)),
    "MCP": Door(kind=MCP, answer=_tool_server),
    "MCP, list of tools": Door(kind=MCP, answer=_tool_server, within=_asks("tools/list")),
    "MCP, call of a tool": Door(kind=MCP, answer=_tool_server, within=_asks("tools/call")),
    **{name: door for p in MODELS for name, door in _batches(p).items()},
    "openai batch: submit, second step": question(
        "openai",
        lambda e, pool: batch.submit(
            Talk(e, pool), _REF["openai"], [("a", _ASKED["openai"])], "t", NOTES
        ),
        before=1,
    ),
    **{f"{p} count": question(p, _count(p)) for p in MODELS},
    **{f"{p} models": question(p, _listed) for p in (*MODELS, "groq")},
    **{f"{p} model": question(p, _row) for p in MODELS},
    **{f"{p} bills": question(p, _bills) for p in bills.REPORTS},
    **{name: door for p in stores.STORES for name, door in _stores(p).items()},
    **_caches(),
}
"""A new way out is a new row."""
assert all(provider_of(door.provider or "openai") for door in DOORS.values())
