"""The way of a WebSocket to its server: a proxy on loopback for one connection, which dials only where the guard allows.

`websockets` looks up names by itself; so that it is connected to the very address that was checked, and to no other, it is
given this proxy, a public option of it and of both SDKs. Nobody else may use it: it wants a password that only this
session knows.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import ssl
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpcore2

from playground.wire.pool import Pool
from playground.wire.proxies import DEFAULT_PORTS

_PIECE = 64 * 1024
_REFUSED = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"
_OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
_FAILED = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"


class Tunnel:
    """One way to one server."""

    def __init__(self, pool: Pool, base_url: str) -> None:
        self._pool = pool
        parts = urlsplit(base_url)
        self._host = parts.hostname or ""
        self._ports = {parts.port} if parts.port else set(DEFAULT_PORTS.values())
        self._base_url = base_url
        self._password = secrets.token_urlsafe(16)
        self._server: asyncio.Server | None = None
        self._tls: ssl.SSLContext | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.error: Exception | None = None
        """Why the server could not be reached."""
        self.connect: float | None = None
        """Seconds to open the TCP connection."""

    async def open(self) -> str:
        """Listen; returns the proxy's address with its password."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://session:{self._password}@127.0.0.1:{port}"

    def encrypt(self) -> ssl.SSLContext:
        """Speak TLS with the SDK although the server speaks none; returns what the SDK has to trust."""
        self._tls, trusted = _own_certificate(self._host)
        return trusted

    async def aclose(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs it as one
        self._tasks.add(task)
        try:
            await self._connect(reader, writer)
        except asyncio.CancelledError:
            pass  # asyncio's own callback takes a cancelled task for a failed one
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass  # whoever holds the other end sees it closed
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if not self._is_ours(head):
            writer.write(_REFUSED)
            return
        started = time.perf_counter()
        try:
            stream = await self._pool.dial(self._base_url)
        except Exception as error:
            self.error = error
            writer.write(_FAILED)
            return
        self.connect = time.perf_counter() - started
        writer.write(_OPEN)
        try:
            if self._tls is not None:
                await writer.start_tls(self._tls)
            await _both_ways(reader, writer, stream)
        finally:
            await stream.aclose()

    def _is_ours(self, head: str) -> bool:
        """Whether this session asks, and for its own server."""
        line, *headers = head.split("\r\n")
        method, _, rest = line.partition(" ")
        target = urlsplit(f"//{rest.partition(' ')[0]}")
        told = base64.b64encode(f"session:{self._password}".encode()).decode()
        known = any(
            secrets.compare_digest(value.strip(), f"Basic {told}")
            for name, _, value in (header.partition(":") for header in headers)
            if name.lower() == "proxy-authorization"
        )
        return (
            known
            and method == "CONNECT"
            and target.hostname == self._host
            and target.port in self._ports
        )


async def _both_ways(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: httpcore2.AsyncNetworkStream
) -> None:
    """Pass bytes on until either side is over."""

    async def out() -> None:
        while data := await reader.read(_PIECE):
            await stream.write(data)

    async def back() -> None:
        while data := await stream.read(_PIECE):
            writer.write(data)
            await writer.drain()

    pumps = [asyncio.create_task(out()), asyncio.create_task(back())]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        with contextlib.suppress(Exception):
            await asyncio.gather(*pumps, return_exceptions=True)


def _own_certificate(host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for this moment: what shows it, and what trusts it and nothing else."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "this session")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    certificate = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(folder) / "session.pem"
        pem.touch(mode=0o600)
        pem.write_bytes(secret + certificate)
        shown.load_cert_chain(pem)
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted.check_hostname = False  # it is trusted for what it is, not for its name
    trusted.load_verify_locations(cadata=certificate.decode())
    return shown, trusted
