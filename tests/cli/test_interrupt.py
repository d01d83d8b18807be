"""Ctrl+C closes the connections, keeps what came, and says so; a reader that goes away is no error."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.cli import ask
from playground.domain import ModelRef, Request, Response
from playground.engine import LiveRun
from tests.offline.environment import with_path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")

ROOT = Path(__file__).parents[2]
CHUNK = {
    "id": "c1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"role": "assistant", "content": "partial"}}],
}


class Stalled:
    """Answers one call with one piece of text, then says nothing until the caller hangs up."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/v1"
        self.sent = threading.Event()
        self.hung_up = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
                + f"data: {json.dumps(CHUNK)}\n\n".encode()
            )
            self.sent.set()
            try:
                while connection.recv(65536):
                    pass
            except OSError:
                pass
            self.hung_up.set()


@pytest.fixture
def stalled() -> Iterator[Stalled]:
    server = Stalled()
    yield server
    server.socket.close()


def start(stalled: Stalled, *arguments: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": with_path(str(ROOT)), "OPENAI_BASE_URL": stalled.base_url}
    command = [sys.executable, "-m", "playground", "ask", "Hi", "-m", "openai/chat:m", *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**env, "OPENAI_API_KEY": "k"},
    )


def interrupted(stalled: Stalled, *arguments: str) -> tuple[int, str, str]:
    process = start(stalled, *arguments)
    assert stalled.sent.wait(30)
    threading.Event().wait(0.3)  # until the piece has been read
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert stalled.hung_up.wait(5)
    return process.returncode, out, err


def test_ctrl_c_prints_what_there_is(stalled: Stalled) -> None:
    code, out, err = interrupted(stalled)
    assert code == 130
    assert "partial" in out
    assert "■ stopped. You stopped this lane" in out
    assert "Traceback" not in out + err


def test_a_lane_that_has_not_ended_in_time_is_stopped_all_the_same() -> None:
    """A busy computer may need longer than one waits to close a connection."""
    request = Request.ask(ModelRef.parse("openai/chat:m"), "Hi")
    run = LiveRun("r", "", (request, request), simulations=(False, False), cancel=lambda *_: None)
    run.lanes[0].end(Response(model=request.model))
    run.lanes[1].receive("sent", "")
    run.stop()
    kept, stopped = ask._told(run).responses
    assert kept.failure is None
    assert stopped.failure
    assert stopped.failure.type == "cancelled"


def test_ctrl_c_still_leaves_one_json_document(stalled: Stalled) -> None:
    code, out, err = interrupted(stalled, "--json")
    response = json.loads(out)["responses"][0]
    assert code == 130
    assert response["text"] == "partial"
    assert response["failure"]["type"] == "cancelled"
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = [sys.executable, "-m", "playground", "prices", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
