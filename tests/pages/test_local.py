"""The model on this computer under Keys: offered, set up by one button, a lane beside others, never one by itself."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from streamlit.testing.v1 import AppTest

from playground.domain import PROVIDERS
from playground.local import setup, weights
from playground.local.server import get_local
from playground.local.starting import get_starting

SET_UP = weights.folder(dict(os.environ)).absolute()
ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
MODEL = "here:smollm2-135m-instruct"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path))
    yield
    get_local().stop()


def opened() -> AppTest:
    return AppTest.from_file(str(ROUTER), default_timeout=60).run()


def lanes(page: AppTest) -> list[str]:
    return [str(page.selectbox(key=f"model_{lane}").value) for lane in page.session_state["lanes"]]


def waited(page: AppTest) -> AppTest:
    """Run the script again until the start has ended, as the browser does."""
    for _ in range(300):
        if not get_starting().running and "here_awaited" not in page.session_state:
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the start did not end")


def said(page: AppTest) -> str:
    return "\n".join(
        str(getattr(e, "value", ""))
        for kind in ("caption", "markdown", "error")
        for e in page.get(kind)
    )


def test_it_is_offered_with_its_size_and_its_limits_and_is_no_lane_yet() -> None:
    page = opened()
    assert page.button(key="here_start").label == "Set up and start"
    assert "126.7 MB" in said(page)
    assert "Apache-2.0" in said(page)
    assert "small and often wrong" in said(page)
    assert MODEL not in lanes(page)


def test_strangers_are_not_offered_the_servers_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened()
    assert not [b for b in page.button if str(b.key).startswith("here_")]


def test_what_went_wrong_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "RUNTIME_MODULE", "runtime_of_the_test")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    page = opened()
    waited(page.button(key="here_start").click().run())
    assert "pip could not bring" in said(page)
    assert page.button(key="here_start").label == "Set up and start"
    assert MODEL not in lanes(page)


def test_a_file_of_ones_own_is_found_and_offered(tmp_path: Path) -> None:
    file = tmp_path / ".lmstudio" / "models" / "mine.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF")
    page = opened()
    assert not [b for b in page.button if b.key == "here_look"]  # not looked for before it is asked
    page.session_state["here"] = True  # as a click on the heading
    page.run()
    assert page.selectbox(key="here_file").options == ["mine.gguf (LM Studio)"]


class Ollama(BaseHTTPRequestHandler):
    """A server of the kind that Ollama is: a list of models without a key, and one answer in two pieces."""

    def do_GET(self) -> None:
        self._send("application/json", {"object": "list", "data": [{"id": "llama3:8b"}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        pieces = [{"content": "Good "}, {"content": "day."}]
        chunks = [
            {
                "id": "c",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "llama3:8b",
                "choices": choices,
            }
            for choices in (
                *([{"index": 0, "delta": piece, "finish_reason": None}] for piece in pieces),
                [{"index": 0, "delta": {}, "finish_reason": "stop"}],
            )
        ]
        self._send("text/event-stream", *chunks)

    def _send(self, kind: str, *parts: object) -> None:
        events = kind == "text/event-stream"
        texts = [f"data: {json.dumps(part)}\n\n" if events else json.dumps(part) for part in parts]
        body = "".join([*texts, "data: [DONE]\n\n"] if events else texts).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written while tests run."""


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Such a server runs on this computer, at the address where Ollama's row looks for it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Ollama) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://localhost:{server.server_port}/v1"
        monkeypatch.setitem(PROVIDERS, "ollama", replace(PROVIDERS["ollama"], base_url=there))
        yield
        server.shutdown()


@pytest.mark.usefixtures("ollama")
def test_an_ollama_that_runs_is_used_by_one_button_and_answers_as_a_lane() -> None:
    page = opened()
    page.session_state["here"] = True  # as a click on the heading
    page.run()
    assert page.button(key="here_use_ollama").label == "Use Ollama"
    assert "llama3:8b" in said(page)
    page.button(key="here_use_ollama").click().run()
    assert not page.exception
    assert ":green-badge[:material/check: 1 model]" in said(page)
    model = page.selectbox(key="model_0")
    assert any(option.startswith("ollama:llama3:8b") for option in model.options)
    model.set_value("ollama:llama3:8b").run()
    assert "**ollama** goes to a server on this computer" in said(page)
    assert "is billed" not in said(page)
    page.button(key="run").click().run()
    for _ in range(100):
        if page.dataframe:
            break
        time.sleep(0.1)
        page.run()
    assert not page.exception
    assert "Good day." in said(page)
    page.button(key="forget_ollama").click().run()
    assert not [b for b in page.button if b.key == "test_ollama"]


def test_one_button_makes_it_a_lane_that_says_where_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(SET_UP))
    if not setup.ready():
        pytest.skip("no model is set up on this computer (127 MB): run `playground local` once")
    page = opened()
    before = lanes(page)
    waited(page.button(key="here_start").click().run())
    assert not page.exception
    assert lanes(page) == [*before, MODEL]
    assert "on this computer" in said(page)
    assert "takes its cores" in said(page)
    page.button(key="here_stop").click().run()
    assert not get_local().running
