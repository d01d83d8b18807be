"""Runs the demo server in a process of its own and says where it listens."""

from __future__ import annotations

import json
import socket
import sys
import threading
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from playground.demo.child import BACKLOG, Child
from playground.domain import Endpoint, Secret
from playground.domain.provider import built_in
from playground.domain.single import Single

COMPATIBLE = "/compatible/v1"
"""The base URL of a simulated compatible server, after the host and port."""


class DemoServer(Child):
    """The demo server as a child process: started once by whoever asks first, started again if it has died."""

    def __init__(self, pace: float | None = None, record: bool = False) -> None:
        self._options: list[str] = []
        if pace is not None:  # else PLAYGROUND_DEMO_PACE counts
            self._options += ["--pace", f"{pace}"]
        if record:
            self._options.append("--record")
        self._listener: socket.socket | None = None
        self._opening = threading.Lock()
        super().__init__("The demo server", self._listen, handed=self._listeners)

    def start(self) -> int:
        """Start the process unless it runs, and return its port; RuntimeError when it cannot start."""
        return int(self.told()["port"])

    def reserve(self) -> int:
        """The port at which it listens or will: whoever connects before `start` waits for it."""
        listener = self._socket()
        return self.start() if listener is None else int(listener.getsockname()[1])

    def stop(self) -> None:
        """End the process; does nothing when none runs."""
        super().stop()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def _socket(self) -> socket.socket | None:
        """What it listens on, opened by whoever comes first: one who reserves or one who starts; None where a child can't have it."""
        if sys.platform == "win32":  # can't hand an open socket to a child
            return None
        with self._opening:
            if self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
            return self._listener

    def _listen(self) -> list[str]:
        self._socket()
        where = [f"--listener={fd}" for fd in self._listeners()] or ["--port=0"]
        return ["-m", "playground.demo", *where, *self._options]

    def _listeners(self) -> list[int]:
        return [self._listener.fileno()] if self._listener else []

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`; starts the process if need be."""
        return f"http://127.0.0.1:{self.start()}"

    def base_urls(self) -> dict[str, str]:
        """Provider → base URL as its SDK wants it, `compatible` included; starts the process if need be."""
        return _urls(self.base_url)

    def heard(self, token: str) -> list[dict[str, Any]]:
        """What came under this token (see `heard_url`), oldest first, keys masked."""
        return heard_at(self.base_url, token)

    def endpoints(self, *, start: bool = True) -> dict[str, Endpoint]:
        """Endpoints of the built-in providers, marked as simulated; without `start` the process may come later."""
        urls = _urls(self.base_url if start else f"http://127.0.0.1:{self.reserve()}")
        key = Secret("demo-key")
        return {
            row.name: Endpoint(provider=row.name, base_url=urls[row.name], key=key, simulated=True)
            for row in built_in()
        }


def heard_at(root: str, token: str) -> list[dict[str, Any]]:
    """What came under this token at the simulation with this address, oldest first, keys masked; OSError where it is not."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{root}/_heard/{token}", timeout=10) as answer:
        told: list[dict[str, Any]] = json.load(answer)
    return told


def heard_url(base_url: str, token: str, way: str = "heard") -> str:
    """The same address of the simulation, at which all that comes is noted under the token: 16 letters or more.

    With the way `gateway` it goes through the sample gateway first.
    """
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}/{way}/{token}{parts.path}"


def _urls(root: str) -> dict[str, str]:
    own = {row.name: root + row.demo_path for row in built_in()}
    return {**own, "compatible": root + COMPATIBLE}


@Single
def get_demo() -> DemoServer:
    """The process's one simulation, started when first needed and stopped at exit."""
    return DemoServer()
