"""The prompt library."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", serial, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "prompt_versions",
        sa.Column(
            "prompt_id", serial, sa.ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("created_at", sa.String, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("system", "text", "note")),
    )
