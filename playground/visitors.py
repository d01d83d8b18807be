"""What visitors of a hosted app may use: one table of limits, and who uses how much of it just now.

In local mode there are none. A limit is a row; each may be set otherwise by its environment variable.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from playground import settings

MB = 1_000_000

Name = Literal[
    "lanes",
    "prompt",
    "attached",
    "experiment",
    "runs",
    "runs_address",
    "uploads",
    "uploads_address",
]


class Limit(NamedTuple):
    """How much of something a visitor may have."""

    variable: str
    """The environment variable that sets it otherwise."""
    most: int
    said: str
    """The refusal, which names the limit: `{asked}` and `{most}` are numbers."""
    unit: int = 1
    """What one of it is, in what is counted: MB are counted in bytes."""

    @property
    def told(self) -> str:
        """What its variable does, for the manual."""
        of = self.variable.partition("_MAX_")[2].replace("_", " ").lower()
        return (
            f"Hosted: the most of a visitor's {of.replace(' mb', ' MB')}, {self.most:,} unless set."
        )


LIMITS: dict[Name, Limit] = {
    "lanes": Limit(
        "PLAYGROUND_MAX_LANES", 8,
        "This run has {asked} lanes, and {most} are the most here: take some out.",
    ),
    "prompt": Limit(
        "PLAYGROUND_MAX_PROMPT_CHARACTERS", 400_000,
        "The prompt has {asked} characters with all that is sent along, and {most} are the most here: shorten it.",
    ),
    "attached": Limit(
        "PLAYGROUND_MAX_ATTACHED_MB", 20,
        "What is attached has {asked} MB, and {most} MB are the most that is sent from here: take something out.", MB,
    ),
    "experiment": Limit(
        "PLAYGROUND_MAX_EXPERIMENT_CALLS", 500,
        "This experiment makes {asked} calls, and {most} are the most here: fewer cases, models or repeats.",
    ),
    "runs": Limit(
        "PLAYGROUND_MAX_RUNS", 4,
        "{most} runs of yours are under way, which is the most at once here: wait until one ends, or stop it.",
    ),
    "runs_address": Limit(
        "PLAYGROUND_MAX_RUNS_PER_ADDRESS", 32,
        "{most} runs from your network address are under way, which is the most at once here: try again in a minute.",
    ),
    "uploads": Limit(
        "PLAYGROUND_MAX_UPLOADED_MB", 60,
        "With this file you would have uploaded {asked} MB, and {most} MB are the most at once here: take others out.", MB,
    ),
    "uploads_address": Limit(
        "PLAYGROUND_MAX_UPLOADED_MB_PER_ADDRESS", 240,
        "With this file {asked} MB would have been uploaded from your network address, and {most} MB are the most at once here.",
        MB,
    ),
}  # fmt: skip
"""All of them."""


def most(name: Name, env: Mapping[str, str] | None = None) -> int | None:
    """How much a visitor may have, in the limit's unit; None where there is no limit. What is no number sets none otherwise."""
    env = os.environ if env is None else env
    if not settings.hosted(env):
        return None
    row = LIMITS[name]
    told = env.get(row.variable, "").strip()
    return int(told) if told.isascii() and told.isdigit() else row.most


def too_much(name: Name, asked: int, env: Mapping[str, str] | None = None) -> str | None:
    """The refusal of this much of it, None where it may be had."""
    limit, row = most(name, env), LIMITS[name]
    if limit is None or asked <= limit * row.unit:
        return None
    return row.said.format(asked=f"{-(-asked // row.unit):,}", most=f"{limit:,}")


class Run(Protocol):
    """What is counted."""

    @property
    def done(self) -> bool:
        """True when it is under way no more."""


@dataclass(slots=True, eq=False)
class Place:
    """Room for one run, taken before it is started so that two presses at once don't get the same."""

    session: str
    address: str = ""
    run: Run | None = None

    @property
    def free(self) -> bool:
        return self.run is not None and self.run.done


_lock = threading.Lock()
_taken: list[Place] = []
_addresses: dict[str, str] = {}
"""Session → the network address that it came from."""


def came(session: str, address: str) -> None:
    """A session has begun at this address."""
    _addresses[session] = address


def left(session: str) -> None:
    """A session has ended."""
    _addresses.pop(session, None)


@contextmanager
def place(session: str) -> Iterator[Place | str]:
    """Room for one more run of this session, or the refusal; given back at the block's end where no run was put into it."""
    found = _take(session)
    try:
        yield found
    finally:
        if isinstance(found, Place) and found.run is None:
            with _lock:
                _taken[:] = [taken for taken in _taken if taken is not found]


def _take(session: str) -> Place | str:
    address = _addresses.get(session, "")
    with _lock:
        _taken[:] = [taken for taken in _taken if not taken.free]
        mine = sum(taken.session == session for taken in _taken)
        near = sum(bool(address) and taken.address == address for taken in _taken)
        if session and (refusal := too_much("runs", mine + 1)):
            return refusal
        if refusal := too_much("runs_address", near + 1):
            return refusal
        made = Place(session, address)
        if session and settings.hosted():
            _taken.append(made)
        return made
