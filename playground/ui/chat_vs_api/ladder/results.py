"""What a climb showed: the headline, the picture, the table of the steps, and each step taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint, Response
from playground.export import dumps
from playground.export.document import document
from playground.lab import ladder
from playground.lab.ladder import Part
from playground.providers import preview
from playground.ui.chat_vs_api.ladder import picture
from playground.ui.chat_vs_api.ladder.climb import Climb
from playground.ui.parts.card import result_card
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.receipt import receipt
from playground.ui.parts.tables import figure_table
from playground.ui.parts.views import pretty
from playground.ui.parts.words import word_diff

FIGURES = fmt.named(
    "input_tokens", "output_tokens", "reasoning_output_tokens", "cost", "time_to_first_text"
)


def results(climb: Climb, where: Mapping[str, Endpoint]) -> None:
    """All of one model's steps, and the whole climb to download."""
    shown = picture.which(climb)
    responses = climb.responses(shown)
    parts = [climb.parts(shown, step) for step in range(climb.height)]
    with picture.head(climb, shown):
        _headline(responses, parts)
    picture.chart(climb, shown, parts)
    _table(climb, shown, responses, parts)
    for step in range(climb.height):
        _details(climb, shown, step, where)
    st.download_button(
        "JSON",
        partial(_json, climb),
        file_name="ladder.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="ladder_json",
    )


def _headline(responses: Sequence[Response], parts: Sequence[Sequence[Part]]) -> None:
    first, last = responses[0], responses[-1]
    before, after = first.usage.input_tokens, last.usage.input_tokens
    if not before or not after:
        word = "was stopped" if "stopped" in (first.state, last.state) else "failed"
        st.markdown(f"## A step {word}, so there is nothing to compare.")
        st.caption(":material/warning: Its row says why.")
        return
    st.markdown(f"## {headline(parts[0][0].tokens, before, after)}")
    if first.cost and last.cost:
        st.caption(
            dollars(
                f"One answer: {fmt.cost(first.cost)} bare, {fmt.cost(last.cost)} with everything."
                " In a product you pay none of it by the piece, and see none of it."
            )
        )


def headline(prompt: int, bare: int, dressed: int) -> str:
    """What the product's dress makes of the prompt; both numbers of the quotient are named."""
    framed = "" if bare == prompt else f", {bare:,} with what the provider adds to any call"
    return (
        f"Your prompt is {prompt:,} tokens{framed}. Dressed like a chat product, it is {dressed:,}:"
        f" {dressed / bare:,.0f} × {bare:,}."
    )


def _table(
    climb: Climb,
    model: int,
    responses: Sequence[Response],
    parts: Sequence[Sequence[Part]],
) -> None:
    rungs = climb.ladders[model]
    own = [row[-1] if i else row[0] for i, row in enumerate(parts)]
    framing = [next(p for p in row if p.name == ladder.FRAMING) for row in parts]
    figure_table(
        responses,
        FIGURES,
        before={
            "step": [f"{i}. {rung.name}" for i, rung in enumerate(rungs)],
            "adds": [
                ladder.not_sent(rungs, i) or f"{'≈ ' if part.estimate else ''}{part.tokens:+,}"
                for i, part in enumerate(own)
            ],
            "framing": [part.tokens for part in framing],
        },
        config={
            "step": st.column_config.TextColumn("Step", pinned=True),
            "adds": st.column_config.TextColumn("Adds", help="Input tokens of this step alone"),
            "framing": st.column_config.NumberColumn(
                "Provider framing",
                format="localized",
                help="What the provider reported beyond all counted parts",
            ),
        },
        alt="Every step with what it added",
    )


def _details(climb: Climb, model: int, step: int, where: Mapping[str, Endpoint]) -> None:
    rung = climb.ladders[model][step]
    responses = climb.responses(model)
    response = responses[step]
    refused = ladder.not_sent(climb.ladders[model], step)
    label = f"{step}. {plain(rung.name)} · {'not sent' if refused else _delta(responses, step)}"
    with st.expander(
        dollars(label), on_change="rerun", key=f"ladder_{climb.live.id}_{model}_{step}"
    ) as box:
        if not box.open:
            return
        for said in rung.left_out:
            st.caption(f":material/info: {plain(said)}")
        tabs = st.tabs(["Added to the request", "Changed in the answer", "Tokens", "Cost", "All"])
        with tabs[0]:
            _body(climb, model, step)
        with tabs[1]:
            _answers(climb, model, step)
        with tabs[2]:
            _parts(climb.parts(model, step), response)
        with tabs[3]:
            st.markdown(
                receipt(response.cost)
                if response.cost
                else "No price is known for this model, or nothing was reported."
            )
        with tabs[4]:
            result_card(
                str(rung.request.model),
                rung.request,
                response,
                where.get(rung.request.model.provider),
                key=f"ladder_card_{climb.live.id}_{model}_{step}",
            )


def _delta(responses: Sequence[Response], step: int) -> str:
    """What the step changed against the one before, in figures."""
    here = responses[step]
    if not here.ok:
        return here.ending
    tokens, cost, first = fmt.named("input_tokens", "cost", "time_to_first_text")
    short = "" if here.state == "done" else f" · {here.ending}"
    spoke = f"{first.label.lower()} {first.write(here)}{short}"
    if step == 0:
        return f"{tokens.write(here)} {tokens.label.lower()} · {cost.write(here)} · {spoke}"
    before = responses[step - 1]
    pair = (before.usage.input_tokens, here.usage.input_tokens)
    added = "?" if None in pair else f"{pair[1] - pair[0]:+,}"  # type: ignore[operator]
    more = here.cost.total - before.cost.total if here.cost and before.cost else None
    money = "?" if more is None else f"{'' if more < 0 else '+'}{fmt.money(more)}"
    return f"{added} {tokens.label.lower()} · {money} · {spoke}"


def _body(climb: Climb, model: int, step: int) -> None:
    """The exact difference of the two request bodies, as they went on the wire."""
    here = _sent(climb, model, step)
    if step == 0:
        st.caption("The whole body of the bare request.")
        st.code(pretty(here), language="json", wrap_lines=True)
        return
    lines = list(ladder.body_difference(_sent(climb, model, step - 1), here))
    if not lines:
        st.caption("The body is the same: this model takes nothing of this step.")
        return
    st.caption("The body of this request against that of the step before: + is new, − is gone.")
    st.code("\n".join(lines), language="diff", wrap_lines=True)


def _sent(climb: Climb, model: int, step: int) -> Any:
    exchange = climb.responses(model)[step].exchange
    if exchange is not None:
        return exchange.request_body
    return preview(climb.ladders[model][step].request)


def _answers(climb: Climb, model: int, step: int) -> None:
    responses = climb.responses(model)
    if step == 0:
        st.caption("The answer that all others are compared with.")
        st.code(responses[0].text or " ", language=None, wrap_lines=True)
        return
    rungs = climb.ladders[model]
    word_diff(
        responses[step - 1].text,
        responses[step].text,
        left_name=rungs[step - 1].name,
        right_name=rungs[step].name,
    )


def _parts(parts: Sequence[Part], response: Response) -> None:
    """The parts of one step with where each number comes from; they add up to what was reported."""
    lines = ["| part | tokens | where it comes from |", "|:--|--:|:--|"]
    for part in parts:
        mark = "≈ " if part.estimate else ""
        lines.append(f"| {plain(part.name)} | {mark}{part.tokens:,} | {plain(part.how)} |")
    total = sum(part.tokens for part in parts)
    told = fmt.count(response.usage.input_tokens)
    lines.append(f"| **sum** | **{total:,}** | reported by the provider: {told} |")
    st.markdown("\n".join(lines))


def _json(climb: Climb) -> str:
    """The same document as `playground ladder --json`."""
    whole = document(climb.live.run())
    rows = whole.pop("responses")
    split = [rows[i * climb.height : (i + 1) * climb.height] for i in range(len(climb.models))]
    models = range(len(climb.models))
    whole["steps"] = ladder.steps_document(
        climb.ladders,
        [climb.counts(i) for i in models],
        [climb.responses(i) for i in models],
        split,
    )
    return dumps(whole)
