"""The processes that benchmarks start: as a person's, on ports of their own."""

from __future__ import annotations

import os
import socket


def environment(**more: str) -> dict[str, str]:
    """This process's variables and these; compiled modules are kept, as for everybody, so that a second start is quick."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
