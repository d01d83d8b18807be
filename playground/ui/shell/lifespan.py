"""What happens when the server starts, when it is told to stop, and when a page fails."""

from __future__ import annotations

import ast
import asyncio
import importlib
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import streamlit as st
from streamlit import delta_generator

from playground import garbage
from playground.ui.live import stream
from playground.ui.shell import first_page, pages

LOG = logging.getLogger("playground")

POLITE_SECONDS = 0.0002
"""How long the imports hold up the browser, which fetches some seventy files meanwhile, each time."""
ASKED_SECONDS = 1.0
"""So long a browser is waited for before the first page's modules are imported, which would hold up the document."""
GRACE_SECONDS = 5.0
"""A server that was told to stop waits no longer for requests that never end."""
EXPERIMENT_SECONDS = 3.0
"""So long an experiment has to note where it stands."""
FIRST_PAGE_SECONDS = 3.0
"""Warming waits this long for the first page, which needs the processor more."""
LOOK_SECONDS = 2.0
"""Between two looks for tabs that are gone."""
LEAVING = "playground.ui.session.leaving"
WARMED = (
    ("playground.ui.session.endpoints", "prepare"),
    ("playground.tokens", "load_in_background"),
    ("playground.providers", "warm"),
    ("playground.history", "warm"),
    ("playground.figures.commonmark", "warm"),
    ("playground.engine", "settle"),
)
"""What is done in the background at start, in order: module, function."""


def first_page_shown() -> None:
    """Called by the router when a page has been drawn: the processor is free for warming."""
    first_page.shown.set()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Warm up without holding up the first page; at the end let go of the streams and of the demo's process."""
    stream.reopen()
    _warn_nobody()
    threading.Thread(target=_import_first_page, name="first page", daemon=True).start()
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    with _streams_end_on_signal(), garbage.when_idle():
        looking = asyncio.create_task(_end_sessions())
        yield
        looking.cancel()
    stream.close()
    await asyncio.to_thread(_wind_down)


async def _end_sessions() -> None:
    """Look, as long as the server runs, for tabs that are gone."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if first_page.shown.is_set():
            try:
                leaving = await asyncio.to_thread(importlib.import_module, LEAVING)
                leaving.look()
            except Exception:
                LOG.exception("A session that was left could not be ended.")


def _warn_nobody() -> None:
    """Streamlit's first element warns who draws without a server: to know it Streamlit looks up where all modules lie.

    That is half of what the first page's script takes.
    """
    delta_generator._use_warning_has_been_displayed = True


def _import_first_page() -> None:
    """Import what the page that opens imports, while the browser reads Streamlit's own part, or after a while without one."""
    first_page.asked.wait(ASKED_SECONDS)
    page = ast.parse((pages.FOLDER / pages.PAGES[0].file).read_bytes())
    before = sys.getswitchinterval()
    sys.setswitchinterval(POLITE_SECONDS)
    with suppress(Exception):  # the page meets it too, and says it
        for node in page.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                found = importlib.import_module(node.module)
                for alias in node.names:
                    if not hasattr(found, alias.name):
                        importlib.import_module(f"{node.module}.{alias.name}")
    sys.setswitchinterval(before)


def _warm() -> None:
    first_page.shown.wait(FIRST_PAGE_SECONDS)
    for module, function in WARMED:
        try:
            getattr(importlib.import_module(module), function)()
        except Exception:
            LOG.exception("Warming %s.%s failed; its first use will be slower.", module, function)
    garbage.started()


@contextmanager
def _streams_end_on_signal() -> Iterator[None]:
    """End live streams when the server is told to stop, as it waits for them, and runs, as it may wait for others for ever."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def on_signal(number: int, frame: Any) -> None:
        stream.close()
        previous = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)
            threading.Thread(target=_wind_down, name="wind down", daemon=True).start()
            _no_longer_than(GRACE_SECONDS, lambda: previous(signal.SIGINT, None))

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _no_longer_than(seconds: float, give_up: Callable[[], Any]) -> None:
    """Told a second time, uvicorn closes what it still waits for: an upload that never ends, say."""
    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()


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
    """Stop and keep what is under way, and end the processes that were started; what was never started is not imported."""
    with _winding_down:
        experiments = sys.modules.get("playground.experiments.background")
        if experiments:
            experiments.stop_all(EXPERIMENT_SECONDS)
        engine = sys.modules.get("playground.engine.engine")
        if engine and engine.get_engine.made:
            engine.get_engine().close(engine.SHUT_DOWN)
            engine.get_engine.forget()  # whoever asks again gets one that runs
        journal = sys.modules.get("playground.history.journal")
        if journal:
            journal.close_writers()
        telemetry = sys.modules.get("playground.telemetry")
        if telemetry:
            telemetry.close()
        demo = sys.modules.get("playground.demo.process")
        if demo and demo.get_demo.made:
            demo.get_demo().stop()
        local = sys.modules.get("playground.local.server")
        if local and local.get_local.made:
            local.get_local().stop()


_winding_down = threading.Lock()
"""It is done at the signal, and again when the server has ended: for what began between."""
