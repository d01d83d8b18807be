"""How a conversation is sent: models, history, system prompt, caching, and what happens when the window is full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import streamlit as st

from playground.domain import APIS, Endpoint, ModelRef
from playground.domain.provider import provider_of
from playground.lab import conversation as lab
from playground.lab.conversation import Policy, Rules
from playground.lab.ladder_profile import shipped
from playground.ui import names
from playground.ui.parts.number_field import Typed, number_field, written
from playground.ui.session.models import default_model, pick_models, simulated_note

SYSTEMS = ("none", "like a chat product (our words)", "my own")
SEPARATE, SHARED = "separate", "shared"


def choose_rules(where: Mapping[str, Endpoint]) -> tuple[Rules, bool]:
    """Draw the settings, folded in one row, and say what is stored and simulated; True = a field can't be read."""
    with st.expander(
        "Settings: models, history, system prompt, caching, window", icon=":material/tune:"
    ):
        refs = pick_models(
            names.CONVERSATION_MODELS, where, most=lab.MOST_MODELS, default=[default_model()]
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            shared = _shared()
            system = _system()
            cache = st.toggle(
                "Prompt caching",
                key=names.CONVERSATION_CACHE,
                help="Claude caches only when asked to, with this switch. OpenAI and Gemini cache by themselves.",
                persist_state="session",
            )
            kept = st.toggle(
                "Let the provider keep the conversation",
                key=names.CONVERSATION_KEPT,
                help="previous_response_id (OpenAI Responses) and previous_interaction_id (Gemini Interactions).",
                persist_state="session",
            )
            policy, room = _window()
    if kept:
        refs = tuple(_keeping(ref) for ref in refs)
        _announce(refs)
    simulated_note(refs, where)
    if room.wrong:
        st.error("The window under Settings can't be read: nothing is sent until it is mended.")
    rules = Rules(
        models=refs,
        system=system,
        shared=shared,
        kept=kept,
        cache=cache,
        policy=policy,
        window=None if room.value is None else int(room.value),
    )
    return rules, room.wrong


def fill_rules(rules: Rules) -> None:
    """Put the rules of a conversation that is opened into the fields."""
    own = rules.system not in (None, _like_a_product())
    held = {
        names.CONVERSATION_MODELS: [str(ref) for ref in rules.models],
        names.CONVERSATION_HISTORY: SHARED if rules.shared else SEPARATE,
        names.CONVERSATION_SYSTEM: SYSTEMS[2 if own else 1 if rules.system else 0],
        names.CONVERSATION_SYSTEM_TEXT: rules.system if own else "",
        names.CONVERSATION_CACHE: rules.cache,
        names.CONVERSATION_KEPT: rules.kept,
        names.CONVERSATION_POLICY: rules.policy,
        names.CONVERSATION_WINDOW: written(rules.window),
    }
    for name, value in held.items():
        st.session_state[name] = value


def _like_a_product() -> str:
    """The system prompt of our profile."""
    steps = shipped()["chat_product"].steps
    return "\n\n".join(step.text.strip() for step in steps if step.kind == "system")


def _keeping(ref: ModelRef) -> ModelRef:
    """The model through the door that keeps conversations, where its provider's usual one keeps none; a door that was named stays."""
    row = provider_of(ref.provider)
    if ref.api != row.default_api or lab.keeps(ref):
        return ref
    keeping = next((api for api in row.apis if APIS[api].keeps), ref.api)
    return ModelRef(ref.provider, keeping, ref.model)


def _announce(refs: Sequence[ModelRef]) -> None:
    """Say clearly what is stored where."""
    told = [APIS[ref.api].storage for ref in refs if lab.keeps(ref)]
    without = [ref.model for ref in refs if not lab.keeps(ref)]
    lines = [*dict.fromkeys(told)]
    if without:
        lines.append(f"{', '.join(without)}: this API keeps nothing; everything is resent.")
    lines.append(
        "Only the new question is sent, but all earlier tokens are billed as input all the same."
    )
    st.warning(
        "  \n".join(lines), title="Stored on the provider's servers", icon=":material/cloud_upload:"
    )


def _shared() -> bool:
    chosen = st.segmented_control(
        "History",
        (SEPARATE, SHARED),
        default=SEPARATE if names.CONVERSATION_HISTORY not in st.session_state else None,
        key=names.CONVERSATION_HISTORY,
        required=True,
        help="Separate: each model reads its own answers. Shared: all read the answers of the first model.",
        persist_state="session",
    )
    return chosen == SHARED


def _system() -> str | None:
    with st.popover("System prompt", icon=":material/tune:"):
        chosen = st.radio(
            "Sent in front of every turn",
            SYSTEMS,
            key=names.CONVERSATION_SYSTEM,
            persist_state="session",
        )
        own = st.text_area(
            "My own",
            key=names.CONVERSATION_SYSTEM_TEXT,
            disabled=chosen != SYSTEMS[2],
            height=160,
            persist_state="session",
        )
    if chosen == SYSTEMS[1]:
        return _like_a_product()
    return (own or "").strip() or None if chosen == SYSTEMS[2] else None


def _window() -> tuple[Policy, Typed]:
    with st.popover("When the window is full", icon=":material/width_full:"):
        policy = st.radio(
            "Then",
            get_args(Policy)[::-1],
            key=names.CONVERSATION_POLICY,
            captions=(
                "Say so and wait for your choice.",
                "Let the model write a summary (a call of its own, billed), and go on from it.",
                "Leave out the first questions and answers; the model no longer knows them.",
            ),
            persist_state="session",
        )
        room = number_field(
            "Window in tokens",
            names.CONVERSATION_WINDOW,
            least=200,
            most=10_000_000,
            needed=False,
            placeholder="the model's own",
            help="Set a small one to see what happens when a conversation outgrows it.",
        )
    return policy, room
