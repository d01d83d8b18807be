"""One connection's HTTP/1.1, against servers that send exactly these bytes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpcore2
import pytest

from playground.wire.line import Line
from playground.wire.sockets import Backend
from tests.wire.test_sockets import listening

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Server:
    """What one has seen: the requests of each connection."""

    answers: Sequence[bytes]
    hangs_up: bool = False
    connections: list[list[bytes]] = field(default_factory=list)
    _asked: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append([])
        while head := await self._request(reader):
            self.connections[-1].append(head)
            writer.write(self.answers[min(self._asked, len(self.answers) - 1)])
            self._asked += 1
            await writer.drain()
            if self.hangs_up:
                return

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        return head + await reader.readexactly(4 if b"Content-Length: 4" in head else 0)


@asynccontextmanager
async def line_to(server: Server, keep_alive: float = 60.0) -> AsyncIterator[Line]:
    async with listening(server.serve) as port:
        url = httpcore2.URL(scheme="http", host="127.0.0.1", port=port, target="/")
        line = Line(Backend(), url, ssl.create_default_context, keep_alive)
        try:
            yield line
        finally:
            await line.aclose()


def post(line: Line, **headers: str) -> httpcore2.Request:
    sent = [("Host", "x"), ("Content-Length", "4"), *headers.items()]
    return httpcore2.Request(
        "POST",
        httpcore2.URL(scheme="http", host="127.0.0.1", port=line._url.port, target="/v1"),
        headers=sent,
        content=b"body",
        extensions={"timeout": {"connect": 5.0, "read": 5.0, "write": 5.0}},
    )


async def asked(line: Line) -> tuple[httpcore2.Response, bytes]:
    """The answer and its body, read to the end and given back."""
    response = await line.handle_async_request(post(line))
    body = b"".join([piece async for piece in response.stream])  # type: ignore[union-attr]
    await response.stream.aclose()  # type: ignore[union-attr]
    return response, body


READ = {
    "length": (OK, b"ok", 1),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"ok",
        1,
    ),
    "a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nLate: x\r\n\r\n",
        b"ok",
        1,
    ),
    "chunks and a length": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"ok",
        1,
    ),
    "spaces after a size": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\nok\r\n0\r\n\r\n",
        b"ok",
        1,
    ),
    "lines ended by LF": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", b"ok", 1),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok", 1),
    "nothing to read": (b"HTTP/1.1 204 No Content\r\n\r\n", b"", 1),
    "interim answers": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
        b"ok",
        1,
    ),
    "asked to close": (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"ok",
        2,
    ),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok", 2),
    "an answer that nobody asked for": (OK + OK, b"ok", 2),
    "garbage after the end": (OK + b"\x00\x01", b"ok", 2),
}


@pytest.mark.parametrize("case", READ)
async def test_an_answer_is_read_and_its_connection_used_again_where_it_may(case: str) -> None:
    answer, body, connections = READ[case]
    server = Server([answer])
    async with line_to(server) as line:
        for _ in range(2):
            response, read = await asked(line)
            assert read == body
            names = [name for name, _ in response.headers]
            assert not {b"Late", b"Link"} & set(names)
    assert [len(one) for one in server.connections] == [2] if connections == 1 else [1, 1]
    assert server.connections[0][0] == (
        b"POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
    )


@pytest.mark.parametrize("size", [1, 2, 7])
async def test_it_does_not_matter_in_which_pieces_an_answer_comes(size: int) -> None:
    whole = b"".join([READ["interim answers"][0][:-2], b"ok"])

    async def dripped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"body")
        for at in range(0, len(whole), size):
            writer.write(whole[at : at + size])
            await writer.drain()
            await asyncio.sleep(0)

    async with listening(dripped) as port:
        url = httpcore2.URL(scheme="http", host="127.0.0.1", port=port, target="/")
        line = Line(Backend(), url, ssl.create_default_context, 60.0)
        response, body = await asked(line)
        await line.aclose()
    assert (response.status, body) == (200, b"ok")
    assert response.headers == [(b"Content-Length", b"2")]
    said = {name: response.extensions[name] for name in ("http_version", "reason_phrase")}
    assert said == {"http_version": b"HTTP/1.1", "reason_phrase": b"OK"}


async def test_a_body_without_a_length_ends_with_the_connection() -> None:
    server = Server([b"HTTP/1.1 200 OK\r\n\r\nall of it"], hangs_up=True)
    async with line_to(server) as line:
        assert (await asked(line))[1] == b"all of it"
        assert (await asked(line))[1] == b"all of it"
    assert len(server.connections) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "without sending a response"),
        (b"HTTP/1.1 200 OK\r\nContent-", "without sending a response"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
            "without sending complete message body",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok",
            "without sending complete",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnine\r\n", "chunk size"),
        (b"\x15\x03\x01\x00\x02\x02\x46", r"illegal status line: b'\\x15\\x03\\x01"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 300_000, "Receive buffer too long"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, "Receive buffer too long"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;" + b"x" * 300_000,
            "Receive buffer too long",
        ),
    ],
)
async def test_an_answer_that_breaks_off_or_is_none_says_how(answer: bytes, said: str) -> None:
    server = Server([answer], hangs_up=True)
    async with line_to(server) as line:
        with pytest.raises(httpcore2.RemoteProtocolError, match=said):
            await asked(line)
        assert line._stream is None


async def test_a_connection_that_was_kept_too_long_is_not_used() -> None:
    server = Server([OK])
    async with line_to(server, keep_alive=0.0) as line:
        await asked(line)
        await asked(line)
    assert [len(one) for one in server.connections] == [1, 1]


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used() -> None:
    server = Server([OK], hangs_up=True)
    async with line_to(server) as line:
        await asked(line)
        await asyncio.sleep(0.05)
        assert (await asked(line))[1] == b"ok"
    assert [len(one) for one in server.connections] == [1, 1]


async def test_what_was_not_read_to_the_end_closes_the_connection() -> None:
    server = Server([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"])
    async with line_to(server) as line:
        response = await line.handle_async_request(post(line))
        await response.stream.aclose()  # type: ignore[union-attr]
        assert line._stream is None


async def test_a_server_that_answers_before_it_has_read_all_is_heard() -> None:
    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await writer.drain()
        await asyncio.sleep(0.2)

    async with listening(refuses) as port:
        url = httpcore2.URL(scheme="http", host="127.0.0.1", port=port, target="/")
        line = Line(Backend(), url, ssl.create_default_context, 60.0)
        request = httpcore2.Request(
            "POST",
            url,
            headers=[("Host", "x"), ("Content-Length", str(8 * 2**20))],
            content=b"x" * 8 * 2**20,
            extensions={"timeout": {"connect": 5.0, "read": 5.0, "write": 5.0}},
        )
        response = await line.handle_async_request(request)
        assert response.status == 413
        assert b"".join([piece async for piece in response.stream]) == b"big"  # type: ignore[union-attr]
        await response.stream.aclose()  # type: ignore[union-attr]
        assert line._stream is None


@pytest.mark.parametrize("value", ["a\r\nHost: y", "a\nb", "a\0b", " a", "a "])
async def test_what_would_be_more_than_a_header_does_not_leave(value: str) -> None:
    server = Server([OK])
    async with line_to(server) as line:
        with pytest.raises(httpcore2.LocalProtocolError, match="Illegal header value"):
            await line.handle_async_request(post(line, key=value))
        with pytest.raises(httpcore2.LocalProtocolError, match="Illegal header name"):
            await line.handle_async_request(post(line, **{"k: y": "v"}))
    assert server.connections == []
