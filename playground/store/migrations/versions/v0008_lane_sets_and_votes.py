"""Sets of lanes under a name, votes on answers whose models were hidden, and a prompt's models and settings."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "lane_sets",
        sa.Column("id", serial, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("lanes", sa.Text, nullable=False),
        sa.UniqueConstraint("owner", "name", name="lane_sets_by_owner"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "votes",
        sa.Column(
            "run_seq", serial, sa.ForeignKey("runs.seq", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("lane", sa.Integer),
        sa.Column("voted_at", sa.String, nullable=False),
    )
    op.add_column("prompt_versions", sa.Column("lanes", sa.Text, nullable=False, server_default=""))
