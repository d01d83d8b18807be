"""The texts that are searched are spelled word by word and sign by sign, so that Chinese, `C++` and parts of words are found."""

import sqlalchemy as sa
from alembic import op

from playground.store.words import spelled

revision = "0006"
down_revision = "0005"

BATCH = 500
texts = sa.table("texts", sa.column("seq", sa.BigInteger), sa.column("body", sa.Text))
TRIGGER = (
    "CREATE TRIGGER texts_new AFTER UPDATE ON texts BEGIN"
    " INSERT INTO texts_search(texts_search, rowid, body) VALUES ('delete', old.seq, old.body);"
    " INSERT INTO texts_search(rowid, body) VALUES (new.seq, new.body); END"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        _spell()
        return
    op.execute("DROP TRIGGER texts_new")  # the index is made once, not text by text
    _spell()
    op.execute("INSERT INTO texts_search(texts_search) VALUES ('rebuild')")
    op.execute(TRIGGER)


def _spell() -> None:
    connection, last = op.get_bind(), -1
    change = texts.update().where(texts.c.seq == sa.bindparam("at")).values(body=sa.bindparam("to"))
    while True:
        some = sa.select(texts).where(texts.c.seq > last).order_by(texts.c.seq).limit(BATCH)
        rows = connection.execute(some).all()
        if not rows:
            return
        connection.execute(change, [{"at": row.seq, "to": spelled(row.body)} for row in rows])
        last = rows[-1].seq
