"""The ways to look at one lane: its answer, and everything that was on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint, File, Request, Response
from playground.domain.provider import unknown
from playground.export import snippets
from playground.ui.parts import ending, markdown
from playground.ui.parts.sources import own_tools

EVENTS_HEIGHT = 400
MOST_EVENTS = 2_000


def answer(response: Response) -> None:
    """What a person reads: the next step where the answer is not whole, the reasoning, the answer and what came with it."""
    _next_step(response)
    if response.reasoning_text:
        with st.expander(_reasoning(response), icon=":material/psychology:"):
            markdown.answer(response.reasoning_text)
    if response.refusal:
        st.warning(markdown.safe(response.refusal), title="Refused", icon=":material/block:")
        st.caption(ending.next_step(response, "refused"))
    _text_and_images(response)
    own_tools(response)
    _tool_calls(response)
    if not (
        response.text
        or response.refusal
        or response.tool_calls
        or response.files
        or response.failure
    ):
        st.caption("The answer holds no text.")


def unnamed(response: Response) -> None:
    """The answer alone, and that it is not whole: nothing that only some providers report or say in their own words."""
    if response.state != "done":
        st.warning(f"{ending.label(response)}. Why is shown after the vote.")
    if response.refusal:
        markdown.answer(response.refusal)
    _text_and_images(response)
    _tool_calls(response)


def _tool_calls(response: Response) -> None:
    for call in response.tool_calls:
        st.caption(f"Asks to run the tool {markdown.code(call.name)} with")
        st.code(pretty(call.arguments), language="json")


def _text_and_images(response: Response) -> None:
    if fmt.is_json(response.text):
        st.code(fmt.visible(response.text), language="json", wrap_lines=True)
    elif response.text:
        markdown.answer(response.text)
    for file in response.files:
        if file.media_type.startswith("image/"):
            _image(file)


def _image(file: File) -> None:
    """The picture, or that it is none: what a server or an import calls an image may be anything."""
    try:
        st.image(file.data, caption=file.name, alt=file.name)
    except Exception:  # whatever its decoder stumbles over
        size = f"{len(file.data):,} bytes called {markdown.plain(file.media_type)}"
        st.caption(f"{size} came, which are no image that can be shown.")


def _reasoning(response: Response) -> str:
    """The heading of the reasoning, with its tokens where they were reported."""
    figure = fmt.FIGURES["reasoning_output_tokens"]
    count = figure.value(response)
    return figure.label if count is None else f"{figure.label} · {fmt.count(count)} tokens"


def _next_step(response: Response) -> None:
    """Why the answer is not whole, and what to do."""
    failure = response.failure
    if failure is None:
        step = ending.next_step(response, response.state)
        if step and not response.refusal:
            st.warning(step, icon=":material/content_cut:")
        return
    show = st.warning if failure.stopped else st.error
    status = f" · HTTP {failure.status}" if failure.status else ""
    step = ending.RECORDED if response.source == "recorded" else failure.next_step
    show(
        f"{failure.meaning} {step}",
        title=failure.word.capitalize() + status,
    )
    if failure.detail:
        st.code(fmt.visible(failure.detail), language=None, wrap_lines=True)


def text(response: Response) -> None:
    """The answer and its reasoning letter by letter, nothing rendered."""
    if response.reasoning_text and response.sent_text is None:
        st.caption("Reasoning")
        st.code(fmt.visible(response.reasoning_text), language=None, wrap_lines=True)
    sent = response.text if response.sent_text is None else response.sent_text
    st.caption(f"Answer · {len(sent):,} characters")
    st.code(fmt.visible(sent) or " ", language=None, wrap_lines=True)


def request(response: Response) -> None:
    """What was sent."""
    exchange = response.exchange
    if exchange is None:
        st.caption("Nothing was sent.")
        return
    st.code(f"{exchange.method} {exchange.url}", language=None, wrap_lines=True)
    st.code(_lines(exchange.request_headers), language="http", wrap_lines=True)
    st.code(pretty(exchange.request_body), language="json", wrap_lines=True)


def headers(response: Response) -> None:
    """Status and headers of the response."""
    exchange = response.exchange
    if exchange is None or exchange.status is None:
        st.caption("No response came.")
        return
    st.code(
        f"{exchange.http_version or 'HTTP'} {exchange.status}\n{_lines(exchange.response_headers)}",
        language="http",
        wrap_lines=True,
    )


def events(response: Response) -> None:
    """Every event of the stream with its time."""
    exchange = response.exchange
    if exchange is None or not (exchange.events or exchange.response_body):
        st.caption("Nothing was received.")
    elif not exchange.events:
        st.caption("One body, not a stream.")
        st.code(pretty(exchange.response_body), language="json", wrap_lines=True)
    else:
        st.caption(f"{len(exchange.events):,} events; seconds from the request's head on the wire.")
        shown = exchange.events[:MOST_EVENTS]
        named = [event.name for event in shown]
        st.dataframe(
            {
                "offset": [event.offset for event in shown],
                **({"event": named} if any(named) else {}),
                "data": [fmt.visible(event.data) for event in shown],
            },
            column_config={
                "offset": st.column_config.NumberColumn("time, s", format="%.3f", width=64)
            },
            hide_index=True,
            height=EVENTS_HEIGHT,
            alt="Every event of the stream with its time",
        )
        if len(exchange.events) > MOST_EVENTS:
            st.caption(f"Shown: the first {MOST_EVENTS:,}. The JSON download has all.")


def code(request: Request, endpoint: Endpoint | None, key: str) -> None:
    """The same call as a program."""
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
        wrap=False,
    )
    if language:
        st.code(
            made[language],
            language={"curl": "bash", "javascript": "javascript"}.get(language, "python"),
        )
    from playground.ui.parts.project import (
        take_away,
    )  # what writes projects: not for the first page

    take_away([request], endpoint, key, kind=_kind(request))


def _kind(request: Request) -> str:
    """What kind of project a request is first of all."""
    if request.tools:
        return "tools"
    if request.settings.response_schema:
        return "schema"
    return "conversation" if len(request.messages) > 1 else "request"


def _lines(headers: Mapping[str, str]) -> str:
    return fmt.visible("\n".join(f"{name}: {value}" for name, value in headers.items()))


def pretty(value: Any) -> str:
    """JSON with indents, half an emoji as its escape; text that is not JSON as it is; controls of direction spelled out."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return fmt.visible(str(value))
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return fmt.visible(text.encode("utf-8", "backslashreplace").decode())


class View(NamedTuple):
    """One way to look at a lane."""

    draw: Callable[[Request, Response, Endpoint | None, str], None]
    wide: bool = False
    """True where it can't be read in a narrow column: the lanes then stand one under the other."""


VIEWS: dict[str, View] = {
    "Answer": View(lambda request, response, endpoint, key: answer(response)),
    "Text": View(lambda request, response, endpoint, key: text(response)),
    "Request": View(lambda _, response, endpoint, key: request(response), wide=True),
    "Headers": View(lambda request, response, endpoint, key: headers(response)),
    "Events": View(lambda request, response, endpoint, key: events(response), wide=True),
    "Code": View(lambda request, response, endpoint, key: code(request, endpoint, key), wide=True),
}
"""What the switch offers, in its order."""
