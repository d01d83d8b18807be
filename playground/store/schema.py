"""The tables. What is listed, filtered and summed stands in narrow tables; bodies stand apart, compressed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")


def _of_run() -> Column[int]:
    return Column("run_seq", Serial, ForeignKey("runs.seq", ondelete="CASCADE"), primary_key=True)


runs = Table(
    "runs",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("created_at", String, nullable=False),  # ISO 8601 UTC
    Column("day", String, nullable=False),  # its first ten characters
    Column("kind", String, nullable=False),  # compare, ask, ladder, experiment, …
    Column("state", String, nullable=False),
    Column("title", String),
    Column("prompt", String, nullable=False),  # the beginning of the last thing asked
    Column("models", String, nullable=False),  # spellings, each once
    Column(
        "tags", String, nullable=False
    ),  # all of them, sorted: a run counts once in a sum by tag
    Column("department", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("owner", String, nullable=False),  # a digest, never the cookie itself
    Column("lanes", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("unpriced", Integer, nullable=False),  # ended lanes that may have cost something unknown
    Column("cost", BigInteger),  # 10⁻¹² USD of the lanes that have a cost
    Column("writer", String),  # which process is writing it; none once it has ended
    Column("heartbeat", Float),  # when that process last said so, seconds since 1970
    Column("context", JSON(none_as_null=True)),  # what it belongs to, for the page that made it
    Index("runs_by_time", "created_at"),
    Index("runs_by_day", "day"),
    Index(
        "runs_running",
        "state",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index("runs_by_department", "department"),
    Index("runs_by_cost", "cost"),
    Index(
        "runs_starred", "starred", sqlite_where=text("starred"), postgresql_where=text("starred")
    ),
    Index("runs_by_owner", "owner", "created_at"),
    Index("runs_by_kind", "kind"),
    Index(
        "runs_with_context",
        "created_at",
        sqlite_where=text("context IS NOT NULL"),
        postgresql_where=text("context IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

lanes = Table(
    "lanes",
    metadata,
    _of_run(),
    Column("lane", Integer, primary_key=True),
    Column("day", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("api", String, nullable=False),
    Column("model", String, nullable=False),
    Column("state", String, nullable=False),
    Column("failure", String),
    Column("simulated", Boolean, nullable=False),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cost", BigInteger),  # 10⁻¹² USD
    Column("bound", Boolean, nullable=False),  # the cost is an estimate or a bound
    Index("lanes_by_model", "model", "run_seq"),
    Index("lanes_by_provider", "provider", "run_seq"),
    Index(
        "lanes_by_failure",
        "failure",
        "run_seq",
        sqlite_where=text("failure IS NOT NULL"),
        postgresql_where=text("failure IS NOT NULL"),
    ),
    Index(
        "lanes_by_day",
        "day",
        "simulated",
        "provider",
        "model",
        "state",
        "failure",
        "input_tokens",
        "output_tokens",
        "cost",
        "bound",
    ),  # all that a sum reads
)

bodies = Table(
    "bodies",
    metadata,
    _of_run(),
    Column("lane", Integer, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("response", LargeBinary),
)

files = Table(
    "files",
    metadata,
    _of_run(),
    Column("digest", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""Attachments, once a run however many lanes got them."""

pieces = Table(
    "pieces",
    metadata,
    _of_run(),
    Column("lane", Integer, primary_key=True),
    Column("piece", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
)
"""What has streamed so far of lanes under way."""

texts = Table(
    "texts",
    metadata,
    Column(
        "seq",
        Serial,
        ForeignKey("runs.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("body", Text, nullable=False),
)
"""What the search reads: title, note, prompts and answers of one run, as `store.words` spells them."""

run_tags = Table(
    "run_tags",
    metadata,
    _of_run(),
    Column("tag", String, primary_key=True),
    Index("run_tags_by_tag", "tag", "run_seq"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("period", String, nullable=False),  # run, session, day or month
    Column("provider", String, nullable=False),  # empty: all
    Column("tag", String, nullable=False),  # empty: all
    Column("department", String, nullable=False, server_default=""),  # empty: all
    Column("amount", BigInteger, nullable=False),  # 10⁻¹² USD
    sqlite_autoincrement=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("day", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("tags", String, nullable=False),  # as in `runs`
    Column("department", String, nullable=False),
    Column("amount", BigInteger, nullable=False),  # 10⁻¹² USD
    Index("ledger_by_day", "day", "provider", "tags", "department", "amount"),
)
"""What was spent on answers that the history does not hold, because their run was not kept or is deleted: amounts only."""

prompts = Table(
    "prompts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("owner", String, nullable=False),  # as in `runs`; empty: the installation's own
    Column("name", String, nullable=False),
    UniqueConstraint("owner", "name", name="prompts_by_owner"),
    sqlite_autoincrement=True,
)

prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column("prompt_id", Serial, ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("created_at", String, nullable=False),
    Column("system", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("lanes", Text, nullable=False, server_default=""),  # as in `lane_sets`; empty: none
)

lane_sets = Table(
    "lane_sets",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("owner", String, nullable=False),  # as in `prompts`
    Column("name", String, nullable=False),
    Column("lanes", Text, nullable=False),  # JSON, as Compare holds its lanes
    UniqueConstraint("owner", "name", name="lane_sets_by_owner"),
    sqlite_autoincrement=True,
)

votes = Table(
    "votes",
    metadata,
    _of_run(),
    Column("choice", String, nullable=False),  # best, tie or none
    Column("lane", Integer),  # the best one
    Column("voted_at", String, nullable=False),  # ISO 8601 UTC
)
"""Which answer of a run was best to someone who did not see which model wrote it."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),  # as in `runs`
    Column("model", String, nullable=False),  # as spelled
    Column("title", String, nullable=False),
    Column("created_at", String, nullable=False),  # ISO 8601 UTC
    Column("looked_at", String),
    Column("state", String, nullable=False),
    Column("remote_id", String, nullable=False),  # empty until the provider has answered
    Column("simulated", Boolean, nullable=False),
    Column("run_id", String),  # the run that holds the answers
    Column("keys", JSON, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("failure", JSON(none_as_null=True)),
    Column("requests", LargeBinary, nullable=False),  # packed as bodies are
    Index("jobs_by_time", "owner", "created_at"),
)
"""Batches: they live for hours, while processes come and go."""

created = Table(
    "created",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("owner", String, nullable=False),  # as in `runs`
    Column("kind", String, nullable=False),  # file, batch, cache, vector store, …
    Column("provider", String, nullable=False),
    Column("remote_id", String, nullable=False),  # empty: asked for, and never answered
    Column("name", String, nullable=False),
    Column("created_at", String, nullable=False),  # ISO 8601 UTC
    Column("expires_at", String),  # when the provider deletes it by itself
    Column("gone_at", String),  # deleted by us, or found missing
    Column("simulated", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""What was made at providers and stays there until it is deleted."""

experiments = Table(
    "experiments",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),  # as in `runs`
    Column("name", String, nullable=False),
    Column("created_at", String, nullable=False),  # ISO 8601 UTC
    Column("ended_at", String),  # when it last stood still; none while it has never
    Column("state", String, nullable=False),  # running, done, stopped
    Column("digest", String, nullable=False),  # of the spec: the same spec again has the same one
    Column("spec", JSON, nullable=False),  # pinned: what it read from files is in it
    Column("simulated", Boolean, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("elapsed", Float, nullable=False),  # seconds in which it was under way
    Column("writer", String),  # which process runs it, as in `runs`
    Column("heartbeat", Float),
    Column("note", Text, nullable=False),  # why it stands still, in sentences
    Index("experiments_by_time", "owner", "created_at"),
    Index("experiments_by_digest", "digest", "created_at"),
    sqlite_autoincrement=True,
)
"""A table of cells: prompts × cases × models × repeats."""

experiment_cells = Table(
    "experiment_cells",
    metadata,
    Column(
        "experiment_seq",
        Serial,
        ForeignKey("experiments.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("cell", Integer, primary_key=True),  # its place in the order, from 0
    Column("model", String, nullable=False),  # its label
    Column("prompt", Integer, nullable=False),  # places in the spec, from 0
    Column("case", Integer, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("warm_up", Boolean, nullable=False),
    Column("state", String, nullable=False),  # waiting, sent, done, failed, skipped
    Column("tries", Integer, nullable=False),
    Column("run_id", String),  # where the history holds it
    Column("lane", Integer),
    Column("started_at", String),
    Column("response_model", String),
    Column("fingerprint", String),
    Column("service_tier", String),
    Column("finish_reason", String),
    Column("failure", String),
    Column("status", Integer),
    Column("message", Text),  # what the failure means, what was said, what to do
    Column("time_to_first_text", Float),  # seconds, of the last try
    Column("duration", Float),
    Column("output_tokens_per_second", Float),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cache_read_input_tokens", BigInteger),
    Column("cache_write_input_tokens", BigInteger),
    Column("reasoning_output_tokens", BigInteger),
    Column("cost", BigInteger),  # 10⁻¹² USD
    Column("bound", Boolean, nullable=False),  # the cost is an estimate or a bound
    Column("busy", Boolean, nullable=False),  # this computer was too busy to measure well
    Column("text", Text),  # the beginning of the answer
    Column("passed", Boolean),
    Column("score", Float),
    Column("reason", Text),
    Column("error", Text),  # why it could not be judged
    Column("metrics", JSON(none_as_null=True)),
    Column("judge_cost", BigInteger),  # 10⁻¹² USD
    Column("judge_unpriced", Integer),  # judging calls without a known cost
    Column("pending", JSON(none_as_null=True)),  # the whole answer until it has its verdict
    Index("experiment_cells_by_state", "experiment_seq", "state"),
)
"""Each call of an experiment: a job until it is done, then the columns that statistics read."""

experiment_votes = Table(
    "experiment_votes",
    metadata,
    Column(
        "experiment_seq",
        Serial,
        ForeignKey("experiments.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("prompt", Integer, primary_key=True, autoincrement=False),
    Column("case", Integer, primary_key=True, autoincrement=False),
    Column("repeat", Integer, primary_key=True, autoincrement=False),
    Column("choice", String, nullable=False),  # best, tie or none
    Column("model", String),  # the best one's label
    Column("voted_at", String, nullable=False),  # ISO 8601 UTC
)
"""Which answer to a case was best to someone who did not see which model wrote it."""

shared_links = Table(
    "shared_links",
    metadata,
    Column("token", String, primary_key=True),  # what the link says in place of the run's id
    Column("run_seq", Serial, ForeignKey("runs.seq", ondelete="CASCADE"), nullable=False),
    Column("owner", String, nullable=False),  # a digest: who may withdraw it
    Column("created_at", String, nullable=False),  # ISO 8601 UTC
    Index("shared_links_by_run", "run_seq"),
    Index("shared_links_by_owner", "owner", "created_at"),
)
"""Links to a run that its visitor shares: the only way in to another one's run."""


def _of_class() -> Column[str]:
    return Column("class_id", String, ForeignKey("classes.id", ondelete="CASCADE"), nullable=False)


classes = Table(
    "classes",
    metadata,
    Column("id", String, primary_key=True),  # can't be guessed
    Column("name", String, nullable=False),
    Column("created_at", String, nullable=False),  # ISO 8601 UTC, to the second, as all that follow
    Column("ends_at", String, nullable=False),
    Column("closed_at", String),
    Column("models", JSON, nullable=False),  # spellings
    Column("budget", BigInteger, nullable=False),  # 10⁻¹² USD for each member
    Column("total", BigInteger, nullable=False),  # 10⁻¹² USD for all of them
    Column("longest", Integer, nullable=False),  # output tokens that an answer may have
    Column("simulated", Boolean, nullable=False),
    Column("from_environment", Boolean, nullable=False),  # its keys are the server's environment's
)
"""Who lends a key: on which terms it is spent. The key is in no table."""

class_codes = Table(
    "class_codes",
    metadata,
    Column("digest", String, primary_key=True),
    _of_class(),
    Column("role", String, nullable=False),  # owner, member or viewer
    UniqueConstraint("class_id", "role", name="class_codes_by_role"),
)
"""What lets someone into a class, as a digest."""

class_members = Table(
    "class_members",
    metadata,
    Column("id", Serial, primary_key=True),
    _of_class(),
    Column("owner", String, nullable=False),  # as in `runs`
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("joined_at", String, nullable=False),
    Column("removed_at", String),
    Column("budget", BigInteger),  # these three: none where the class's own holds
    Column("models", JSON(none_as_null=True)),
    Column("ends_at", String),
    UniqueConstraint("class_id", "owner", name="class_members_by_owner"),
    Index("class_members_of_owner", "owner"),
    sqlite_autoincrement=True,
)

class_calls = Table(
    "class_calls",
    metadata,
    Column("id", Serial, primary_key=True),
    _of_class(),
    Column("member_id", Serial, ForeignKey("class_members.id", ondelete="CASCADE"), nullable=False),
    Column("reservation", String, nullable=False),  # the same for all lanes of a run
    Column("lane", Integer, nullable=False),
    Column("model", String, nullable=False),  # as spelled
    Column("started_at", String, nullable=False),
    Column("ended_at", String),
    Column("reserved", BigInteger, nullable=False),  # 10⁻¹² USD: the most that it may cost
    Column(
        "cost", BigInteger
    ),  # 10⁻¹² USD; none until its receipt has come, or where none can come
    Column("bound", Boolean, nullable=False),  # no receipt came: the cost is the most it may be
    Column("failed", Boolean, nullable=False),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("writer", String),  # which process holds the money, as in `runs`
    Column("heartbeat", Float),
    UniqueConstraint("reservation", "lane", name="class_calls_by_reservation"),
    Index("class_calls_of_member", "class_id", "member_id"),
    sqlite_autoincrement=True,
)
"""What was spent in a class: an amount for each call, held before it leaves. Not a word of it."""
