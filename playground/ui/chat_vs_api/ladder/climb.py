"""One climb of the ladder: all its requests sent at once, found again after a reload, and counted."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from playground.domain import Endpoint, ModelRef, Response
from playground.domain.nouns import NotARun
from playground.engine import Lane, LiveRun, get_engine
from playground.lab import ladder, ladder_profile
from playground.lab.ladder import Counts, Part, Rung
from playground.lab.ladder_profile import Profile, ProfileError
from playground.ui import names
from playground.ui.chat_vs_api.counted import COUNT_SECONDS, begin, counted, counter, is_there
from playground.ui.chat_vs_api.ladder.steps import take
from playground.ui.session import compose, keeping
from playground.ui.session.looking import Place, look_at, looked_at
from playground.ui.session.rooms import asked_in

LADDER, PROFILE = "ladder", "profile"
"""Under these names a climb's run holds the steps of its requests, and the profile that they come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """One run of the ladder: the requests of every model, step by step."""

    ladders: tuple[tuple[Rung, ...], ...]
    live: LiveRun

    @property
    def models(self) -> tuple[ModelRef, ...]:
        """One a ladder."""
        return tuple(rungs[0].request.model for rungs in self.ladders)

    @property
    def height(self) -> int:
        """Steps, the bare request included."""
        return len(self.ladders[0])

    def responses(self, model: int) -> tuple[Response, ...]:
        """The answers of one model, step by step."""
        start = model * self.height
        return self.live.run().responses[start : start + self.height]

    def lanes(self, model: int) -> tuple[Lane, ...]:
        """The lanes of one model, step by step."""
        start = model * self.height
        return tuple(self.live.lanes[start : start + self.height])

    def has_counts(self, model: int) -> bool:
        """Whether the counts of one model are there: to ask for them waits for nobody."""
        return is_there(self.live, f"ladder {model}")

    def counts(self, model: int) -> Counts:
        """The counts of one model; waits for the last of them, and estimates where they can't be had."""
        found = counted(self.live, f"ladder {model}", Counts, partial(_counting, self, model))
        if found is not None:
            return found
        guess = partial(ladder.count, self.ladders[model], None)
        return get_engine().submit(guess).result(COUNT_SECONDS)

    def parts(self, model: int, step: int) -> tuple[Part, ...]:
        """The input of one step, taken apart."""
        reported = self.responses(model)[step].usage.input_tokens
        return ladder.parts(self.ladders[model], self.counts(model), step, reported)


def _counting(
    climb: Climb, model: int, where: Mapping[str, Endpoint] | None = None
) -> partial[Coroutine[Any, Any, Counts]]:
    known = asked_in("chat_vs_api") if where is None else where
    endpoint = counter(climb.live, model * climb.height, known)
    return partial(ladder.count, climb.ladders[model], endpoint)


def current_climb() -> Climb | None:
    """The ladder that this tab looks at."""
    run = looked_at(PLACE)
    return _climb_of(run) if run else None


def _climb_of(run: LiveRun) -> Climb | None:
    requests = [lane.request for lane in run.lanes]
    with suppress(NotARun):
        return Climb(ladders=ladder.ladders_of(run.context.get(LADDER), requests), live=run)
    return None


def _fill(run: LiveRun) -> None:
    """Prompt, models and profile of a climb that is opened."""
    climb = _climb_of(run)
    if climb is None:
        return
    st.session_state[names.LADDER_PROMPT] = compose.prompt_of(run.lanes[0].request)
    st.session_state[names.LADDER_MODELS] = [str(ref) for ref in climb.models]
    with suppress(ProfileError):
        take(ladder_profile.read(str(run.context.get(PROFILE, ""))))


PLACE = Place("ladder", _fill)
"""Where the tab looks at a climb."""


def start(
    prompt: str,
    models: tuple[ModelRef, ...],
    profile: Profile,
    where: Mapping[str, Endpoint],
) -> bool:
    """Send all steps; False when a budget or a key in the prompt forbids it, which has then been said."""
    now = datetime.now().astimezone()
    ladders = tuple(ladder.climb(ref, prompt, profile, now=now, where=where) for ref in models)
    live = keeping.start(
        [rung.request for rungs in ladders for rung in rungs],
        where,
        kind="ladder",
        context={LADDER: ladder.held(ladders), PROFILE: ladder_profile.dump(profile)},
    )
    if live is None:
        return False
    climb = Climb(ladders=ladders, live=live)
    for model in range(len(models)):
        begin(live, f"ladder {model}", partial(_counting, climb, model, where))
    look_at(PLACE, live)
    return True
