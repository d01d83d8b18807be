"""The ladder on the page: choose a profile, climb it for real, and see what every step added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from playground.domain import Endpoint, ModelRef
from playground.lab import ladder
from playground.lab.ladder_profile import Profile
from playground.ui import names
from playground.ui.chat_vs_api.ladder.climb import PLACE, Climb, current_climb, start
from playground.ui.chat_vs_api.ladder.picture import growing
from playground.ui.chat_vs_api.ladder.results import results
from playground.ui.chat_vs_api.ladder.steps import edit_profile
from playground.ui.chat_vs_api.sections import MOST_CHARACTERS, foretold
from playground.ui.parts.examples import EXAMPLES
from playground.ui.parts.markdown import plain
from playground.ui.session import once
from playground.ui.session.models import default_model, pick_models, simulated_note

MOST_MODELS = 4


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole section."""
    st.markdown(
        "**One prompt, step by step from a bare API call to something like the product.** Each step is a real request"
        " that holds everything of the steps before it, and shows what it added: text, tokens, money, time."
    )
    climb = current_climb()
    st.session_state.setdefault(names.LADDER_PROMPT, EXAMPLES["What is a token?"])
    left, right = st.columns([3, 2])
    with left:
        prompt = st.text_area("Prompt", key=names.LADDER_PROMPT, height=84, persist_state="session")
    with right:
        models = pick_models(
            names.LADDER_MODELS, where, most=MOST_MODELS, default=[default_model()]
        )
    profile = edit_profile()
    _before(prompt or "", models, profile, where)
    pressed = _buttons(climb, steps=len(profile.active) + 1, models=len(models))
    simulated_note(models, where)
    if once.goes(PLACE.name, climb.live if climb else None, pressed, (prompt, models, profile)):
        _go(prompt or "", models, profile, where)
    if climb is None:
        _empty()
    elif not climb.live.done:
        growing(climb)
    else:
        results(climb, where)


def _before(
    prompt: str, models: Sequence[ModelRef], profile: Profile, where: Mapping[str, Endpoint]
) -> None:
    """What of the steps is left out and what the climb may cost, before anything is sent."""
    now = datetime.now().astimezone()
    ladders = [ladder.climb(ref, prompt, profile, now=now, where=where) for ref in models]
    for rungs in ladders:
        for said in ladder.refusals(rungs):
            st.caption(f":material/block: {plain(said)}")
    requests = [rung.request for rungs in ladders for rung in rungs]
    if len(prompt) <= MOST_CHARACTERS and (sums := foretold(requests, where)):
        st.caption(f"All steps together: {sums}")


def _buttons(climb: Climb | None, *, steps: int, models: int) -> bool:
    """True when the ladder is to be climbed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = once.button(
            PLACE.name,
            climb.live if climb else None,
            "Climb the ladder",
            "Climb again",
            type="primary",
            icon=":material/stairs:",
            shortcut="Ctrl+Enter",
            key="ladder_go",
        )
        running = climb is not None and not climb.live.done
        st.button(
            "Stop all",
            icon=":material/stop:",
            key="ladder_stop",
            disabled=not running,
            on_click=climb.live.stop if climb else None,
        )
        st.caption(
            f"{steps} steps × {models} model{'s' if models != 1 else ''} = {steps * models} requests"
        )
    return pressed


def _go(
    prompt: str, models: tuple[ModelRef, ...], profile: Profile, where: Mapping[str, Endpoint]
) -> None:
    problem = _problem(prompt, models)
    if problem:
        st.error(problem)
    elif start(prompt, models, profile, where):
        st.rerun()


def _problem(prompt: str, models: Sequence[ModelRef]) -> str | None:
    if not prompt.strip():
        return "The prompt is empty: type a question first."
    if len(prompt) > MOST_CHARACTERS:
        return f"The prompt has {len(prompt):,} characters; at most {MOST_CHARACTERS:,} can be sent. Shorten it."
    return None if models else "No model is chosen: choose at least one."


def _empty() -> None:
    st.info(
        "Press **Climb the ladder**. You will see how a question of a few tokens grows to hundreds or thousands on its"
        " way to the model, and which of them a chat product would have sent without telling you.",
        icon=":material/lightbulb:",
    )
