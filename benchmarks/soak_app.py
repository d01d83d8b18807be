"""The app, which writes down every few seconds what it holds: `python benchmarks/soak_app.py PORT FILE [SECONDS]`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))


from playground import garbage
from playground.ui.shell.serving import serve

TASKS: Any = getattr(asyncio.tasks, "_scheduled_tasks", getattr(asyncio.tasks, "_all_tasks", ()))
"""The tasks of all loops. To look through all objects instead would break others: a tuple that is held while it is being
made is a SystemError."""
SOON = 5
"""A tab that was closed may come back for a minute, its session's event loop (three open files) with it, and a busy app collects
its garbage once a minute. Here both come after so many seconds, so that some minutes show what hours do."""
EVERY = 3.0
"""Seconds between two looks, unless others are asked for."""


def held() -> dict[str, float]:
    """What this process holds now; memory in MB, and what ended runs that are kept on purpose have of it."""
    process = psutil.Process()
    engine: Any = None
    if module := sys.modules.get("playground.engine.engine"):
        engine = module.get_engine() if module.get_engine.made else None
    return {
        "at": time.monotonic(),
        "memory": process.memory_info().rss / 2**20,
        "kept": engine._held / 2**20 if engine else 0.0,
        "handles": process.num_fds(),
        "threads": threading.active_count(),
        "tasks": sum(not task.done() for task in _tasks()),
    }


def _tasks() -> list[Any]:
    """All tasks; other threads make some meanwhile, so it is tried again, as asyncio.all_tasks does."""
    while True:
        try:
            return list(TASKS)
        except RuntimeError:
            continue


def _write_down(file: Path, every: float) -> None:
    with file.open("w") as out:
        while True:
            time.sleep(every)
            print(json.dumps(held()), file=out, flush=True)


def main() -> None:
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    os.environ["PLAYGROUND_GRACE_SECONDS"] = str(SOON)  # st.App.run reads no STREAMLIT_… variable
    garbage.PATIENCE = SOON
    every = float(sys.argv[3]) if len(sys.argv) > 3 else EVERY
    threading.Thread(target=_write_down, args=(file, every), daemon=True).start()
    serve(port, open_browser=False)


if __name__ == "__main__":
    main()
