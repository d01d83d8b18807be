"""What a run belongs to, which kinds there are, and what was spent on answers that are not here."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("runs", sa.Column("context", sa.JSON))
    op.create_index(
        "runs_with_context",
        "runs",
        ["created_at"],
        sqlite_where=sa.text("context IS NOT NULL"),
        postgresql_where=sa.text("context IS NOT NULL"),
    )
    op.create_index("runs_by_kind", "runs", ["kind"])
    op.create_table(
        "ledger",
        sa.Column("run_id", sa.String, primary_key=True),
        sa.Column("lane", sa.Integer, primary_key=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("day", "provider", "tags", "department")
        ),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.create_index("ledger_by_day", "ledger", ["day", "provider", "tags", "department", "amount"])
