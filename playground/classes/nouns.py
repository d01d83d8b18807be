"""A class, its members and what each may do: values without a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from playground.domain import ModelRef, Request, clock
from playground.domain.values import default, put, value

Role = Literal["owner", "member", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)
MAY: dict[Role, str] = {
    "owner": "everything: runs, the board, members, codes, closing",
    "member": "runs, within a budget",
    "viewer": "the board, and no runs",
}
"""Role → what it may do."""


UNBOUND: Mapping[str, str] = {
    "body": "a body of one's own",
    "server_tools": "tools that the provider runs",
    "previous_response_id": "a conversation that the provider keeps",
    "extra": "fields of one's own",
}
"""Parts of a request whose cost nobody knows before → what they are. With them it could also ask another model, or
read what others have left at the provider."""


def unbound(request: Request) -> list[str]:
    """Which of those this request has."""
    return [name for name in UNBOUND if value(request, name) != default(name)]


def bound(request: Request) -> Request:
    """The same request without them, as a class may pay it."""
    return put(request, {name: default(name) for name in unbound(request)})


class ClassError(ValueError):
    """Something that a class does not allow; the message is a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms a class's key is spent."""

    name: str
    models: tuple[str, ...]
    """Spelled `provider:model`."""
    budget: Decimal
    """USD for each member."""
    total: Decimal
    """USD for all of them together."""
    longest: int
    """Output tokens, reasoning included, that an answer may have: so the most that it can cost is known before."""
    ends_at: str
    """ISO 8601 UTC, to the second."""
    simulated: bool = False
    """The simulation answers: amounts are what the same calls would cost."""
    from_environment: bool = False
    """Its keys are those of the server's environment, which every process of it has, also after a restart."""

    @property
    def providers(self) -> tuple[str, ...]:
        """Whose keys it lends."""
        return tuple(dict.fromkeys(ModelRef.parse(model).provider for model in self.models))


@dataclass(frozen=True, slots=True, kw_only=True)
class Class(Terms):
    """A class as it is kept."""

    id: str
    created_at: str
    closed_at: str | None = None

    @property
    def state(self) -> Literal["open", "ended", "closed"]:
        """Whether anything is sent by it still."""
        if self.closed_at is not None:
            return "closed"
        return "ended" if self.ends_at <= clock.now() else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person's place; what is None is as the class has it."""

    id: int
    owner: str
    """A digest of who it is, as in the history."""
    name: str
    role: Role
    joined_at: str
    removed_at: str | None = None
    budget: Decimal | None = None
    models: tuple[str, ...] | None = None
    ends_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A member in a class: what holds for this one person."""

    of: Class
    member: Member

    @property
    def models(self) -> tuple[str, ...]:
        """Spellings that may be asked."""
        return self.of.models if self.member.models is None else self.member.models

    @property
    def budget(self) -> Decimal:
        """USD; an owner may spend what the class has."""
        own = self.of.total if self.member.role == "owner" else self.of.budget
        return own if self.member.budget is None else self.member.budget

    @property
    def ends_at(self) -> str:
        """When it ends for this person: never after the class does."""
        return min(self.of.ends_at, self.member.ends_at or self.of.ends_at)

    @property
    def over(self) -> str | None:
        """Why nothing may be sent any more, in sentences; None while it goes on."""
        if self.of.closed_at is not None:
            return f"{self.of.name} is closed: nothing is sent by it any more. {OWN}"
        if self.member.removed_at is not None:
            return f"You were taken out of {self.of.name}: ask whoever holds it. {OWN}"
        if self.ends_at <= clock.now():
            when = self.ends_at[:16].replace("T", " ")
            return f"{self.of.name} ended at {when} UTC: nothing is sent by it any more. {OWN}"
        return None

    @property
    def may_run(self) -> bool:
        """Whether the role lets runs be sent at all."""
        return self.member.role != "viewer"


OWN = "Your own key under Keys, and the simulation, work as before."
