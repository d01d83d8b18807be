"""The history's file as every way of opening it has it: where it lies, which tables are in it, how SQLite is to treat it."""

from __future__ import annotations

HEAD = "0016"
"""The newest migration, the only one whose tables this version reads and writes."""
FILE = "history.sqlite3"
LOCK_SECONDS = 30.0
"""How long SQLite waits for another process's write."""
SQLITE_PRAGMAS = (
    f"busy_timeout = {int(LOCK_SECONDS * 1000)}",
    "auto_vacuum = INCREMENTAL",  # before the first table, so that a deletion can shrink the file
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "cache_size = -32000",
    "temp_store = MEMORY",
)
RUNNING, DONE, INTERRUPTED = "running", "done", "interrupted"
"""States of a run and of a lane that is not under way; an ended lane has the engine's word (`done`, `cut`, `failed`, …)."""
