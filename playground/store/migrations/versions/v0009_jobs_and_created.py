"""Batches that outlive the process that submitted them, and what was made at providers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("looked_at", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("remote_id", sa.String, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("run_id", sa.String),
        sa.Column("keys", sa.JSON, nullable=False),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("failure", sa.JSON(none_as_null=True)),
        sa.Column("requests", sa.LargeBinary, nullable=False),
    )
    op.create_index("jobs_by_time", "jobs", ["owner", "created_at"])
    op.create_table(
        "created",
        sa.Column("id", serial, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("remote_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("expires_at", sa.String),
        sa.Column("gone_at", sa.String),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
