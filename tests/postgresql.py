"""A PostgreSQL of the tests' own: a fresh cluster on a free port of 127.0.0.1, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
}
USERS = ("postgres", "nobody")
"""Who runs it when the tests run as root, whom PostgreSQL refuses."""


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, None where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a running server, without a database's name; its user is `tests`."""
    folder = binaries()
    assert folder is not None
    base = Path(tempfile.mkdtemp(prefix="playground-postgresql-", dir="/tmp"))
    user = _unprivileged(base)
    data = base / "data"
    port = _free_port()
    try:
        _run(
            [
                folder / "initdb",
                "-D",
                data,
                "-U",
                "tests",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale=C.UTF-8",
            ],
            user,
        )
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        start: list[str | Path] = [
            folder / "pg_ctl",
            "-D",
            data,
            "-l",
            base / "log",
            "-w",
            "-t",
            "60",
        ]
        _run([*start, "-o", f"{options} -p {port} -k {base}", "start"], user)
        try:
            yield f"postgresql://tests@127.0.0.1:{port}"
        finally:
            _run([folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _unprivileged(base: Path) -> str | None:
    """The user to run it, who owns the folder; None = whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(base, entry.pw_uid, entry.pw_gid)
        return name
    raise RuntimeError("There is no unprivileged user to run PostgreSQL.")


def _run(command: Sequence[str | Path], user: str | None) -> None:
    # Output goes to a file: the server inherits a pipe, and reading it would never end.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(word) for word in command],
            stdout=said,
            stderr=said,
            user=user,
            group=None,
            cwd="/tmp",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
