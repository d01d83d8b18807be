"""Experiments, and each of their cells: a job until it is done, then what statistics read."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "experiments",
        sa.Column("seq", serial, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("ended_at", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("spec", sa.JSON, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("cells", sa.Integer, nullable=False),
        sa.Column("elapsed", sa.Float, nullable=False),
        sa.Column("writer", sa.String),
        sa.Column("heartbeat", sa.Float),
        sa.Column("note", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("experiments_by_time", "experiments", ["owner", "created_at"])
    op.create_index("experiments_by_digest", "experiments", ["digest", "created_at"])
    op.create_table(
        "experiment_cells",
        sa.Column(
            "experiment_seq",
            serial,
            sa.ForeignKey("experiments.seq", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("cell", sa.Integer, primary_key=True),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("prompt", sa.Integer, nullable=False),
        sa.Column("case", sa.Integer, nullable=False),
        sa.Column("repeat", sa.Integer, nullable=False),
        sa.Column("warm_up", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("run_id", sa.String),
        sa.Column("lane", sa.Integer),
        sa.Column("started_at", sa.String),
        sa.Column("response_model", sa.String),
        sa.Column("fingerprint", sa.String),
        sa.Column("service_tier", sa.String),
        sa.Column("finish_reason", sa.String),
        sa.Column("failure", sa.String),
        sa.Column("status", sa.Integer),
        sa.Column("message", sa.Text),
        sa.Column("time_to_first_text", sa.Float),
        sa.Column("duration", sa.Float),
        sa.Column("output_tokens_per_second", sa.Float),
        sa.Column("input_tokens", sa.BigInteger),
        sa.Column("output_tokens", sa.BigInteger),
        sa.Column("cache_read_input_tokens", sa.BigInteger),
        sa.Column("cache_write_input_tokens", sa.BigInteger),
        sa.Column("reasoning_output_tokens", sa.BigInteger),
        sa.Column("cost", sa.BigInteger),
        sa.Column("bound", sa.Boolean, nullable=False),
        sa.Column("busy", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("passed", sa.Boolean),
        sa.Column("score", sa.Float),
        sa.Column("reason", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("metrics", sa.JSON(none_as_null=True)),
        sa.Column("judge_cost", sa.BigInteger),
    )
    op.create_index("experiment_cells_by_state", "experiment_cells", ["experiment_seq", "state"])
