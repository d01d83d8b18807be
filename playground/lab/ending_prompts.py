"""The saved prompts whose model ends soon: what each was last asked with, or is saved with, and a sample where there are none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from playground import catalog, library
from playground.catalog import Model
from playground.demo import faults
from playground.domain import ModelRef, Request, Settings, clock, typed
from playground.domain.setting import SETTINGS, Setting
from playground.domain.values import put
from playground.history import prompted, reading
from playground.history.prompted import Asked
from playground.store.store import Store

VERSIONS = "versions"
"""In the context of a run of Compare: of each lane the version of a prompt that it sent, `NAME v3`."""
MIGRATION = "migration"
"""In the context of the pack's own runs, which say nothing of what a prompt is used with."""
SAMPLE = (
    "Explain prompt caching to a customer in about 100 words: what is cached, for how long, and when does it start to pay"
    " off?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A saved prompt as it is asked of one model that ends."""

    name: str
    version: int | None
    """None for the sample."""
    request: Request
    """As it was set, before the model's limits."""
    why: str
    """How the model belongs to it: `last run on 2026-11-20`, `saved with it`."""
    run: str = ""
    """The id of the run that it was last asked in; empty where it is the lanes it is saved with."""
    empty: tuple[str, ...] = ()
    """Its variables for which no value is known: nothing stands in their place."""
    label: str = ""
    """The case of its checks, where it has several; empty where it has none."""
    held: Mapping[str, Any] | None = None
    """What its answer is held to, as JSON values for whoever judges; None = no checks."""
    last: date | None = None
    """The last day of its model: by its provider's list where that was asked and says one, otherwise by the catalog."""

    @property
    def sample(self) -> bool:
        return self.version is None

    @property
    def ends(self) -> Model:
        """The catalog's row of its model."""
        return catalog.describe(self.request.model)


def cases(
    store: Store | None,
    *,
    owner: str,
    today: date | None = None,
    told: Mapping[tuple[str, str], date] = {},
) -> list[Case]:
    """Every saved prompt with every model that it was last asked with, or is saved with, and that ends within 60 days.

    `told` has the last days that lists say, by provider and model.
    """
    if store is None:
        return []
    by_then = (today or clock.today()) + catalog.SOON
    prompts = library.all_prompts(store, owner=owner)
    used = _last_used(store, prompts, owner)
    found = list[Case]()
    for prompt in prompts:
        kept = used.get(prompt.id, [])
        known = {str(case.request.model) for case in kept}
        saved = (one for one in _saved(prompt) if str(one.request.model) not in known)
        for case in (*kept, *saved):
            ref = case.request.model
            last = told.get((ref.provider, ref.model)) or case.ends.retires
            if last is not None and last <= by_then:
                found.append(replace(case, last=last))
    return found


Checked = Callable[[Case], Iterable[tuple[str, Request, Mapping[str, Any]]]]
"""Case → of each of its checks' cases a label, the request and what its answer is held to; nothing where it has none."""


def held_to(found: Iterable[Case], checked: Checked) -> list[Case]:
    """Each prompt once for each case of its checks; as it is where it has none."""
    held = list[Case]()
    for case in found:
        several = [
            replace(case, label=label, request=request, held=checks, empty=())
            for label, request, checks in checked(case)
        ]
        held += several or [case]
    return held


def sample(today: date | None = None) -> list[Case]:
    """A prompt on the model of each provider that ends next and has a successor, for a library in which nothing ends."""
    on = today or clock.today()
    ending = sorted(
        (row for row in catalog.catalog() if row.successor and not row.retired(on)),
        key=lambda row: (row.retires or date.max, row.id),
    )
    first = {row.provider: row for row in reversed(ending)}
    return [
        Case(
            name="Sample: explained to a customer",
            version=None,
            request=Request.ask(row.ref, SAMPLE, settings=_SET[provider]),
            why="the sample",
            last=row.retires,
        )
        for provider, row in first.items()
        if provider in _SET
    ]


_SET = {
    "openai": Settings(max_output_tokens=2_000, effort="minimal", verbosity="low"),
    "anthropic": Settings(max_output_tokens=2_000, temperature=0.2),
    "gemini": Settings(max_output_tokens=2_000, temperature=0.2, effort="1024"),
}
"""What the sample sets: something that the successor refuses, or takes without effect, is among it."""


def _last_used(
    store: Store, prompts: Sequence[library.Prompt], owner: str
) -> dict[int, list[Case]]:
    """Prompt → as it was asked in the newest run that asked it; nothing where none did."""
    missing = {prompt.id: _Sought(prompt) for prompt in prompts}
    found = dict[int, list[Case]]()
    for one in prompted.newest(store, owner=owner) if missing else ():
        likely = [sought.prompt for sought in missing.values() if sought.may_be_in(one)]
        requests = reading.asked(store, [one.seq]).get(one.seq, ()) if likely else ()
        for prompt in likely:
            if kept := list(_asked_in(one, requests, prompt)):
                found[prompt.id] = kept
                del missing[prompt.id]
        if not missing:
            break
    return found


class _Sought:
    """A prompt, and how a run that asked it begins or what it names."""

    def __init__(self, prompt: library.Prompt) -> None:
        self.prompt = prompt
        self._named = {f"{prompt.name} v{version.version}" for version in prompt.versions}
        pieces = (library.pieces(version.text) for version in prompt.versions)
        self._begins = {prompted.Beginning.of(fixed[0], whole=not names) for fixed, names in pieces}

    def may_be_in(self, one: Asked) -> bool:
        """Whether the run may have asked it; the pack's own runs say nothing."""
        if MIGRATION in one.context:
            return False
        named = map(str, one.context.get(VERSIONS) or ())
        return not self._named.isdisjoint(named) or any(
            begins.may_be(one.begins) for begins in self._begins
        )


def _asked_in(one: Asked, requests: Sequence[Request], prompt: library.Prompt) -> Iterator[Case]:
    """The lanes of a run that asked the prompt, in any of its versions, each model once."""
    seen = set[ModelRef]()
    for request in requests:
        version = next((v for v in reversed(prompt.versions) if _is(v, request)), None)
        bare = replace(request.model, model=faults.split(request.model.model)[0])
        if version is None or bare in seen or bare.recorded:
            continue
        seen.add(bare)
        yield Case(
            name=prompt.name,
            version=version.version,
            request=replace(request, model=bare, body=None),
            why=f"last run on {one.created_at[:10]}",
            run=one.id,
        )


def _is(version: library.Version, request: Request) -> bool:
    """Whether the request is this version of a prompt with some values."""
    asked = [message for message in request.messages if message.role == "user"]
    if len(request.messages) != 1 or not asked:
        return False
    in_text = library.values_in(version.text, asked[0].text)
    in_system = library.values_in(version.system, request.system or "")
    if in_text is None or in_system is None:
        return False
    return all(in_text.get(name, value) == value for name, value in in_system.items())


def _saved(prompt: library.Prompt) -> Iterator[Case]:
    """The newest version with each model that it is saved with; its variables have no values then."""
    version = prompt.newest
    try:
        lanes = json.loads(version.lanes) if version.lanes else []
    except ValueError:
        return
    values = dict.fromkeys(version.variables, "")
    for lane in lanes if isinstance(lanes, list) else []:
        ref = _model(lane)
        if ref is None:
            continue
        text = library.filled(version.text, values)
        system = library.filled(version.system, values) or None
        asked = Request.ask(ref, lane.get("prompt") or text, system=lane.get("system") or system)
        yield Case(
            name=prompt.name,
            version=version.version,
            request=put(asked, dict(_values(lane.get("settings") or {}))),
            why="saved with it",
            empty=version.variables,
        )


def _model(lane: Any) -> ModelRef | None:
    """The model of a lane as Compare holds it; None where it can't be asked."""
    try:
        ref = ModelRef.parse(str(lane["model"]))
        return ModelRef.parse(f"{ref.provider}/{lane.get('api') or ref.api}:{ref.model}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _values(held: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a lane's fields hold as values of a request; what can't be read is left out."""
    for row in SETTINGS:
        if held.get(row.name) in (None, "", []):
            continue
        try:
            yield row.name, _value(row, held[row.name])
        except ValueError:
            continue


def _value(row: Setting, held: Any) -> Any:
    if row.kind in typed.READ:
        return typed.read(row, str(held))
    if row.kind == "integer":
        return int(str(held))
    if row.kind == "number":
        return float(str(held).replace(",", "."))
    return tuple(held) if isinstance(held, list) else held
