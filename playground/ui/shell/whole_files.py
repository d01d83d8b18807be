"""Streamlit's own scripts, styles and fonts, read at once and sent in one piece.

Streamlit hands every file to a thread five times and more: while the first page's modules are imported each of them waits for
its turn, and the browser asks for a hundred files before it draws anything.
"""

from __future__ import annotations

import functools
import mimetypes
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

FOLDERS = ("static/js", "static/css", "static/media")
"""What is named by what is in it, and so is the same for ever."""
MOST_BYTES = 1_000_000
"""A larger file would hold up the loop: it is sent in Streamlit's own way."""
FOR_EVER = {"Cache-Control": "public, immutable, max-age=31536000"}
OTHERWISE = {b"range", b"if-none-match", b"if-modified-since"}
"""Who asks for a part, or whether what they have is good, is answered by Streamlit."""


class WholeFiles:
    """ASGI middleware: answers for Streamlit's files, and leaves everything else to it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] == "GET" and scope["path"]
        file = known().get(asked) if asked else None
        if file is None or not OTHERWISE.isdisjoint(name for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
        else:
            answer = Response(file.read_bytes(), headers=FOR_EVER, media_type=_kind(file.name))
            await answer(scope, receive, send)


@functools.cache
def known() -> dict[str, Path]:
    """Path of a request → file."""
    root = Path(file_util.get_static_dir())
    files = [file for folder in FOLDERS for file in (root / folder).glob("*.*")]
    return {
        f"/{file.relative_to(root).as_posix()}": file
        for file in files
        if file.stat().st_size <= MOST_BYTES
    }


def _kind(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
