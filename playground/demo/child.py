"""A server in a process of its own: how it is started, how its parent learns where it listens, and how it ends with it."""

from __future__ import annotations

import atexit
import json
import os
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

START_SECONDS = 20.0
STOP_SECONDS = 1.0
BACKLOG = 512
"""Connections that may wait for a server."""
PARENT_CHECK = 0.5
"""Seconds between two looks at whether the parent still lives."""
SECRETS = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
ROOT = Path(__file__).parents[2]


class Child:
    """A server as a child process: started once by whoever asks first, started again if it has died.

    `command` gives what follows the interpreter, `handed` the open files that the child gets. It prints one line of JSON
    when it is ready.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[], Sequence[str]],
        *,
        path: Callable[[], Sequence[str]] = tuple,
        handed: Callable[[], Sequence[int]] = tuple,
        patience: float = START_SECONDS,
    ) -> None:
        self._name = name
        self._command = command
        self._path = path
        self._handed = handed
        self._patience = patience
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._starting: subprocess.Popen[str] | None = None
        self._told: Mapping[str, Any] = {}
        atexit.register(self.stop)

    def told(self) -> Mapping[str, Any]:
        """Start the process unless it runs, and return what it said when it was ready; RuntimeError when it cannot start."""
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                _end(self._process)
                self._process = None
            if self._process is None:
                self._launch()
            return self._told

    def stop(self) -> None:
        """End the process, also one that is still starting; does nothing when none runs."""
        if starting := self._starting:
            starting.terminate()  # whoever started it holds the lock until it has answered, or has ended
        with self._lock:
            process, self._process, self._told = self._process, None, {}
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

    def __enter__(self) -> Self:
        self.told()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        command = list(self._command())
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(self._path()),
            pass_fds=self._handed(),
        )
        self._starting = process
        line = _first_line(process, self._patience)
        self._starting = None
        try:
            told = json.loads(line)
            int(told["port"])
        except (ValueError, KeyError, TypeError):
            _end(process)
            raise RuntimeError(
                f"{self._name} did not start: {line.strip() or 'no answer'}. "
                f"Run `python {' '.join(command[:2])}` to see why."
            ) from None
        self._told = told
        self._process = process


def watch() -> None:
    """End this process when the parent dies, or when a pipe on stdin is closed."""
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        threading.Thread(target=_watch_stdin, daemon=True).start()


def end(signum: int = 0, frame: object = None) -> None:
    """End this process at once."""
    os._exit(0)


def _watch_stdin() -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    end()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    end()


def _environment(path: Sequence[str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not SECRETS.search(k)}
    found = [str(ROOT), *path, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(found)}


def _first_line(process: subprocess.Popen[str], patience: float) -> str:
    timer = threading.Timer(patience, process.kill)
    timer.start()
    try:
        line = _pipe(process.stdout).readline()
        return line or _pipe(process.stderr).read()[-400:]
    finally:
        timer.cancel()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("The server was started without pipes.")
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
