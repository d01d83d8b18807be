"""A lane's receipt, all its figures, and what must be known to trust them."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Cost, Response
from playground.domain.model import Source
from playground.ui.parts import markdown

NO_COST = {
    True: "Cost: unknown. No price is known for this model, or no usage was reported.",
    False: "Cost: the provider took no request, so nothing should be billed.",
}

TOKENS: Mapping[Source, str] = {
    "simulated": "Simulated tokens at the real price: nothing was billed.",
    "recorded": "Recorded tokens at the price of their day: nothing was billed now. The times are the replay's: the pace"
    " is ours.",
}
"""Who answered → what is said of tokens that nobody is billed for."""


def all_figures(response: Response) -> str:
    """Every figure as a definition list; every value says so when it was not reported."""
    rows = (
        _figure(figure.label, figure.write(response), _beneath(figure, response))
        for figure in fmt.shown("card")
        if not figure.under
    )
    return f'<dl class="details">{"".join(rows)}</dl>'


def _beneath(whole: fmt.Figure, response: Response) -> str:
    """What stands under a figure in small: its parts."""
    parts = [(part.label.lower(), part.write(response)) for part in fmt.parts_of(whole, "card")]
    return " · ".join(f"{label} {text}" for label, text in parts if text)


def _figure(label: str, value: str, more: str) -> str:
    kind = ' class="none"' if value in (fmt.NOT_REPORTED, fmt.NOT_AVAILABLE) else ""
    small = f"<small>{html.escape(more)}</small>" if more else ""
    return f"<dt>{label}</dt><dd{kind}>{html.escape(value)}{small}</dd>"


def receipt_button(response: Response, key: str, **look: Any) -> None:
    """A button that opens the receipt and all figures."""
    with st.popover(
        "Receipt",
        icon=":material/receipt_long:",
        help="The receipt and all figures",
        key=f"{key}_receipt",
        **look,
    ):
        if response.cost is None:
            st.caption(NO_COST[response.failure is None])
        else:
            st.markdown(receipt(response.cost))
            if said := TOKENS.get(response.source):
                st.caption(said)
        st.html(all_figures(response))


def receipt(cost: Cost) -> str:
    """The receipt as Markdown: each line, the price row, its source and date."""
    lines = ["| | quantity | rate | amount |", "|:--|--:|--:|--:|"]
    for line, name in fmt.receipt(cost):
        note = f" ({line.note})" if line.note else ""
        lines.append(
            f"| {name}{note} | {line.quantity:,} | {fmt.rate(line.rate)} / {fmt.per(line)} | {fmt.money(line.amount)} |"
        )
    lines.append(f"| **total** | | | **{fmt.cost(cost)}** |")
    for price in fmt.price_row(cost):
        since = f", valid from {price.valid_from}" if price.valid_from else ""
        linked = price.source.startswith("https://")
        source = f"[source]({price.source})" if linked else price.source
        own = " **Your own price.**" if price.override else ""
        row = f"Price row `{price.model}`" if price.model else "One price for all models"
        lines += ["", f"{row}{since}, checked {price.as_of}: {source}.{own}"]
    return markdown.dollars("\n".join([*lines, *(f"\n{note}" for note in cost.notes)]))


def remarks(response: Response) -> None:
    """What is odd in the answer or in what was reported of it."""
    for remark in response.remarks:
        st.caption(f":material/warning: {markdown.plain(remark)}")


def measured(names: Sequence[str], responses: Sequence[Response]) -> None:
    """How the times were measured, once for all lanes: each note with the lanes that it is about."""
    late = [r.trust.loop_lag_p95 or 0.0 for r in responses if r.trust.busy]
    if late:
        longer = fmt.seconds(max(late))
        st.caption(
            f":material/warning: This computer was busy: times may be up to {longer} too long."
        )
    about: dict[str, list[str]] = {}
    for name, response in zip(names, responses, strict=True):
        for note in _of_measuring(response):
            about.setdefault(note, []).append(markdown.plain(name))
    for note, lanes in about.items():
        whose = "" if len(lanes) == len(names) else f"{', '.join(lanes)}: "
        st.caption(f"{whose}{note}")
    opened = {name: connecting(r) for name, r in zip(names, responses, strict=True)}
    known = [f"{markdown.plain(n)} {fmt.seconds(t)}" for n, t in opened.items() if t is not None]
    if known:
        st.caption(f"Connecting is not in the times. It took, beside them: {', '.join(known)}.")


def connecting(response: Response) -> float | None:
    """Seconds to open the connection; None where an open one was used."""
    timing = response.timing
    return None if timing.connect is None else timing.connect + (timing.tls or 0)


def _of_measuring(response: Response) -> Iterator[str]:
    if response.timing.proxy:
        yield f"It went through the proxy `{response.timing.proxy}`."
    if response.attempts:
        yield f"{len(response.attempts)} failed tries before; their time is not in the figures."
