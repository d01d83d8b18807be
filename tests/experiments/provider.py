"""A provider on loopback that speaks Chat Completions, counts what it is asked, and behaves as a test says."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playground.domain import Endpoint, Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one request gets."""

    text: str = "fine"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before anything is said."""
    cached: int = 0
    """Prompt tokens that came from a cache."""
    cut: bool = False
    """The connection ends in the middle of the answer."""
    model: str = "m-2026-11-01"
    fingerprint: str = "fp_1"


Behave = Callable[[str, int], Reply]
"""The user's last message, and the how manieth request of it this is, from 1 → the reply; OSError hangs up."""


def plainly(text: str, time_: int) -> Reply:
    return Reply()


class Provider:
    """The server, until it is closed."""

    def __init__(self, behave: Behave = plainly) -> None:
        self.behave = behave
        self.asked: Counter[str] = Counter()
        """Message → requests of it that came."""
        self.answered: Counter[str] = Counter()
        """Message → whole answers that were written."""
        self.came: list[tuple[float, str]] = []
        """When each came, on the monotonic clock."""
        self.bodies: list[Any] = []
        self.keys: set[str | None] = set()
        """Headers with a key, as they came."""
        self.open = 0
        self.most_open = 0
        """Requests that were under way at one moment."""
        self.lock = threading.Lock()
        provider = self

        class Handler(_Handler):
            owner = provider

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def total(self) -> int:
        """Requests that came."""
        return sum(self.asked.values())

    def endpoint(self, name: str = "openai") -> Endpoint:
        key = Secret("test-key")
        return Endpoint(provider=name, base_url=self.base_url, key=key, simulated=True)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, count: int, seconds: float = 30.0) -> None:
        """Until so many requests have come."""
        until = time.monotonic() + seconds
        while self.total < count:
            assert time.monotonic() < until, f"only {self.total} requests came"
            time.sleep(0.005)


class _Handler(BaseHTTPRequestHandler):
    owner: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = body["messages"][-1]["content"]
        owner = self.owner
        with owner.lock:
            owner.asked[text] += 1
            owner.came.append((time.monotonic(), text))
            owner.bodies.append(body)
            owner.keys.add(self.headers["authorization"])
            owner.open += 1
            owner.most_open = max(owner.most_open, owner.open)
        try:
            with owner.lock:
                reply = owner.behave(text, owner.asked[text])
            time.sleep(reply.delay)
            self._say(text, reply, stream=body.get("stream", False))
        except OSError:
            self.close_connection = True
        finally:
            with owner.lock:
                owner.open -= 1

    def _say(self, text: str, reply: Reply, *, stream: bool) -> None:
        if reply.status != 200:
            error = {"message": f"no: {reply.status}", "type": "requests", "code": None}
            self._send(reply, json.dumps({"error": error}).encode(), "application/json")
            return
        pieces = [_chunk(reply, {"role": "assistant", "content": ""})]
        pieces.append(_chunk(reply, {"content": reply.text}))
        if reply.cut:
            self._send(reply, b"".join(pieces), "text/event-stream", longer=True)
            self.close_connection = True
            return
        pieces += [_chunk(reply, {}, "stop"), _usage(reply), b"data: [DONE]\n\n"]
        self._send(reply, b"".join(pieces), "text/event-stream")
        with self.owner.lock:
            self.owner.answered[text] += 1

    def _send(self, reply: Reply, body: bytes, kind: str, *, longer: bool = False) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body) + (100 if longer else 0)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _event(document: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(document)}\n\n".encode()


def _chunk(reply: Reply, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    return _event(
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": reply.model,
            "system_fingerprint": reply.fingerprint,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
    )


def _usage(reply: Reply) -> bytes:
    usage = {
        "prompt_tokens": 2_000,
        "completion_tokens": 10,
        "total_tokens": 2_010,
        "prompt_tokens_details": {"cached_tokens": reply.cached},
    }
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": reply.model}
    return _event({**head, "choices": [], "usage": usage})
