"""The app as Streamlit's `st.App` takes it, and serving it on this computer."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
import tomllib
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.components.v2.component_manager import BidiComponentManager

from playground import files
from playground.ui.live import stream
from playground.ui.shell import document, health, logs, sign_in
from playground.ui.shell.exposure import OPTION, refuse_to_start
from playground.ui.shell.headers import SecurityHeaders
from playground.ui.shell.imports import packages_first
from playground.ui.shell.lifespan import lifespan, on_script_error
from playground.ui.shell.messages import PageMessagesOnly
from playground.ui.shell.origin import OwnAddressOnly
from playground.ui.shell.own_files import OwnFilesOnly
from playground.ui.shell.pages import to_first_page
from playground.ui.shell.uploads import UploadLimits
from playground.ui.shell.whole_files import WholeFiles

ROUTER = Path(__file__).with_name("router.py")
CONFIG = files.shipped(".streamlit/config.toml")


def parts(script: Path = ROUTER) -> dict[str, Any]:
    """The arguments of `st.App`: the app is these and nothing else, however it is started."""
    packages_first()
    own_components_only()
    logs.set_up()
    return {
        "script_path": script,
        "routes": [*stream.routes(), *health.routes(), to_first_page(), *document.routes()],
        "middleware": [
            Middleware(SecurityHeaders),
            Middleware(OwnAddressOnly),
            Middleware(OwnFilesOnly),
            Middleware(UploadLimits),
            Middleware(PageMessagesOnly),
            Middleware(WholeFiles),
        ],
        "lifespan": lifespan,
        "on_script_error": on_script_error,
        **sign_in.for_streamlit(),
    }


def own_components_only() -> None:
    """Streamlit reads at start what every installed package says of itself, to find components: an eighth of a second.

    The app's own come with its pages.
    """
    manager: Any = BidiComponentManager
    manager.discover_and_register_components = lambda self, *, start_file_watching=True: None


def serve(port: int = 8501, *, open_browser: bool = True) -> None:
    """Serve the app on this computer until it is stopped; exit code 1 and sentences where it can't be, or must not."""
    told = configured()
    refuse_to_start(told.get(OPTION))
    if problem := port_problem(port):
        print(problem, file=sys.stderr)
        raise SystemExit(1)
    if open_browser and _has_display():
        threading.Thread(target=_open_when_up, args=(port,), name="browser", daemon=True).start()
    logging.getLogger("streamlit.config").addFilter(_is_no_start)
    st.App(**parts()).run(config={**told, "server.port": port})


def _is_no_start(record: logging.LogRecord) -> bool:
    """Streamlit takes what it is started with for a change of its file, and asks for a restart of what has not begun."""
    return "please restart streamlit" not in record.getMessage()


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
    if Path.cwd() == files.checkout() or not CONFIG.is_file():
        return {}
    return dict(_flat(tomllib.loads(CONFIG.read_text("utf-8"))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
