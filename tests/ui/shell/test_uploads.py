"""A visitor of a hosted app uploads no more than the limits say; what is refused is not read, and the limit is named."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit import runtime

from playground.ui.shell.uploads import UploadLimits

MB = 1_000_000


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Session → its files, as Streamlit keeps them."""
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    files: dict[str, dict[str, Any]] = {}
    manager = SimpleNamespace(file_storage=files)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    return files


class App:
    """Keeps what is put into it."""

    def __init__(self, held: dict[str, dict[str, Any]]) -> None:
        self.held = held
        self.limited = UploadLimits(self._keep)

    async def _keep(self, scope: Any, receive: Any, send: Any) -> None:
        session, file = scope["path"].split("/")[-2:]
        size = int(dict(scope["headers"]).get(b"content-length", b"0"))
        self.held.setdefault(session, {})[file] = SimpleNamespace(data=range(size))
        await send({"type": "kept"})

    def put(
        self,
        session: str,
        file: str,
        size: int | None,
        address: str = "203.0.113.1",
        method: str = "PUT",
    ) -> tuple[int, str]:
        """Status and words of the answer; 0 where it was let through."""
        told = [] if size is None else [(b"content-length", str(size).encode())]
        scope = {
            "type": "http",
            "method": method,
            "path": f"/_stcore/upload_file/{session}/{file}",
            "headers": told,
            "client": (address, 50_000),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            raise AssertionError("what is refused is not read")

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.limited(scope, receive, send))
        return (
            (0, "") if sent[0]["type"] == "kept" else (sent[0]["status"], sent[1]["body"].decode())
        )


def test_so_much_a_session(held: dict[str, dict[str, Any]]) -> None:
    app = App(held)
    assert [app.put("a", str(n), 20 * MB)[0] for n in range(3)] == [0, 0, 0]
    status, said = app.put("a", "4", 1)
    assert status == 413
    assert "61 MB, and 60 MB are the most" in said
    assert app.put("b", "1", 20 * MB)[0] == 0
    del held["a"]["1"]
    assert app.put("a", "5", 20 * MB)[0] == 0, "one was taken out"


def test_so_much_an_address(
    held: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_MAX_UPLOADED_MB_PER_ADDRESS", "40")
    app = App(held)
    assert [app.put(session, "1", 20 * MB)[0] for session in "ab"] == [0, 0]
    status, said = app.put("c", "1", MB)
    assert status == 413
    assert "41 MB would have been uploaded from your network address, and 40 MB" in said
    assert app.put("c", "1", MB, address="203.0.113.2")[0] == 0
    held.clear()
    assert app.put("c", "2", MB)[0] == 0, "the sessions have ended"


def test_an_upload_says_how_large_it_is(held: dict[str, dict[str, Any]]) -> None:
    assert App(held).put("a", "1", None)[0] == 411


def test_taking_a_file_out_and_one_s_own_computer_have_no_limit(
    held: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App(held)
    assert app.put("a", "1", None, method="DELETE")[0] == 0
    monkeypatch.delenv("PLAYGROUND_HOSTED")
    assert app.put("a", "2", 900 * MB)[0] == 0
