"""In hosted mode a file is served to the browser that it was made for, and to no other, by whichever address it is asked."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit import runtime
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from playground.ui.live import grants
from playground.ui.session.state import Session, open_sessions
from playground.ui.shell import own_files
from playground.ui.shell.own_files import OwnFilesOnly

ANN, BOB = "cookie-of-ann", "cookie-of-bob"


class Served:
    """The middleware around an app that has everything, with Streamlit's own manager of files."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.manager = MediaFileManager(MemoryMediaFileStorage("/media"))
        self.app = OwnFilesOnly(self._found)
        instance = SimpleNamespace(media_file_mgr=self.manager)
        patch.setenv("PLAYGROUND_HOSTED", "1")
        patch.setattr(runtime, "exists", lambda: True)
        patch.setattr(runtime, "get_instance", lambda: instance)
        self.status("/", ANN)

    async def _found(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    def who(self, cookie: str) -> MediaFileManager:
        """The manager, used by the script of this browser's tab."""
        self._patch.setattr(grants, "owner", lambda: cookie)
        self._patch.setattr(media_file_manager, "_get_session_id", lambda: f"tab of {cookie}")
        return self.manager

    def status(self, path: str, cookie: str, method: str = "GET") -> int:
        headers = [(b"cookie", f"{grants.OWNER_COOKIE}={cookie}".encode())] if cookie else []
        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, None, send))  # type: ignore[arg-type]
        return int(sent[0]["status"])

    def all(self, path: str) -> tuple[int, ...]:
        """What Ann, Bob and somebody without cookies get."""
        return tuple(self.status(path, who) for who in (ANN, BOB, ""))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    return Served(monkeypatch)


def test_a_picture_is_found_by_its_own_browser_only_by_any_of_its_names(served: Served) -> None:
    url = served.who(ANN).add(b"ann's", "image/png", "1")
    bare = url.removesuffix(".png")
    for path in (url, bare, f"{bare}.txt", f"/below{url}"):
        assert served.all(path) == (200, 404, 404), path
    served.manager.clear_session_refs("tab of cookie-of-ann")  # as each run of the script does
    assert served.all(url) == (200, 404, 404)


def test_what_both_have_is_found_by_both(served: Served) -> None:
    url = served.who(ANN).add(b"the sample", "image/png", "1")
    assert served.who(BOB).add(b"the sample", "image/png", "1") == url
    assert served.all(url) == (200, 200, 404)


def test_a_file_that_is_made_when_it_is_asked_for_is_whose_page_offered_it(served: Served) -> None:
    offered = served.who(ANN).add_deferred(lambda: b"ann's", "text/csv", "1")
    url = served.who(BOB).execute_deferred(offered)
    assert served.all(url) == (200, 404, 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nobody_puts_files_into_another_s_session_or_takes_them_out(
    served: Served, method: str
) -> None:
    open_sessions["tab"] = Session(owner="ann@example.org", browser=ANN)
    try:
        path = "/_stcore/upload_file/tab/file"
        assert [served.status(path, who, method) for who in (ANN, BOB, "")] == [200, 404, 404]
    finally:
        del open_sessions["tab"]


def test_of_files_that_are_gone_nothing_is_kept(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_files, "MOST", 10)
    served.app._most = 10
    for number in range(50):
        served.who(ANN).add(b"%d" % number, "image/png", "1")
        served.manager.remove_orphaned_files()
    assert len(served.app._made) <= 10


def test_on_one_s_own_computer_nothing_is_looked_at(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = served.who(ANN).add(b"mine", "image/png", "1")
    monkeypatch.delenv("PLAYGROUND_HOSTED")
    assert served.all(url) == (200, 200, 200)
