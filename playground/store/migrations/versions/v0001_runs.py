"""Runs, their lanes, bodies, tags, and the text that is searched."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def of_run() -> sa.Column[int]:
    return sa.Column(
        "run_seq", serial, sa.ForeignKey("runs.seq", ondelete="CASCADE"), primary_key=True
    )


def upgrade() -> None:
    _runs()
    _lanes()
    _parts()
    search = SEARCH_SQLITE if op.get_bind().dialect.name == "sqlite" else SEARCH_POSTGRESQL
    for statement in search:
        op.execute(statement)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("seq", serial, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("created_at", "day", "kind", "state")
        ),
        sa.Column("title", sa.String),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("prompt", "models", "tags", "department")
        ),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("starred", sa.Boolean, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("lanes", "failed", "unpriced")),
        sa.Column("cost", sa.BigInteger),
        sa.Column("writer", sa.String),
        sa.Column("heartbeat", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_by_time", "runs", ["created_at"])
    op.create_index("runs_by_day", "runs", ["day"])
    op.create_index("runs_by_department", "runs", ["department"])
    op.create_index("runs_by_cost", "runs", ["cost"])
    op.create_index("runs_by_owner", "runs", ["owner", "created_at"])
    _partial("runs_running", "runs", ["state"], "state = 'running'")
    _partial("runs_starred", "runs", ["starred"], "starred")


def _lanes() -> None:
    op.create_table(
        "lanes",
        of_run(),
        sa.Column("lane", sa.Integer, primary_key=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("day", "provider", "api", "model", "state")
        ),
        sa.Column("failure", sa.String),
        sa.Column("simulated", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("input_tokens", "output_tokens", "cost")),
        sa.Column("bound", sa.Boolean, nullable=False),
    )
    op.create_index("lanes_by_model", "lanes", ["model", "run_seq"])
    op.create_index("lanes_by_provider", "lanes", ["provider", "run_seq"])
    op.create_index(
        "lanes_by_day",
        "lanes",
        [
            "day",
            "simulated",
            "provider",
            "model",
            "state",
            "failure",
            "input_tokens",
            "output_tokens",
            "cost",
            "bound",
        ],
    )
    _partial("lanes_by_failure", "lanes", ["failure", "run_seq"], "failure IS NOT NULL")


def _parts() -> None:
    op.create_table(
        "bodies",
        of_run(),
        sa.Column("lane", sa.Integer, primary_key=True),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("response", sa.LargeBinary),
    )
    op.create_table(
        "files",
        of_run(),
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "pieces",
        of_run(),
        sa.Column("lane", sa.Integer, primary_key=True),
        sa.Column("piece", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "texts",
        sa.Column(
            "seq",
            serial,
            sa.ForeignKey("runs.seq", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table("run_tags", of_run(), sa.Column("tag", sa.String, primary_key=True))
    op.create_index("run_tags_by_tag", "run_tags", ["tag", "run_seq"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


SEARCH_SQLITE = (
    "CREATE VIRTUAL TABLE texts_search USING fts5("
    "body, content='texts', content_rowid='seq', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER texts_in AFTER INSERT ON texts BEGIN"
    " INSERT INTO texts_search(rowid, body) VALUES (new.seq, new.body); END",
    "CREATE TRIGGER texts_out AFTER DELETE ON texts BEGIN"
    " INSERT INTO texts_search(texts_search, rowid, body) VALUES ('delete', old.seq, old.body); END",
    "CREATE TRIGGER texts_new AFTER UPDATE ON texts BEGIN"
    " INSERT INTO texts_search(texts_search, rowid, body) VALUES ('delete', old.seq, old.body);"
    " INSERT INTO texts_search(rowid, body) VALUES (new.seq, new.body); END",
)
# PostgreSQL refuses a tsvector above 1 MB: the beginning of a longer text is searched.
SEARCH_POSTGRESQL = (
    "CREATE INDEX texts_search ON texts USING gin (to_tsvector('simple', left(body, 250000)))",
)
