"""Spending limits: a run that would pass one is stopped before it leaves, one that passes it while streaming is stopped then."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from playground import history, pricing, settings, tokens
from playground.budgets.forecast import Span, estimate
from playground.budgets.ledger import spent, written
from playground.budgets.limits import Limit, Period, all_limits
from playground.domain import Endpoint, Failure, Request, Usage, clock
from playground.domain.endpoint import bills
from playground.engine import Lane, LiveRun
from playground.engine.live import SHOWN
from playground.figures import money
from playground.store.database import HistoryError
from playground.store.store import Store

LOG = logging.getLogger("playground")

WARN_AT = Decimal("0.8")
"""Share of a limit from which people are warned."""
TICK = 0.1
"""Seconds between two looks at what streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What sending would mean for the budgets."""

    low: Decimal
    """USD: the input alone."""
    high: Decimal | None
    """USD with all the output that is allowed; None when the output has no limit or a price is missing."""
    unpriced: tuple[str, ...] = ()
    """Models without a price: `low` is then at least this."""
    stops: tuple[str, ...] = ()
    """Limits that sending would pass, in sentences with what to do: nothing may be sent."""
    warnings: tuple[str, ...] = ()

    @property
    def problem(self) -> str | None:
        return " ".join(self.stops) or None


@dataclass(frozen=True, slots=True)
class Planned:
    """A request that may be sent, and what it may cost."""

    request: Request
    span: Span | None
    """(input alone, with all output allowed) in USD; None when there is no price."""

    @property
    def low(self) -> Decimal:
        return self.span[0] if self.span else Decimal(0)

    @property
    def high(self) -> Decimal | None:
        return self.span[1] if self.span else None


@dataclass(eq=False, slots=True)
class Watched:
    """A run under way and what it has cost so far."""

    run: LiveRun
    tags: tuple[str, ...]
    department: str
    session: str
    input_tokens: dict[int, int] = field(default_factory=dict)
    """Lane → tokens that were sent, of those for which it was asked: counting takes longer than starting."""
    seen: list[int] = field(default_factory=list)
    """Deltas already counted, by lane."""
    output_tokens: list[int] = field(default_factory=list)
    saved: set[int] = field(default_factory=set)
    """Ended lanes whose cost is in what was read from the database."""
    uncounted: bool = False
    """Whether it was said already that it can't be counted."""


class Guard:
    """Knows the limits and what has been spent; looks at running runs on a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._watched: list[Watched] = []
        self._sessions: dict[str, dict[tuple[str, tuple[str, ...], str], Decimal]] = {}
        """Session → provider, tags and department → USD."""
        self._limits: tuple[Limit, ...] = ()
        self._spent: dict[Limit, Decimal] = {}
        self._thread: threading.Thread | None = None

    def check(
        self,
        requests: Sequence[Request],
        endpoints: Mapping[str, Endpoint],
        *,
        session: str = "",
        tags: Sequence[str] = (),
        department: str = "",
    ) -> Verdict:
        """What sending these would cost, and which limits that would pass. Simulated lanes cost nothing."""
        book = pricing.load()
        real = [Planned(r, estimate(r, book=book)) for r in requests if bills(r.model, endpoints)]
        low = sum((planned.low for planned in real), Decimal(0))
        highs = [planned.high for planned in real]
        high = None if None in highs else sum((h for h in highs if h is not None), Decimal(0))
        with self._lock:
            unread = self._refresh() if real else None
            stops: list[str] = []
            warnings: list[str] = [unread] if unread and self._limits else []
            for limit in self._limits:
                mine = [
                    p for p in real if limit.concerns(p.request.model.provider, tags, department)
                ]
                if mine:
                    self._judge(limit, mine, session, stops, warnings)
        unpriced = tuple(dict.fromkeys(str(p.request.model) for p in real if p.span is None))
        return Verdict(
            low=low, high=high, unpriced=unpriced, stops=tuple(stops), warnings=tuple(warnings)
        )

    def _judge(
        self,
        limit: Limit,
        mine: Sequence[Planned],
        session: str,
        stops: list[str],
        warnings: list[str],
    ) -> None:
        used = self._used(limit, session)
        least = used + sum((planned.low for planned in mine), Decimal(0))
        most = used + sum((planned.high or planned.low for planned in mine), Decimal(0))
        said = _said(limit, used)
        if least > limit.amount or used >= limit.amount:
            stops.append(
                f"Not sent: it would cost at least {money(least - used)} and pass {said}."
                f" {_way()}shorten the prompt, take cheaper models{LATER[limit.period]}."
            )
        elif least >= WARN_AT * limit.amount:
            warnings.append(f"{least / limit.amount:.0%} of {said} will be used.")
        elif most > limit.amount:
            warnings.append(f"Long answers may pass {said}: they are stopped when they do.")
        for planned in mine:
            if planned.span is None:
                model = planned.request.model
                warnings.append(f"{model} has no price, so {said} can't count it.")

    def watch(
        self,
        run: LiveRun,
        endpoints: Mapping[str, Endpoint],
        *,
        session: str = "",
        tags: Sequence[str] = (),
        department: str = "",
    ) -> None:
        """Look after a run until it ends."""
        if not any(bills(lane.request.model, endpoints) for lane in run.lanes):
            return
        lanes = len(run.lanes)
        watched = Watched(
            run,
            tuple(tags),
            department,
            session,
            seen=[0] * lanes,
            output_tokens=[0] * lanes,
        )
        with self._lock:
            self._watched.append(watched)
            if self._limits and self._thread is None:
                self._thread = threading.Thread(target=self._look, name="budget", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while True:
            with self._lock:
                under_way = [w for w in self._watched if not w.run.done]
                if not under_way:
                    self._thread = None
                    return
                for watched in under_way:
                    self._look_at(watched)
            threading.Event().wait(TICK)

    def _look_at(self, watched: Watched) -> None:
        try:
            for limit in self._limits:
                self._stop_if_passed(limit, watched)
        except Exception:  # a slip of ours must not leave this process without a guard
            if not watched.uncounted:
                LOG.exception("What a run costs can't be counted just now.")
            watched.uncounted = True

    def _stop_if_passed(self, limit: Limit, watched: Watched) -> None:
        open_lanes = [
            lane
            for lane in watched.run.lanes
            if not lane.ended
            and lane.stopped_by is None
            and not watched.run.simulations[lane.index]
            and limit.concerns(lane.request.model.provider, watched.tags, watched.department)
        ]
        if not open_lanes or self._used(limit, watched.session, watched) <= limit.amount:
            return
        for lane in open_lanes:  # counted piece by piece it is a little too much: count it whole
            watched.output_tokens[lane.index] = _tokens(lane.text() + lane.text("reasoning"))
        used = self._used(limit, watched.session, watched)
        if used > limit.amount:
            for lane in open_lanes:
                watched.run.stop(lane.index, why=over_budget(limit, used))

    def _used(self, limit: Limit, session: str, run: Watched | None = None) -> Decimal:
        """USD of this limit that is used: what is written down, and at least what is under way."""
        if limit.period == "run":
            return self._under_way(limit, [run]) if run else Decimal(0)
        if limit.period == "session":
            ended = self._sessions.get(session, {})
            total = sum((usd for key, usd in ended.items() if limit.concerns(*key)), Decimal(0))
            mine = [watched for watched in self._watched if watched.session == session]
            return total + self._under_way(limit, mine, all_lanes=True)
        return self._spent.get(limit, Decimal(0)) + self._under_way(limit, self._watched)

    def _under_way(
        self, limit: Limit, watched: Sequence[Watched], *, all_lanes: bool = False
    ) -> Decimal:
        return sum(
            (
                at_least(each, lane)
                for each in watched
                for lane in each.run.lanes
                if not each.run.simulations[lane.index]
                and (all_lanes or limit.period == "run" or lane.index not in each.saved)
                and limit.concerns(lane.request.model.provider, each.tags, each.department)
            ),
            Decimal(0),
        )

    def _refresh(self) -> str | None:
        """Read limits and what was spent anew; a sentence when that can't be read."""
        try:
            store = history.find_store()
            if store is None:  # no limit was ever set, and none is missed
                self._limits, self._spent = (), {}
            else:
                noted = written(store, [watched.run.id for watched in self._watched])
                self._limits = tuple(all_limits(store))
                self._spent = {limit: _spent(store, limit) for limit in self._limits}
        except HistoryError as error:
            return f"What was spent before can't be read, so budgets count only what this app has sent since it started. {error}"
        for watched in self._watched:
            watched.saved |= {
                lane.index
                for lane in watched.run.lanes
                if lane.ended and (store is None or (watched.run.id, lane.index) in noted)
            }
        self._drop_ended()
        return None

    def _drop_ended(self) -> None:
        """Runs that have ended and are written need no watching; their session remembers what they cost."""
        for watched in [w for w in self._watched if w.run.done and _all_written(w)]:
            self._watched.remove(watched)
            session = self._sessions.setdefault(watched.session, {})
            for lane in watched.run.lanes:
                if not watched.run.simulations[lane.index]:
                    key = (lane.request.model.provider, watched.tags, watched.department)
                    session[key] = session.get(key, Decimal(0)) + at_least(watched, lane)

    def used(self, session: str = "") -> list[tuple[Limit, Decimal]]:
        """Every limit of a session, day or month and how much of it is used; HistoryError when that can't be read."""
        with self._lock:
            if unread := self._refresh():
                raise HistoryError(unread)
            return [
                (limit, self._used(limit, session))
                for limit in self._limits
                if limit.period != "run"
            ]


LATER: dict[Period, str] = {
    "run": "",
    "session": ", or start a new session",
    "day": ", or wait until tomorrow (UTC)",
    "month": ", or wait until next month (UTC)",
}


def at_least(watched: Watched, lane: Lane) -> Decimal:
    """USD that a lane has cost for certain: its receipt once it has ended, until then what was sent and has come."""
    if lane.response is not None:
        return lane.response.cost.total if lane.response.cost else Decimal(0)
    if lane.started_at is None:
        return Decimal(0)
    index = lane.index
    if index not in watched.input_tokens:
        watched.input_tokens[index] = tokens.count_input(lane.request).tokens
    known, fresh = watched.seen[index], lane.deltas[watched.seen[index] :]
    if fresh:
        watched.seen[index] = known + len(fresh)
        watched.output_tokens[index] += _tokens(
            "".join(text for kind, text in fresh if kind in SHOWN)
        )
    usage = Usage(
        input_tokens=watched.input_tokens[index], output_tokens=watched.output_tokens[index]
    )
    cost = pricing.load().price(lane.request.model, None, usage, on=clock.today(), estimate=True)
    return cost.total if cost else Decimal(0)


def _tokens(text: str) -> int:
    return tokens.count(text)


def _said(limit: Limit, used: Decimal) -> str:
    """The limit in words; a visitor is not told what the host and others have spent, nor on what."""
    if settings.hosted():
        return "a limit of whoever hosts this app"
    return f"the limit of {limit.name} ({money(used)} used)"


def _way() -> str:
    return "Wait, or " if settings.hosted() else "Raise the limit under History › Budgets, "


def over_budget(limit: Limit, used: Decimal) -> Failure:
    """The failure of a lane that was stopped because of this limit."""
    if settings.hosted():
        return Failure(
            type="over_budget",
            message=f"Stopped by {_said(limit, used)}.",
            meaning="Its connection was closed; the text so far is kept.",
            next_step="Ask for shorter answers, or take a cheaper model.",
        )
    return Failure(
        type="over_budget",
        message=f"Stopped at {money(used)}: the limit is {limit.name}.",
        meaning=f"This answer passed your limit of {limit.name}, so its connection was closed; the text so far is kept.",
        next_step="Raise the limit under History › Budgets, ask for shorter answers, or take a cheaper model.",
    )


def _all_written(watched: Watched) -> bool:
    """Whether every lane of a run that has ended is written down, or cost nothing that anyone knows of."""
    billed = (
        lane.index
        for lane in watched.run.lanes
        if lane.response and lane.response.cost and not watched.run.simulations[lane.index]
    )
    return all(index in watched.saved for index in billed)


def _spent(store: Store, limit: Limit) -> Decimal:
    first = {"day": _today(), "month": _today().replace(day=1)}.get(limit.period)
    if first is None:
        return Decimal(0)
    return spent(
        store,
        since=first.isoformat(),
        provider=limit.provider,
        tag=limit.tag,
        department=limit.department,
    )


def _today() -> date:
    return datetime.now(UTC).date()


@functools.cache
def _guard_of(where: str) -> Guard:
    return Guard()


_making = threading.Lock()


def get_guard() -> Guard:
    """This process's guard of the database that the settings name."""
    with (
        _making
    ):  # two who ask first at once would have two, and neither know what the other has reserved
        return _guard_of(settings.database_url() or str(settings.data_dir()))
