"""Rate limits: gauges of one answer, a burst that runs into a 429, a plan by tier, and what is free."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.demo.process import get_demo
from playground.domain import Endpoint, Response
from playground.domain.provider import provider_of
from playground.engine import LiveRun
from playground.lab import capacity
from playground.lab import limits as lab
from playground.lab.capacity import Plan, Shape
from playground.lab.rate_limits import binding, tier
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.live import wait
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.number_field import number_field
from playground.ui.session.looking import Place, looked_at
from playground.ui.session.models import default_model
from playground.wire.gauges import Gauge

PANEL = "limits"
MODEL = names.lab(PANEL, "burst_model")
NUMBERS = ("A minute", "A day", "At once", "Replayed a minute", "At most $ a month")
"""Columns of the plan that are written with separators of thousands."""


def _fill(run: LiveRun) -> None:
    """Nothing: what is asked is always the same."""


PLACE = Place("limits", _fill)
BURST = Place("burst", _fill, page=PANEL)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    _gauges(where)
    _burst()
    _planner(where)
    _access()


def _gauges(where: Mapping[str, Endpoint]) -> None:
    run = looked_at(PLACE)
    models = asking.models_field(PANEL, where, most=4, default=catalog.defaults())
    asking.send(
        PLACE, run, lab.requests(models), where, label="Ask each once", key="lab_limits_send"
    )
    if run is None:
        asking.empty(
            PANEL,
            "what is left of each limit. Press **Ask each once**: one short request to each provider, and the limits that its"
            " headers tell.",
        )
    elif asking.ended(run, "lab_limits_live"):
        with st.grid(columns=3, min_column_width=300, gap="small") as grid:
            for lane in run.lanes:
                if lane.response is not None:
                    with grid.cell(), st.container(border=True):
                        _told(lane.response, f"{run.id}_{lane.index}")


def _told(response: Response, key: str) -> None:
    """One answer's gauges, the tier they belong to, and which of them binds."""
    st.subheader(plain(str(response.model)), anchor=False)
    if response.simulated:
        st.caption(":violet[:material/science: simulated]")
    if response.failure:
        st.markdown(plain(response.failure.told))
    found = lab.read(response)
    for gauge in found:
        _gauge(gauge, response, key)
    if not found:
        st.caption(
            "Its headers tell no limits: Google tells a limit only in a 429."
            if response.model.provider == "gemini"
            else "Its headers tell no limits that are known here."
        )
        return
    tightest = binding(found)
    binds = f"{_words(tightest.kind)} a {tightest.per}" if tightest else "not known"
    guessed = tier(response.model.provider, found) or "not known"
    st.caption(f"Binds first: **{binds}** · tier, guessed: **{guessed}**")


def _gauge(gauge: Gauge, response: Response, key: str) -> None:
    """What is left of a limit, and a clock that runs until it is full again."""
    left = f"{fmt.count(gauge.remaining)} of {fmt.count(gauge.limit)} left"
    words = f"{_words(gauge.kind)} a {gauge.per}: {left}"
    if gauge.used is None:
        st.markdown(words)
    else:
        st.progress(1 - gauge.used, text=words)
    seconds = lab.clock(gauge, response)
    if seconds:
        place = f"{key}_{gauge.kind}_{gauge.per}"
        wait.wait(seconds, place, said="full in {}", over="full again", wide=True)
    elif seconds is not None:
        st.caption("full again")


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _burst() -> None:
    st.subheader("Run into a limit", anchor=False)
    offered = {ref.provider: ref for ref in catalog.defaults() if lab.bursts(ref)}
    run = looked_at(BURST)
    st.session_state.setdefault(MODEL, list(offered)[-1])
    provider = st.segmented_control(
        "Small account of",
        list(offered),
        key=MODEL,
        required=True,
        format_func=lambda name: provider_of(name).label,
    )
    asked = lab.burst(offered[str(provider)])
    st.caption(
        f":violet[:material/science: simulated]: {len(asked)} requests at once, one more than the account may send in a minute."
        " A refused one waits for as long as it is told, and is sent again."
    )
    asking.send(
        BURST,
        run,
        asked,
        get_demo().endpoints(),
        label="Burst",
        key="lab_limits_burst",
        retries=lab.RETRIES,
    )
    if run is not None and asking.ended(run, "lab_limits_burst_live"):
        _waited(run)


def _waited(run: LiveRun) -> None:
    responses = [lane.response for lane in run.lanes if lane.response is not None]
    waits = lab.waits(responses)
    good = sum(response.ok for response in responses)
    st.markdown(f"{good} of {len(responses)} answered; **{len(waits)} × 429** on the way.")
    if waits:
        rows = [
            {
                "Call": wait["call"],
                "Retry-After": fmt.seconds(wait["asked_seconds"]),
                "Waited": fmt.seconds(wait["waited_seconds"]),
                "Then": wait["then"],
                "It said": wait["said"],
            }
            for wait in waits
        ]
        st.dataframe(rows, hide_index=True, key="lab_limits_waits")
    last = max(responses, key=lambda response: response.timing.started_at or "", default=None)
    if last is not None:
        st.caption("What is left behind the last of them:")
        _told(last, f"{run.id}_burst")


def _planner(where: Mapping[str, Endpoint]) -> None:
    st.subheader("How much is enough", anchor=False)
    planned = [ref for ref in catalog.defaults() if ref.provider in where] or [default_model()]
    with st.container(horizontal=True):
        ref = st.selectbox(
            "Model", planned, format_func=str, key=names.lab(PANEL, "planned"), width=300
        )
        read = _number("Input tokens", 2_000, 0, 2_000_000)
        cached = _number("Of them cached, %", 0, 0, 100)
        written = _number("Output tokens", 500, 0, 200_000)
        seconds = _number("Seconds each", 8, 1, 3_600)
        rate = _number("Wanted a minute", 60, 1, 1_000_000)
    if read is None or cached is None or written is None or seconds is None or rate is None:
        return
    shape = Shape(
        input_tokens=read, cached_share=cached / 100, output_tokens=written, seconds=seconds
    )
    found = capacity.plans(ref, shape)
    if not found:
        st.caption("No tiers of this provider are known.")
        return
    cheapest = capacity.cheapest(found, rate)
    if cheapest:
        st.success(
            f"**{cheapest.tier.tier}** does: {cheapest.per_minute:,.0f} such requests a minute, "
            f"about {capacity.lanes(cheapest, shape.seconds):,} at once.",
            icon=":material/check:",
        )
    else:
        st.warning("No tier is known to let so many through.", icon=":material/help:")
    st.dataframe(
        [_tier_row(plan, shape) for plan in found],
        hide_index=True,
        key="lab_limits_plans",
        placeholder="–",
        column_config={
            **{name: st.column_config.NumberColumn(format="localized") for name in NUMBERS},
            "Source": st.column_config.LinkColumn(display_text="source"),
        },
    )
    for note in dict.fromkeys(plan.tier.note for plan in found if plan.tier.note):
        st.caption(dollars(note))
    if shape.cached_share and capacity.cached_counts(ref.provider) is None:
        st.caption("Whether cached tokens count is not published here: they are planned as if.")


def _number(label: str, first: int, least: int, most: int) -> int | None:
    """A number of the plan; None while it can't be read, which is then said."""
    key = names.lab(PANEL, label.split(" ")[0].lower())
    typed = number_field(label, key, first=first, least=least, most=most, width=150)
    return None if typed.value is None else int(typed.value)


def _tier_row(plan: Plan, shape: Shape) -> dict[str, object]:
    """One tier; the last figure is what the demo's own limits let through of the plan."""
    replayed = capacity.replay(plan, shape)
    concurrency = plan.concurrency(shape.seconds)
    return {
        "Tier": plan.tier.tier,
        "A minute": None if plan.per_minute is None else round(plan.per_minute, 1),
        "A day": None if plan.per_day is None else round(plan.per_day),
        "Binds": "not published" if plan.binds is None else _words(plan.binds),
        "Binds the day": None if plan.binds_the_day is None else _words(plan.binds_the_day),
        "At once": None if concurrency is None else round(concurrency, 1),
        "Replayed a minute": None if replayed is None else round(replayed.per_minute, 1),
        "Comes with": plan.tier.condition,
        "At most $ a month": None if plan.tier.ceiling is None else int(plan.tier.ceiling),
        "Source": plan.tier.source,
        "Read": plan.tier.as_of,
    }


def _access() -> None:
    st.subheader("Free against paid", anchor=False)
    st.dataframe(
        [
            {
                "Provider": provider_of(row.provider).label,
                "Tier": "paid" if row.paid else "free",
                "Access": row.access,
                "Limits": row.limits or "not known",
                "Your content": row.content or "not known",
                "Source": row.source,
                "Read": row.as_of,
            }
            for row in capacity.access()
        ],
        hide_index=True,
        key="lab_limits_access",
        column_config={"Source": st.column_config.LinkColumn(display_text="source")},
    )
