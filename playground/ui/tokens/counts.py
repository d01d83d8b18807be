"""How much of each model's window a text takes, and why it has three counts."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from playground import figures as fmt
from playground.catalog import defaults, find
from playground.domain import (
    Endpoint,
    File,
    Message,
    ModelRef,
    Part,
    Request,
    Response,
    Settings,
    Text,
    Tool,
)
from playground.engine import get_engine
from playground.lab import token_audit
from playground.lab.token_audit import Audit, Counts
from playground.ui import names
from playground.ui.parts.markdown import failed
from playground.ui.session import keeping, once
from playground.ui.tokens.meter import current_models

PATIENCE = 60.0
"""Seconds to wait for the counting endpoints."""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAS0lEQVR4nO3PQQkAAAgAsetfWiP4FgYrsKZeS0BAQEBAQEBAQEBAQEBAQEBAQEBA"
    "QEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBA4GIBNh/8AXc3hq0AAAAASUVORK5CYII="
)
"""A picture of our own, 64 × 64 pixels of one colour."""
WEATHER = Tool(
    name="get_weather",
    description="The weather in a city, now and for the next days.",
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Name of the city"},
            "days": {"type": "integer", "description": "How many days ahead, 0 to 7"},
        },
        "required": ["city"],
    },
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the providers said of one set of requests."""

    requests: tuple[Request, ...]
    counts: tuple[Counts, ...]
    responses: tuple[Response | None, ...]
    simulated: tuple[bool, ...]


def three_counts(text: str, endpoints: Mapping[str, Endpoint]) -> None:
    """Local count, the provider's count and the bill of one request, side by side and explained."""
    requests = _requests(text)
    if not requests:
        st.info("Choose at least one model.", icon=":material/lightbulb:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        ask = st.button(
            "Count at the providers", icon=":material/calculate:", type="primary", key="counts_ask"
        )
        send = once.button(
            "counts",
            None,
            "Send and see the bill",
            icon=":material/send:",
            key="counts_send",
            help="Asks every model for a short answer; with a real key this is billed.",
        )
        st.caption(_where(requests, endpoints))
    send = once.goes("counts", None, send, requests)
    if ask or send:
        with st.spinner("Asking…"):
            st.session_state[names.COUNTS_ASKED] = _ask(requests, endpoints, send=send)
        if send:
            once.started()
    asked: Asked | None = st.session_state.get(names.COUNTS_ASKED)
    if asked is None or asked.requests != requests:
        asked = Asked(
            requests, (Counts(),) * len(requests), (None,) * len(requests), (False,) * len(requests)
        )
        st.caption("Not asked yet: so far only this computer has counted.")
    _show(asked)


def _requests(text: str) -> tuple[Request, ...]:
    known = [m.ref for m in current_models()]
    refs = st.multiselect(
        "Models",
        known,
        default=list(defaults()),
        format_func=str,
        key="counts_models",
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        system = st.text_input(
            "System prompt",
            key="counts_system",
            placeholder="none",
            persist_state="session",
            width=420,
        )
        tools = st.checkbox("With a tool", key="counts_tools", persist_state="session")
        picture = st.checkbox("With a picture", key="counts_picture", persist_state="session")
    parts: tuple[Part, ...] = (Text(text=text or " "),)
    if picture:
        parts = (File(media_type="image/png", data=PICTURE, name="blue.png"), *parts)
    return tuple(
        Request(
            model=ref,
            messages=(Message(role="user", parts=parts),),
            system=system or None,
            tools=(WEATHER,) if tools else (),
            settings=Settings(max_output_tokens=_shortest(ref)),
        )
        for ref in refs
    )


def _shortest(ref: ModelRef) -> int:
    """A short answer that leaves room to reason: only the input matters here."""
    model = find(ref)
    return 1_024 if model and model.efforts else 64


def _where(requests: Sequence[Request], endpoints: Mapping[str, Endpoint]) -> str:
    simulated = [r.model.provider for r in requests if endpoints[r.model.provider].simulated]
    if len(simulated) == len(requests):
        return "Simulated providers: nothing is billed."
    return "Counting is free; sending is billed." + (
        f" Simulated: {', '.join(dict.fromkeys(simulated))}." if simulated else ""
    )


def _ask(
    requests: tuple[Request, ...], endpoints: Mapping[str, Endpoint], *, send: bool
) -> Asked | None:
    """The counts, and with `send` the answers; None when something forbids it or nobody answers, which is then said."""
    counting = keeping.to_count(requests, endpoints)
    run = keeping.start(requests, endpoints, kind="tokens") if send and counting else None
    if counting is None or (send and run is None):
        return None
    engine = get_engine()
    pending = [
        engine.submit(
            lambda pool, r=request: token_audit.count_parts(  # type: ignore[misc]
                r, counting[r.model.provider], pool=pool
            )
        )
        for request in requests
    ]
    try:
        counts = tuple(future.result(PATIENCE) for future in pending)
    except TimeoutError:
        st.error(f"A provider has not counted within {PATIENCE:.0f} seconds: try again.")
        return None
    if run is not None:
        run.wait(PATIENCE)
    responses = run.run().responses if run else (None,) * len(requests)
    simulated = tuple(endpoints[r.model.provider].simulated for r in requests)
    return Asked(requests, counts, tuple(responses), simulated)


def _show(asked: Asked) -> None:
    audits = [
        token_audit.audit(request, counts, response.usage if response else None)
        for request, counts, response in zip(
            asked.requests, asked.counts, asked.responses, strict=True
        )
    ]
    names = [str(request.model) for request in asked.requests]
    st.dataframe(
        {
            "model": names,
            "here": [
                f"{'≈ ' if a.local.estimate else ''}{fmt.count(a.local.tokens)}" for a in audits
            ],
            "provider": [_or(a.counted, "not asked") for a in audits],
            "billed": [_or(a.billed, "not sent") for a in audits],
            "who": ["simulated" if s else "" for s in asked.simulated],
        },
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "here": st.column_config.TextColumn(
                "Counted here", help="The text alone, on this computer"
            ),
            "provider": st.column_config.TextColumn(
                "Counted by the provider", help="The whole request"
            ),
            "billed": st.column_config.TextColumn(
                "Billed as input", help="As reported with the answer"
            ),
            "who": st.column_config.TextColumn("Answered by"),
        },
        hide_index=True,
        alt="Three counts of the same text",
    )
    for name, one, counts, response in zip(
        names, audits, asked.counts, asked.responses, strict=True
    ):
        _explain(name, one, counts, response)


def _explain(name: str, audit: Audit, counts: Counts, response: Response | None) -> None:
    failures = [f for f in (counts.failure, response.failure if response else None) if f]
    if not audit.parts and not failures:
        return
    with st.container(border=True):
        st.markdown(f"**{name}**")
        for failure in failures:
            st.warning(failed(failure), icon=":material/error:")
        if audit.parts:
            st.markdown(_table(audit))


def _table(audit: Audit) -> str:
    """From the local count to the last one, part by part."""
    mark = "≈ " if audit.local.estimate else ""
    lines = ["| | tokens | why |", "|:--|--:|:--|"]
    lines.append(
        f"| text, counted here | {mark}{fmt.count(audit.local.tokens)} | {audit.local.how} |"
    )
    for part in audit.parts:
        lines.append(f"| {part.name} | {signed(part.tokens)} | {part.why} |")
    end = audit.billed if audit.billed is not None else audit.counted
    name = "billed" if audit.billed is not None else "counted by the provider"
    lines.append(f"| **{name}** | **{fmt.count(end)}** | |")
    return "\n".join(lines)


def signed(tokens: int | None) -> str:
    """A difference with its sign: `+7`, `−2`, `0`."""
    if tokens is None:
        return "not known"
    return "0" if tokens == 0 else f"{'+' if tokens > 0 else '−'}{abs(tokens):,}"


def _or(tokens: int | None, otherwise: str) -> str:
    return otherwise if tokens is None else fmt.count(tokens)
