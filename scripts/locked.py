"""What the lock files hold: names, versions, where each is needed, and the hashes that pip asks for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
APP, SERVER, DEV = "requirements.txt", "requirements-server.txt", "requirements-dev.txt"
"""The app; the app with PostgreSQL's driver and telemetry, as the container has it; all of it and what tests need."""
PIN = re.compile(r"(?P<name>[a-z0-9._-]+)==(?P<version>[0-9][\w.]*)(?: ; (?P<marker>.+))?")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Locked(NamedTuple):
    """One release that is installed, and the SHA-256 of every file of it that may be."""

    name: str
    version: str
    marker: str
    """Where it is needed, as PEP 508 has it; empty = everywhere."""
    hashes: tuple[str, ...]


def read(text: str) -> list[Locked]:
    """The releases of a lock file's text; ValueError names a line that pins nothing."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pin, *_ = line.partition(" --hash")
        match = PIN.fullmatch(pin.strip())
        if match is None:
            raise ValueError(f"This line pins no release: {line.split()[0]}")
        hashes = tuple(HASH.findall(line))
        found.append(Locked(match["name"], match["version"], match["marker"] or "", hashes))
    return found


def locked(name: str = DEV) -> list[Locked]:
    """The releases of one of our lock files."""
    return read((ROOT / name).read_text("utf-8"))
