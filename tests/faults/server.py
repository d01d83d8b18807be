"""One server for the whole matrix: the address of a request says which door asks there, and which fault meets it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import json
import re
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import END, chunk, head, sse

CELL = re.compile(r"/c(\d+)(/|$)")
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE = 0x81, 0x88
"""First bytes of a WebSocket's frames."""


@dataclass(frozen=True)
class Answer:
    """What a door's server answers when all is well."""

    pieces: tuple[bytes, ...]
    """The first has the text `Hello`; all together are a whole answer."""
    kind: str = "application/json"
    """Content-Type; empty for a WebSocket."""
    opening: tuple[bytes, ...] = ()
    """What a WebSocket says at once, one message for each that it is sent."""


Meet = Callable[["Visit"], Awaitable[None]]


@dataclass(frozen=True)
class Served:
    """What one cell's requests meet: `before` so many good answers, then the fault."""

    answer: Callable[[Visit], Answer]
    fault: Meet
    before: int = 0
    within: Callable[[Visit], bool] = lambda visit: True
    """Which requests the fault meets; the others are answered well."""


@dataclass
class Visit:
    """One request, and the connection on which it came."""

    server: Server
    cell: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answer: Answer = Answer(())
    begun: bool = False

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def webs(self) -> bool:
        return not self.answer.kind

    async def send(self, data: bytes) -> None:
        """These bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def begin(self, **more: str) -> None:
        """A good head; over a WebSocket the handshake, and all that is said before the model answers."""
        self.begun = True
        if self.webs:
            await self._shake_hands()
            return
        fields = {"content-type": self.answer.kind, "transfer-encoding": "chunked"}
        fields |= {"x-goog-upload-status": "final", "x-goog-upload-url": f"{self.here}/upload"}
        fields |= {name.replace("_", "-"): value for name, value in more.items()}
        await self.send(head(200, fields))

    async def say(self, data: bytes) -> None:
        """A piece of the body, or a message."""
        await self.send(frame(TEXT, data) if self.webs else chunk(data))

    async def end(self) -> None:
        """The body's end, or the WebSocket's."""
        await self.send(frame(CLOSE, struct.pack(">H", 1000)) if self.webs else END)

    async def well(self, **more: str) -> None:
        """A whole good answer."""
        await self.begin(**more)
        for piece in self.answer.pieces:
            await self.say(piece)
        if self.webs:
            await self.stall()
        await self.end()

    async def stall(self) -> None:
        """Nothing more, until the client goes."""
        if not self.webs:
            await asyncio.sleep(3600)
        while await self.reader.read(65_536):
            pass

    @property
    def here(self) -> str:
        return f"{self.server.url}/c{self.cell}"

    async def _shake_hands(self) -> None:
        key = self.headers.get("sec-websocket-key", "").encode()
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest()).decode()
        fields = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept}
        await self.send(head(101, fields))
        for message in self.answer.opening:
            if message:
                await self.say(message)
            await self.hear()

    async def hear(self) -> None:
        """Wait for a message of the client."""
        _, size = await self.reader.readexactly(2)
        length = size & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
        await self.reader.readexactly(4 + length)


def frame(kind: int, data: bytes) -> bytes:
    """A WebSocket's frame from a server."""
    if len(data) < 126:
        return bytes((kind, len(data))) + data
    if len(data) < 2**16:
        return struct.pack(">BBH", kind, 126, len(data)) + data
    return struct.pack(">BBQ", kind, 127, len(data)) + data


@dataclass
class Server:
    """The server; `open` has the cell of every connection that is open."""

    cells: dict[int, Served] = field(default_factory=dict)
    url: str = ""
    open: dict[int, int] = field(default_factory=dict)
    busy: dict[int, int] = field(default_factory=dict)
    """Connections on which an answer is under way."""
    asked: dict[int, int] = field(default_factory=dict)
    """Cell → requests that it has sent."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def start(self, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=tls, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        return server

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(self._numbers)
        self.open[number] = -1
        ahead = b""
        try:
            while (visit := await self._read(ahead, reader, writer)) is not None:
                self.open[number] = self.busy[number] = visit.cell
                ahead = await self._meet(visit)
                del self.busy[number]
                if writer.is_closing():
                    break
        except asyncio.IncompleteReadError as error:
            if error.partial.startswith(b"\x16\x03"):  # TLS: a web server says so
                writer.write(head(400, {"content-length": "0", "connection": "close"}))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.open.pop(number), self.busy.pop(number, None)

    async def _meet(self, visit: Visit) -> bytes:
        """Answer; left at once when the client goes. What the client sent meanwhile."""
        served = self.cells[visit.cell]
        number = self.asked[visit.cell] = self.asked.get(visit.cell, 0) + 1
        visit.answer = served.answer(visit)
        met = number > served.before and served.within(visit)
        answering = served.fault(visit) if met else visit.well()
        if visit.webs:
            await answering
            visit.writer.close()
            return b""
        handling = asyncio.ensure_future(answering)
        watch = asyncio.create_task(visit.reader.read(1))
        try:
            await asyncio.wait({handling, watch}, return_when=asyncio.FIRST_COMPLETED)
            if handling.done():
                handling.result()
            elif not watch.result():
                visit.writer.close()
            return watch.result() if watch.done() else b""
        finally:
            for task in (handling, watch):
                task.cancel()
                with contextlib.suppress(BaseException):
                    await task

    async def _read(
        self, ahead: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Visit | None:
        said = ahead + await reader.readexactly(1 - len(ahead))
        if said == b"\x16":  # the first of TLS
            raise asyncio.IncompleteReadError(b"\x16\x03", None)
        said += await reader.readuntil(b"\r\n\r\n")
        first, *lines = said.decode("latin-1").strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        found = CELL.search(path)
        cell = int(found[1]) if found else -1
        return Visit(self, cell, method, path, headers, body, reader, writer)


def events(*values: Any) -> Answer:
    """An event stream."""
    return Answer(tuple(sse(value) for value in values), "text/event-stream")


def body(value: Any) -> Answer:
    """A whole body in two pieces, neither of which is JSON."""
    text = json.dumps(value).encode()
    half = len(text) // 2
    return Answer((text[:half], text[half:]))


def talk(opening: tuple[Any, ...], *values: Any) -> Answer:
    """Messages of a WebSocket; None stands for nothing to say."""
    said = tuple(b"" if value is None else json.dumps(value).encode() for value in opening)
    return Answer(tuple(json.dumps(value).encode() for value in values), "", said)
