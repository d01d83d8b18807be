"""What is known of each model, out of catalog.yaml: limits, capabilities, last day, the defaults."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from playground import files
from playground.domain import ModelRef, clock
from playground.domain.provider import provider_of
from playground.domain.spelling import spellings
from playground.tokens import known_encoding

DATA = Path(__file__).with_name("catalog.yaml")
SOON = timedelta(days=60)

Sampling = Literal["accepted", "ignored", "rejected", "effort_none", "without_thinking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """What a provider recommends in the place of a model that ends."""

    model: str
    """Its id at the same provider."""
    source: str
    as_of: date
    set: str = ""
    """What has to be set besides, in the provider's words; empty = nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model's limits and capabilities. None = not known."""

    provider: str
    id: str
    label: str
    context_window: int | None = None
    """Tokens of input and output together."""
    max_input: int | None = None
    max_output: int | None = None
    typical_output: int = 500
    """Output tokens of a usual answer, reasoning included: assumed (about 350 words), where one's own history knows none."""
    released: date | None = None
    retires: date | None = None
    """The day on which the provider switches it off, as far as announced."""
    successor: Successor | None = None
    efforts: tuple[str, ...] = ()
    """Levels of reasoning in the provider's words, the least first; empty = cannot be set."""
    default_effort: str | None = None
    budget: tuple[int, int] | None = None
    """Least and most thinking tokens, where a number may be given instead of a level."""
    sampling: Sampling = "accepted"
    """What becomes of temperature, top_p and top_k."""
    stop: bool = True
    verbosity: bool = False
    summary: bool = False
    """True when a readable summary of the reasoning can be asked for."""
    response_schema: bool = True
    tools: bool = True
    forced_tools: bool = True
    """False where `tool_choice: required` is an error."""
    images: bool = False
    pdf: bool = False
    server_tools: tuple[str, ...] = ()
    service_tiers: tuple[str, ...] = ()
    """Those that can be asked for; see `tiers` for a day's."""
    ends: Mapping[str, date] = field(default_factory=dict, hash=False)
    """Service tier → the day on which it is taken away."""
    cache_ttls: tuple[str, ...] = ()
    cache_minimum: int = 1024
    """Shortest prefix that is cached, tokens."""
    cache_step: int = 1
    """A cache reads and writes in steps of so many tokens; 1 = exactly."""
    thinking: tuple[str, ...] = ()
    """The values of Anthropic's `thinking.type` that it takes."""
    thinks_unasked: bool = False
    """True for a Claude that thinks when `thinking` is not sent; the others tell by `default_effort`."""
    prefill: bool = True
    """False where a request must not end with a message of the assistant."""
    signatures: bool = False
    """True where a call must go back with its thought signature."""
    apis: tuple[str, ...] = ()
    """Doors that offer it; empty = all doors of its provider."""
    chat_refuses: tuple[str, ...] = ()
    """What is an error at Chat Completions only: `tools` for functions beside reasoning, or a level of effort."""
    aliases: tuple[str, ...] = ()
    source: str = ""
    as_of: date | None = None
    note: str | None = None
    known: bool = True
    """False for a model that is not in the catalog: everything is sent as is."""

    @property
    def max_output_tokens(self) -> int | None:
        """The same as `max_output`, by the name of the setting."""
        return self.max_output

    @property
    def ref(self) -> ModelRef:
        """This model through its provider's usual door, or the first that offers it."""
        usual = provider_of(self.provider).default_api
        return ModelRef(
            self.provider, self.apis[0] if self.apis and usual not in self.apis else usual, self.id
        )

    @property
    def tokenizer(self) -> str:
        """The encoding that it is known to use, `o200k_base`, or `estimate`."""
        return known_encoding(self.ref) or "estimate"

    def tiers(self, today: date | None = None) -> tuple[str, ...]:
        """The service tiers that can be asked for on this day."""
        on = today or clock.today()
        return tuple(t for t in self.service_tiers if t not in self.ends or on < self.ends[t])

    def retired(self, today: date | None = None) -> bool:
        """True from the day on which it is switched off."""
        return self.retires is not None and self.retires <= (today or clock.today())

    def days_left(self, today: date | None = None) -> int | None:
        """Days until it is switched off, negative once that has been; None where no day is announced."""
        return None if self.retires is None else (self.retires - (today or clock.today())).days

    def retires_soon(self, today: date | None = None) -> bool:
        """True when it is switched off within 60 days, or was already."""
        return self.retires is not None and self.retires - (today or clock.today()) <= SOON


@dataclass(frozen=True, slots=True)
class _Data:
    models: tuple[Model, ...]
    names: Mapping[tuple[str, str], Model]
    doors: Mapping[str, Mapping[str, str]]
    defaults: Mapping[str, tuple[str, ...]]


def catalog() -> tuple[Model, ...]:
    """All models, provider by provider, those of today before those that are gone."""
    return _data().models


def current(today: date | None = None) -> tuple[ModelRef, ...]:
    """The models that still answer, through their usual doors."""
    return tuple(model.ref for model in catalog() if not model.retired(today))


def find(ref: ModelRef) -> Model | None:
    """The catalog's row for this model under any spelling; None when it has none."""
    names = _data().names
    return next((names[key] for key in spellings(ref.provider, ref.model) if key in names), None)


def describe(ref: ModelRef) -> Model:
    """The catalog's row, or for any other model one that lets everything through."""
    return find(ref) or Model(
        provider=ref.provider,
        id=ref.model,
        label=ref.model,
        efforts=("none", "minimal", "low", "medium", "high"),
        verbosity=True,
        summary=True,
        images=True,
        pdf=True,
        server_tools=("web_search", "code_execution"),
        known=False,
    )


def defaults(today: date | None = None) -> tuple[ModelRef, ...]:
    """One model a provider to begin with; never one that retires within 60 days."""
    chosen = []
    for provider, ids in _data().defaults.items():
        models = [_data().names[provider, name] for name in ids]
        chosen.append(next((m for m in models if not m.retires_soon(today)), models[0]).ref)
    return tuple(chosen)


def succeeding(model: Model) -> Model | None:
    """The catalog's row of what its provider recommends instead; None where that is not known."""
    if model.successor is None:
        return None
    return _data().names.get((model.provider, model.successor.model))


def at_door(ref: ModelRef, setting: str) -> str:
    """What this door makes of a setting, whatever the model: `dropped: why`, `ignored: why`, `renamed: its name there`, or nothing."""
    doors = _data().doors
    own = doors.get(f"{ref.provider}/{ref.api}") or doors.get(ref.api, {})
    return own.get(setting, "")


@functools.cache
def _data() -> _Data:
    return files.compiled(DATA, _read, __name__)


def _read(path: Path) -> _Data:
    loaded = files.read_yaml(path)
    families = loaded["families"]
    models = tuple(
        _model(provider, {**families[row["family"]], **row})
        for provider, rows in loaded["models"].items()
        for row in rows
    )
    names = {(m.provider, alias): m for m in models for alias in m.aliases}
    names |= {(m.provider, m.id): m for m in models}
    return _Data(
        models=models,
        names=names,
        doors=loaded["doors"],
        defaults={provider: tuple(ids) for provider, ids in loaded["defaults"].items()},
    )


FIELD = {"context": "context_window", "schema": "response_schema"}
"""Short names in catalog.yaml → fields of Model."""


def _model(provider: str, row: Mapping[str, Any]) -> Model:
    values: dict[str, Any] = {
        FIELD.get(name, name): tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name != "family"
    }
    if follows := values.get("successor"):
        values["successor"] = Successor(**follows)
    return Model(**{"label": row["id"], **values, "provider": provider})
