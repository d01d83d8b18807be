"""Links to a run that its visitor has shared on purpose."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "shared_links",
        sa.Column("token", sa.String, primary_key=True),
        sa.Column("run_seq", serial, sa.ForeignKey("runs.seq", ondelete="CASCADE"), nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
    )
    op.create_index("shared_links_by_run", "shared_links", ["run_seq"])
    op.create_index("shared_links_by_owner", "shared_links", ["owner", "created_at"])
