"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from playground.history.database import sqlite_url
from playground.history.store import Store
from tests.history.postgresql import binaries, cluster

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running server's address."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with cluster() as address:
        yield address


def new_database(server: str) -> URL:
    """An empty database on the server."""
    name = f"history{next(_numbers)}"
    admin = sa.create_engine(
        make_url(f"{server}/postgres").set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return make_url(f"{server}/{name}").set(drivername="postgresql+psycopg")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty place for a history, in each kind of database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "data" / "history.sqlite3")
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def store(where: URL) -> Iterator[Store]:
    opened = Store(where)
    yield opened
    opened.close()
