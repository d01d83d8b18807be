"""Why a call failed, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FailureType = Literal[
    "authentication",
    "permission",
    "not_found",
    "invalid_request",
    "unsupported_parameter",
    "context_length",
    "rate_limited",
    "quota_exceeded",
    "overloaded",
    "server",
    "timeout",
    "connection",
    "stream_truncated",
    "refused",
    "cancelled",
    "over_budget",
    "interrupted",
]
FAILURE_TYPES: tuple[FailureType, ...] = get_args(FailureType)

RETRYABLE: frozenset[FailureType] = frozenset(
    {"rate_limited", "overloaded", "server", "timeout", "connection"}
)
"""Failures that may go away by themselves."""
STOPPED: frozenset[FailureType] = frozenset({"cancelled", "over_budget"})
"""Nothing failed: someone, or a budget, ended the call while it was under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failed call as a result: what happened, what it means, what to do next."""

    type: FailureType
    status: int | None = None
    """HTTP status; None when no response came. 200 for an error inside a stream."""
    code: str | None = None
    """The provider's own code or error type, unchanged."""
    message: str = ""
    """The provider's own message, secrets masked."""
    meaning: str = ""
    """One plain sentence: what this means."""
    next_step: str = ""
    """One plain sentence: what to do."""
    param: str | None = None
    """The request field that the provider complains of."""
    retry_after: float | None = None
    """Seconds to wait, as the provider says."""

    @property
    def stopped(self) -> bool:
        """Whether someone, or a budget, ended the call: what came before is as good as any answer."""
        return self.type in STOPPED

    @property
    def word(self) -> str:
        """What is said of it in a table: `stopped`, or its type in words (`rate limited`)."""
        return "stopped" if self.stopped else self.type.replace("_", " ")

    @property
    def detail(self) -> str:
        """The message where it says more than the meaning: what the provider said, or what broke on the way to it."""
        ours = self.status is None and (self.stopped or self.type == "authentication")
        return "" if ours else self.message

    @property
    def told(self) -> str:
        """All of it in one paragraph: what it means, what was said, what to do next."""
        said = self.detail.strip()
        if said and self.status is not None:
            said = f"It said: {said}"
        if said[-1:].isalnum():
            said += "."
        return " ".join(filter(None, (self.meaning, said, self.next_step)))
