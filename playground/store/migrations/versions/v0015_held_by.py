"""Which process holds a class's money for a call, and when it last said so: what a process held that is gone is freed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("class_calls", sa.Column("writer", sa.String))
    op.add_column("class_calls", sa.Column("heartbeat", sa.Float))
