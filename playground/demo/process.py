"""Runs the demo server in a process of its own and says where it listens."""

from __future__ import annotations

import functools

from playground.demo.child import Child
from playground.domain import Endpoint, Secret
from playground.domain.provider import built_in

COMPATIBLE = "/compatible/v1"
"""The base URL of a simulated compatible server, after the host and port."""


class DemoServer(Child):
    """The demo server as a child process: started once by whoever asks first, started again if it has died."""

    def __init__(self, pace: float | None = None, record: bool = False) -> None:
        command = ["-m", "playground.demo", "--port", "0"]
        if pace is not None:  # else PLAYGROUND_DEMO_PACE counts
            command += ["--pace", f"{pace}"]
        if record:
            command.append("--record")
        super().__init__("The demo server", lambda: command)

    def start(self) -> int:
        """Start the process unless it runs, and return its port; RuntimeError when it cannot start."""
        return int(self.told()["port"])

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`; starts the process if need be."""
        return f"http://127.0.0.1:{self.start()}"

    def base_urls(self) -> dict[str, str]:
        """Provider → base URL as its SDK wants it, `compatible` included; starts the process if need be."""
        root = self.base_url
        own = {row.name: root + row.demo_path for row in built_in()}
        return {**own, "compatible": root + COMPATIBLE}

    def endpoints(self) -> dict[str, Endpoint]:
        """Endpoints of the built-in providers, marked as simulated; starts the process if need be."""
        urls = self.base_urls()
        key = Secret("demo-key")
        return {
            row.name: Endpoint(provider=row.name, base_url=urls[row.name], key=key, simulated=True)
            for row in built_in()
        }


@functools.cache
def get_demo() -> DemoServer:
    """The process's one simulation, started when first needed and stopped at exit."""
    return DemoServer()
