"""The document that each page begins as: Streamlit's own, told where its server is.

Without that, Streamlit looks below a page's own address first: two requests that fail, and half a second before the next try.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import file_util

from playground.ui.shell import first_page, preload
from playground.ui.shell.pages import PAGES

FETCHED = '<link rel="modulepreload" crossorigin fetchpriority="low" href="./static/js/{}">'
"""While the browser reads Streamlit's own part it fetches, after that, what the first page will need."""
AHEAD = "ahead"
HIDDEN = f"<style>.st-key-{AHEAD} {{ display: none }}</style>"
"""For shell/ahead.py: the page's own styles come after it."""
WHERE = "window.__streamlit = {BACKEND_BASE_URL: new URL('.', location.href).href}"
"""The server is where the document's scripts come from: beside the page, whatever path a host has put it below."""
HEAD = b"<head>"
END = b"</head>"


def routes() -> list[Route]:
    """One for each page, the first one at `/`."""
    paths = ["/", *(f"/{Path(row.file).stem}" for row in PAGES[1:])]
    return [Route(path, _send) for path in paths]


@functools.cache
def document() -> bytes:
    """Streamlit's document with a script and some lines more; as it is where Streamlit has changed it."""
    whole = Path(file_util.get_static_dir(), "index.html").read_bytes()
    more = "".join([HIDDEN, *map(FETCHED.format, preload.needed())])
    return whole.replace(HEAD, HEAD + f"<script>{WHERE}</script>".encode(), 1).replace(
        END, more.encode() + END, 1
    )


@functools.cache
def script_hashes() -> str:
    """The hashes of the document's inline scripts, as a Content-Security-Policy has them: no other inline script runs."""
    scripts = re.findall(rb"<script>(.*?)</script>", document(), re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


async def _send(request: Request) -> Response:
    body = document()
    first_page.asked.set()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/html", headers=headers)
