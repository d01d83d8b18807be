"""The turns of a conversation: question, answers side by side, what each resent and cost; edit and branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import APIS, Endpoint, Response
from playground.lab import conversation_cache
from playground.lab.conversation import Conversation, Turn
from playground.lab.ladder import Count
from playground.ui.chat_vs_api.conversation.talk import (
    Split,
    ask,
    current_talk,
    split_of,
    waiting,
)
from playground.ui.live.component import live_run
from playground.ui.parts import cache_miss
from playground.ui.parts.markdown import answer, dollars, failed, plain, safe
from playground.ui.parts.receipt import receipt
from playground.ui.session import once

COLUMNS = (1, 2, 3, 2)
"""Cards side by side for one to four models."""
SHOWN = 3
"""Turns in full view; the earlier ones fold away."""


def turns(
    talk: Conversation, path: Sequence[Turn], names: Sequence[str], where: Mapping[str, Endpoint]
) -> None:
    """The turns of a branch, newest first."""
    st.header("The conversation, newest turn first", anchor=False)
    for turn in reversed(path[-SHOWN:]):
        _turn(talk, turn, names, where)
    earlier = path[:-SHOWN]
    if earlier:
        label = f"{len(earlier)} earlier turns: look at them, edit them, branch from them"
        with st.expander(label, on_change="rerun", key="conversation_earlier") as box:
            if box.open:
                for turn in reversed(earlier):
                    _turn(talk, turn, names, where)


def _turn(
    talk: Conversation, turn: Turn, names: Sequence[str], where: Mapping[str, Endpoint]
) -> None:
    key = f"turn_{talk.id}_{turn.id}"
    with st.chat_message("user"):
        if turn.summary:
            st.caption(
                ":material/compress: The window was full: the models were asked for a summary."
            )
        st.markdown(plain(turn.question[:2000]))
        _controls(talk, turn, key, where)
    columns = COLUMNS[len(names) - 1]
    with st.grid(columns=columns, min_column_width=270, gap="small") as grid:
        for lane, name in enumerate(names):
            with grid.cell():
                _lane(talk, turn, lane, name, key, alone=len(names) == 1)


def _controls(talk: Conversation, turn: Turn, key: str, where: Mapping[str, Endpoint]) -> None:
    versions = talk.siblings(turn)
    if not turn.live.done:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if len(versions) > 1:
            at = versions.index(turn)
            for by, icon in ((-1, "chevron_left"), (1, "chevron_right")):
                there = at + by
                st.button(
                    "",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    key=f"{key}_{icon}",
                    help="Another version of this turn",
                    disabled=not 0 <= there < len(versions),
                    on_click=_show,
                    args=(versions[there % len(versions)].id,),
                )
            st.caption(f"version {at + 1} of {len(versions)}")
        if not turn.summary:
            with st.popover("Edit", icon=":material/edit:", type="tertiary", key=f"{key}_edit"):
                edited = st.text_area("Ask this instead", turn.question, key=f"{key}_text")
                st.caption("A new branch begins here; the old one stays.")
                place = f"{key}_ask"
                asked = once.button(place, None, "Ask", key=place, type="primary")
                words = (edited or "").strip()
                if (
                    once.goes(place, None, asked, words)
                    and words
                    and ask(talk, where, words, behind=turn.parent, queue=waiting(talk))
                ):
                    st.rerun()


def _show(turn_id: str) -> None:
    talk = current_talk()
    if talk and turn_id in talk.turns:
        talk.show(turn_id)


def _lane(talk: Conversation, turn: Turn, lane: int, name: str, key: str, *, alone: bool) -> None:
    if turn.live.lanes[lane].response is None:
        live_run(
            turn.live, key=f"{key}_live_{lane}", titles=[name] * len(turn.live.lanes), lanes=[lane]
        )
        return
    response = turn.response(lane)
    with st.container(border=True, gap="xsmall"):
        if alone:
            left, right = st.columns([3, 2])
        else:
            left, right = st.container(), st.container()
        with left:
            stand_in = f" · {response.stand_in}" if response.stand_in else ""
            st.caption(f"**{plain(name)}**{stand_in}")
            _said(response)
        with right:
            _beside(talk, turn, lane, response, key)


def _said(response: Response) -> None:
    if response.failure:
        show = st.warning if response.failure.stopped else st.error
        show(
            failed(response.failure),
            title=response.failure.word.capitalize(),
        )
    if response.reasoning_text:
        with st.expander("Reasoning", icon=":material/psychology:"):
            answer(response.reasoning_text)
    if response.refusal:
        st.warning(safe(response.refusal))
    answer(response.text)
    for remark in response.remarks:
        st.caption(f":material/warning: {plain(remark)}")


def _beside(talk: Conversation, turn: Turn, lane: int, response: Response, key: str) -> None:
    """What this turn resent, took and cost, and what the conversation has cost so far."""
    st.markdown(dollars(_table(talk, turn, lane, response)))
    st.caption(_how_sent(turn, lane))
    if response.cost:
        with st.popover("Receipt", icon=":material/receipt_long:", key=f"{key}_receipt_{lane}"):
            st.markdown(receipt(response.cost))
    if told := conversation_cache.told(talk.path_to(turn.id), lane):
        cache_miss.missed(told, f"{key}_{lane}")


def _table(talk: Conversation, turn: Turn, lane: int, response: Response) -> str:
    path = talk.path_to(turn.id)
    so_far = [each.response(lane) for each in path]
    usage = response.usage
    sent, cached, got, cost = fmt.named(
        "input_tokens", "cache_read_input_tokens", "output_tokens", "cost"
    )
    rows = [
        (sent.label, sent.write(response), _sum(sent.value(r) for r in so_far)),
        *_input_parts(usage.input_tokens, split_of(turn, lane)),
        (
            f"· {cached.label.lower()}",
            _share(usage.cache_read_input_tokens, usage.input_tokens),
            "",
        ),
        (got.label, got.write(response), _sum(got.value(r) for r in so_far)),
        (cost.label, cost.write(response), _money(so_far)),
    ]
    table = f"| turn {len(path)} | this turn | in total |\n|:--|--:|--:|\n"
    return table + "\n".join(f"| {a} | {b} | {c} |" for a, b, c in rows)


def _input_parts(total: int | None, split: Split | None) -> list[tuple[str, str, str]]:
    """The rows for what is new, resent and system prompt; none when the counts are not known."""
    if not split or total is None:
        return []
    resent = total - split.with_system.tokens
    rows = [
        ("· new", f"{_mark(split.question)}{split.question.tokens:,}", ""),
        ("· resent", f"{_mark(split.with_system)}{resent:,}", ""),
    ]
    if split.with_system.tokens != split.question.tokens:
        told = split.with_system.tokens - split.question.tokens
        rows.append(("· system", f"{_mark(split.with_system)}{told:,}", ""))
    return rows


def _how_sent(turn: Turn, lane: int) -> str:
    request = turn.request(lane)
    how = (
        f"Sent: 1 message; the rest is kept by the provider ({APIS[request.model.api].keeps})."
        if request.previous_response_id
        else f"Sent: {_messages(len(request.messages))}."
    )
    gone = turn.dropped.get(lane, 0)
    return how + (f" {gone} older messages were dropped." if gone else "")


def _messages(number: int) -> str:
    return f"{number} message{'s' if number != 1 else ''}"


def _mark(count: Count) -> str:
    return "≈ " if count.estimate else ""


def _sum(values: Any) -> str:
    known = list(values)
    return fmt.NOT_REPORTED if None in known else f"{sum(known):,}"


def _money(responses: Sequence[Response]) -> str:
    costs = [response.cost for response in responses]
    known = [cost.total for cost in costs if cost]
    if not known:
        return fmt.NO_PRICE
    mark = "" if len(known) == len(costs) else "≥ "
    return mark + fmt.money(sum(known, Decimal(0)))


def _share(part: int | None, whole: int | None) -> str:
    if part is None or not whole:
        return fmt.NOT_REPORTED
    return f"{part:,} ({part / whole:.0%})"
