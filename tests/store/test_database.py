"""Databases of every earlier version are upgraded with a backup; one of a newer version is refused and left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, make_url

from playground import history, library
from playground.history.queries import Filter, ids
from playground.history.writing import change
from playground.store import database
from playground.store.database import KNOWN, HistoryError
from playground.store.file import HEAD
from playground.store.schema import metadata
from playground.store.store import Store


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    return [revision.revision for revision in script.walk_revisions()][::-1]


def raw(where: URL) -> sa.Engine:
    return (
        database._sqlite(where)
        if where.get_backend_name() == "sqlite"
        else database._postgresql(where)
    )


def at(where: URL, revision: str) -> None:
    """A database as the version with this migration left it, with a run in it."""
    engine = raw(where)
    with database.writing(engine) as connection:
        database.migrate(connection, revision)
        columns = {column["name"]: column for column in sa.inspect(connection).get_columns("runs")}
        values: dict[str, object] = {}
        for name, column in columns.items():
            kind = column["type"].python_type
            values[name] = {str: "x", int: 1, bool: False, float: 0.0}.get(kind)
        values["id"] = f"from {revision}"
        table = sa.Table("runs", sa.MetaData(), autoload_with=connection)
        connection.execute(table.insert(), values)
    engine.dispose()


def test_the_code_knows_every_migration() -> None:
    assert tuple(revisions()) == KNOWN
    assert KNOWN[-1] == HEAD


@pytest.mark.parametrize("revision", KNOWN)
def test_a_database_of_an_earlier_version_is_upgraded_with_a_backup(
    where: URL, revision: str
) -> None:
    at(where, revision)
    store = Store(where)
    with database.reading(store.engine) as connection:
        assert database.version(connection) == HEAD
        assert connection.scalar(sa.text("SELECT id FROM runs")) == f"from {revision}"
        schemas = sa.inspect(connection).get_schema_names()
    store.close()
    backups = [s for s in schemas if s.startswith(f"backup_{revision}")]
    if where.get_backend_name() == "sqlite":
        folder = Path(where.database or "").parent
        backups = [str(f) for f in folder.glob(f"*-from-{revision}-*.sqlite3")]
    assert len(backups) == (0 if revision == HEAD else 1)
    for backup in backups:
        assert _run_in(where, backup) == f"from {revision}"


def test_prompts_of_an_earlier_version_become_the_installation_s_own(where: URL) -> None:
    at(where, "0004")
    engine = raw(where)
    with database.writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO prompts (name) VALUES ('gone'), ('kept')"))
        for version, text in ((1, "old"), (2, "new")):
            connection.execute(
                sa.text(
                    "INSERT INTO prompt_versions (prompt_id, version, created_at, system, text, note)"
                    f" VALUES (2, {version}, '2026-11-01', 's', '{text}', 'n')"
                )
            )
        connection.execute(sa.text("DELETE FROM prompts WHERE id = 1"))
    engine.dispose()
    store = Store(where)
    (kept,) = library.all_prompts(store, owner="")
    assert (kept.id, kept.name, [v.text for v in kept.versions]) == (2, "kept", ["old", "new"])
    assert library.save(store, "kept", "newest", owner="") == 3
    assert library.save(store, "kept", "another's", owner="x") == 1
    store.close()


def test_strangers_are_not_told_where_the_database_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    address = "postgresql://user:canary@database.internal.example/secret_name"
    where, error = make_url(address), OSError("could not translate host name database.internal")
    assert "(database.internal.example)" in database.sentence(error, where)
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert "internal" not in database.sentence(error, where)
    assert "database.internal.example" in caplog.text
    assert "canary" not in caplog.text


def _run_in(where: URL, backup: str) -> str | None:
    sqlite = where.get_backend_name() == "sqlite"
    engine = raw(database.sqlite_url(Path(backup))) if sqlite else raw(where)
    table = "runs" if sqlite else f"{backup}.runs"
    with engine.connect() as connection, connection.begin():
        found: str | None = connection.scalar(sa.text(f"SELECT id FROM {table}"))
    engine.dispose()
    return found


def test_a_database_of_a_newer_version_is_refused_and_left_alone(where: URL) -> None:
    Store(where).close()
    engine = raw(where)
    with database.writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HistoryError, match="newer version"):
        Store(where)
    with database.reading(engine) as connection:
        assert database.version(connection) == "9999"
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with database.reading(store.engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": _ours, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def _ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    return not (name or "").startswith("texts_search")


@pytest.mark.parametrize(
    ("url", "words"),
    [("nonsense", "not a database address"), ("mysql://user:canary@host/x", "use postgresql")],
)
def test_an_address_that_can_not_be_used_is_said_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATABASE_URL", url)
    with pytest.raises(HistoryError, match=words) as error:
        history.get_store()
    assert "canary" not in str(error.value)


def test_a_database_is_there_once_it_is_made_and_looking_makes_none(where: URL) -> None:
    assert not database.exists(where)
    assert not database.exists(where)
    Store(where).close()
    assert database.exists(where)


def test_a_database_that_can_not_be_looked_at_is_said() -> None:
    nobody = make_url("postgresql+psycopg://user@127.0.0.1:9/history")
    with pytest.raises(HistoryError, match="can't be reached"):
        database.exists(nobody)


def test_a_plain_postgresql_address_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("postgres", "postgresql"):
        monkeypatch.setenv("PLAYGROUND_DATABASE_URL", f"{scheme}://u@h/x")
        assert database.url().drivername == "postgresql+psycopg"


def test_texts_of_an_earlier_version_are_found_as_new_ones_are(where: URL) -> None:
    at(where, "0005")
    engine = raw(where)
    with database.writing(engine) as connection:
        seq = connection.scalar(sa.text("SELECT seq FROM runs"))
        insert = "INSERT INTO texts (seq, body) VALUES (:seq, :body)"
        connection.execute(
            sa.text(insert), {"seq": seq, "body": "Title\n\n我们要压缩上下文 in C++"}
        )
    engine.dispose()
    store = Store(where)
    for search, there in {"压缩": True, "c++": True, "title": True, "缩压": False}.items():
        assert bool(ids(store, Filter(search=search))) is there, search
    change(store, ids(store, Filter()), title="Another")
    assert ids(store, Filter(search="another 压缩"))
    store.close()


def test_where_postgresqls_driver_is_missing_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: whoever keeps the history in a file does not load it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    nobody = make_url("postgresql+psycopg://user:pw-canary@127.0.0.1:9/history")
    for look in (database.exists, database.connect):
        with pytest.raises(HistoryError, match=r"psycopg\[binary\].*\[postgresql\]") as error:
            look(nobody)
        assert "canary" not in str(error.value)
