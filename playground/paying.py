"""Who pays for what is about to leave: this machine within its budgets, a class for the lanes that it lends its key to, or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from playground.domain import Endpoint, Request
from playground.domain.endpoint import bills, endpoint_of
from playground.history import Labels

if TYPE_CHECKING:
    from playground.budgets.guard import Guard
    from playground.classes.lending import Lent
    from playground.engine import Journal, LiveRun

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was sent."""

    kind: Literal["holds_key", "over_budget", "over_limit", "class"]
    reason: str
    """Sentences with what to do."""


@dataclass(slots=True, kw_only=True, eq=False)
class Payer:
    """Pays some requests: `hold`, hand `journal` to the engine, `began`. It holds keys, so it stays with whoever sends."""

    requests: Sequence[Request]
    """As they may be sent: a class limits how long an answer is."""
    endpoints: Mapping[str, Endpoint]
    """With the key of whoever pays."""
    billed: bool
    """Whether a real API answers for any of them."""
    warnings: tuple[str, ...] = ()
    """What the budgets have to say, in sentences; known once the money is held."""
    within: Mapping[str, Any] = field(default_factory=dict)
    """What limits count by: session, tags, department."""
    guard: Guard | None = None
    lent: Lent | None = None

    def budgeted(self) -> Refusal | None:
        """Ask this machine's budgets; the refusal where one does not have it."""
        if self.guard is None:
            return None
        verdict = self.guard.check(self.requests, self.endpoints, **self.within)
        self.warnings = verdict.warnings
        return Refusal("over_budget", verdict.problem) if verdict.problem else None

    def hold(self) -> Refusal | None:
        """Hold the most that it may cost, wherever it is paid from; the refusal where one of them does not have it."""
        if refusal := self.budgeted():
            return refusal
        return None if self.lent is None else _class_says(self.lent.reserve)

    def journal(self, beside: Journal | None) -> Journal | None:
        """The journal by which whoever pays learns what each call has cost."""
        return beside if self.lent is None else self.lent.journal(beside)

    def began(self, run: LiveRun) -> None:
        """Watch over what is under way: it is stopped where there is no more money, or its class is over."""
        if self.guard is not None:
            self.guard.watch(run, self.endpoints, **self.within)
        if self.lent is not None:
            self.lent.began(run)


def payer(
    requests: Sequence[Request],
    endpoints: Mapping[str, Endpoint],
    *,
    owner: str = "",
    session: str = "",
    labels: Labels | None = None,
    budgets: bool = True,
) -> Payer | Refusal:
    """Who pays for these; a refusal where a class is asked that does not allow them.

    A class knows its members by `owner`: without one it pays nothing. Without `budgets` there are none, as where
    nothing is billed.
    """
    lent: Lent | None = None
    if any(endpoint.lent for endpoint in endpoints.values()):
        from playground.classes import lending  # with SQLAlchemy, as the budgets

        found = _class_says(lambda: lending.asked(requests, endpoints, owner=owner))
        if isinstance(found, Refusal):
            return found
        lent = found
    if lent is not None:
        requests, endpoints = lent.requests, lent.endpoints
    billed = any(bills(request.model, endpoints) for request in requests)
    labels = labels or Labels()
    return Payer(
        requests=requests,
        endpoints=endpoints,
        billed=billed,
        within={
            "session": session,
            "tags": labels.tags,
            "department": labels.department.strip(),
        },
        guard=_get_guard() if billed and budgets else None,
        lent=lent,
    )


def payable(request: Request, endpoints: Mapping[str, Endpoint]) -> tuple[Request, tuple[str, ...]]:
    """The request without what whoever pays does not pay for, and what that is and why, in sentences.

    For a request that the app puts together itself; what a person has put into one is refused by `payer`.
    """
    endpoint = endpoint_of(request.model, endpoints)
    if endpoint is None or not endpoint.lent:
        return request, ()
    from playground.classes import nouns

    why = "a class does not pay for what nobody can reckon before"
    said = tuple(f"{nouns.UNBOUND[name]} left out: {why}" for name in nouns.unbound(request))
    return nouns.bound(request), said


def _class_says(act: Callable[[], T]) -> T | Refusal:
    """What comes of it, or why a class does not allow it."""
    from playground.classes.nouns import ClassError
    from playground.store.database import HistoryError

    try:
        return act()
    except (ClassError, HistoryError) as error:
        return Refusal("class", str(error))


def _get_guard() -> Guard:
    from playground.budgets.guard import get_guard  # with SQLAlchemy too

    return get_guard()
