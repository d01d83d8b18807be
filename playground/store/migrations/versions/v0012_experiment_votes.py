"""Votes on the answers of an experiment, whose models were hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "experiment_votes",
        sa.Column(
            "experiment_seq",
            serial,
            sa.ForeignKey("experiments.seq", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("prompt", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("case", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("repeat", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("model", sa.String),
        sa.Column("voted_at", sa.String, nullable=False),
    )
