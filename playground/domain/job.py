"""A batch: many Requests that a provider answers within hours. A sibling of a call, with the same Responses at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.domain.failure import Failure
from playground.domain.model import ModelRef
from playground.domain.request import Request
from playground.domain.response import Response
from playground.domain.usage import Usage

JobState = Literal[
    "submitting", "waiting", "running", "stopping", "done", "failed", "stopped", "expired", "gone"
]
"""`submitting`: no answer from the provider yet; `stopping`: a cancellation was asked for; `gone`: it is no longer there."""
OVER: frozenset[JobState] = frozenset({"done", "failed", "stopped", "expired", "gone"})
"""States that never change again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of a batch's lines are where, as far as the provider says; None = not reported."""

    total: int | None = None
    waiting: int | None = None
    done: int | None = None
    failed: int | None = None
    stopped: int | None = None
    expired: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A batch as its provider describes it at one moment."""

    id: str
    state: JobState
    word: str | None = None
    """The provider's own word for the state (`validating`, `ended`, `BATCH_STATE_RUNNING`, …)."""
    tally: Tally = field(default_factory=Tally)
    usage: Usage | None = None
    """All its lines together; None until the provider says it, and where it never does."""
    model: str | None = None
    created_at: str | None = None
    """ISO 8601, as are the next two."""
    ended_at: str | None = None
    expires_at: str | None = None
    """When the provider gives up on what is not done."""
    input_id: str | None = None
    """The file with the lines, where it is one."""
    results: tuple[str, ...] = ()
    """Ids of files, or the address, where the answers lie; empty while there are none, and where they stand in `raw`."""
    problems: tuple[str, ...] = ()
    """Why the provider refused the batch, line by line."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The provider's object, unchanged."""

    @property
    def over(self) -> bool:
        """True when nothing changes any more."""
        return self.state in OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a batch, answered: its key and the Response, also when it failed."""

    key: str
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A batch that we have submitted, as it lives on between processes; it holds no key."""

    id: str
    model: ModelRef
    title: str
    created_at: str
    """ISO 8601 UTC."""
    keys: tuple[str, ...]
    """Names of its lines, in order."""
    requests: tuple[Request, ...]
    progress: Progress
    simulated: bool
    looked_at: str | None = None
    """When the provider was last asked."""
    run_id: str | None = None
    """The run in the history that holds the answers, once they are collected."""
    failure: Failure | None = None
    """Why it could not be submitted."""

    @property
    def remote_id(self) -> str:
        """The provider's id; empty where it never answered."""
        return self.progress.id
