"""The lanes: which models are asked, each with its own settings, and what will really be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import pricing, tokens
from playground.demo.faults import FAULTS
from playground.domain import APIS, Endpoint, ModelRef, Request, Settings, lane_names
from playground.domain.provider import provider_of
from playground.engine import LiveRun
from playground.providers import acceptance, catalog
from playground.providers.acceptance import Note
from playground.providers.catalog import Model
from playground.ui.compare.prompt import Asked
from playground.ui.parts.markdown import plain
from playground.ui.session.models import model_options, option, read

MOST_LANES = 8
NARROWEST = 260
"""Pixels of a lane before the row wraps."""

Widget = Callable[[str, Model], Any]


def _tokens(key: str, model: Model) -> int | None:
    return st.number_input(
        "Max output tokens",
        min_value=1,
        max_value=model.max_output_tokens,
        value=None,
        step=256,
        key=key,
        placeholder="the provider's default",
        persist_state="session",
    )


def _effort(key: str, model: Model) -> str | None:
    default = f" ({model.default_effort})" if model.default_effort else ""
    return st.selectbox(
        "Reasoning effort",
        model.efforts,
        index=None,
        key=key,
        placeholder=f"the provider's default{default}",
        persist_state="session",
    )


def _decimal(label: str, most: float, step: float) -> Widget:
    def draw(key: str, model: Model) -> float | None:
        return st.number_input(
            label,
            0.0,
            most,
            value=None,
            step=step,
            key=key,
            placeholder="the provider's default",
            persist_state="session",
        )

    return draw


def _integer(label: str, least: int) -> Widget:
    def draw(key: str, model: Model) -> int | None:
        return st.number_input(
            label, least, value=None, step=1, key=key, placeholder="none", persist_state="session"
        )

    return draw


def _choice(label: str, options: Callable[[Model], Sequence[str]]) -> Widget:
    def draw(key: str, model: Model) -> str | None:
        return st.selectbox(
            label,
            options(model),
            index=None,
            key=key,
            placeholder="the provider's default",
            persist_state="session",
        )

    return draw


def _stop(key: str, model: Model) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            "Stop at",
            [],
            accept_new_options=True,
            key=key,
            placeholder="type a word, Enter",
            persist_state="session",
        )
    )


def _reasoning(key: str, model: Model) -> bool:
    st.session_state.setdefault(key, provider_of(model.provider).summary_unasked)
    return st.toggle(
        "Show the reasoning",
        key=key,
        help="Ask for a readable summary of the model's reasoning.",
        persist_state="session",
    )


WIDGETS: dict[str, Widget] = {
    "max_output_tokens": _tokens,
    "effort": _effort,
    "reasoning_summary": _reasoning,
    "temperature": _decimal("Temperature", 2.0, 0.1),
    "top_p": _decimal("Top p", 1.0, 0.05),
    "top_k": _integer("Top k", 1),
    "stop": _stop,
    "seed": _integer("Seed", 0),
    "verbosity": _choice("Verbosity", lambda model: ("low", "medium", "high")),
    "service_tier": _choice("Service tier", lambda model: model.service_tiers),
    "cache_ttl": _choice("Prompt caching", lambda model: model.cache_ttls),
}
"""Setting → its widget; only those that the lane's model accepts are drawn."""


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """What the user set for one lane, before it meets the prompt."""

    id: int
    model: ModelRef | None
    problem: str | None
    settings: Settings
    stream: bool


def lane_row(where: Mapping[str, Endpoint], asked: Asked) -> list[LaneChoice]:
    """Draw the lanes' selectors and return what they hold."""
    st.session_state.setdefault("lanes", list(range(len(catalog.defaults()))))
    ids: list[int] = st.session_state.lanes
    with st.grid(columns=4, min_column_width=NARROWEST, gap="small"):
        chosen = [
            _lane(number, i, where, asked, removable=len(ids) > 1)
            for number, i in enumerate(ids, 1)
        ]
    with st.container(horizontal=True):
        st.button(
            "Add a lane",
            icon=":material/add:",
            type="tertiary",
            disabled=len(ids) >= MOST_LANES,
            help=f"Up to {MOST_LANES}; the same model may run twice with other settings.",
            on_click=lambda: ids.append(max(ids) + 1),
        )
    return chosen


def _lane(
    number: int, lane: int, where: Mapping[str, Endpoint], asked: Asked, *, removable: bool
) -> LaneChoice:
    with st.container(border=True, gap="xsmall"):
        options = model_options(where)
        defaults = [str(ref) for ref in catalog.defaults()]
        chosen = st.session_state.setdefault(f"model_{lane}", defaults[lane % len(defaults)])
        if chosen and chosen not in options:
            options = [chosen, *options]
        spelling = st.selectbox(
            f"Model of lane {number}",
            options,
            key=f"model_{lane}",
            format_func=option,
            accept_new_options=True,
            label_visibility="collapsed",
            help="Type provider:model for one that is not listed.",
            persist_state="session",
        )
        ref, problem = read(spelling, where)
        if ref is None:
            st.error(problem)
            _remove_button(lane, removable)
            return LaneChoice(lane, None, problem, Settings(), stream=True)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            if where[ref.provider].simulated:
                st.badge("simulated", icon=":material/science:", color="violet")
            else:
                st.badge("real API", icon=":material/key:", color="blue")
            with st.popover("Settings", icon=":material/tune:", type="tertiary"):
                ref, settings, stream = _settings(
                    lane, ref, simulated=where[ref.provider].simulated
                )
                made = LaneChoice(lane, ref, None, settings, stream)
                _what_is_sent(made, asked)
            _remove_button(lane, removable)
        return made


def _remove_button(lane: int, removable: bool) -> None:
    if removable:
        st.button(
            "",
            icon=":material/close:",
            type="tertiary",
            key=f"remove_{lane}",
            help="Remove this lane",
            on_click=lambda: st.session_state.lanes.remove(lane),
        )


def _settings(lane: int, ref: ModelRef, *, simulated: bool) -> tuple[ModelRef, Settings, bool]:
    """The settings that this model accepts, and the door it is called through."""
    doors = provider_of(ref.provider).apis
    if len(doors) > 1:
        st.session_state.setdefault(f"api_{lane}_{ref.provider}", ref.api)
        api = st.segmented_control(
            "Door",
            doors,
            key=f"api_{lane}_{ref.provider}",
            format_func=lambda api: APIS[api].label,
        )
        ref = ModelRef(ref.provider, api or ref.api, ref.model)
    model = catalog.describe(ref)
    accepted = [name for name in WIDGETS if acceptance.accepts(ref, name)]
    values = {name: WIDGETS[name](f"{name}_{lane}_{ref.model}", model) for name in accepted}
    st.session_state.setdefault(f"stream_{lane}", True)
    stream = st.toggle(
        "Stream",
        key=f"stream_{lane}",
        help="Off: the answer comes whole at the end, and there is no time to first text.",
        persist_state="session",
    )
    if simulated:
        ref = _with_fault(lane, ref)
    left_out = [name.replace("_", " ") for name in WIDGETS if name not in accepted]
    if left_out:
        st.caption(f"Not accepted here: {', '.join(left_out)}.")
    return (
        ref,
        Settings(**{name: value for name, value in values.items() if value is not None}),
        stream,
    )


def _what_is_sent(lane: LaneChoice, asked: Asked) -> None:
    """Everything that the lane sets beside its text, and what becomes of it."""
    notes = acceptance.check(_wanted(lane, asked))
    st.caption(
        "**Will be sent:** the prompt"
        + (", the system prompt" if asked.system else "")
        + ("." if not notes else "; and of the settings:")
    )
    if notes:
        st.caption("  \n".join(_said(note) for note in notes))


def _said(note: Note) -> str:
    """One setting's fate in a line."""
    why = f" ({plain(note.why)})" if note.why else ""
    return f"{plain(note.setting.replace('_', ' '))}: {note.action}{why}"


def _with_fault(lane: int, ref: ModelRef) -> ModelRef:
    """The same model, asked to fail in its provider's own way where the user wants to see that."""
    fault = st.selectbox(
        "Let it fail with",
        FAULTS,
        index=None,
        key=f"fault_{lane}",
        placeholder="nothing",
        help="Simulation only: fails as this provider's real API does.",
        persist_state="session",
    )
    return ModelRef(ref.provider, ref.api, f"{ref.model}~{fault}") if fault else ref


def request(lane: LaneChoice, asked: Asked) -> Request:
    """What this lane sends: the prompt with the lane's settings, cut to what its model takes."""
    return acceptance.fit(_wanted(lane, asked))


def remarks(chosen: Sequence[LaneChoice], asked: Asked, where: Mapping[str, Endpoint]) -> None:
    """Before sending: which lanes are simulated, what the prompt will cost, what is renamed or left out, and why."""
    fine = [lane for lane in chosen if lane.model is not None]
    simulated = [lane for lane in fine if lane.model and where[lane.model.provider].simulated]
    if simulated:
        which = (
            "All lanes are"
            if len(simulated) == len(chosen)
            else f"{len(simulated)} of {len(chosen)} lanes are"
        )
        st.caption(
            f":violet[:material/science: {which} simulated]: no model is asked, nothing is billed."
            " Add a key in the sidebar for the real API."
        )
    st.caption(_estimate(fine, asked))
    notes = [
        f"**{plain(str(lane.model))}** · {_said(note)}"
        for lane in fine
        for note in acceptance.check(_wanted(lane, asked))
        if note.action not in ("sent", "renamed")
    ]
    if notes:
        st.caption(":material/info: " + "  \n".join(notes))


def _wanted(lane: LaneChoice, asked: Asked) -> Request:
    """The request with everything that was set, before the model's limits."""
    assert lane.model is not None  # noqa: S101 - lanes with a problem are not sent
    return Request(
        model=lane.model,
        messages=asked.messages(),
        system=asked.system,
        settings=lane.settings,
        stream=lane.stream,
    )


@st.cache_data(max_entries=20, show_spinner=False)
def _count(text: str) -> int:
    return tokens.count(text)


def _estimate(lanes: Sequence[LaneChoice], asked: Asked) -> str:
    """How many tokens the prompt has and what sending it may cost, as far as that can be known before."""
    if asked.problem or not lanes:
        return ""
    counted = _count(asked.prompt) + _count(asked.system or "")
    book, today = pricing.load(), datetime.now(UTC).date()
    low, high = Decimal(0), Decimal(0)
    for lane in lanes:
        assert lane.model is not None  # noqa: S101 - the caller left out lanes with a problem
        most = lane.settings.max_output_tokens or catalog.describe(lane.model).max_output
        span = book.estimate(lane.model, counted, most, today)
        if span:
            low += span[0]
            high += span[1] or span[0]
    text = (
        f"About {fmt.count(counted)} input tokens a lane (estimate). All lanes together: {fmt.money(low)} for the"
        f" input alone, {fmt.money(high)} if each wrote the most it may."
    )
    return text.replace("$", r"\$")


def names_of(run: LiveRun) -> list[str]:
    """A unique name for each lane of a run, as it stands above its answer."""
    return lane_names(lane.request.model for lane in run.lanes)
