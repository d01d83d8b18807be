"""After a deletion: no deleted word stays in the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from playground.store.database import told, writing
from playground.store.schema import bodies, files, lanes, pieces, run_tags, runs, texts, votes
from playground.store.store import Store


def shrink(store: Store) -> None:
    """Give freed space back to the disk, and leave no deleted word in the search's index."""
    with told(store.url):
        if store.engine.dialect.name == "sqlite":
            with writing(store.engine) as connection:
                connection.exec_driver_sql(
                    "INSERT INTO texts_search(texts_search) VALUES ('optimize')"
                )
            _sqlite_shrink(store)
        else:
            with store.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as connection:
                for table in (runs, lanes, bodies, files, pieces, texts, run_tags, votes):
                    connection.execute(sa.text(f"VACUUM {table.name}"))


def _sqlite_shrink(store: Store) -> None:
    """Outside any transaction: hand free pages back, and empty the log, which still holds the old pages."""
    raw = store.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        driver.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page only
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()
