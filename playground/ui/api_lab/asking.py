"""What panels that send something share: the prompt and models, the button that starts a run, and the run while it streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground.domain import Endpoint, ModelRef, Request
from playground.engine import LiveRun
from playground.lab.panels import PANELS
from playground.ui import names
from playground.ui.parts.examples import EXAMPLES
from playground.ui.parts.under_way import ended as ended
from playground.ui.session import sending
from playground.ui.session.looking import Place
from playground.ui.session.models import pick_models, simulated_note

MOST_CHARACTERS = 400_000
KIND = "lab"
"""What the history calls runs of the API lab."""


def prompt_field(panel: str, sample: str = EXAMPLES["What is a token?"]) -> str:
    """The panel's prompt, which begins with a sample."""
    key = names.lab(panel, "prompt")
    st.session_state.setdefault(key, sample)
    return (
        st.text_area(
            "Prompt", key=key, height=84, persist_state="session", max_chars=MOST_CHARACTERS
        )
        or ""
    )


def models_field(
    panel: str, where: Mapping[str, Endpoint], *, most: int, default: Sequence[ModelRef]
) -> tuple[ModelRef, ...]:
    """The panel's models, which begin with a sample; said where they are simulated."""
    models = pick_models(names.lab(panel, "models"), where, most=most, default=default)
    simulated_note(models, where)
    return models


def send(
    place: Place,
    running: LiveRun | None,
    requests: Sequence[Request],
    where: Mapping[str, Endpoint],
    *,
    label: str = "Send",
    key: str,
    retries: int = 0,
) -> None:
    """The button that sends these requests as one run of the lab."""
    sending.send(place, running, requests, where, kind=KIND, label=label, key=key, retries=retries)


def empty(panel: str, what: str) -> None:
    """What a panel will show, before anything was sent."""
    st.info(what, icon=":material/lightbulb:", title=f"{PANELS[panel].title} shows")
