"""Every way in which a call leaves × every fault: what is told, what is kept, how long it takes, what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import os
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from playground.domain import Endpoint, Failure, ModelRef, Request, Secret, Usage
from playground.engine import Engine, LiveRun
from playground.providers import ProviderError, asking, call, mcp_server, session, talking
from playground.providers.mcp_server import McpError, McpServer
from playground.wire import recorder, websocket
from tests.faults.doors import DOORS, Door
from tests.faults.faults import (
    ADVICE,
    FAULTS,
    MCP,
    NOTHING,
    QUESTION,
    SESSION,
    STREAM,
    WHOLE,
    Comes,
    Fault,
)
from tests.faults.server import Served, Server, Visit, events

SILENCE = 2.0
"""Seconds of silence that a call waits for here."""
LONGEST = 6.0
"""Seconds in which an answer has ended, however it drips."""
BOUNDED = 30.0
"""Seconds in which every cell has ended, on a slow machine too: it waits for no more than LONGEST."""
WAITS = re.compile("stall|drip")
KEY = Secret("canary-9d41b7-canary")
NOBODY = "no.such.example"


@dataclass(frozen=True)
class Cell:
    """One door and one fault."""

    number: int
    door_name: str
    fault_name: str

    @property
    def name(self) -> str:
        return f"{self.door_name} × {self.fault_name}"

    @property
    def door(self) -> Door:
        return DOORS[self.door_name]

    @property
    def fault(self) -> Fault:
        return FAULTS[self.fault_name]


ONLY = re.compile(os.environ.get("PLAYGROUND_TEST_CELLS", ""))
"""To look at a few: `PLAYGROUND_TEST_CELLS='realtime × cut'`."""
CELLS = [
    Cell(number, door, fault)
    for number, (door, fault) in enumerate(
        (d, f)
        for d, f in itertools.product(DOORS, FAULTS)
        if DOORS[d].kind in FAULTS[f].doors and ONLY.search(f"{d} × {f}")
    )
]


@dataclass
class Came:
    """What came of one cell."""

    failure: Failure | None = None
    text: str = ""
    usage: Usage | None = None
    problem: str = ""
    """What came of a tool server, in words."""
    seconds: float = 0.0
    duration: float | None = None
    """By the call's own clock."""
    wrong: str = ""
    """An exception that no door may raise."""


class Ways:
    """Where each cell's door is told that its provider is."""

    def __init__(self, plain: Server, tls: Server, closed: int) -> None:
        self._hosts = {
            "http": plain.url,
            "https": tls.url,
            "https to http": plain.url.replace("http:", "https:"),
            "nobody": f"http://127.0.0.1:{closed}",
            "no name": f"http://{NOBODY}",
        }

    def to(self, cell: Cell) -> str:
        return f"{self._hosts[cell.fault.way]}/c{cell.number}"


async def ended(run: LiveRun) -> None:
    while not run.done:  # noqa: ASYNC110 - it ends on another thread
        await asyncio.sleep(0.02)


async def asked(engine: Engine, cell: Cell, url: str) -> Came:
    """The answer of a model, as a lane of the engine has it."""
    ref = ModelRef.parse(cell.door.model)
    request = Request.ask(ref, "Hi", stream=cell.door.kind != WHOLE, timeout=SILENCE)
    endpoint = Endpoint(provider=ref.provider, base_url=url, key=KEY)
    run = engine.start([request], {ref.provider: endpoint})
    await ended(run)
    response = run.lanes[0].response
    assert response is not None
    assert KEY.reveal() not in repr(response)
    engine.forget(run)
    came = Came(failure=response.failure, text=response.text, usage=response.usage)
    came.duration = response.timing.duration
    return came


async def questioned(engine: Engine, cell: Cell, url: str) -> Came:
    """The answer to a short question."""
    assert cell.door.ask is not None
    endpoint, ask = Endpoint(provider=cell.door.provider, base_url=url, key=KEY), cell.door.ask
    try:
        told = await asyncio.wrap_future(engine.submit(lambda pool: ask(endpoint, pool)))
    except ProviderError as error:
        return Came(failure=error.failure)
    if isinstance(told, tuple):  # pages of bills, each with a failure of its own
        told = told[0] if told else None
    return Came(failure=getattr(told, "failure", None))


def connected(url: str) -> Came:
    """What a server of tools tells, and what one of its tools does."""
    try:
        server = McpServer(url)
    except McpError as error:
        return Came(problem=str(error))
    try:
        answer = server.call(server.tools[0].name, {})
    finally:
        server.close()
    return Came(problem=answer.text) if answer.is_error else Came(text=answer.text)


def expected(cell: Cell) -> Comes:
    if cell.door.gone_is_good and cell.fault_name == "status 404":
        return NOTHING
    return cell.fault.expected(cell.door.kind)


def wrong_with(cell: Cell, came: Came) -> list[str]:
    """Everything about a cell that is not as it must be."""
    comes, kind, found = expected(cell), cell.door.kind, list[str]()
    if came.wrong:
        return [came.wrong]
    if came.seconds > BOUNDED:
        found.append(f"took {came.seconds:.1f} s")
    if came.duration is not None and not 0 <= came.duration <= BOUNDED:
        found.append(f"lasted {came.duration} s by its own clock")
    if kind == MCP:
        if bool(came.problem) != (comes.type is not None):
            found.append(f"came {came}")
        return found
    failure = came.failure
    if (failure.type if failure else None) != comes.type:
        return [*found, f"is {failure}"]
    if kind in (STREAM, SESSION, WHOLE):
        good = comes.type is None or (comes.partial and kind != WHOLE)
        if came.text != ("Hello" if good else ""):
            found.append(f"the text is {came.text!r}")
        if came.usage != Usage():
            found.append(f"the usage is {came.usage}")
    if failure is not None:
        found += told_badly(failure, cell)
    return found


def told_badly(failure: Failure, cell: Cell) -> Iterator[str]:
    """What is wrong with the words, or the status, of a failure."""
    comes = expected(cell)
    if failure.status != comes.status:
        yield f"has status {failure.status}"
    if not re.search(comes.says, failure.message):
        yield f"says {failure.message!r}"
    if not failure.meaning:
        yield "means nothing"
    if not re.search(comes.advice or ADVICE[failure.type], failure.next_step):
        yield f"advises {failure.next_step!r}"
    if KEY.reveal() in repr(failure):
        yield "shows the key"


class Jumping(datetime):
    """A clock that somebody sets forward and back."""

    _days = itertools.cycle((0, 3, -3))

    @classmethod
    def now(cls, tz: Any = None) -> Jumping:
        now = super().now(tz) + timedelta(days=next(cls._days))
        return cls.combine(now.date(), now.timetz())


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix in seconds: short patience, little that is read."""
    for name, module in list(sys.modules.items()):
        if name.startswith("playground.providers") and hasattr(module, "SILENCE"):
            monkeypatch.setattr(module, "SILENCE", SILENCE)
    for module in (call, recorder, session):
        monkeypatch.setattr(module, "MAX_SECONDS", LONGEST)
    for module in (asking, talking):
        monkeypatch.setattr(module, "LONGEST", LONGEST)
    for module in (recorder, websocket):
        monkeypatch.setattr(module, "MAX_BYTES", 2**20)
    monkeypatch.setattr(websocket, "_LARGEST", 2**20)
    monkeypatch.setattr(mcp_server, "CONNECT_SECONDS", LONGEST)
    monkeypatch.setattr(mcp_server, "CALL_SECONDS", LONGEST)


@pytest.fixture
def odd_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock jumps at every look, and one name leads nowhere."""
    days, clock, look = itertools.cycle((0, 3, -3)), time.time, socket.getaddrinfo
    monkeypatch.setattr(time, "time", lambda: clock() + 86_400 * next(days))
    for name in ("wire.recorder", "wire.websocket", "providers.session", "engine.live"):
        monkeypatch.setattr(sys.modules[f"playground.{name}"], "datetime", Jumping)

    def getaddrinfo(host: Any, *how: Any, **more: Any) -> Any:
        if host == NOBODY:
            raise socket.gaierror(-2, "Name or service not known")
        return look(host, *how, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture
def engine(small_limits: None, odd_world: None) -> Iterator[Engine]:
    made = Engine()
    look = made._loop.getaddrinfo

    async def getaddrinfo(host: Any, *how: Any, **more: Any) -> Any:
        if host == NOBODY:
            raise socket.gaierror(-2, "Name or service not known")
        return await look(host, *how, **more)

    made._loop.getaddrinfo = getaddrinfo
    yield made
    made.close()


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody has signed."""
    from playground.wire.tunnel import _own_certificate

    return _own_certificate("127.0.0.1")[0]


@contextlib.asynccontextmanager
async def serving(tls: ssl.SSLContext) -> AsyncIterator[tuple[Server, Server, Ways]]:
    plain, secret = Server(), Server()
    listening = [await plain.start(), await secret.start(tls)]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield plain, secret, Ways(plain, secret, taken.getsockname()[1])
    for server in listening:
        server.close()


WORDS = 10  # 0.2 s, a thirtieth of LONGEST: a busy machine is slow, not wrong
CALM = [{"id": "r", "choices": [{"index": 0, "delta": {"content": f"{n} "}}]} for n in range(WORDS)]
END_OF_CALM = {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


class Neighbours:
    """Lanes that stream beside the whole matrix, one after the other, three at once; nothing may happen to them."""

    def __init__(self, engine: Engine, server: Server) -> None:
        self._over, self._wrong, self._engine = False, list[str](), engine
        number = len(CELLS)
        server.cells[number] = Served(lambda visit: events(*CALM, END_OF_CALM), self._calm)
        self._endpoint = Endpoint(provider="groq", base_url=f"{server.url}/c{number}", key=KEY)
        self._tasks = [asyncio.create_task(self._stream()) for _ in range(3)]
        self.whole = 0

    async def _calm(self, visit: Visit) -> None:
        await visit.begin()
        for piece in visit.answer.pieces:
            await visit.say(piece)
            await asyncio.sleep(0.02)
        await visit.end()

    async def _stream(self) -> None:
        ask = Request.ask(ModelRef.parse("groq:calm"), "Hi", timeout=BOUNDED)
        while not self._over:
            run = self._engine.start([ask], {"groq": self._endpoint})
            await ended(run)
            response = run.lanes[0].response
            assert response is not None
            if response.failure or response.text != "".join(f"{n} " for n in range(WORDS)):
                self._wrong.append(f"a neighbour: {response.failure}, {response.text[-20:]!r}")
            self.whole += 1

    async def wrong(self) -> list[str]:
        """End them; what was wrong with them."""
        self._over = True
        await asyncio.gather(*self._tasks)
        return self._wrong


async def met(engine: Engine, threads: ThreadPoolExecutor, cell: Cell, ways: Ways) -> Came:
    """Send one cell's request; what came of it."""
    begun, url, kind = time.perf_counter(), ways.to(cell), cell.door.kind
    try:
        async with asyncio.timeout(2 * BOUNDED):
            if kind == MCP:
                loop = asyncio.get_running_loop()
                came = await loop.run_in_executor(threads, connected, url)
            else:
                came = await (questioned if kind == QUESTION else asked)(engine, cell, url)
    except Exception as error:
        came = Came(wrong=f"raised {error!r}")
    came.seconds = time.perf_counter() - begun
    return came


async def test_every_door_meets_every_fault(
    engine: Engine, self_signed: ssl.SSLContext, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks_before = tasks_of(engine)
    begun, wrong = time.process_time(), list[str]()
    async with serving(self_signed) as (plain, secret, ways):
        for cell in CELLS:
            served = Served(cell.door.answer, cell.fault.meet, cell.door.before, cell.door.within)
            plain.cells[cell.number] = secret.cells[cell.number] = served
        with ThreadPoolExecutor(1) as threads:  # what is imported late is there before it counts
            for cell in (c for c in CELLS if c.fault_name == "none" and c.door.kind != QUESTION):
                await met(engine, threads, cell, ways)
        neighbours = Neighbours(engine, plain)
        wide, narrow = asyncio.Semaphore(128), asyncio.Semaphore(8)

        with ThreadPoolExecutor(6) as threads:

            async def one(cell: Cell) -> list[str]:
                async with wide if WAITS.search(cell.fault_name) else narrow:
                    return wrong_with(cell, await met(engine, threads, cell, ways))

            first = await asyncio.gather(*map(one, CELLS))
            for cell in itertools.compress(CELLS, first):
                # Beside 3,000 others on a busy machine an answer may come after a patience of two seconds: alone, up to three times.
                for _ in range(3):
                    if not (again := wrong_with(cell, await met(engine, threads, cell, ways))):
                        break
                wrong.extend(f"{cell.name}: {what}" for what in again)
        wrong += await neighbours.wrong()
        wrong += await left_behind(engine, plain, secret, tasks_before)
    if left := [thread for thread in threading.enumerate() if thread.name == "mcp"]:
        wrong.append(f"{len(left)} threads of tool servers are left")
    with capsys.disabled():
        seconds = time.process_time() - begun
        print(f"\n{len(CELLS):,} cells: {len(DOORS)} doors × {len(FAULTS)} faults, {seconds:.1f} s")
    assert not wrong, f"{len(wrong)} of {len(CELLS)} cells:\n" + "\n".join(sorted(wrong))


def tasks_of(engine: Engine) -> int:
    return len(asyncio.all_tasks(engine._loop))


async def left_behind(
    engine: Engine, plain: Server, secret: Server, tasks_before: int
) -> list[str]:
    """Connections that are lent or under way, tasks that run: each named by its cell, after a moment to settle."""
    until = time.monotonic() + 5
    while time.monotonic() < until and (  # noqa: ASYNC110
        plain.busy or secret.busy or tasks_of(engine) > tasks_before
    ):
        await asyncio.sleep(0.05)
    gc.collect()
    busy = {**plain.busy, **secret.busy}.values()
    found = [f"{CELLS[number].name}: its connection is still open" for number in busy]
    lent = sum(shard.lent for shards in engine._pool._shards.values() for shard in shards)
    if lent:
        found.append(f"{lent} connections are still lent")
    if engine._turns._under_way:
        found.append(f"{engine._turns._under_way} turns are still taken")
    running = list(asyncio.all_tasks(engine._loop))
    if len(running) > tasks_before:
        found.append(f"tasks are left: {running[:5]}")
    await asyncio.to_thread(engine.close)
    until = time.monotonic() + 5
    while time.monotonic() < until and (plain.open or secret.open):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    if still := {**plain.open, **secret.open}:
        found.append(f"{len(still)} sockets are still open after the engine's end: {still}")
    return found
