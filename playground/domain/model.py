"""Which model is asked, through which door of which provider."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from playground.domain.provider import provider_of

RECORDED = re.compile(r"~recorded-(\d{4}-\d\d-\d\d)-[a-z0-9-]+$")
"""How a model's name ends that asks for an answer which a real service once gave: with its day and its own name."""


Source = Literal["real", "simulated", "recorded", "local"]
"""Who answers: a provider's service, the simulation, a recording of a service, a model on this computer."""
STOOD_IN: tuple[Source, ...] = ("simulated", "recorded")
"""Who answers where no model does."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model as it is spelled everywhere: `provider:model` or `provider/api:model`."""

    provider: str
    """The name of a row in PROVIDERS, or of an OpenAI-compatible endpoint that someone added."""
    api: str
    """The door: the name of a row in APIS."""
    model: str
    """The model's id as the provider spells it; it may hold colons (`llama3:8b`)."""

    @classmethod
    def parse(cls, spelling: str) -> ModelRef:
        """Read `provider[/api]:model`, split at the first colon; ValueError names what is missing."""
        head, colon, model = spelling.strip().partition(":")
        provider, slash, api = head.partition("/")
        if not (colon and provider and model):
            raise ValueError(
                f"{spelling!r} is not a model: write provider:model, for example openai:gpt-6.1-sol"
            )
        if any("\ud800" <= sign <= "\udfff" for sign in spelling):
            raise ValueError("half a character is in the model's name")
        row = provider_of(provider)
        known = (*row.apis, row.session) if row.session else row.apis
        api = api if slash else known[0]
        if api not in known:
            raise ValueError(f"{provider} has no door {api!r}: use one of {', '.join(known)}")
        return cls(provider, api, model)

    @property
    def recorded(self) -> str | None:
        """The ISO date of the recorded answer that is asked for; None for a model that answers now."""
        found = RECORDED.search(self.model)
        return found[1] if found else None

    @property
    def live(self) -> ModelRef:
        """The model that gave the recorded answer; itself for a model that answers now."""
        return replace(self, model=RECORDED.sub("", self.model))

    def source(self, simulated: bool) -> Source:
        """Who answers, `simulated` said of the endpoint that is asked."""
        if self.recorded:
            return "recorded"
        if provider_of(self.provider).here:
            return "local"
        return "simulated" if simulated else "real"

    def stand_in(self, simulated: bool) -> str:
        """What answers instead of a live model, in words: `simulated`, `recorded on DATE from MODEL`; empty = nothing does."""
        source = self.source(simulated)
        if source == "recorded":
            return f"recorded on {self.recorded} from {self.live.model}"
        return source if source == "simulated" else ""

    def __str__(self) -> str:
        usual = provider_of(self.provider).default_api
        door = "" if self.api == usual else f"/{self.api}"
        return f"{self.provider}{door}:{self.model}"


def lane_names(refs: Iterable[ModelRef]) -> list[str]:
    """A unique name for each lane: the model's spelling, numbered where the same model runs twice."""
    spellings = [str(ref) for ref in refs]
    return [
        name if spellings.count(name) == 1 else f"{name} #{spellings[: i + 1].count(name)}"
        for i, name in enumerate(spellings)
    ]
