"""What is known of a run beside its requests and responses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from playground.domain import Run
from playground.domain.ending import SHORT
from playground.domain.model import RECORDED, ModelRef

LONGEST_TAG = 60
LONGEST_NOTE = 20_000


Choice = Literal["best", "tie", "none"]
"""What a person votes: one answer is best, none is better than all others, none is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a person thought of a run's answers without seeing which model wrote which."""

    choice: Choice
    lane: int | None = None
    """The best answer's, from 0; None where none is."""
    voted_at: str = ""
    """ISO 8601 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What people put on a run to find and group it."""

    kind: str = "compare"
    """What it came from: `compare`, `ask`, `ladder`, `experiment`, …"""
    title: str | None = None
    """A name; None = the beginning of the prompt is shown."""
    tags: tuple[str, ...] = ()
    department: str = ""
    """Department or project that the cost goes to."""
    note: str = ""
    starred: bool = False
    vote: Vote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A whole run out of the history."""

    run: Run
    labels: Labels
    state: str
    """`running`, `done` or `interrupted`."""
    owner: str
    """A digest of who made it."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What it belongs to, as whoever started it said; empty when nothing was said. It is in no export."""

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        states = [response.state for response in self.run.responses]
        return ending(
            self.state,
            len(states),
            failed=states.count("failed"),
            stopped=states.count("stopped"),
            partial=sum(state in SHORT for state in states),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run as the list shows it."""

    seq: int
    id: str
    created_at: str
    kind: str
    state: str
    title: str | None
    prompt: str
    models: str
    tags: tuple[str, ...]
    department: str
    note: str
    starred: bool
    simulated: bool
    lanes: int
    failed: int
    """Lanes that have failed; those that were stopped are none of them."""
    stopped: int
    partial: int
    """Lanes whose answer is not whole: cut short, filtered, refused."""
    unpriced: int
    """Ended lanes whose cost is unknown though they may have been billed."""
    bounds: int = 0
    """Lanes whose cost is an estimate or a bound."""
    cost: Decimal | None
    """USD of the lanes that have a cost; None when none has."""
    group: str = ""
    """What it stands for, where it is the newest of several runs that belong together."""
    runs: int = 1
    """How many those are."""

    @property
    def name(self) -> str:
        return self.title or self.prompt

    @property
    def stand_in(self) -> str:
        """`simulated`, `recorded` where all answers are, `partly recorded` where some are; empty = live models answered."""
        if not self.simulated:
            return ""
        replayed = [bool(RECORDED.search(model)) for model in self.models.split(", ")]
        if not any(replayed):
            return "simulated"
        return "recorded" if all(replayed) else "partly recorded"

    @property
    def answered(self) -> str:
        """Who answered, in words: what stood in; else `real`, or `local` for models on this computer alone."""
        refs = map(ModelRef.parse, self.models.split(", "))
        return self.stand_in or (
            "local" if {ref.source(False) for ref in refs} == {"local"} else "real"
        )

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        return ending(
            self.state, self.lanes, failed=self.failed, stopped=self.stopped, partial=self.partial
        )


def ending(state: str, lanes: int, *, failed: int, stopped: int, partial: int) -> str:
    """A run's state in words: `done`, `1 of 3 stopped`, `2 of 3 failed`; or `running`, `interrupted`."""
    if state != "done":
        return state
    counts = ((failed, "failed"), (stopped, "stopped"), (partial, "not whole"))
    return ", ".join(f"{count} of {lanes} {word}" for count, word in counts if count) or "done"


def tag(text: str) -> str:
    """A tag as it is kept: one line, no commas, not long."""
    return re.sub(r"[\s,]+", " ", text).strip()[:LONGEST_TAG].strip()


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Clean tags, each once, sorted."""
    return tuple(sorted({clean for text in texts if (clean := tag(text))}))


def owner_digest(owner: str) -> str:
    """Who made a run, so that only the same browser's visitor lists it; the cookie itself is never stored."""
    return hashlib.sha256(f"owner:{owner}".encode()).hexdigest() if owner else ""
