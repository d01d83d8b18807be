"""What the server sees and remembers, and what it refuses."""

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from openai import OpenAI

from playground.demo.process import DemoServer

KEY = {"authorization": "Bearer canary-key-7f3a"}
ASK: dict[str, Any] = {"model": "gpt-6.1-sol", "input": "What is a token? rid=4711", "stream": True}


def seen(http: httpx2.Client, rid: int) -> dict[str, Any]:
    found: list[dict[str, Any]] = http.get("/_log?keep=1").json()
    return next(line for line in reversed(found) if line.get("rid") == rid)


def test_the_log_has_the_servers_own_times_in_order(http: httpx2.Client) -> None:
    before = time.monotonic_ns()
    http.post("/openai/v1/responses", json=ASK, headers=KEY)
    line = seen(http, 4711)
    assert before < line["recv"] < line["hdr"] < line["first"] < line["last"] < time.monotonic_ns()
    assert (line["status"], line["model"], line["stream"]) == (200, "gpt-6.1-sol", True)
    assert "gone" not in line


def test_the_log_is_emptied_by_reading_it(http: httpx2.Client) -> None:
    http.get("/openai/v1/models", headers=KEY)
    assert http.get("/_log").json()
    assert http.get("/_log").json() == []


def test_a_client_that_leaves_is_noticed_and_nothing_more_is_written() -> None:
    with DemoServer(pace=1) as slow, httpx2.Client(base_url=slow.base_url, timeout=60) as http:
        body = {**ASK, "model": "chat-latest", "input": "Write 500 words about tokens. rid=5"}
        with http.stream("POST", "/openai/v1/responses", json=body, headers=KEY) as answer:
            next(answer.iter_bytes())
        deadline = time.monotonic() + 5
        while "gone" not in seen(http, 5) and time.monotonic() < deadline:
            time.sleep(0.02)
        line = seen(http, 5)
        assert line["gone"] > line["hdr"]
        assert "last" not in line


def test_neither_keys_nor_bodies_are_in_the_log(http: httpx2.Client) -> None:
    http.post("/openai/v1/responses", json=ASK, headers=KEY)
    text = http.get("/_log?keep=1").text
    assert "canary" not in text
    assert "What is a token" not in text


def test_recorded_requests_have_the_body_but_no_credentials(http: httpx2.Client) -> None:
    http.post("/openai/v1/responses?key=canary-key-7f3a", json=ASK, headers=KEY)
    answer = http.get("/_requests")
    assert answer.json()[-1]["body"] == ASK
    assert "canary" not in answer.text


def test_bodies_are_not_kept_unless_recording_was_asked_for() -> None:
    with DemoServer(pace=0) as server, httpx2.Client(base_url=server.base_url, timeout=60) as http:
        http.post("/openai/v1/responses", json=ASK, headers=KEY)
        assert http.get("/_requests").status_code == 404


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (
            "/openai/v1/models",
            ("x-request-id", "openai-processing-ms", "x-ratelimit-remaining-tokens"),
        ),
        (
            "/anthropic/v1/models",
            (
                "request-id",
                "anthropic-ratelimit-input-tokens-remaining",
                "anthropic-organization-id",
            ),
        ),
        ("/gemini/v1/models", ("server-timing",)),
    ],
)
def test_headers_are_the_vendors(http: httpx2.Client, path: str, names: tuple[str, ...]) -> None:
    headers = http.get(path, headers=KEY).headers
    assert headers["x-playground-simulated"] == "true"
    assert all(headers[name] for name in names)


def test_a_compatible_server_sends_no_rate_limit_headers(http: httpx2.Client) -> None:
    headers = http.get("/compatible/v1/models").headers
    assert not any("ratelimit" in name for name in headers)


def test_gemini_ends_its_lines_with_cr_lf_and_the_others_do_not(http: httpx2.Client) -> None:
    path = "/gemini/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse"
    body = {"contents": [{"parts": [{"text": "Hello"}]}]}
    gemini = http.post(path, json=body, headers=KEY).content
    assert gemini.count(b"\r\n\r\n") == gemini.count(b"data: ") > 1
    assert b"\r" not in http.post("/openai/v1/responses", json=ASK, headers=KEY).content


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/openai/v1/responses", "request_too_large"),
        ("/anthropic/v1/messages", "request_too_large"),
        ("/gemini/v1/interactions", "invalid_request"),
    ],
)
def test_a_body_over_32_mb_is_refused(http: httpx2.Client, path: str, kind: str) -> None:
    answer = http.post(path, content=b" " * (32 * 1024 * 1024 + 1), headers=KEY)
    assert answer.status_code == 413
    error = answer.json()["error"]
    assert kind in (error.get("code"), error.get("type"))


def test_an_absurd_length_is_refused_without_reading(demo: DemoServer) -> None:
    address = urlsplit(demo.base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as wire:
        wire.sendall(
            b"POST /openai/v1/responses HTTP/1.1\r\nhost: 127.0.0.1:1\r\nx-api-key: k\r\n"
            b"content-length: 999999999999\r\n\r\n"
        )
        assert b" 413 " in wire.recv(65536).splitlines()[0]


def test_a_foreign_host_header_is_refused(http: httpx2.Client) -> None:
    assert http.get("/_log?keep=1", headers={"host": "evil.example:80"}).status_code == 403


@pytest.mark.parametrize("vendor", ["openai", "anthropic", "gemini", "compatible"])
def test_a_path_that_is_none_is_the_vendors_404(http: httpx2.Client, vendor: str) -> None:
    answer = http.get(f"/{vendor}/v1/nothing/here", headers=KEY)
    assert answer.status_code == 404
    assert "error" in answer.json()


def test_one_model_can_be_looked_up(openai: OpenAI, http: httpx2.Client) -> None:
    assert openai.models.retrieve("gpt-6-luna").id == "gpt-6-luna"
    assert http.get("/gemini/v1/models/gemini-4-argon", headers=KEY).json()["name"] == (
        "models/gemini-4-argon"
    )
    assert http.get("/anthropic/v1/models/no-such-model", headers=KEY).status_code == 404
