"""Hosted, Streamlit hears what pages say and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from playground.ui.shell.messages import PageMessagesOnly


def said(**how: Any) -> bytes:
    return bytes(BackMsg(**how).SerializeToString())


def asked(payload: str) -> bytes:
    message = BackMsg()
    message.backend_operation_request.request_id = "one"
    getattr(message.backend_operation_request, payload).SetInParent()
    return bytes(message.SerializeToString())


PAGES = {
    "a press": said(rerun_script={"query_string": "run=1"}),
    "a stop": said(stop_script=True),
    "a sign of life": said(app_heartbeat=True),
    "a file to come": said(file_urls_request={"request_id": "one"}),
    "a file to save": asked("deferred_file"),
    "more rows": asked("dataframe_chunk"),
    "nothing": b"",
    "garbage, over which Streamlit ends the connection": b"\xff\xff\xff",
}
DEVELOPERS = {
    "everybody's caches": said(clear_cache=True),
    "the server's files that are not committed": said(load_git_info=True),
    "running on save": said(set_run_on_save=True),
    "the end of the connection": said(debug_disconnect_websocket=True),
    "the end of the server": said(debug_shutdown_runtime=True),
    "files written on the server": asked("install_skills"),
    "a file written on the server": asked("dismiss_skills_nudge"),
    "one kind hidden behind another": said(rerun_script={}) + said(clear_cache=True),
    "no kind that is known": b"\xf2\xff\x01\x01a",
}


def heard(*sent: bytes) -> list[bytes]:
    """What comes through of these messages."""
    waiting = [{"type": "websocket.receive", "bytes": each} for each in sent]
    waiting.append({"type": "websocket.disconnect"})
    found: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            found.append(message["bytes"])

    async def receive() -> Any:
        return waiting.pop(0)

    asyncio.run(PageMessagesOnly(app)({"type": "websocket"}, receive, receive))  # type: ignore[arg-type]
    return found


def test_what_a_page_says_is_heard_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    mixed = [*PAGES.values(), *DEVELOPERS.values(), *PAGES.values()]
    assert heard(*mixed) == [*PAGES.values()] * 2


def test_at_home_everything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_HOSTED", raising=False)
    assert heard(*DEVELOPERS.values()) == [*DEVELOPERS.values()]
