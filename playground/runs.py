"""The one way to start a run: no key in it, within the budgets, written down, looked after; or a refusal that says why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground import history, paying, settings, telemetry, visitors
from playground.domain import Endpoint, File, Request, Secret, Text
from playground.history import Labels
from playground.paying import Refusal
from playground.wire import Redactor

if TYPE_CHECKING:
    from playground.engine import Engine, Journal, LiveRun, Pace
    from playground.history.once import Once

__all__ = [
    "Refusal",
    "Started",
    "holds_key",
    "refused",
    "request_texts",
    "start",
    "to_count",
    "under_way",
]

HOLDS_KEY = "Not sent: the prompt or a setting holds one of your API keys. Take it out: it would go to every model, and stay in exports."


@dataclass(frozen=True, slots=True)
class Started:
    """A run that is under way."""

    run: LiveRun
    warnings: tuple[str, ...] = ()
    """What its budgets have to say, in sentences."""


_lock = threading.Lock()
_open: list[LiveRun] = []
"""Runs that were under way when last looked at."""


def under_way() -> bool:
    """Whether any run of this process is under way: now nothing should hold up the engine's thread."""
    with _lock:
        _open[:] = [run for run in _open if not run.done]
        return bool(_open)


def _opened(run: LiveRun) -> None:
    """It is under way; those that have ended are let go of, with all that they hold."""
    with _lock:
        _open[:] = [*(run for run in _open if not run.done), run]


def start(
    engine: Engine,
    requests: Sequence[Request],
    endpoints: Mapping[str, Endpoint],
    *,
    owner: str = "",
    session: str = "",
    labels: Labels | None = None,
    keep: bool = True,
    secrets: Iterable[Secret | None] = (),
    retries: int = 0,
    context: Mapping[str, Any] | None = None,
    once: Once | None = None,
    caller: Callable[..., Any] | None = None,
    pace: Pace | None = None,
) -> Started | Refusal:
    """Send all requests, unless a key in them or a budget forbids it.

    `session` is what a limit for a session counts by. With `keep` the run goes into the history, where there is one;
    without it, only what it costs is noted. `secrets` are keys to look for beside those of the real endpoints. `once` is
    the history of a process that ends with this run: there is no limit then. `caller` asks the next turn of a session, `pace`
    says when each lane of a batch may send.
    """
    labels = labels or Labels()
    payer = paying.payer(
        requests, endpoints, owner=owner, session=session, labels=labels, budgets=once is None
    )
    if isinstance(payer, Refusal):
        return payer
    requests, endpoints = payer.requests, payer.endpoints
    known = [*secrets, *_keys(endpoints)]
    if refusal := holds_key(requests, known) or _over_limit(requests, lanes=pace is None):
        return refusal
    with visitors.place(session if pace is None else "") as place:
        if isinstance(place, str):
            return Refusal("over_limit", place)
        if refusal := payer.hold():
            return refusal
        journal = _journal(labels, known, keep=keep, billed=payer.billed, once=once)
        run = engine.start(
            requests,
            endpoints,
            owner=owner,
            retries=retries,
            journal=payer.journal(telemetry.observed(journal)),
            context=context,
            **({"caller": caller} if caller else {}),
            pace=pace,
        )
        place.run = run
    _opened(run)
    payer.began(run)
    return Started(run, payer.warnings)


def _keys(endpoints: Mapping[str, Endpoint]) -> list[Secret | None]:
    return [endpoint.key for endpoint in endpoints.values() if not endpoint.simulated]


def _journal(
    labels: Labels, secrets: Iterable[Secret | None], *, keep: bool, billed: bool, once: Once | None
) -> Journal | None:
    """Who writes the run down, or only what it costs; None where neither is wanted."""
    keep = keep and settings.keeps_history()
    if once is not None:
        return once.journal(labels, secrets, keep=keep) if keep or billed else None
    if keep:
        return history.keep(labels, secrets)
    return history.charge(labels, secrets) if billed else None


def refused(
    requests: Sequence[Request],
    endpoints: Mapping[str, Endpoint],
    *,
    owner: str = "",
    session: str = "",
    secrets: Iterable[Secret | None] = (),
) -> Refusal | None:
    """Why these may not be sent; None where they may. For what is sent otherwise than as a run (a batch), without `owner`:
    no class pays that."""
    payer = paying.payer(requests, endpoints, owner=owner, session=session)
    if isinstance(payer, Refusal):
        return payer
    known = [*secrets, *_keys(payer.endpoints)]
    return (
        holds_key(payer.requests, known)
        or _over_limit(payer.requests, lanes=False)
        or payer.budgeted()
    )


def to_count(
    requests: Sequence[Request],
    endpoints: Mapping[str, Endpoint],
    *,
    owner: str = "",
    secrets: Iterable[Secret | None] = (),
) -> Mapping[str, Endpoint] | Refusal:
    """Where these are counted by their providers, with the key of whoever pays: it costs nothing, so nothing is held."""
    payer = paying.payer(requests, endpoints, owner=owner, budgets=False)
    if isinstance(payer, Refusal):
        return payer
    return holds_key(payer.requests, [*secrets, *_keys(payer.endpoints)]) or payer.endpoints


def _over_limit(requests: Sequence[Request], *, lanes: bool) -> Refusal | None:
    """The refusal where a visitor sends more than may be sent at once; a batch's requests are no lanes."""
    if not settings.hosted():
        return None
    reason = visitors.too_much("lanes", len(requests)) if lanes else None
    for request in requests:
        parts = [part for message in request.messages for part in message.parts]
        attached = sum(len(part.data) for part in parts if isinstance(part, File))
        reason = (
            reason
            or visitors.too_much("prompt", sum(map(len, request_texts(request))))
            or visitors.too_much("attached", attached)
        )
    return Refusal("over_limit", reason) if reason else None


def holds_key(requests: Iterable[Request], secrets: Iterable[Secret | None]) -> Refusal | None:
    """The refusal where a key stands in what would be sent, to a counting endpoint as well as to a model; None where none does."""
    redactor = Redactor(secrets)
    for request in requests:
        texts = list(request_texts(request))
        if redactor.value(texts) != texts:
            return Refusal("holds_key", HOLDS_KEY)
    return None


def request_texts(request: Request) -> Iterator[str]:
    """Every text in a request that a person may have typed."""
    yield request.system or ""
    yield request.body or ""
    yield repr(request.settings)
    yield repr(request.tools)
    for message in request.messages:
        for part in message.parts:
            yield repr(part) if not isinstance(part, File | Text) else getattr(part, "text", "")
