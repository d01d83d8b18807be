"""Where the files are that belong to the app but are no code (prices, pages, configuration), and how a person's text file is read."""

from __future__ import annotations

import codecs
import contextlib
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Read = TypeVar("Read")

PACKAGE = Path(__file__).resolve().parent
CARRIED = PACKAGE / "_data"
"""Where the build puts them: only an installed package has this folder."""


def checkout() -> Path | None:
    """The repository that this code runs from; None where it was installed."""
    return None if CARRIED.is_dir() else PACKAGE.parent


def shipped(name: str) -> Path:
    """`pricing.yaml`, `pages` or `.streamlit/config.toml`: the repository's own, else the one that was installed."""
    return (checkout() or CARRIED) / name


def project() -> Path:
    """The folder whose `.streamlit/secrets.toml` counts: the repository, else the current folder."""
    return checkout() or Path.cwd()


MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""How a file begins → its encoding: Windows writes these marks."""


def decoded(data: bytes) -> str:
    """The text of a file that a person may have written, on any system, with `\\n` between its lines; UnicodeDecodeError when it is no text.

    It is UTF-8 unless a byte order mark says otherwise; the mark is no part of the text.
    """
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path) -> str:
    """The text of this file, as `decoded` reads it; OSError, or UnicodeDecodeError when it is no text."""
    return decoded(path.read_bytes())


def read_yaml(path: Path) -> Any:
    """What stands in a data file of ours."""
    import yaml

    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


COMPILED = PACKAGE / "__pycache__"
"""Where `compiled` keeps what it has read: who can write there can write the compiled modules too."""


def compiled(path: Path, read: Callable[[Path], Read], *code: str) -> Read:
    """What `read` makes of a shipped file, kept as Python keeps a compiled module: 2 ms where YAML takes 30.

    It is read anew when the file has changed, or one of these modules, which hold `read` and the classes of what it makes.
    """
    kept = COMPILED / f"{path.stem}.{sys.implementation.cache_tag}.pickle"
    try:
        key = tuple(map(_state, (path, *(Path(sys.modules[name].__file__ or "") for name in code))))
    except OSError:
        return read(path)  # it says what is wrong with the file
    with contextlib.suppress(Exception):  # whatever is wrong with what was kept: the file is there
        found, value = pickle.loads(kept.read_bytes())  # noqa: S301 - beside our own code, as safe as that
        if found == key:
            made: Read = value
            return made
    made = read(path)
    if not sys.dont_write_bytecode:
        fresh = kept.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            COMPILED.mkdir(exist_ok=True)
            fresh.write_bytes(pickle.dumps((key, made), pickle.HIGHEST_PROTOCOL))
            fresh.replace(kept)
    return made


def _state(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return str(path), found.st_mtime_ns, found.st_size
