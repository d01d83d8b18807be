"""Whose prompts the library holds: the installation's own, or a visitor's."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew()
        return
    op.add_column(
        "prompts", sa.Column("owner", sa.String, nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("prompts", "owner", server_default=None)
    op.drop_constraint("prompts_name_key", "prompts")
    op.create_unique_constraint("prompts_by_owner", "prompts", ["owner", "name"])


def _made_anew() -> None:
    """SQLite drops no constraint: both tables are made again, for the versions would go with the prompts they belong to."""
    op.execute("CREATE TEMPORARY TABLE kept_prompts AS SELECT * FROM prompts")
    op.execute("CREATE TEMPORARY TABLE kept_versions AS SELECT * FROM prompt_versions")
    op.drop_table("prompt_versions")
    op.drop_table("prompts")
    op.create_table(
        "prompts",
        sa.Column("id", serial, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.UniqueConstraint("owner", "name", name="prompts_by_owner"),
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
    op.execute("INSERT INTO prompts (id, owner, name) SELECT id, '', name FROM kept_prompts")
    op.execute("INSERT INTO prompt_versions SELECT * FROM kept_versions")  # the same columns
    op.execute("DROP TABLE kept_prompts")
    op.execute("DROP TABLE kept_versions")
