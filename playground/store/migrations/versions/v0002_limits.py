"""Spending limits, and what the user prefers (how long runs are kept)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "limits",
        sa.Column("id", serial, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("period", "provider", "tag")),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
