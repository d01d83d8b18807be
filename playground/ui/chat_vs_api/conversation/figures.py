"""The figures of a conversation: how full the window is, what each turn resends, the running total and its projection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import pricing
from playground.domain import Endpoint, ModelRef, clock
from playground.lab import conversation as lab
from playground.lab import conversation_growth as growth
from playground.lab.breakeven import HIDDEN
from playground.lab.conversation import Conversation, Turn
from playground.ui.chat_vs_api import charts
from playground.ui.chat_vs_api.charts import HIDDEN as SYSTEM
from playground.ui.chat_vs_api.charts import MEASURED, NEW, RESENT
from playground.ui.chat_vs_api.conversation.talk import answered, grown, split_of
from playground.ui.parts.charts import draw
from playground.ui.parts.number_field import number_field

FARTHEST = 100
"""Turns of the projection."""


def figures(talk: Conversation, names: Sequence[str], where: Mapping[str, Endpoint]) -> None:
    """The headline, the bars of the turns beside the running totals with their projection, and the meter."""
    head = st.container()
    lane = 0
    if len(names) > 1:
        chosen = st.segmented_control(
            "Model", names, default=names[0], key="conversation_lane", required=True
        )
        lane = list(names).index(chosen) if chosen in names else 0
    path = answered(talk)
    turns = growth.measured([turn.response(lane) for turn in path])
    if not turns:
        st.caption("No turn has reported its usage yet.")
        return
    head.markdown(f"## {_first_sentence(turns)}")
    left, right = st.columns(2)
    with left:
        st.markdown("**Sent with each turn**")
        draw(charts.turn_bars(bar_rows(path[: len(turns)], lane), height=HEIGHT))
        _meter(talk, lane, path[: len(turns)])
    with right:
        _projection(talk, lane, path[: len(turns)], turns, where)


HEIGHT = 280
"""Pixels of both pictures."""


def _first_sentence(turns: Sequence[growth.Turn]) -> str:
    first, last = turns[0].input_tokens, turns[-1].input_tokens
    if len(turns) == 1:
        return f"Turn 1 sent {first:,} tokens. Ask again and see what turn 2 sends."
    return f"Turn {len(turns)} sent {last:,} tokens, {last / first:,.0f} × turn 1 ({first:,}). The new question is the green bit."


def bar_rows(path: Sequence[Turn], lane: int) -> list[dict[str, Any]]:
    """What every turn's input was made of."""
    rows: list[dict[str, Any]] = []
    for number, turn in enumerate(path, 1):
        total = turn.response(lane).usage.input_tokens
        split = split_of(turn, lane)
        if total is None:
            continue
        new = split.question.tokens if split else 0
        system = split.with_system.tokens - new if split else 0
        for part, tokens in ((SYSTEM, system), (RESENT, total - new - system), (NEW, new)):
            if tokens > 0:
                rows.append({"turn": number, "part": part, "tokens": tokens})
    return rows


def _meter(talk: Conversation, lane: int, path: Sequence[Turn]) -> None:
    rules = talk.rules
    room = lab.window(rules, lane)
    last = path[-1].response(lane)
    used = (last.usage.input_tokens or 0) + (last.visible_output_tokens or 0)
    if room is None:
        st.caption("Context window: not known for this model.")
        return
    whose = "your limit" if rules.window else "the model's window"
    said = f"Context: {used:,} of {room:,} tokens ({_share(used / room)} of {whose}). When it is full: {rules.policy}."
    if used / room < LEAST:
        st.caption(said)
    else:
        st.progress(min(1.0, used / room), text=said)


def _share(part: float) -> str:
    return f"{part:.1%}" if part >= LEAST / 10 else f"less than {LEAST / 10:.1%}"


LEAST = 0.01
"""Share of a window from which a bar shows something."""


def _projection(
    talk: Conversation,
    lane: int,
    path: Sequence[Turn],
    turns: tuple[growth.Turn, ...],
    where: Mapping[str, Endpoint],
) -> None:
    controls = _projection_controls(len(turns))
    if controls is None:
        return
    money, until, hidden = controls
    found = grown(talk, lane, path, turns, where)
    ref = talk.rules.models[lane]
    series = projections(found, until, hidden, growth.minimum_prefix(ref))
    totals = {
        MEASURED: _measured_totals(path, lane, turns, money),
        **{name: _totals(projected, ref, money) for name, projected in series.items()},
    }
    rows = [
        {"turn": i, "series": name, "value": value}
        for name, values in totals.items()
        for i, value in enumerate(values, 1)
    ]
    if money and not any(totals[name] for name in series):
        st.caption("This model has no price, so there is nothing to draw in USD.")
        return
    title = "USD in total" if money else "input tokens in total"
    draw(charts.growth_lines(rows, list(totals), unit=title, money=money, height=HEIGHT))
    _how_projected(found, until, money)


def _projection_controls(measured: int) -> tuple[bool, int, int] | None:
    """Whether in USD, up to which turn, and with a hidden prompt of how many tokens; None while one can't be read."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Running total**")
        unit = st.segmented_control(
            "Running total of",
            ("input tokens", "USD"),
            default="input tokens",
            key="conversation_unit",
            required=True,
            label_visibility="collapsed",
        )
        with st.popover("Projection", icon=":material/tune:", type="tertiary"):
            until = number_field(
                "Turns",
                "conversation_until",
                first=min(max(10, measured), FARTHEST),
                least=2,
                most=FARTHEST,
            )
            hidden = number_field(
                "Hidden prompt, tokens",
                "conversation_hidden",
                first=HIDDEN,
                most=200_000,
                help=(
                    f"A chat product puts a system prompt in front of every turn. {HIDDEN:,} is the size of the one that"
                    " Anthropic published for Claude.ai with Opus 5 (2026-07-24), counted with o200k_base. 0 = none."
                ),
            )
    if until.value is None or hidden.value is None:
        st.caption("Mend the fields of the projection to see it.")
        return None
    return unit == "USD", int(until.value), int(hidden.value)


def projections(
    found: growth.Growth, until: int, hidden: int, minimum: int
) -> dict[str, tuple[growth.Turn, ...]]:
    """The projected turns, with and without caching, with and without a hidden system prompt."""
    plain_turns = growth.uncached(found.project(until))
    series = {
        "without caching": plain_turns,
        "with caching": growth.cached(plain_turns, minimum),
    }
    if hidden:
        more = growth.with_hidden(plain_turns, hidden)
        series |= {
            f"hidden prompt of {hidden:,}, without caching": more,
            f"hidden prompt of {hidden:,}, with caching": growth.cached(more, minimum),
        }
    return series


def _measured_totals(
    path: Sequence[Turn], lane: int, turns: Sequence[growth.Turn], money: bool
) -> list[float]:
    if not money:
        return [float(value) for value in growth.cumulative([t.input_tokens for t in turns])]
    totals, total = [], Decimal(0)
    for turn in path:
        cost = turn.response(lane).cost
        if cost is None:
            break
        total += cost.total
        totals.append(float(total))
    return totals


def _totals(turns: Sequence[growth.Turn], ref: ModelRef, money: bool) -> list[float]:
    """Running totals; with caching, tokens are those at the full rate."""
    if not money:
        return [float(value) for value in growth.cumulative([t.full_price for t in turns])]
    receipts = growth.costs(turns, ref, pricing.load(), clock.today())
    totals, total = [], Decimal(0)
    for cost in receipts or ():
        total += cost.total
        totals.append(float(total))
    return totals


def _how_projected(found: growth.Growth, until: int, money: bool) -> None:
    turns = found.project(until)
    projected = sum(1 for turn in turns if not turn.measured)
    total = sum(turn.input_tokens for turn in turns)
    with st.popover("Where these numbers come from", icon=":material/info:"):
        st.markdown(
            f"- Points: {len(turns) - projected} measured turns, as the provider reported them.\n"
            f"- Lines: the measured turns and {projected} projected ones, {total:,} input tokens together. The projection asks"
            " your questions again in the same order and takes the answers to be as long as they were."
            + (" The step to a new round is an estimate.\n" if found.wrap_estimate else "\n")
            + "- With caching: a cache at its best. All that was sent before is read, only what is new is written; tokens"
            " drawn are those at the full rate. Real caches forget after minutes and start at a least length.\n"
            + (
                "- USD: each turn at the price row of the model, see the receipts below.\n"
                if money
                else ""
            )
        )
