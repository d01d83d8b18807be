"""The section "Memory": one long talk carried four ways, what each costs turn by turn, and which facts it forgets."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint
from playground.domain.provider import APIS
from playground.export import dumps
from playground.figures.palette import BLUE, GREEN, PINK, RED
from playground.lab import memory
from playground.lab.memory import LABELS, WAYS, Carried, Rules, Talk, Way, facts
from playground.ui import names
from playground.ui.chat_vs_api.sections import CONVERSATION, foretold, go
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt
from playground.ui.parts.markdown import plain
from playground.ui.parts.tables import worded
from playground.ui.session import loops
from playground.ui.session.models import default_model, pick_models, simulated_note
from playground.ui.session.state import owner

PANEL = "memory"
TICK = 0.25
COLORS: Mapping[str, str] = {
    LABELS["everything"]: RED,
    LABELS["window"]: BLUE,
    LABELS["summary"]: GREEN,
    LABELS["provider"]: PINK,
}
SAYS: Mapping[Way, str] = {
    "everything": "All questions and answers are sent again at every turn. Nothing is lost; the cost grows with the square of the turns.",
    "window": "Only the last exchanges are sent. The cost stays flat; what was said before them is gone.",
    "summary": "From time to time the model sums up, and the summary stands in front of what follows. It keeps what it thinks important.",
    "provider": "The provider keeps the talk and you send the new question only: it is billed as input all the same. Claude keeps none; it sums the talk up itself when asked (on-demand compaction, a beta), and its signed summary is sent in front.",
}


def view(where: Mapping[str, Endpoint]) -> None:
    """Rules, the talk under way, and what came of it."""
    st.markdown(
        "**An API forgets everything between two calls. One talk with planted facts, carried four ways: what each costs,"
        " turn by turn, and what it no longer knows at the end.**"
    )
    rules = _rules(where)
    begun = memory.find(loops.group_of(PANEL), owner())
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Carry it four ways",
            type="primary",
            icon=":material/send:",
            key="memory_go",
            disabled=rules is None or bool(begun and not begun.done),
        ):
            group = uuid.uuid4().hex
            if rules is not None:
                begun = memory.begin(rules, loops.sending(where, group, "memory"))
                loops.look_at(PANEL, group)
        st.button(
            "Talk yourself",
            key="memory_talk",
            icon=":material/arrow_forward:",
            on_click=go,
            args=(CONVERSATION,),
            help="The Conversation section has the same ways for your own words.",
        )
    if rules is not None:
        simulated_note((rules.model,), where)
        _before(rules, where)
    if begun is None:
        _ways()
    elif begun.done:
        results(begun)
    else:
        _follow(begun)


def _rules(where: Mapping[str, Endpoint]) -> Rules | None:
    models = pick_models(names.MEMORY_MODELS, where, most=1, default=[default_model()])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        turns = st.slider(
            "Turns", memory.FEWEST, memory.MOST, 12, key="memory_turns", persist_state="session"
        )
        window = st.slider(
            "The window keeps, exchanges", 1, 8, 3, key="memory_window", persist_state="session"
        )
        every = st.slider(
            "Summed up after, exchanges", 2, 8, 4, key="memory_every", persist_state="session"
        )
    return Rules(model=models[0], turns=turns, window=window, every=every) if models else None


def _before(rules: Rules, where: Mapping[str, Endpoint]) -> None:
    """What it may cost and what is stored, before anything is sent."""
    if said := foretold(memory.at_least(rules), where):
        st.caption(f"Sending everything again, the answers left out: {said}")
    kept = memory.door(rules.model)
    endpoint = where.get(rules.model.provider)
    if kept is not None and endpoint is not None and not endpoint.simulated:
        st.caption(f":material/cloud: {APIS[kept.api].storage}")


def _ways() -> None:
    with st.grid(columns=2, min_column_width=300, gap="small") as grid:
        for way in WAYS:
            with grid.cell(), st.container(border=True, height="stretch"):
                st.markdown(f"**{LABELS[way]}.** {SAYS[way]}")


def _follow(begun: Talk) -> None:
    st.button("Stop", icon=":material/stop:", key="memory_stop", on_click=begun.stop)
    place = st.empty()
    while not begun.done:
        told = [
            f"{LABELS[way.way]}: {max((s.number for s in way.steps), default=0)} of {begun.rules.turns}"
            for way in begun.ways
        ]
        place.info(" · ".join(told), icon=":material/hourglass_top:")
        time.sleep(TICK)
    st.rerun()


def results(talk: Talk) -> None:
    """Figures, the cost curve, the facts, and where each way came to its end."""
    ways = talk.ways
    if any(step.response.simulated for way in ways for step in way.steps):
        st.badge(
            "simulated: real prices, made-up answers; its summary keeps the three newest notes",
            icon=":material/science:",
            color="violet",
        )
    for way in ways:
        if way.problem:
            st.warning(f"{LABELS[way.way]}: {plain(way.problem)}", icon=":material/info:")
    _figures(ways)
    if picture := curves(ways):
        st.subheader("Cost so far, turn by turn", anchor=False)
        charts.draw(picture)
    _facts(talk)
    st.caption(
        "A fact counts as known where its value stands word for word in the answer to one question at the end. Summaries and"
        " that question are in the cost; each call is a run in the history."
    )
    st.download_button(
        "JSON",
        dumps(talk.document()),
        "memory.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        key="memory_json",
    )


def _figures(ways: Sequence[Carried]) -> None:
    known = [way.known() for way in ways]
    table: dict[str, Sequence[Any]] = {
        "Way": [LABELS[way.way] for way in ways],
        "Calls": [len(way.steps) for way in ways],
        "Input tokens": [way.input_tokens if way.steps else None for way in ways],
        "Cost": [None if way.cost is None or not way.steps else float(way.cost) for way in ways],
        "Facts known": ["–" if k is None else f"{sum(k.values())} of {len(k)}" for k in known],
    }
    texts = {"Cost": ["–" if not way.steps else fmt.money(way.cost) for way in ways]}
    st.dataframe(
        worded(table, texts),
        hide_index=True,
        placeholder="–",
        alt="Calls, tokens, cost and facts known of each way",
        column_config={
            name: st.column_config.NumberColumn(name, format="localized")
            for name in ("Calls", "Input tokens")
        },
    )


def curves(ways: Sequence[Carried]) -> Picture | None:
    """A line a way: USD spent until each turn; None where no call has a price."""
    rows = [
        {
            "way": LABELS[way.way],
            "turn": turn,
            "usd": float(usd),
            "written": fmt.money(usd),
        }
        for way in ways
        for turn, usd in way.curve()
    ]
    if not rows:
        return None
    chart = (
        alt.Chart({"values": rows})
        .mark_line(point=True, strokeWidth=2, aria=False)
        .encode(
            x=alt.X("turn:Q", title="turn", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("usd:Q", title="USD so far", axis=charts.dollars()),
            color=charts.colored("way", COLORS, rows),
            tooltip=[
                alt.Tooltip("way:N"),
                alt.Tooltip("turn:Q"),
                alt.Tooltip("written:N", title="USD so far"),
            ],
        )
        .properties(height=320)
    )
    ends = {row["way"]: row for row in rows}
    told = " ".join(
        f"{way}: {row['written']} after turn {row['turn']}." for way, row in ends.items()
    )
    return Picture(chart, charts.shown(COLORS, rows, "way"), told)


def _facts(talk: Talk) -> None:
    """A row a fact, a column a way: known at the end or not."""
    ways = [(way, known) for way in talk.ways if (known := way.known()) is not None]
    if not ways:
        return
    st.subheader("What it still knew", anchor=False)
    heads = [LABELS[way.way] for way, _ in ways]
    lines = ["| | told in turn | " + " | ".join(heads) + " |", "|:--|--:|" + ":-:|" * len(ways)]
    for fact in facts(talk.rules.turns):
        marks = ["✓" if known[fact.name] else "**forgotten**" for _, known in ways]
        lines.append(f"| the {fact.name} | {fact.turn} | " + " | ".join(marks) + " |")
    st.markdown("\n".join(lines))
