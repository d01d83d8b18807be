"""A key in the environment shows up nowhere: not on the terminal, not in a file, whatever the provider does with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from playground.domain.provider import built_in
from tests.cli.conftest import Invoke

CANARIES = {
    "openai": "sk-canary/OPENAI+7f3a==",
    "anthropic": "sk-ant-canary-9b2c",
    "gemini": "AIzaCanaryGemini4d5e",
}
LANES = (
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-6.1-sol",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
    "gemini/interactions:gemini-3.8-flash",
)
STATUSES = ("400", "401", "403", "404", "429", "500", "529")


class Echo(BaseHTTPRequestHandler):
    """Answers every call with the key that it was sent, in the way that its base URL names."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        key = self._key()
        server: Any = self.server
        server.seen.append(key)
        how = self.path.split("/")[1]
        if how in STATUSES:
            self._send(int(how), "application/json", json.dumps(self._error(key)))
        else:
            getattr(self, how)(key)

    do_GET = do_POST

    def html(self, key: str) -> None:
        self._send(502, "text/html", f"<html>Bad gateway: {key}, {quote(key, safe='')}</html>")

    def redirect(self, key: str) -> None:
        self._send(302, "text/plain", key, location=f"http://127.0.0.1:9/?key={quote(key)}")

    def garbage(self, key: str) -> None:
        self._send(200, "text/event-stream", f"data: not json {key}\n\n")

    def error_event(self, key: str) -> None:
        event = {"type": "error", **self._error(key)}
        self._send(200, "text/event-stream", f"event: error\ndata: {json.dumps(event)}\n\n")

    def cut(self, key: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", "100000")
        self.send_header("x-request-id", key)
        self.end_headers()
        event = {
            "id": key,
            "model": key,
            "type": "response.output_text.delta",
            "delta": key,
            "choices": [{"index": 0, "delta": {"content": key}, "finish_reason": key}],
            "candidates": [{"content": {"parts": [{"text": key}]}, "finishReason": key}],
        }
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.close_connection = True

    def hang_up(self, key: str) -> None:
        self.close_connection = True

    def _key(self) -> str:
        bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        return bearer or self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or ""

    @staticmethod
    def _error(key: str) -> dict[str, Any]:
        words = f"Incorrect API key provided: {key} ({quote(key, safe='')})"
        return {
            "error": {
                "message": words,
                "type": f"bad_{key}",
                "code": key,
                "status": key,
                "param": key,
            },
            "request_id": key,
        }

    def _send(self, status: int, kind: str, body: str, **headers: str) -> None:
        self.send_response(status)
        data = body.encode()
        for name, value in {"content-type": kind, "x-request-id": body[:80], **headers}.items():
            self.send_header(name.replace("_", "-"), value.replace("\n", " "))
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.seen = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    for provider in built_in():
        monkeypatch.setenv(provider.key_variables[0], CANARIES[provider.name])
    yield server
    server.shutdown()
    server.server_close()


def leaks(text: str) -> list[str]:
    """The canaries that stand in this text, also percent-encoded."""
    return [k for k in CANARIES.values() if k in text or quote(k, safe="") in text]


def point_at(echo: Any, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in built_in():
        url = f"http://127.0.0.1:{echo.server_port}/{how}"
        monkeypatch.setenv(provider.base_url_variable, url)


@pytest.mark.parametrize(
    "how", [*STATUSES, "html", "redirect", "garbage", "error_event", "cut", "hang_up"]
)
@pytest.mark.parametrize("form", [[], ["--json"], ["--no-stream"]])
def test_no_failure_shows_a_key(
    echo: Any,
    invoke: Invoke,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    form: list[str],
) -> None:
    point_at(echo, how, monkeypatch)
    result = invoke("ask", "Hi", *(a for lane in LANES for a in ("-m", lane)), *form)
    assert set(echo.seen) == set(CANARIES.values())
    assert result.code == 1
    assert leaks(result.out) == []
    assert leaks(result.err) == []
    assert "Traceback" not in result.out + result.err
    for path in (p for p in home.rglob("*") if p.is_file()):
        assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path


@pytest.mark.parametrize("how", ["401", "html", "garbage"])
def test_listing_live_models_shows_no_key(
    echo: Any, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    point_at(echo, how, monkeypatch)
    result = invoke("models", "--live")
    assert set(echo.seen) == set(CANARIES.values())
    assert result.code == 1
    assert leaks(result.out + result.err) == []


@pytest.mark.usefixtures("echo")
def test_listing_endpoints_shows_no_key(invoke: Invoke) -> None:
    result = invoke("endpoints", "list")
    assert "set" in result.out
    assert leaks(result.out + result.err) == []
