"""Classes: what a teacher's or a team's key may be spent on, by whom, and what was."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _of_class() -> sa.Column[str]:
    return sa.Column(
        "class_id", sa.String, sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("ends_at", sa.String, nullable=False),
        sa.Column("closed_at", sa.String),
        sa.Column("models", sa.JSON, nullable=False),
        sa.Column("budget", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("longest", sa.Integer, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("from_environment", sa.Boolean, nullable=False),
    )
    op.create_table(
        "class_codes",
        sa.Column("digest", sa.String, primary_key=True),
        _of_class(),
        sa.Column("role", sa.String, nullable=False),
        sa.UniqueConstraint("class_id", "role", name="class_codes_by_role"),
    )
    op.create_table(
        "class_members",
        sa.Column("id", serial, primary_key=True),
        _of_class(),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("joined_at", sa.String, nullable=False),
        sa.Column("removed_at", sa.String),
        sa.Column("budget", sa.BigInteger),
        sa.Column("models", sa.JSON(none_as_null=True)),
        sa.Column("ends_at", sa.String),
        sa.UniqueConstraint("class_id", "owner", name="class_members_by_owner"),
        sqlite_autoincrement=True,
    )
    op.create_index("class_members_of_owner", "class_members", ["owner"])
    op.create_table(
        "class_calls",
        sa.Column("id", serial, primary_key=True),
        _of_class(),
        sa.Column(
            "member_id",
            serial,
            sa.ForeignKey("class_members.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("reservation", sa.String, nullable=False),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("ended_at", sa.String),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger),
        sa.Column("bound", sa.Boolean, nullable=False),
        sa.Column("failed", sa.Boolean, nullable=False),
        sa.Column("input_tokens", sa.BigInteger),
        sa.Column("output_tokens", sa.BigInteger),
        sa.UniqueConstraint("reservation", "lane", name="class_calls_by_reservation"),
        sqlite_autoincrement=True,
    )
    op.create_index("class_calls_of_member", "class_calls", ["class_id", "member_id"])
