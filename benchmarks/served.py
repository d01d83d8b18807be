"""The app in a process of its own, for benchmarks that kill it and start it again."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.process import environment, free_port

ROOT = Path(__file__).parents[1]
APP = ("-m", "playground", "--no-browser", "--port", "PORT")


def endpoints_file(folder: Path, models: int) -> None:
    """Let the app in this folder know the provider at that port, as `srv` and as `other`.

    They are two addresses to it: to one it makes 128 requests at once, and the others wait for their turn.
    """
    addresses = (("srv", "v1"), ("other", "v2"))
    texts = [
        f'[{name}]\nbase_url = "http://127.0.0.1:{models}/{path}"\n' for name, path in addresses
    ]
    (folder / "endpoints.toml").write_text("".join(texts))


def start(
    folder: Path, port: int, command: Sequence[str] = APP, **more: str
) -> subprocess.Popen[bytes]:
    """The app on this folder's history, as soon as it answers; in `command` PORT stands for its port."""
    env = environment(
        PLAYGROUND_DATA_DIR=str(folder),
        PLAYGROUND_ENDPOINTS=str(folder / "endpoints.toml"),
        PLAYGROUND_DEMO_PACE="0",
        **more,
    )
    words = [sys.executable, *(str(port) if word == "PORT" else word for word in command)]
    with (folder / f"log-{port}").open("a") as log:
        process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=log, stderr=log)
    for _ in range(600):
        with suppress(OSError):
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5).close()
            break
        time.sleep(0.1)
    return process


@contextmanager
def served(
    folder: Path, command: Sequence[str] = APP, **more: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The app's address and process, until the block ends."""
    port = free_port()
    process = start(folder, port, command, **more)
    try:
        yield f"http://localhost:{port}", process
    finally:
        process.terminate()
        process.wait(30)
