"""A limit may be for one department or project."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("limits", sa.Column("department", sa.String, nullable=False, server_default=""))
