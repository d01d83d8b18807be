"""The section "Point by point": each difference between a chat product and the API, with a figure of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint, Response
from playground.lab import ladder
from playground.ui.chat_vs_api.conversation.talk import answered, current_talk
from playground.ui.chat_vs_api.ladder.climb import current_climb
from playground.ui.chat_vs_api.sections import CONVERSATION, LADDER, PASTE, PAY, go
from playground.ui.parts.markdown import dollars
from playground.ui.parts.product import terms


@dataclass(frozen=True, slots=True)
class Point:
    """One difference between a chat product and the API."""

    name: str
    chat: str
    api: str
    live: Callable[[], str | None]
    """A figure from this tab's own runs; None before there is one."""
    label: str
    to: str
    """The section whose button shows it."""
    source: str


def view(where: Mapping[str, Endpoint]) -> None:
    """One table of the differences with what was measured, the buttons that show each, and where it is from."""
    st.markdown("**What a chat product adds, hides and decides for you, point by point.**")
    st.markdown(dollars(table()))
    terms(table(), "points")
    st.markdown("**See it for yourself**")
    with st.container(horizontal=True, gap="small"):
        for point in POINTS:
            st.button(
                f"{point.name}: {point.label[0].lower()}{point.label[1:]}",
                key=f"point_{point.name}",
                icon=":material/arrow_forward:",
                on_click=go,
                args=(point.to,),
            )
    with st.expander("Sources", icon=":material/link:"):
        st.markdown(dollars("\n".join(f"- **{point.name}**: {point.source}" for point in POINTS)))


def table() -> str:
    """A row a difference: chat, API, and what this tab measured of it."""
    lines = ["| | Chat | API | You measured |", "|:--|:--|:--|:--|"]
    lines += [
        f"| **{point.name}** | {point.chat} | {point.api} | {f'**{figure}**' if figure else '–'} |"
        for point in POINTS
        for figure in [point.live()]
    ]
    return "\n".join(lines)


def _last_turn() -> Any:
    talk = current_talk()
    path = answered(talk)
    return (talk, path[-1], len(path)) if talk and path else None


def _stand_in(response: Response) -> str:
    """Who answered, where it was no provider's service."""
    return f" ({response.stand_in})" if response.stand_in else ""


def _live_cost() -> str | None:
    found = _last_turn()
    response = found[1].response(0) if found else None
    if not found or response is None or response.cost is None:
        return None
    return f"turn {found[2]} cost {fmt.money(response.cost.total)}{_stand_in(response)}"


def _live_state() -> str | None:
    found = _last_turn()
    if not found:
        return None
    response = found[1].response(0)
    tokens = response.usage.input_tokens
    if tokens is None:
        return None
    return f"turn {found[2]} sent {tokens:,} tokens{_stand_in(response)}"


def _live_system() -> str | None:
    return _ladder_part("system", "the system prompt of our profile")


def _live_tools() -> str | None:
    return _ladder_part("tools", "the tools on offer")


def _ladder_part(kind: str, what: str) -> str | None:
    climb = current_climb()
    if climb is None or not climb.live.done:
        return None
    index = next((i for i, rung in enumerate(climb.ladders[0]) if rung.kind == kind), None)
    if index is None:
        return None
    if refused := ladder.not_sent(climb.ladders[0], index):
        return f"{what}: {refused}"
    part = climb.parts(0, index)[-1]
    mark = _stand_in(climb.responses(0)[index])
    return f"{what}: {'≈ ' if part.estimate else ''}{part.tokens:,} tokens{mark}"


def _live_effort() -> str | None:
    climb = current_climb()
    if climb is None or not climb.live.done:
        return None
    last = climb.responses(0)[-1]
    tokens = last.usage.reasoning_output_tokens
    if tokens is None:
        return None
    return f"{tokens:,} reasoning tokens at the last step{_stand_in(last)}"


def _live_limits() -> str | None:
    found = _last_turn()
    exchange = found[1].response(0).exchange if found else None
    headers = exchange.response_headers if exchange else {}
    left = next((v for k, v in headers.items() if "remaining-tokens" in k.lower()), None)
    return f"{left} tokens left in this window" if left else None


def _live_rendering() -> str | None:
    found = _last_turn()
    if not found:
        return None
    text = found[1].response(0).text
    marks = sum(text.count(mark) for mark in ("**", "`", "#", "|"))
    return f"{marks} Markdown marks in the last answer" if text else None


def _live_storage() -> str | None:
    found = _last_turn()
    exchange = found[1].response(0).exchange if found else None
    body = exchange.request_body if exchange else None
    if not isinstance(body, Mapping) or "store" not in body:
        return None
    return f"your last request said store: {str(body['store']).lower()}"


def _nothing() -> None:
    return None


OFFICIAL = "Official pages read in November 2026"
POINTS = (
    Point(
        "Billing",
        "A price a month, whatever you ask, up to caps that are only partly published.",
        "Every token in and out, each time. No cap but your budget and the rate limits.",
        _live_cost,
        "What would mine cost?",
        PAY,
        "Plans and prices: the dated rows of pricing.yaml, opened in Three ways to pay.",
    ),
    Point(
        "State",
        "The product keeps the conversation and sends it along.",
        "Nothing is remembered. You resend it, or let the provider keep it; it is billed as input either way.",
        _live_state,
        "Watch it grow",
        CONVERSATION,
        "OpenAI's conversation state guide: all previous input tokens are billed as input tokens (undated).",
    ),
    Point(
        "System prompt",
        "Long, and mostly unseen. Anthropic publishes the core of Claude.ai's; OpenAI and Google publish none.",
        "None, unless you write one.",
        _live_system,
        "Add one",
        LADDER,
        "Anthropic's release notes on system prompts: they do not apply to the API.",
    ),
    Point(
        "Tools",
        "Search, code, files, images, connectors are there, and used when the product thinks fit.",
        "Off until listed. Their descriptions are input; each search is billed extra ($10 to $14 per 1,000).",
        _live_tools,
        "Offer some",
        LADDER,
        "Fees: the dated rows of pricing.yaml.",
    ),
    Point(
        "Model and control",
        "A router may pick the model and how long it thinks; over a cap a smaller one answers. Temperature and the like: unknown.",
        "You name the model and the effort, and the response names what answered. Most current models take no temperature.",
        _live_effort,
        "Set the effort",
        LADDER,
        "OpenAI help 11909943 (GPT-5.5 era); chat-latest is only the nearest alias. Not reproduced here: the router.",
    ),
    Point(
        "Memory",
        "Notes about you from other chats go into every new one.",
        "None across calls. You may send notes of your own.",
        _nothing,
        "Send notes",
        LADDER,
        "Ours is a list that you can read; how products select theirs is not public.",
    ),
    Point(
        "Limits",
        "Messages in a window of hours and a week; many numbers are not published.",
        "Requests and tokens a minute, told in the response headers (not by Gemini).",
        _live_limits,
        "See the caps",
        PAY,
        "Caps with source and date stand in each plan's row; those known are of the GPT-5.5 era.",
    ),
    Point(
        "Retention",
        "Kept with your account. ChatGPT: used for training unless you opt out. Claude: 30 days, up to 5 years where you allow"
        " training.",
        "OpenAI: not trained on unless you opt in, abuse logs up to 30 days; Responses stores by default, here it is switched off."
        " Gemini paid: not used to improve, abuse logs 55 days; free: used to improve. Claude: sources disagree (7 or 30 days).",
        _live_storage,
        "Switch storage on",
        CONVERSATION,
        f"{OFFICIAL} (OpenAI: your data; Google: abuse monitoring), undated; Claude: third parties, May 2026, in conflict on the API.",
    ),
    Point(
        "Rendering",
        "Formatted text, buttons, previews, citations.",
        "Plain text with Markdown marks in it. Showing it is your job.",
        _live_rendering,
        "Compare the formats",
        PASTE,
        "Every answer here has a raw view beside the rendered one.",
    ),
    Point(
        "Safety layers",
        "Classifiers, age rules, fallback to other models around the model.",
        "Typed refusals, and what you build yourself.",
        _nothing,
        "What can't be imitated",
        LADDER,
        "Not reproduced here.",
    ),
)
