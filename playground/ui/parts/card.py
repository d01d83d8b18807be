"""One lane's result: answer, figures, receipt, and everything that was on the wire."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Cost, Endpoint, File, Request, Response
from playground.domain.ending import State, said
from playground.domain.provider import unknown
from playground.export import snippets
from playground.ui.parts import markdown
from playground.ui.parts.sources import own_tools

COST = fmt.FIGURES["cost"]
ANSWER_HEIGHT = 340
"""Pixels: the same as the live lane, so that nothing jumps when a lane ends."""
MOST_EVENTS = 2_000
STATES: dict[State, tuple[str, Any]] = {
    "done": (":material/check:", "green"),
    "cut": (":material/content_cut:", "orange"),
    "filtered": (":material/filter_alt:", "orange"),
    "refused": (":material/block:", "orange"),
    "stopped": (":material/stop_circle:", "orange"),
    "failed": (":material/error:", "red"),
}
"""How a response ended → sign and colour."""
NO_COST = {
    True: "Cost: unknown. No price is known for this model, or no usage was reported.",
    False: "Cost: the provider took no request, so nothing should be billed.",
}


def result_card(
    name: str, request: Request, response: Response, endpoint: Endpoint | None, *, key: str
) -> None:
    """Draw one ended lane."""
    with st.container(border=True):
        _head(name, response)
        _tabs(request, response, endpoint, key)
        st.html(_figures(response))
        _receipt(response, key)
        _remarks(response)


def _head(name: str, response: Response) -> None:
    st.markdown(f"**{markdown.plain(name)}**")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        icon, color = STATES[response.state]
        st.badge(said(response.state), icon=icon, color=color)
        if response.simulated:
            st.badge("simulated", icon=":material/science:", color="violet")


def _tabs(request: Request, response: Response, endpoint: Endpoint | None, key: str) -> None:
    """The tabs of a lane; only the open one is computed."""
    tabs = st.tabs(TABS, key=f"{key}_tab", on_change="rerun")
    for tab, name in zip(tabs, TABS, strict=True):
        if tab.open:
            with tab, st.container(height=ANSWER_HEIGHT, border=False):
                if name == "Code":
                    _code(request, endpoint, key)
                else:
                    TABS_OF_RESPONSE[name](response)


def _answer(response: Response) -> None:
    if response.failure:
        _failure(response)
    if response.reasoning_text:
        with st.expander("Reasoning", icon=":material/psychology:"):
            markdown.answer(response.reasoning_text)
    if response.refusal:
        st.warning(markdown.safe(response.refusal), title="Refused", icon=":material/block:")
    if _is_json(response.text):
        st.code(fmt.visible(response.text), language="json", wrap_lines=True)
    elif response.text:
        markdown.answer(response.text)
    for file in response.files:
        if file.media_type.startswith("image/"):
            _image(file)
    own_tools(response)
    for call in response.tool_calls:
        st.caption(f"Asks to run the tool {markdown.code(call.name)} with")
        st.code(_pretty(call.arguments), language="json")
    if not (
        response.text
        or response.refusal
        or response.tool_calls
        or response.files
        or response.failure
    ):
        st.caption("The answer holds no text.")


def _image(file: File) -> None:
    """The picture, or that it is none: what a server or an import calls an image may be anything."""
    try:
        st.image(file.data, caption=file.name, alt=file.name)
    except Exception:  # whatever its decoder stumbles over
        size = f"{len(file.data):,} bytes called {markdown.plain(file.media_type)}"
        st.caption(f"{size} came, which are no image that can be shown.")


def _failure(response: Response) -> None:
    failure = response.failure
    assert failure is not None  # noqa: S101 - the caller looked
    show = st.warning if failure.stopped else st.error
    status = f" · HTTP {failure.status}" if failure.status else ""
    show(
        f"{failure.meaning} {failure.next_step}",
        title=failure.word.capitalize() + status,
    )
    if failure.detail:
        st.code(fmt.visible(failure.detail), language=None, wrap_lines=True)


def _raw(response: Response) -> None:
    if response.reasoning_text and response.sent_text is None:
        st.caption("Reasoning")
        st.code(fmt.visible(response.reasoning_text), language=None, wrap_lines=True)
    sent = response.text if response.sent_text is None else response.sent_text
    st.caption(f"Answer · {len(sent):,} characters")
    st.code(fmt.visible(sent) or " ", language=None, wrap_lines=True)


def _request(response: Response) -> None:
    exchange = response.exchange
    if exchange is None:
        st.caption("Nothing was sent.")
        return
    st.code(f"{exchange.method} {exchange.url}", language=None, wrap_lines=True)
    st.code(_lines(exchange.request_headers), language="http", wrap_lines=True)
    st.code(_pretty(exchange.request_body), language="json", wrap_lines=True)


def _headers(response: Response) -> None:
    exchange = response.exchange
    if exchange is None or exchange.status is None:
        st.caption("No response came.")
        return
    st.code(
        f"{exchange.http_version or 'HTTP'} {exchange.status}\n{_lines(exchange.response_headers)}",
        language="http",
        wrap_lines=True,
    )


def _events(response: Response) -> None:
    exchange = response.exchange
    if exchange is None or not (exchange.events or exchange.response_body):
        st.caption("Nothing was received.")
    elif not exchange.events:
        st.caption("One body, not a stream.")
        st.code(_pretty(exchange.response_body), language="json", wrap_lines=True)
    else:
        st.caption(f"{len(exchange.events):,} events; seconds from the request's head on the wire.")
        shown = exchange.events[:MOST_EVENTS]
        st.dataframe(
            {
                "offset": [event.offset for event in shown],
                "event": [event.name for event in shown],
                "data": [fmt.visible(event.data) for event in shown],
            },
            column_config={"offset": st.column_config.NumberColumn("s", format="%.3f", width=64)},
            hide_index=True,
            height=ANSWER_HEIGHT - 60,
            alt="Every event of the stream with its time",
        )
        if len(exchange.events) > MOST_EVENTS:
            st.caption(f"Shown: the first {MOST_EVENTS:,}. The JSON download has all.")


def _code(request: Request, endpoint: Endpoint | None, key: str) -> None:
    if endpoint is None:
        st.caption(markdown.plain(unknown(request.model.provider)))
        return
    made = snippets(request, endpoint)
    language = st.segmented_control(
        "Language",
        list(made),
        default=next(iter(made)),
        key=f"{key}_lang",
        label_visibility="collapsed",
    )
    if language:
        st.code(
            made[language],
            language={"curl": "bash", "javascript": "javascript"}.get(language, "python"),
        )


TABS_OF_RESPONSE: dict[str, Callable[[Response], None]] = {
    "Answer": _answer,
    "Raw": _raw,
    "Request": _request,
    "Headers": _headers,
    "Events": _events,
}
TABS = (*TABS_OF_RESPONSE, "Code")


def _figures(response: Response) -> str:
    """The figures as a definition list; every value says so when it was not reported."""
    rows = (
        _figure(figure.label, figure.write(response), _beneath(figure, response))
        for figure in fmt.shown("card")
        if not figure.under
    )
    return f'<dl class="figures">{"".join(rows)}</dl>'


def _beneath(whole: fmt.Figure, response: Response) -> str:
    """What stands under a figure in small: its parts."""
    parts = [(part.label.lower(), part.write(response)) for part in fmt.parts_of(whole, "card")]
    return " · ".join(f"{label} {text}" for label, text in parts if text)


def _figure(label: str, value: str, more: str) -> str:
    kind = ' class="none"' if value in (fmt.NOT_REPORTED, fmt.NOT_AVAILABLE) else ""
    small = f"<small>{html.escape(more)}</small>" if more else ""
    return f"<dt>{label}</dt><dd{kind}>{html.escape(value)}{small}</dd>"


def _receipt(response: Response, key: str) -> None:
    cost = response.cost
    if cost is None:
        st.caption(NO_COST[response.failure is None])
        return
    with st.popover(
        f"{COST.label} {COST.write(response)}".replace("$", r"\$"),
        icon=":material/receipt_long:",
        width="stretch",
        key=f"{key}_receipt",
    ):
        st.markdown(receipt(cost))
        if response.simulated:
            st.caption("Simulated tokens at the real price: nothing was billed.")


def receipt(cost: Cost) -> str:
    """The receipt as Markdown: each line, the price row, its source and date."""
    lines = ["| | quantity | rate | amount |", "|:--|--:|--:|--:|"]
    for line, name in fmt.receipt(cost):
        note = f" ({line.note})" if line.note else ""
        per = f"{line.per:,} {line.unit}s"
        lines.append(
            f"| {name}{note} | {line.quantity:,} | {fmt.rate(line.rate)} / {per} | {fmt.money(line.amount)} |"
        )
    lines.append(f"| **total** | | | **{fmt.cost(cost)}** |")
    for price in fmt.price_row(cost):
        since = f", valid from {price.valid_from}" if price.valid_from else ""
        linked = price.source.startswith("https://")
        source = f"[source]({price.source})" if linked else price.source
        own = " **Your own price.**" if price.override else ""
        lines += ["", f"Price row `{price.model}`{since}, checked {price.as_of}: {source}.{own}"]
    return "\n".join([*lines, *(f"\n{note}" for note in cost.notes)])


def _remarks(response: Response) -> None:
    """What a reader must know to trust the figures."""
    for remark in response.remarks:
        st.caption(f":material/warning: {markdown.plain(remark)}")
    if response.trust.busy:
        lag = fmt.seconds(response.trust.loop_lag_p95)
        st.caption(
            f":material/warning: This computer was busy while it measured (loop lag p95 {lag}): latencies may be too high."
        )
    if response.timing.connect is not None:
        opened = response.timing.connect + (response.timing.tls or 0)
        st.caption(f"Connecting took {fmt.seconds(opened)} more; it is not in the times above.")
    if response.timing.proxy:
        st.caption(f"It went through the proxy `{response.timing.proxy}`.")
    if response.attempts:
        st.caption(
            f"{len(response.attempts)} failed tries before; their time is not in the figures."
        )


def _lines(headers: Mapping[str, str]) -> str:
    return fmt.visible("\n".join(f"{name}: {value}" for name, value in headers.items()))


def _is_json(text: str) -> bool:
    """True for an object or a list and nothing around it."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _pretty(value: Any) -> str:
    """JSON with indents, half an emoji as its escape; text that is not JSON as it is; controls of direction spelled out."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return fmt.visible(str(value))
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return fmt.visible(text.encode("utf-8", "backslashreplace").decode())
