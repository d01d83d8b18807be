"""The processes that benchmarks start: as a person's, on ports of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOCK = Path(__file__).parents[1].parent / "shared" / "perf" / "mock.py"
"""Beside the project: every provider at once, quick enough to measure against."""


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


@contextmanager
def mock_provider(port: int, *how: str) -> Iterator[int]:
    """The mock provider, and the id of its process, once it listens."""
    if not MOCK.exists():
        raise SystemExit(f"this benchmark needs {MOCK}")
    command = [sys.executable, str(MOCK), "--port", str(port), *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.terminate()
