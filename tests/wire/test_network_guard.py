"""Hosted mode as an attacker sees it: every forbidden target through every way that an address can enter; none is reached.

What the guard lets through lands on a listener on loopback, whatever its address is, and the listener's own port is called
"one of https's": so a connection counts that only a wrong port, or nobody on the other side, would have kept away.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpcore2
import httpx2
import pytest

from playground import settings
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.domain.provider import provider_of
from playground.experiments.promptfoo.importing import read_in
from playground.experiments.sources import Sources
from playground.providers import ProviderError, called, count_input_tokens, list_models
from playground.providers import batch as batches
from playground.providers import files as stored
from playground.providers.mcp_server import McpError, McpServer
from playground.providers.talking import Talk
from playground.wire import Pool, guard, open_pool
from playground.wire.guarded import Guarded
from playground.wire.sockets import Backend
from tests.tinyproxy import authority
from tests.wire import forbidden
from tests.wire.forbidden import ALLOWED, FORBIDDEN, Target

NOTHING: Any = SimpleNamespace(making=lambda kind, name: lambda id, until: None)
KEY = Secret("canary-7f3a9c-canary")
MODELS = {
    "custom": ModelRef("custom", "chat", "m"),
    "openai": ModelRef("openai", "responses", "m"),
    "anthropic": ModelRef("anthropic", "messages", "m"),
    "gemini": ModelRef("gemini", "generate_content", "m"),
    "openai realtime": ModelRef("openai", "realtime", "gpt-realtime-2.1"),
    "gemini live": ModelRef("gemini", "live", "gemini-3.8-live"),
}
NO_ADDRESS = (ValueError, httpx2.InvalidURL)
"""What can't be read as an address is called by nobody, and a field for one does not take it."""


class Listener:
    """A server on loopback that counts its connections and sends everyone who asks by HTTP somewhere else."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.location = ""
        """Where it sends them; empty: it hangs up at once."""
        self.diverted: list[str] = []
        """The addresses that the guard let through."""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.location:
            with suppress(asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                head = f"HTTP/1.1 307 Elsewhere\r\nlocation: {self.location}\r\ncontent-length: 0\r\n\r\n"
                writer.write(head.encode("utf-8", "replace"))
                await writer.drain()
        writer.close()


@pytest.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    made = Listener()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    divert(monkeypatch, made)
    yield made
    server.close()


def divert(monkeypatch: pytest.MonkeyPatch, listener: Listener) -> None:
    class Diverting(Backend):
        async def connect_tcp(
            self, host: str, port: int, *more: Any, **options: Any
        ) -> httpcore2.AsyncNetworkStream:
            listener.diverted.append(host)
            return await super().connect_tcp("127.0.0.1", listener.port, *more, **options)

    monkeypatch.setattr(guard, "Backend", Diverting)
    monkeypatch.setattr(guard, "PORTS", (*guard.PORTS, listener.port))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names mean what `forbidden.NAMES` says; what is written as an address means what the system makes of it."""

    def look_up(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        answers = forbidden.resolve(name)
        if answers is None:
            try:
                answers = [socket.inet_ntoa(socket.inet_aton(name))]
            except OSError:
                raise socket.gaierror(-2, "Name or service not known") from None
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in answers
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    forbidden.look_up_anew()


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    made = open_pool(hosted=True)
    yield made
    await made.aclose()


Door = Callable[[str, Pool], Awaitable[None]]


def asked(name: str, simulated: bool = False) -> Door:
    """A model of an endpoint that has this address, however it came into it."""

    async def door(url: str, pool: Pool) -> None:
        model = MODELS[name]
        endpoint = Endpoint(
            provider=model.provider,
            base_url=url,
            key=KEY,
            user_supplied=True,
            simulated=simulated,
        )
        call = called(Request.ask(model, "Hi", timeout=5), endpoint, pool=pool)
        await call.run()
        assert call.response().failure

    return door


async def typed(url: str, pool: Pool) -> None:
    """Under Keys › Add an endpoint, with the mending that an address gets there, and its model list at once."""
    with suppress(settings.SettingsError, ProviderError):
        await list_models(settings.custom("mine", url, KEY), pool=pool)


def configured(provider: str, variable: str) -> Door:
    """A base URL of the environment."""

    async def door(url: str, pool: Pool) -> None:
        env = {variable: url, "PLAYGROUND_HOSTED": "1", "PLAYGROUND_ENDPOINTS": os.devnull}
        with suppress(ValueError):  # a variable holds no null character
            endpoint = settings.load(env).endpoints[provider]
            if endpoint.base_url == provider_of(provider).base_url:
                return  # it could not be used, and said so
            call = called(
                Request.ask(MODELS[provider], "Hi"), replace(endpoint, key=KEY), pool=pool
            )
            await call.run()

    return door


def put(work: Callable[[Endpoint, Pool], Awaitable[Any]]) -> Door:
    """Work at a provider that is no answer of a model."""

    async def door(url: str, pool: Pool) -> None:
        with suppress(ProviderError):
            await work(Endpoint(provider="openai", base_url=url, key=KEY, user_supplied=True), pool)

    return door


def counted(endpoint: Endpoint, pool: Pool) -> Awaitable[Any]:
    return count_input_tokens(Request.ask(MODELS["openai"], "Hi"), endpoint, pool=pool)


def uploaded(endpoint: Endpoint, pool: Pool) -> Awaitable[Any]:
    return stored.upload(Talk(endpoint, pool), "a.txt", b"a", "text/plain", NOTHING)


def batched(endpoint: Endpoint, pool: Pool) -> Awaitable[Any]:
    model = MODELS["openai"]
    return batches.submit(
        Talk(endpoint, pool), model, [("1", Request.ask(model, "Hi"))], "t", NOTHING
    )


async def mcp(url: str, pool: Pool) -> None:
    """The address of an MCP server; what is none there would be a command, which hosted mode starts none of."""

    def connect() -> None:
        with suppress(McpError):
            McpServer(url, hosted=True, token=KEY).close()

    await asyncio.to_thread(connect)


async def mcp_transport(url: str, pool: Pool) -> None:
    """What the MCP client sends its requests with, by itself: a server is connected in a thread of its own, which takes long."""
    with suppress(*NO_ADDRESS, guard.ForbiddenHost, httpcore2.ConnectError, httpcore2.ReadError):
        async with httpx2.AsyncClient(transport=Guarded(pool)) as client:
            await client.post(url)


async def named(url: str, pool: Pool) -> None:
    """A file or an address that an uploaded configuration names."""
    spec = f"prompts: [{url!r}]\nproviders: [{{id: 'openai:chat:m', config: {{apiBaseUrl: {url!r}}}}}]\ntests: {url!r}\n"
    made = read_in(
        Sources(uploaded={"promptfooconfig.yaml": spec.encode()}), "promptfooconfig.yaml"
    )
    assert "root:" not in made.yaml()
    assert "PATH=" not in made.yaml()


DOORS: dict[str, Door] = {
    "custom endpoint, as typed": typed,
    **{f"base URL of {name}": asked(name) for name in MODELS},
    "gateway": asked("openai", simulated=True),
    "OPENAI_BASE_URL": configured("openai", "OPENAI_BASE_URL"),
    "ANTHROPIC_BASE_URL": configured("anthropic", "ANTHROPIC_BASE_URL"),
    "GOOGLE_GEMINI_BASE_URL": configured("gemini", "GOOGLE_GEMINI_BASE_URL"),
    "counting": put(counted),
    "file upload": put(uploaded),
    "batch": put(batched),
    "MCP server": mcp,
    "MCP transport": mcp_transport,
    "uploaded configuration": named,
}
SENT_ON = ("base URL of anthropic", "base URL of gemini", "counting", "file upload", "MCP server")
"""Doors that are sent on by HTTP, beside the first; some of the targets are enough for them."""
SLOW = {"MCP server": 6}
"""Doors that are tried with one of so many targets."""
OPENS_NOTHING = {"uploaded configuration"}


async def reached(listener: Listener, pool: Pool, door: Door, target: Target) -> bool:
    """Whether anything was connected to; of a name that changes its meaning, to what it must not mean."""
    listener.diverted.clear()
    before = listener.connections
    forbidden.look_up_anew()
    await door(target.url.replace("{port}", str(listener.port)), pool)
    rebound = target.kind == "DNS rebinding"
    let_through = [a for a in listener.diverted if not (rebound and a in forbidden.ADDRESSES)]
    past_the_guard = listener.connections - before - len(listener.diverted)
    return bool(let_through) or past_the_guard > 0


async def test_no_forbidden_target_is_reached_by_any_way(
    listener: Listener, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        (name, target)
        for name, door in DOORS.items()
        for target in FORBIDDEN[:: SLOW.get(name, 1)]
        if await reached(listener, pool, door, target)
    ]
    with capsys.disabled():
        kinds = Counter(target.kind for target in FORBIDDEN)
        print(
            f"\n{len(found)} of {len(FORBIDDEN)} forbidden targets reached by {len(DOORS)} ways:",
            dict(kinds),
        )
    assert len({target.url for target in FORBIDDEN}) == len(FORBIDDEN) >= 350
    assert found == []


async def test_what_is_allowed_is_reached_by_every_way(
    listener: Listener, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = []
    doors = {name: door for name, door in DOORS.items() if name not in OPENS_NOTHING}
    for name, door in doors.items():
        for url in ALLOWED:
            listener.diverted.clear()
            before = listener.connections
            await door(url.replace("{port}", str(listener.port)), pool)
            if listener.connections == before or not set(listener.diverted) <= forbidden.ADDRESSES:
                missed.append((name, url, list(listener.diverted)))
    with capsys.disabled():
        print(
            f"\n{len(ALLOWED) - len({m[1] for m in missed})} of {len(ALLOWED)} allowed targets reached by {len(doors)} ways"
        )
    assert missed == []


@pytest.fixture
async def sending(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Listener]:
    """A listener that is trusted as public.example, and sends everyone on."""
    own = authority(tmp_path_factory.mktemp("authority"), "public.example")
    made = Listener()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=own.server)
    made.port = server.sockets[0].getsockname()[1]
    divert(monkeypatch, made)
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
    plain = getattr(httpx2.create_ssl_context, "__wrapped__", httpx2.create_ssl_context)
    monkeypatch.setattr(httpx2, "create_ssl_context", plain)
    yield made
    server.close()


async def test_no_redirect_is_followed(sending: Listener) -> None:
    pool = open_pool(hosted=True)
    followed, sent = [], 0
    for i, target in enumerate(FORBIDDEN):
        sending.location = target.url.replace("{port}", str(sending.port))
        doors = ["base URL of custom", *(SENT_ON if i % 32 == 0 else ())]
        for name in doors:
            before, sending.diverted[:] = sending.connections, []
            await DOORS[name]("https://public.example/v1", pool)
            sent += sending.connections - before
            if set(sending.diverted) - {"1.1.1.1"}:  # an MCP server is asked twice
                followed.append((name, target.url, list(sending.diverted)))
    await pool.aclose()
    assert followed == []
    assert sent >= len(FORBIDDEN)  # each door did come, and was sent on
