"""What every product's export becomes: conversations as trees of steps, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Who = Literal["context", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one side put into a conversation."""

    id: str
    parent: str | None
    """The step before; None for a first one."""
    who: Who
    """`context`: what the product put before it, custom instructions for one; `tool`: what a tool gave back."""
    text: str = ""
    """What was sent or written, citation marks left out."""
    thought: str = ""
    """What the export shows of the reasoning: a summary or a part, never the tokens that were billed."""
    thought_seconds: float | None = None
    message: bool = True
    """False where it is a part of the message before it: a round of tools within one answer."""
    goes_on: bool = False
    """True where it is of the same call as the step before: text after reasoning, a second part."""
    model: str | None = None
    """As the product calls it; None where the export does not say."""
    at: datetime | None = None
    tokens: int | None = None
    """Of text and reasoning together, as the export counts them, where it does."""
    attached: int = 0
    """Tokens of attached files, as the product counted them."""
    images: tuple[tuple[int, int], ...] = ()
    """Width and height of each image, in pixels."""
    uncounted: int = 0
    """Attachments of which the export has neither text nor size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One conversation, all its branches."""

    id: str
    product: str
    title: str
    steps: tuple[Step, ...]
    """Every step stands after its parent."""
    head: str | None = None
    """The last step of the branch that was shown."""
    model: str | None = None
    """As the product calls it, for steps that name none."""
    updated: datetime | None = None
    notes: tuple[str, ...] = ()
    """What of it could not be read or counted, one kind each."""

    @property
    def turns(self) -> int:
        """Prompts that somebody sent, edited ones too."""
        return sum(step.who == "user" for step in self.steps)

    @property
    def messages(self) -> int:
        """Prompts and answers."""
        return sum(step.message and step.who in ("user", "assistant") for step in self.steps)


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """Something that is not in the result."""

    where: str
    """File, and place in it."""
    what: str


@dataclass(slots=True)
class Said:
    """Collects what is left out: once for each place and kind."""

    found: dict[LeftOut, None] = field(default_factory=dict)

    def add(self, where: str, what: str) -> None:
        self.found[LeftOut(where, what)] = None


class NotAChat(ValueError):
    """A record that holds no conversation; the message says what it is instead."""


class NotCounted(Exception):
    """A provider did not count a conversation; the message says why."""
