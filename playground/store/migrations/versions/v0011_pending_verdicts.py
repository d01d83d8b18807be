"""Answers of an experiment that wait for their verdict, so that nobody pays for them twice."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("experiment_cells", sa.Column("pending", sa.JSON(none_as_null=True)))
