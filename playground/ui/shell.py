"""The app around the pages: which pages there are, security headers, start and stop."""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import importlib
import logging
import os
import re
import secrets
import signal
import socket
import sys
import threading
import time
import tomllib
import webbrowser
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from playground.ui import stream

REPO = Path(__file__).resolve().parents[2]
ROUTER = Path(__file__).with_name("router.py")
CONFIG = REPO / ".streamlit" / "config.toml"
LOG = logging.getLogger("playground")


class PageRow(NamedTuple):
    """One page of the app: a file in `pages/` and how the menu shows it."""

    file: str
    title: str
    icon: str
    help: str


PAGES = (
    PageRow(
        "compare.py",
        "Compare",
        ":material/compare_arrows:",
        "Send one prompt to several models and see answers, tokens, latency and cost side by side.",
    ),
    PageRow(
        "chat_vs_api.py",
        "Chat vs API",
        ":material/forum:",
        "See what a chat product adds to your prompt, what it hides, and what each way to pay costs.",
    ),
    PageRow(
        "tokens.py",
        "Tokens",
        ":material/straighten:",
        "Cut a text into tokens, count it three ways, and measure languages, windows and keys.",
    ),
    PageRow(
        "costs.py",
        "Costs",
        ":material/receipt_long:",
        "Every price with its source, a calculator that draws the cliffs, and what your runs could cost instead.",
    ),
    PageRow(
        "prompts.py",
        "Prompts",
        ":material/library_books:",
        "Keep prompts with their versions and variables, see what changed, and open them in Compare.",
    ),
    PageRow(
        "history.py",
        "History",
        ":material/history:",
        "Find, open, compare, repeat and export every run; see what it cost and set spending limits.",
    ),
)
"""Every page, the first is the one that opens; a new page is a new row."""


def pages() -> list[Any]:
    """The rows of PAGES as Streamlit's pages."""
    return [
        st.Page(
            REPO / "pages" / row.file,
            title=row.title,
            icon=row.icon,
            help=row.help,
            default=row is PAGES[0],
        )
        for row in PAGES
    ]


def parts(script: Path = ROUTER) -> dict[str, Any]:
    """The arguments of `st.App`: the app is these and nothing else, however it is started."""
    return {
        "script_path": script,
        "routes": [*stream.routes(), _to_first_page()],
        "middleware": [Middleware(SecurityHeaders)],
        "lifespan": lifespan,
        "on_script_error": on_script_error,
    }


def _to_first_page() -> Route:
    """The page that opens lives at `/`; at its file's name Streamlit would say that there is no such page."""

    def redirect(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"./{query}")

    return Route(f"/{Path(PAGES[0].file).stem}", redirect)


# Start ------------------------------------------------------------------------------------------


def serve(port: int = 8501, *, open_browser: bool = True) -> None:
    """Serve the app on this computer until it is stopped; exit code 1 and one sentence where the port is taken."""
    if problem := port_problem(port):
        print(problem, file=sys.stderr)
        raise SystemExit(1)
    if open_browser and _has_display():
        threading.Thread(target=_open_when_up, args=(port,), name="browser", daemon=True).start()
    st.App(**parts()).run(config={**configured(), "server.port": port})


def _has_display() -> bool:
    windows = sys.platform in ("win32", "darwin")
    return windows or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_when_up(port: int) -> None:
    """Open the browser as soon as the server answers; for half a minute."""
    for _ in range(300):
        try:
            socket.create_connection(("localhost", port), 1).close()
        except OSError:
            time.sleep(0.1)
            continue
        webbrowser.open(f"http://localhost:{port}")
        return


def port_problem(port: int, address: str = "localhost") -> str | None:
    """A sentence that names the port and the fix, None where the port is free."""
    with socket.socket() as probe:
        if sys.platform != "win32":  # there it would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            return (
                f"Port {port} can't be used ({_plain(error)}): stop the program that holds it, "
                f"or choose another port with --port {port + 1 if port < 65535 else 8501}."
            )
    return None


def _plain(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def configured() -> dict[str, Any]:
    """`.streamlit/config.toml` as flat options: Streamlit itself looks for it only in the current folder."""
    if Path.cwd() == REPO or not CONFIG.is_file():
        return {}
    return dict(_flat(tomllib.loads(CONFIG.read_text("utf-8"))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def secrets_toml() -> dict[str, Any]:
    """All of `secrets.toml`, the home folder's under the project's; empty where there is none or it can't be read.

    `st.secrets` is not used: Streamlit copies what it reads into os.environ, where every child process sees it.
    """
    found: dict[str, Any] = {}
    for folder in (Path.home(), REPO):
        try:
            found |= tomllib.loads((folder / ".streamlit" / "secrets.toml").read_text("utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            LOG.warning("secrets.toml in %s can't be read: %s", folder, type(error).__name__)
    return found


# Security headers -------------------------------------------------------------------------------


class SecurityHeaders:
    """ASGI middleware: headers that keep foreign content out, and a cookie by which a reloaded page finds its runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(security_headers(request.get("host", "")))
                if headers.get("content-type", "").startswith("text/html"):
                    _name_the_owner(request, headers, secure=scope.get("scheme") == "https")
            await send(message)

        await self.app(scope, receive, send_with_headers)


@functools.lru_cache(maxsize=64)
def security_headers(host: str) -> Mapping[str, str]:
    """The headers of every answer to a request with this Host header.

    Away from this computer the app may be framed by its own site, which is how Streamlit Community Cloud shows it.
    """
    host = host if re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host) else ""
    framed = not _is_loopback(host)
    return {
        "Content-Security-Policy": content_security_policy(host, framed=framed),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def content_security_policy(host: str, *, framed: bool = False) -> str:
    """What the page may load: only this server. `blob:` scripts are how Streamlit loads a component's own code."""
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {_inline_script_hashes()}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": f"'self' ws://{host} wss://{host}" if host else "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'" if framed else "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@functools.cache
def _inline_script_hashes() -> str:
    """The hashes of the inline scripts of Streamlit's own page: no other inline script runs."""
    page = Path(file_util.get_static_dir(), "index.html").read_bytes()
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def _is_loopback(host: str) -> bool:
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return name in ("localhost", "127.0.0.1", "[::1]")


def _name_the_owner(request: Headers, response: MutableHeaders, *, secure: bool) -> None:
    if stream.owner_cookie(request.get("cookie", "")) is None:
        attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
        response.append(
            "set-cookie", f"{stream.OWNER_COOKIE}={secrets.token_urlsafe(24)}; {attributes}"
        )


# While it runs ----------------------------------------------------------------------------------

FIRST_PAGE_SECONDS = 3.0
"""Warming waits this long for the first page, which needs the processor more."""
WARMED = (
    ("playground.tokens", "load_in_background"),
    ("playground.providers", "warm"),
    ("playground.history", "warm"),
    ("playground.engine", "settle"),
)
"""What is done in the background at start, in order: module, function."""

_first_page = threading.Event()


def first_page_shown() -> None:
    """Called by the router when a page has been drawn: the processor is free for warming."""
    _first_page.set()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Warm up without holding up the first page; at the end let go of the streams and of the demo's process."""
    stream.reopen()
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    with _streams_end_on_signal():
        yield
    stream.close()
    await asyncio.to_thread(_wind_down)


def _warm() -> None:
    _first_page.wait(FIRST_PAGE_SECONDS)
    for module, function in WARMED:
        try:
            getattr(importlib.import_module(module), function)()
        except Exception:
            LOG.exception("Warming %s.%s failed; its first use will be slower.", module, function)


@contextmanager
def _streams_end_on_signal() -> Iterator[None]:
    """End live streams when the server is told to stop: it waits for them before it closes anything."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def on_signal(number: int, frame: Any) -> None:
        stream.close()
        previous = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def on_script_error(error: Exception) -> bool:
    """One sentence on the page, the rest in the server's log; no traceback reaches the browser."""
    LOG.error("A page failed.", exc_info=error)
    st.error(
        f"This page stopped on an unexpected {type(error).__name__}. Reload it; if it happens again, "
        "the server's log says where.",
        icon=":material/error:",
    )
    return True


def _wind_down() -> None:
    """Close paid streams and the simulated providers' process, where they were ever started."""
    engine = sys.modules.get("playground.engine")
    if engine and engine.get_engine.cache_info().currsize:
        engine.get_engine().close()
    session = sys.modules.get("playground.ui.session")
    if session and session.demo.cache_info().currsize:
        session.demo().stop()
