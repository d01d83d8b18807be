"""One climb of the ladder: all its requests sent at once, found again after a reload, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from playground.domain import Endpoint, ModelRef, Response
from playground.engine import LiveRun, get_engine
from playground.lab import ladder
from playground.lab.ladder import Counts, Part, Rung
from playground.lab.ladder_profile import Profile
from playground.ui.chat_vs_api.sections import COUNT_SECONDS, Kept, remember, remembered
from playground.ui.session import keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """One run of the ladder: the requests of every model, and their counts as they come in."""

    profile: Profile
    models: tuple[ModelRef, ...]
    ladders: tuple[tuple[Rung, ...], ...]
    counting: tuple[Future[Counts], ...]
    live: LiveRun

    @property
    def height(self) -> int:
        """Steps, the bare request included."""
        return len(self.ladders[0])

    def responses(self, model: int) -> tuple[Response, ...]:
        """The answers of one model, step by step."""
        start = model * self.height
        return self.live.run().responses[start : start + self.height]

    def counts(self, model: int) -> Counts:
        """The counts of one model; waits for the last of them."""
        return self.counting[model].result(COUNT_SECONDS)

    def parts(self, model: int, step: int) -> tuple[Part, ...]:
        """The input of one step, taken apart."""
        reported = self.responses(model)[step].usage.input_tokens
        return ladder.parts(self.ladders[model], self.counts(model), step, reported)


_climbs: Kept[Climb] = Kept()


def current_climb() -> Climb | None:
    """The ladder that this tab looks at."""
    run = remembered("ladder")
    return _climbs.get(run.id) if run else None


def start(
    prompt: str,
    models: tuple[ModelRef, ...],
    profile: Profile,
    where: Mapping[str, Endpoint],
) -> bool:
    """Send all steps; False when a budget or a key in the prompt forbids it, which has then been said."""
    now = datetime.now().astimezone()
    ladders = tuple(ladder.climb(ref, prompt, profile, now=now) for ref in models)
    live = keeping.start([r.request for rungs in ladders for r in rungs], where, kind="ladder")
    if live is None:
        return False
    engine = get_engine()
    counting = tuple(
        engine.submit(partial(ladder.count, rungs, where.get(ref.provider)))
        for ref, rungs in zip(models, ladders, strict=True)
    )
    climb = Climb(profile=profile, models=models, ladders=ladders, counting=counting, live=live)
    _climbs.put(live.id, climb)
    remember("ladder", live)
    return True
