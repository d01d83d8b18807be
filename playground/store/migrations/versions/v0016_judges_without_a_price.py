"""How many calls of judging models have no known cost; empty for answers that were judged before that was kept."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("experiment_cells", sa.Column("judge_unpriced", sa.Integer))
