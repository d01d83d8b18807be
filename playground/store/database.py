"""Opens the database: the right pragmas, upgraded with a backup, and every failure as one sentence."""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine, make_url

from playground import settings
from playground.store.file import FILE, HEAD, LOCK_SECONDS, SQLITE_PRAGMAS

LOG = logging.getLogger("playground")

KNOWN = tuple(f"{number:04}" for number in range(1, int(HEAD) + 1))
CONNECT_SECONDS = 5
APPLICATION = "ai-api-playground"
"""Who PostgreSQL is told is connected."""
NO_DRIVER = (
    "PLAYGROUND_DATABASE_URL names PostgreSQL, and its driver is not installed: run `pip install 'psycopg[binary]'`"
    f" (it is {APPLICATION}'s extra [postgresql]), or `pip install -r requirements-server.txt` in a checkout."
)
UPGRADE_LOCK = 5_705_021
"""PostgreSQL's advisory lock that one upgrade at a time holds."""
_migrating = threading.Lock()
"""Alembic keeps the connection that it works on in a global: two databases upgraded at once would be mixed up."""


class HistoryError(Exception):
    """The history can't be read or written; the message says why and what to do, and holds no password."""

    def __init__(self, message: str, *, of_data: bool = False) -> None:
        super().__init__(message)
        self.of_data = of_data
        """True when the database works but refuses what was to be written."""


def url() -> URL:
    """Where the history is kept, as the settings say."""
    given = settings.database_url()
    if not given:
        return sqlite_url(settings.data_dir() / FILE)
    try:
        chosen = make_url(given)
    except exc.ArgumentError:
        raise HistoryError(
            "PLAYGROUND_DATABASE_URL is not a database address: write postgresql://user@host/name."
        ) from None
    if chosen.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return chosen.set(drivername="postgresql+psycopg")
    if chosen.get_backend_name() == "sqlite":
        return chosen
    raise HistoryError(
        f"PLAYGROUND_DATABASE_URL names {chosen.get_backend_name()}: use postgresql:// (or leave it out for a file)."
    )


def sqlite_url(path: Path) -> URL:
    """A file's address."""
    return URL.create("sqlite+pysqlite", database=str(path))


def connect(where: URL) -> Engine:
    """An engine on an upgraded database; HistoryError when there is none to be had."""
    engine = _sqlite(where) if where.get_backend_name() == "sqlite" else _postgresql(where)
    with told(where):
        try:
            _upgrade(engine, where)
        except BaseException:
            engine.dispose()
            raise
    return engine


def exists(where: URL) -> bool:
    """Whether there is a database of ours at this address; nothing is made. HistoryError when that can't be found out."""
    if where.get_backend_name() == "sqlite":
        return Path(where.database or "").exists()
    engine = _postgresql(where)
    try:
        with reading(engine) as connection:
            return version(connection) is not None
    finally:
        engine.dispose()


@contextlib.contextmanager
def told(where: URL) -> Iterator[None]:
    """Turns what a driver raises into a HistoryError."""
    try:
        yield
    except (exc.SQLAlchemyError, OSError, sqlite3.Error) as error:
        raise HistoryError(sentence(error, where), of_data=isinstance(error, OF_DATA)) from None


OF_DATA = (exc.DataError, exc.IntegrityError, exc.ProgrammingError)


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; SQLite takes its lock at once, so that nothing fails half-way."""
    with told(engine.url), engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            yield connection


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, a consistent view."""
    with told(engine.url), engine.connect() as connection, connection.begin():
        yield connection


def _sqlite(where: URL) -> Engine:
    path = Path(where.database or "")
    with told(where):
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(where, connect_args={"timeout": LOCK_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # this module begins transactions, not the driver
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        how = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {how}")

    return engine


def _postgresql(where: URL) -> Engine:
    try:
        return sa.create_engine(
            where,
            pool_size=1,
            max_overflow=4,
            pool_pre_ping=True,
            pool_recycle=600,
            connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": APPLICATION},
        )
    except ImportError:
        raise HistoryError(NO_DRIVER) from None


def version(connection: Connection) -> str | None:
    """The migration that the database is at; None when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(engine: Engine, where: URL) -> None:
    with engine.connect() as connection, connection.begin():
        found = version(connection)
    if found == HEAD:
        return
    _refuse_newer(found)
    if found is not None and engine.dialect.name == "sqlite":
        _copy_file(engine, where, found)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
        found = version(connection)  # another process may have been quicker
        _refuse_newer(found)
        if found == HEAD:
            return
        if found is not None and engine.dialect.name == "postgresql":
            _copy_schema(connection, found)
        migrate(connection)


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the tables to this migration, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with _migrating:
        command.upgrade(config, to)


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in KNOWN:
        raise HistoryError(
            f"The history was written by a newer version of the playground (its tables are at {found}, this version"
            f" knows up to {HEAD}). Nothing was changed: install the newest playground, or set PLAYGROUND_DATA_DIR to"
            " another folder."
        )


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")


def _copy_file(engine: Engine, where: URL, found: str) -> None:
    """A whole copy beside the file, before anything is changed."""
    path = Path(where.database or "")
    copy = path.with_name(f"{path.stem}-before-{HEAD}-from-{found}-{_stamp()}{path.suffix}")
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("VACUUM INTO ?", (str(copy),))  # type: ignore[union-attr]


def _copy_schema(connection: Connection, found: str) -> None:
    """A copy of every table in a schema of its own, in the upgrade's transaction."""
    schema = f"backup_{found}_{_stamp().replace('-', '_')}"
    connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    for table in sa.inspect(connection).get_table_names():
        connection.execute(sa.text(f'CREATE TABLE {schema}."{table}" AS TABLE "{table}"'))


KEPT = "Runs go on and are kept in memory."
SENTENCES: tuple[tuple[str, str], ...] = (
    (
        r"disk is full|no space left|EFBIG|file too large",
        "The disk with the history is full: free some space.",
    ),
    (
        r"database is locked|database table is locked",
        "Another program holds the history's file locked: close it.",
    ),
    (
        r"readonly|read-only|permission denied",
        "The history can't be written, its folder or file is read-only: allow writing, or set PLAYGROUND_DATA_DIR to another folder.",
    ),
    (
        r"not a database|malformed|disk image",
        "The history's file is damaged or no database: move it away, or restore a backup.",
    ),
    (
        r"unable to open|not a directory|no such file|file exists|is a directory",
        "The history's file can't be opened: check that its folder exists and can be written, or set PLAYGROUND_DATA_DIR to another folder.",
    ),
    (
        r"disk i/o error|input/output error",
        "The disk failed while the history was read or written: check it, or set PLAYGROUND_DATA_DIR to another folder.",
    ),
    (
        r"password|authentication|role .* does not exist",
        "PostgreSQL refused the user or password in PLAYGROUND_DATABASE_URL: correct them.",
    ),
    (
        r"database .* does not exist",
        "PostgreSQL has no database of that name: create it, or correct PLAYGROUND_DATABASE_URL.",
    ),
    (
        r"connect|timeout|closed|terminat|starting up|shutting down|could not translate|resolve",
        "PostgreSQL can't be reached: check PLAYGROUND_DATABASE_URL, the network and the server.",
    ),
)
"""What a driver says → what it means and what to do."""


def sentence(error: BaseException, where: URL) -> str:
    """One sentence for a driver's error; the driver's own words only where nothing in them can be secret."""
    said = str(getattr(error, "orig", None) or error)
    known = next(
        (text for pattern, text in SENTENCES if re.search(pattern, said, re.IGNORECASE)), None
    )
    told = known or "The history failed in a way that is not foreseen here."
    if settings.hosted():  # strangers read it, and where the database is is not theirs to know
        LOG.warning("%s (%s, %s)", told, type(error).__name__, _place(where))
        return told
    words = f"{_place(where)}: {said}" if known is None and _is_file(where) else _place(where)
    return f"{told} ({words})"


def _place(where: URL) -> str:
    return (where.database or "") if _is_file(where) else (where.host or "local socket")


def _is_file(where: URL) -> bool:
    return where.get_backend_name() == "sqlite"
