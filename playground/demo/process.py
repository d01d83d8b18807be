"""Runs the demo server in a process of its own and says where it listens."""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO

from playground.domain import Endpoint, Secret
from playground.domain.provider import built_in

COMPATIBLE = "/compatible/v1"
"""The base URL of a simulated compatible server, after the host and port."""
START_SECONDS = 20.0
STOP_SECONDS = 1.0
SECRETS = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
ROOT = Path(__file__).parents[2]


class DemoServer:
    """The demo server as a child process: started once by whoever asks first, started again if it has died."""

    def __init__(self, pace: float | None = None, record: bool = False) -> None:
        self._pace = pace
        self._record = record
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._port: int | None = None
        atexit.register(self.stop)

    def start(self) -> int:
        """Start the process unless it runs, and return its port; RuntimeError when it cannot start."""
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                _end(self._process)
                self._process = None
            if self._process is None:
                self._launch()
            assert self._port is not None  # noqa: S101 - set by _launch
            return self._port

    def stop(self) -> None:
        """End the process; does nothing when none runs."""
        with self._lock:
            process, self._process, self._port = self._process, None, None
        if process is not None:
            _end(process)

    @property
    def running(self) -> bool:
        """True while the process lives."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """The id of the process, while there is one."""
        process = self._process
        return process.pid if process else None

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

    def __enter__(self) -> DemoServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        command = [sys.executable, "-m", "playground.demo", "--port", "0"]
        if self._pace is not None:  # else PLAYGROUND_DEMO_PACE counts
            command += ["--pace", f"{self._pace}"]
        if self._record:
            command.append("--record")
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(),
        )
        line = _first_line(process)
        try:
            self._port = int(json.loads(line)["port"])
        except (ValueError, KeyError, TypeError):
            _end(process)
            raise RuntimeError(
                f"The demo server did not start: {line.strip() or 'no answer'}. "
                "Run `python -m playground.demo` to see why."
            ) from None
        self._process = process


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not SECRETS.search(k)}
    path = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(path)}


def _first_line(process: subprocess.Popen[str]) -> str:
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        line = _pipe(process.stdout).readline()
        return line or _pipe(process.stderr).read()[-400:]
    finally:
        timer.cancel()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("The demo server was started without pipes.")
    return pipe


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@functools.cache
def get_demo() -> DemoServer:
    """The process's one simulation, started when first needed and stopped at exit."""
    return DemoServer()
