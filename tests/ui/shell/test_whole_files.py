"""Streamlit's own files are answered at once, and as Streamlit answers for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from starlette.testclient import TestClient
from streamlit import file_util

from playground.ui.shell import preload, whole_files

STATIC = Path(file_util.get_static_dir())
SCRIPT = f"/static/js/{preload.needed()[0]}"
ONE_OF_EACH = [
    SCRIPT,
    *(
        f"/{next(STATIC.glob(kind)).relative_to(STATIC).as_posix()}"
        for kind in ("static/css/*.css", "static/media/*.woff2")
    ),
]
HEADERS = ("content-type", "content-length", "cache-control")


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be handed to a thread."""

    async def refuse(*given: Any, **named: Any) -> None:
        raise AssertionError("handed to a thread")

    monkeypatch.setattr(anyio.to_thread, "run_sync", refuse)


@pytest.mark.parametrize("path", ONE_OF_EACH)
def test_a_file_comes_without_any_thread(client: TestClient, no_threads: None, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, (STATIC / path[1:]).read_bytes())


@pytest.mark.parametrize("path", ONE_OF_EACH)
def test_it_is_what_streamlit_would_answer(client: TestClient, path: str) -> None:
    ours, streamlits = client.get(path), client.get(path, headers={"if-none-match": '"another"'})
    assert "etag" in streamlits.headers
    assert "etag" not in ours.headers
    assert ours.content == streamlits.content
    assert [ours.headers[name] for name in HEADERS] == [
        streamlits.headers[name] for name in HEADERS
    ]


def test_a_part_of_it_is_streamlits_to_send(client: TestClient) -> None:
    answer = client.get(SCRIPT, headers={"range": "bytes=0-9"})
    assert (answer.status_code, len(answer.content)) == (206, 10)


def test_it_is_no_way_to_other_files_and_holds_up_the_loop_for_none_that_is_large() -> None:
    named = whole_files.known()
    assert {path.rpartition("/")[0] for path in named} == {
        f"/{name}" for name in whole_files.FOLDERS
    }
    assert max(file.stat().st_size for file in named.values()) <= whole_files.MOST_BYTES
    large = [
        file
        for file in (STATIC / "static" / "js").iterdir()
        if file.stat().st_size > whole_files.MOST_BYTES
    ]
    assert large
    assert not set(large) & set(named.values())
