"""What was learned is kept in one's own database, and can be forgotten."""

from __future__ import annotations

from pathlib import Path

from playground.lessons import progress
from playground.store.database import sqlite_url
from playground.store.store import Store


def test_what_is_done_stays_done_and_can_be_forgotten(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path / "kept.db"))
    assert progress.done(store) == frozenset()
    progress.keep(store, ["token"])
    progress.keep(store, ["wire", "token"])
    store.close()
    again = Store(sqlite_url(tmp_path / "kept.db"))
    assert progress.done(again) == {"token", "wire"}
    progress.forget(again)
    assert progress.done(again) == frozenset()
    again.close()
