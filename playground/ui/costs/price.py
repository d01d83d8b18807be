"""One price, opened: source and date, what it is in every case, its history, what other sources say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.catalog import find
from playground.domain import ModelRef, clock
from playground.figures.paid import PAID
from playground.figures.palette import GREY
from playground.pricing import Price, PriceBook
from playground.pricing.listing import Entry, cases
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt
from playground.ui.parts.markdown import dollars


def spelling(price: Price) -> str:
    """`provider:model`, with `…` where the row stands for every id that begins so."""
    return f"{price.provider}:{price.model}{'…' if price.prefix else ''}"


def retires(price: Price) -> date | None:
    """The day on which the model is switched off, by the price's row or by the catalog."""
    model = find(ModelRef(price.provider, "chat", price.model))
    return price.retired or (model.retires if model else None)


def coming(entry: Entry) -> str | None:
    """The announced change in one line."""
    if (new := entry.coming) is None:
        return None
    old = entry.price
    tiers = [name for name, how in new.tiers.items() if how != old.tiers.get(name)]
    if new.rates == old.rates and tiers:
        return f"{new.valid_from}: another price for {', '.join(tiers)}"
    pair = " / ".join(fmt.rate(new.rates[name]) for name in ("input", "output"))
    return f"{new.valid_from}: {pair}"


def details(book: PriceBook, entry: Entry) -> None:
    """Everything that is known of one price."""
    price = entry.price
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(spelling(price), anchor=False, width="content")
            if price.override:
                st.badge("your own price", icon=":material/edit:", color="orange")
            if price.free_tier:
                st.badge("free tier", icon=":material/redeem:", color="green")
            if day := retires(price):
                st.badge(f"retires {day}", icon=":material/event_busy:", color="red")
        if not price.rates:
            st.write("No price is known for this model: set one under **Your own prices**.")
            return
        st.markdown(_told(entry))
        st.markdown(_cases(book, price))
        if len(entry.history) > 1:
            if picture := history_chart(entry.history, clock.today()):
                charts.draw(picture)
            else:
                st.caption(
                    "The rates stayed the same; what changed are terms, such as a tier or the price of long requests."
                )
            st.markdown(_history(entry))


def _told(entry: Entry) -> str:
    price = entry.price
    since = f"since {price.valid_from}" if price.valid_from else "as long as known"
    lines = [f"- Holds {since}; checked on {price.as_of} at {_link(price.source)}."]
    if told := coming(entry):
        told = dollars(told) + (" (input / output)" if " / " in told else "")
        lines.append(f"- **Announced**: {told}.")
    if price.note:
        lines.append(f"- {price.note}")
    if price.aliases:
        lines.append("- Also for " + ", ".join(f"`{alias}`" for alias in price.aliases))
    for other in price.disagrees:
        rates = ", ".join(
            f"{name.replace('_', ' ')} {fmt.rate(r)}" for name, r in other.rates.items()
        )
        where = f" above {other.above:,} input tokens" if other.above else ""
        where += f" up to {other.up_to:,} input tokens" if other.up_to else ""
        said = f"- **Another source disagrees** for {', '.join(other.ways)}{where}: {rates} ({_link(other.source)}, {other.as_of}); such costs are shown as a range."
        lines.append(dollars(said))
    return "\n".join(lines)


def _cases(book: PriceBook, price: Price) -> str:
    found = list(cases(book, price))
    names = list(dict.fromkeys(name for case in found for name in case.rates))
    heads = " | ".join(name.replace("_", " ") for name in names)
    lines = [f"| USD per 1,000,000 tokens | {heads} |", "|:--|" + "--:|" * len(names)]
    for case in found:
        where = f"{case.way}, above {case.above:,} input tokens" if case.above else case.way
        cells = [fmt.rate(case.rates[n]) if n in case.rates else "" for n in names]
        lines.append(f"| {where} | {' | '.join(cells)} |")
    calls = {
        **(book.terms[price.provider].calls if price.provider in book.terms else {}),
        **price.calls,
    }
    if calls:
        lines.append("")
        lines.append(
            "Per 1,000 calls: "
            + ", ".join(f"{n.replace('_', ' ')} {fmt.rate(r)}" for n, r in calls.items())
        )
    return dollars("\n".join(lines))


def _history(entry: Entry) -> str:
    lines = ["| from | input | cached | output | checked | source |", "|:--|--:|--:|--:|:--|:--|"]
    for row in entry.history:
        now = " **now**" if row is entry.price else ""
        rates = [
            fmt.rate(row.rates[n]) if n in row.rates else ""
            for n in ("input", "cache_read", "output")
        ]
        cells = " | ".join([*rates, str(row.as_of), _link(row.source)])
        lines.append(f"| {row.valid_from or 'the start'}{now} | {cells} |")
    return dollars("\n".join(lines))


def _link(source: str) -> str:
    if not source.startswith("https://"):
        return source
    return f"[{source.removeprefix('https://').split('/')[0]}]({source})"


def changed(history: Sequence[Price]) -> list[str]:
    """The rates that were not always the same, in the order of the rows; a rate that came later has changed too."""
    every = dict.fromkeys(name for row in history for name in row.rates)
    return [name for name in every if len({row.rates.get(name) for row in history}) > 1]


def history_chart(history: Sequence[Price], today: date) -> Picture | None:
    """What changed, as steps over time, today marked; None where no rate did. On a log scale a tenth is seen as well as a ten."""
    rates = [name for name in changed(history) if name in LINES]
    known = [row.valid_from for row in history if row.valid_from]
    if not rates or not known:
        return None
    start = min(*known, today) - EDGE
    end = max(*known, today) + EDGE
    rows = [
        {
            "day": day.isoformat(),
            "rate": _label(name),
            "usd": float(row.rates[name]),
            "written": fmt.rate(row.rates[name]),
        }
        for name in rates
        for row, day in [*((row, row.valid_from or start) for row in history), (history[-1], end)]
        if row.rates.get(name)
    ]
    colors = {_label(name): LINES[name] for name in rates}
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=6, labelOverlap=True))
    lines = (
        alt.Chart({"values": rows})
        .mark_line(interpolate="step-after", strokeWidth=2.5, aria=False)
        .encode(
            x=x,
            y=alt.Y(
                "usd:Q",
                title="USD per 1,000,000 tokens",
                scale=alt.Scale(type="log"),
                axis=charts.dollars(),
            ),
            color=charts.colored("rate", colors, rows),
            tooltip=[
                alt.Tooltip("day:T"),
                alt.Tooltip("rate:N"),
                alt.Tooltip("written:N", title="USD"),
            ],
        )
    )
    chart = (lines + _marked(today, x)).properties(height=240)
    told = " ".join(
        f"{_label(name)}: "
        + ", ".join(f"{r.valid_from or 'before'} {fmt.rate(r.rates.get(name))}" for r in history)
        + "."
        for name in rates
    )
    return Picture(chart, colors, told)


def _marked(today: date, x: Any) -> Any:
    """Today as a line across the chart, with its name."""
    now = alt.Chart({"values": [{"day": today.isoformat(), "label": "today"}]}).encode(x=x)
    name = now.mark_text(dx=5, dy=9, align="left", baseline="top", color=GREY, aria=False)
    line = now.mark_rule(strokeDash=[4, 3], color=GREY, aria=False)
    return line + name.encode(y=alt.value(0), text="label:N")


def _label(rate: str) -> str:
    return rate.replace("_", " ")


EDGE = timedelta(days=90)
"""Drawn before the first change and behind the last one."""
LINES = {
    "input": PAID["input"],
    "cache_read": PAID["cache read"],
    "cache_write_5m": PAID["cache write"],
    "cache_write_30m": PAID["cache write"],
    "output": PAID["answer"],
}
"""Rate → its colour."""
