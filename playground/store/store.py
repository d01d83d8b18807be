"""One database that is open: its connections, its preferences, and what its kind of SQL needs said differently."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

from playground.store.database import connect, reading, writing
from playground.store.schema import preferences


class Store:
    """The database of one installation: its history, prompts, limits and preferences."""

    def __init__(self, where: URL) -> None:
        self.url = where
        self.engine = connect(where)

    def close(self) -> None:
        """Let go of all connections; in SQLite's case fold the log into the file."""
        self.engine.dispose()

    def preference(self, name: str) -> Any:
        """A preference, None when it was never set."""
        with reading(self.engine) as connection:
            found = connection.scalar(
                sa.select(preferences.c.value).where(preferences.c.name == name)
            )
        return None if found is None else json.loads(found)

    def prefer(self, name: str, value: Any) -> None:
        """Set a preference."""
        insert = self.insert(preferences).values(name=name, value=json.dumps(value))
        with writing(self.engine) as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["name"], set_={"value": insert.excluded.value}
                )
            )

    def insert(self, table: sa.Table) -> Any:
        """An INSERT that may say what to do on a conflict."""
        return insert_into(table, self.engine.dialect.name)


def insert_into(table: sa.Table, dialect: str) -> Any:
    """An INSERT that may say what to do on a conflict."""
    return {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert(table)
