"""The migration pack: each prompt whose model ends soon, asked of that model and of its successor, and what is otherwise then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from playground import catalog
from playground.catalog import Model, Successor
from playground.domain import Endpoint, ModelRef, Request, Response, clock, typed
from playground.domain.provider import provider_of
from playground.domain.setting import SETTINGS
from playground.domain.values import put, value
from playground.lab import structured
from playground.lab.ending_prompts import MIGRATION, Case
from playground.providers import ProviderError, acceptance, count_input_tokens
from playground.wire import Pool

MOST = 25
"""Prompts that are asked together: each is two calls at least."""
NO_CHECKS = "no checks saved with this prompt"


class Checks(NamedTuple):
    """What its checks say of an answer."""

    ok: bool
    passed: int
    checks: int
    why: str = ""
    """Why it does not pass."""


Judge = Callable[[Mapping[str, Any], Response], tuple[bool, int, int, str]]
"""What a case is held to and an answer → the fields of Checks. Who keeps checks gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A prompt on its way from a model that ends to the one that follows."""

    case: Case
    now: Request
    """As it is asked today: what the ending model takes of it."""
    after: Request | None
    """The same for the successor, without what that refuses; None where no successor is known."""
    probes: Mapping[str, Request]
    """Setting that the successor is said to refuse → the request with it, to see what the provider answers."""

    @property
    def requests(self) -> tuple[Request, ...]:
        return (self.now, self.after, *self.probes.values()) if self.after else ()


def moves(cases: Iterable[Case], to: ModelRef | None = None) -> list[Move]:
    """What is asked for each case: of its successor, or of the model `to` which all are to move."""
    return [_move(case, to) for case in cases]


def _move(case: Case, to: ModelRef | None) -> Move:
    now = acceptance.fit(case.request)
    successor = catalog.succeeding(case.ends)
    after_that = to or (_through(now.model, successor) if successor else None)
    if after_that is None:
        return Move(case=case, now=now, after=None, probes={})
    wanted = replace(now, model=after_that)
    after = acceptance.fit(wanted)
    rows = {row.name for row in SETTINGS}
    probes = {
        note.setting: replace(put(after, {note.setting: value(wanted, note.setting)}), stream=False)
        for note in acceptance.check(wanted)
        if note.action in ("dropped", "lowered") and note.setting in rows
    }
    return Move(case=case, now=now, after=after, probes=probes)


def _through(before: ModelRef, successor: Model) -> ModelRef:
    """The successor through the same door, or through its usual one where it is not offered there."""
    if successor.apis and before.api not in successor.apis:
        return successor.ref
    same = before.provider == successor.provider
    return replace(before, model=successor.id) if same else successor.ref


Counts = tuple[int | None, int | None]
"""Input tokens of the same text by the ending model's count and by its successor's; None = not reported."""


async def counted(plan: Sequence[Move], where: Mapping[str, Endpoint], pool: Pool) -> list[Counts]:
    """The providers' own counts of each prompt, asked of both models."""

    async def one(request: Request | None) -> int | None:
        if request is None:
            return None
        try:
            return await count_input_tokens(request, where[request.model.provider], pool=pool)
        except ProviderError:
            return None

    async def both(move: Move) -> Counts:
        now, after = await asyncio.gather(one(move.now), one(move.after))
        return now, after

    return list(await asyncio.gather(*(both(move) for move in plan)))


def together(plan: Sequence[Move]) -> tuple[Request, ...]:
    """All requests as those of one run, move by move."""
    return tuple(request for move in plan for request in move.requests)


def context(plan: Sequence[Move], counts: Sequence[Counts]) -> dict[str, Any]:
    """What the run is remembered with, so that the pack can be read out of the history again."""
    kept, lane = list[dict[str, Any]](), 0
    for move, tokens in zip(plan, counts, strict=True):
        if move.after is None:
            continue
        case = move.case
        kept.append(
            {
                "name": case.name,
                "version": case.version,
                "label": case.label,
                "held": dict(case.held) if case.held is not None else None,
                "why": case.why,
                "run": case.run,
                "empty": list(case.empty),
                "lane": lane,
                "probes": list(move.probes),
                "counted": list(tokens),
                "recommended": _recommended(move),
                "last_day": str(case.last) if case.last else None,
            }
        )
        lane += len(move.requests)
    return {MIGRATION: kept}


def _recommended(move: Move) -> bool:
    """Whether it goes to the model that the provider recommends, not to one of one's own choice."""
    successor = catalog.succeeding(move.case.ends)
    return (
        move.after is not None
        and successor is not None
        and catalog.find(move.after.model) is successor
    )


class SettingRow(NamedTuple):
    """What becomes of one setting at the successor."""

    setting: str
    value: str
    action: str
    """`dropped`, `lowered`, `ignored`, `renamed`, `unavailable`: by the catalog."""
    why: str
    answered: str
    """What the provider said when it was sent all the same; empty where it was not."""


class Limit(NamedTuple):
    """A limit or default that is another one at the successor."""

    what: str
    now: Any
    after: Any


LIMITS: tuple[tuple[str, Callable[[Model], Any]], ...] = (
    ("window, tokens", lambda row: row.context_window),
    ("most output, tokens", lambda row: row.max_output),
    ("efforts", lambda row: ", ".join(row.efforts) or None),
    ("effort where none is asked for", lambda row: row.default_effort),
    ("temperature, top_p, top_k", lambda row: row.sampling.replace("_", " ")),
    ("stop sequences", lambda row: row.stop),
    ("the answer begun for it", lambda row: row.prefill),
    ("shortest prefix cached, tokens", lambda row: row.cache_minimum),
)
"""What is compared of both models; a new one is a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A prompt after both models have answered."""

    name: str
    version: int | None
    label: str
    why: str
    run: str
    empty: tuple[str, ...]
    request: Request
    """As it is asked today."""
    lane: int
    """Of the run, that of today's answer; the successor's is the one after it."""
    now: Response
    after: Response
    days: int | None
    """Days until the model ends, counted from today."""
    successor: Successor | None
    """Who recommends it; None for a model of one's own choice."""
    counted: Counts
    settings: tuple[SettingRow, ...]
    limits: tuple[Limit, ...]
    checks: tuple[Checks | None, ...] = (None, None)
    """Of both answers; None where the prompt has none."""


def moved(
    kept: Mapping[str, Any],
    requests: Sequence[Request],
    responses: Sequence[Response | None],
    judge: Judge | None = None,
) -> list[Moved]:
    """The pack of a run, from its context, its requests and its responses; lanes that have not ended are left out."""
    found = list[Moved]()
    for one in kept.get(MIGRATION) or ():
        lane = one["lane"]
        now, after = responses[lane], responses[lane + 1]
        if now is None or after is None:
            continue
        probes = dict(zip(one["probes"], responses[lane + 2 :], strict=False))
        ends = catalog.describe(requests[lane].model)
        first, second = one["counted"]
        found.append(
            Moved(
                **{name: one[name] for name in ("name", "version", "label", "why", "run")},
                empty=tuple(one["empty"]),
                request=requests[lane],
                lane=lane,
                now=now,
                after=after,
                days=_days_left(one["last_day"]),
                successor=ends.successor if one["recommended"] else None,
                counted=(first, second),
                settings=tuple(_settings(requests[lane], after.model, probes)),
                limits=tuple(_limits(ends, catalog.describe(after.model))),
                checks=tuple(_checks(judge, one, requests[lane], each) for each in (now, after)),
            )
        )
    return found


def _days_left(last: str | None) -> int | None:
    return (date.fromisoformat(last) - clock.today()).days if last else None


def _checks(
    judge: Judge | None, one: Mapping[str, Any], now: Request, response: Response
) -> Checks | None:
    """By the checks that are kept with the prompt, and by its schema where it has one; None where it has neither."""
    kept = Checks(*judge(one["held"], response)) if judge and one["held"] is not None else None
    schema = now.settings.response_schema
    if schema is None:
        return kept
    verdict, before = structured.judge(response, schema), kept or Checks(True, 0, 0)
    valid = verdict.state == "valid"
    why = before.why or ("" if valid else f"by its schema {verdict.state}: {verdict.why}")
    return Checks(before.ok and valid, before.passed + valid, before.checks + 1, why)


class Rate(NamedTuple):
    """How many of a prompt's cases pass at both models."""

    name: str
    now: ModelRef
    after: ModelRef
    passed_now: int
    passed_after: int
    cases: int


def rates(rows: Iterable[Moved]) -> list[Rate]:
    """The pass rates of the prompts that have checks."""
    found = dict[tuple[str, ModelRef, ModelRef], Rate]()
    for row in rows:
        before, after = row.checks
        if before is None or after is None:
            continue
        key = (row.name, row.now.model, row.after.model)
        rate = found.get(key) or Rate(*key, 0, 0, 0)
        found[key] = rate._replace(
            passed_now=rate.passed_now + before.ok,
            passed_after=rate.passed_after + after.ok,
            cases=rate.cases + 1,
        )
    return list(found.values())


def _settings(
    now: Request, after: ModelRef, probes: Mapping[str, Response | None]
) -> Iterator[SettingRow]:
    """Every setting of today's request that the successor does not take as it is."""
    wanted, rows = replace(now, model=after), {row.name: row for row in SETTINGS}
    before = {note.setting: note.action for note in acceptance.check(now)}
    for note in acceptance.check(wanted):
        if note.action == "sent" or (
            note.action == "renamed" == before.get(note.setting) and now.model.api == after.api
        ):
            continue
        row = rows.get(note.setting)
        held = typed.written(row, value(now, row.name)) if row else ""
        yield SettingRow(
            note.setting, held, note.action, note.why, _answered(probes.get(note.setting))
        )


REFUSALS = ("invalid_request", "unsupported_parameter")


def _answered(probe: Response | None) -> str:
    """What the provider made of a setting that was sent although the catalog says that it is refused."""
    if probe is None:
        return ""
    if probe.failure is None:
        return "taken: the answer came"
    status = f"{probe.failure.status}: " if probe.failure.status else ""
    known = probe.failure.type in REFUSALS
    return f"{'' if known else 'not told, for the call failed: '}{status}{probe.failure.message}"


def _limits(now: Model, after: Model) -> Iterator[Limit]:
    for what, of in LIMITS:
        if of(now) != of(after):
            yield Limit(what, of(now), of(after))


def label(ref: ModelRef) -> str:
    """`OpenAI gpt-5`, for people."""
    return f"{provider_of(ref.provider).label} {ref.model}"
