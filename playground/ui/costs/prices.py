"""Every price in one table, and each one opened: source, date, history, announced change, what other sources say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt
import streamlit as st

from playground import figures as fmt
from playground.domain import ModelRef
from playground.figures.palette import MONEY
from playground.pricing import Price, PriceBook
from playground.pricing.listing import Entry, cases, entries
from playground.pricing.shape import Shape, quote
from playground.providers.catalog import catalog, find
from playground.ui import names

RATE_NAMES = {
    "input": "Input",
    "cache_read": "Cached",
    "cache_write": "Cache write",
    "output": "Output",
}
MILLION, SHAPE = "USD per 1,000,000 tokens", "USD per 1,000 requests"


def price_table(book: PriceBook, on: date) -> None:
    """The table with its filters, and the price that was opened."""
    shown, shape = _filtered(book, on)
    if not shown:
        st.info("No price fits these filters.", icon=":material/filter_alt_off:")
        return
    columns, config = _by_shape(book, shown, shape, on) if shape else _by_million(shown)
    spelled = [spelling(e.price) for e in shown]
    state = st.dataframe(
        columns,
        column_config={"model": st.column_config.TextColumn("Model", pinned=True), **config},
        hide_index=True,
        height=460,
        placeholder="–",
        key=names.PRICES_TABLE,
        on_select=lambda: _open_selected(spelled),
        selection_mode="single-row",
        alt="Prices of all models",
    )
    del state
    st.caption(
        f"{len(shown)} models on {on}. Sort by a heading, search with the magnifying glass, tick a row to open it."
    )
    chosen = st.selectbox(
        "Open a price", spelled, index=None, key=names.PRICES_OPEN, placeholder="Choose a model"
    )
    if chosen:
        details(book, shown[spelled.index(chosen)])


def _filtered(book: PriceBook, on: date) -> tuple[list[Entry], Shape | None]:
    """The entries that the filters leave, and the shape to price where that is asked for."""
    known = [*entries(book, on), *_unpriced(book, on)]
    providers = list(dict.fromkeys(e.price.provider for e in known))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Filter", key="prices_filter", placeholder="part of a name", width=200, live=True
        )
        unit = st.segmented_control(
            "Show",
            [MILLION, SHAPE],
            default=MILLION,
            required=True,
            key="prices_unit",
            persist_state="session",
        )
        gone = st.toggle("Also retired", key="prices_gone", persist_state="session")
        free = st.toggle("Free tier only", key="prices_free", persist_state="session")
    chosen = st.pills(
        "Providers",
        providers,
        selection_mode="multi",
        key="prices_providers",
        persist_state="session",
    )
    shape = _shape() if unit == SHAPE else None
    shown = [
        e
        for e in known
        if text.strip().lower() in spelling(e.price).lower()
        and (not chosen or e.price.provider in chosen)
        and (gone or not _gone(e.price, on))
        and (not free or e.price.free_tier)
    ]
    return shown, shape


def _unpriced(book: PriceBook, on: date) -> Iterator[Entry]:
    """The catalog's models that have no price on this day: they are in the table too, without rates."""
    for model in catalog():
        if book.find(model.provider, model.id, on) is None:
            price = Price(
                provider=model.provider,
                model=model.id,
                rates={},
                source=model.source,
                as_of=model.as_of or on,
            )
            yield Entry(price=price, history=(price,), coming=None)


def _shape() -> Shape:
    with st.container(horizontal=True):
        given = st.number_input(
            "Input tokens", 0, 10_000_000, 2_000, step=500, key="prices_in", width=160
        )
        cached = st.number_input(
            "of them cached", 0, 10_000_000, 0, step=500, key="prices_cached", width=160
        )
        out = st.number_input(
            "Output tokens", 0, 10_000_000, 500, step=100, key="prices_out", width=160
        )
    return Shape(
        input_tokens=int(given),
        cache_read_input_tokens=min(int(cached), int(given)),
        output_tokens=int(out),
    )


def spelling(price: Price) -> str:
    """`provider:model`, with `…` where the row stands for every id that begins so."""
    return f"{price.provider}:{price.model}{'…' if price.prefix else ''}"


def retires(price: Price) -> date | None:
    """The day on which the model is switched off, by the price's row or by the catalog."""
    model = find(ModelRef(price.provider, "chat", price.model))
    return price.retired or (model.retires if model else None)


def _gone(price: Price, on: date) -> bool:
    day = retires(price)
    return day is not None and day <= on


def _by_million(shown: Sequence[Entry]) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    rows = [e.price for e in shown]
    columns: dict[str, list[Any]] = {
        "model": [spelling(p) for p in rows],
        **{name: [_rate(p, name) for p in rows] for name in RATE_NAMES},
        "batch": [_batch(p) for p in rows],
        "cliff": [_cliff(p) for p in rows],
        **_common(shown),
    }
    config = {
        name: st.column_config.NumberColumn(label, format="$%.3f", help="USD per 1,000,000 tokens")
        for name, label in RATE_NAMES.items()
    } | {
        "batch": st.column_config.TextColumn(
            "Batch", help="Input and output in batch, USD per 1,000,000 tokens"
        ),
        "cliff": st.column_config.TextColumn(
            "Cliff", width=120, help="From how many input tokens on the whole request costs more"
        ),
        **COMMON,
    }
    return columns, config


def _by_shape(
    book: PriceBook, shown: Sequence[Entry], shape: Shape, on: date
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    costs = [quote(book, _ref(e.price), shape, on=on) for e in shown]
    columns: dict[str, list[Any]] = {
        "model": [spelling(e.price) for e in shown],
        "cost": [float(c.total * 1000) if c else None for c in costs],
        **_common(shown),
    }
    spans = [
        " – ".join(fmt.money(end * 1000) for end in c.span) if c and c.other else None
        for c in costs
    ]
    if any(spans):
        columns["range"] = spans
    config = {
        "cost": st.column_config.NumberColumn("Per 1,000 requests", format="$%.4f", width=150),
        "range": st.column_config.TextColumn("Sources disagree"),
        **COMMON,
    }
    return columns, config


def _common(shown: Sequence[Entry]) -> dict[str, list[Any]]:
    return {
        "free": [e.price.free_tier for e in shown],
        "retires": [retires(e.price) for e in shown],
        "coming": [_coming(e) for e in shown],
        **_yours(shown),
        "checked": [e.price.as_of for e in shown],
        "source": [
            e.price.source if e.price.source.startswith("https://") else None for e in shown
        ],
    }


def _yours(shown: Sequence[Entry]) -> dict[str, list[Any]]:
    """Which prices are the user's own; no column where none is."""
    marks = ["your own" if e.price.override else None for e in shown]
    return {"yours": marks} if any(marks) else {}


COMMON: Mapping[str, Any] = {
    "free": st.column_config.CheckboxColumn("Free tier"),
    "retires": st.column_config.DateColumn("Retires", format="YYYY-MM-DD"),
    "coming": st.column_config.TextColumn("Announced", width=260),
    "yours": st.column_config.TextColumn("Yours", help="A price of your own, not the list price"),
    "checked": st.column_config.DateColumn("Checked", format="YYYY-MM-DD"),
    "source": st.column_config.LinkColumn("Source", display_text=r"https://([^/]+)"),
}


def _ref(price: Price) -> ModelRef:
    return ModelRef(price.provider, "chat", price.model)


def _rate(price: Price, name: str) -> float | None:
    if name == "cache_write":
        name = next((n for n in price.rates if n.startswith("cache_write_")), name)
    rate = price.rates.get(name)
    return None if rate is None else float(rate)


def _batch(price: Price) -> str | None:
    if price.batch is None:
        return None
    rates = price.rates
    if isinstance(price.batch, Decimal):
        pair = (rates["input"] * price.batch, rates["output"] * price.batch)
    else:
        pair = (
            price.batch.get("input", rates["input"]),
            price.batch.get("output", rates["output"]),
        )
    return " / ".join(map(fmt.money, pair))


def _cliff(price: Price) -> str | None:
    long = price.long_context
    return f"{long.above // 1000}k: ×{long.input:f} / ×{long.output:f}" if long else None


def _coming(entry: Entry) -> str | None:
    """The announced change in one line."""
    if (new := entry.coming) is None:
        return None
    old = entry.price
    tiers = [name for name, how in new.tiers.items() if how != old.tiers.get(name)]
    if new.rates == old.rates and tiers:
        return f"{new.valid_from}: another price for {', '.join(tiers)}"
    pair = " / ".join(fmt.money(new.rates[name]) for name in ("input", "output"))
    return f"{new.valid_from}: {pair} (input / output)"


def _open_selected(shown: Sequence[str]) -> None:
    picked = st.session_state[names.PRICES_TABLE].selection.rows
    if picked and picked[0] < len(shown):
        st.session_state[names.PRICES_OPEN] = shown[picked[0]]


# One price ---------------------------------------------------------------------------------------


def details(book: PriceBook, entry: Entry) -> None:
    """Everything that is known of one price."""
    price = entry.price
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{spelling(price)}**")
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
            st.altair_chart(history_chart(entry.history), alt="Input and output price over time")
            st.markdown(_history(entry))


def _told(entry: Entry) -> str:
    price = entry.price
    since = f"since {price.valid_from}" if price.valid_from else "as long as known"
    lines = [f"- Holds {since}; checked on {price.as_of} at {_link(price.source)}."]
    if entry.coming:
        lines.append(f"- **Announced**: {(_coming(entry) or '').replace('$', chr(92) + '$')}.")
    if price.note:
        lines.append(f"- {price.note}")
    if price.aliases:
        lines.append("- Also for " + ", ".join(f"`{alias}`" for alias in price.aliases))
    for other in price.disagrees:
        rates = ", ".join(
            f"{name.replace('_', ' ')} {fmt.money(r)}" for name, r in other.rates.items()
        )
        where = f" above {other.above:,} input tokens" if other.above else ""
        where += f" up to {other.up_to:,} input tokens" if other.up_to else ""
        said = f"- **Another source disagrees** for {', '.join(other.ways)}{where}: {rates} ({_link(other.source)}, {other.as_of}); such costs are shown as a range."
        lines.append(said.replace("$", r"\$"))
    return "\n".join(lines)


def _cases(book: PriceBook, price: Price) -> str:
    found = list(cases(book, price))
    names = list(dict.fromkeys(name for case in found for name in case.rates))
    heads = " | ".join(name.replace("_", " ") for name in names)
    lines = [f"| USD per 1,000,000 tokens | {heads} |", "|:--|" + "--:|" * len(names)]
    for case in found:
        where = f"{case.way}, above {case.above:,} input tokens" if case.above else case.way
        cells = [fmt.money(case.rates[n]) if n in case.rates else "" for n in names]
        lines.append(f"| {where} | {' | '.join(cells)} |")
    calls = {
        **(book.terms[price.provider].calls if price.provider in book.terms else {}),
        **price.calls,
    }
    if calls:
        lines.append("")
        lines.append(
            "Per 1,000 calls: "
            + ", ".join(f"{n.replace('_', ' ')} {fmt.money(r)}" for n, r in calls.items())
        )
    return "\n".join(lines).replace("$", r"\$")


def _history(entry: Entry) -> str:
    lines = ["| from | input | cached | output | checked | source |", "|:--|--:|--:|--:|:--|:--|"]
    for row in entry.history:
        now = " **now**" if row is entry.price else ""
        rates = [
            fmt.money(row.rates[n]) if n in row.rates else ""
            for n in ("input", "cache_read", "output")
        ]
        cells = " | ".join([*rates, str(row.as_of), _link(row.source)])
        lines.append(f"| {row.valid_from or 'the start'}{now} | {cells} |")
    return "\n".join(lines).replace("$", r"\$")


def _link(source: str) -> str:
    if not source.startswith("https://"):
        return source
    return f"[{source.removeprefix('https://').split('/')[0]}]({source})"


def history_chart(history: Sequence[Price]) -> Any:
    """Input and output rate as steps over time; a change that is only announced lies to the right."""
    first = min(p.valid_from for p in history if p.valid_from)
    start = date(first.year - 1, first.month, 1)
    last = max(p.valid_from for p in history if p.valid_from)
    end = date(last.year + 1, last.month, 1)
    values = [
        {"day": (p.valid_from or start).isoformat(), "rate": name, "usd": float(p.rates[name])}
        for p in history
        for name in ("input", "output")
    ]
    values += [
        {"day": end.isoformat(), "rate": name, "usd": float(history[-1].rates[name])}
        for name in ("input", "output")
    ]
    return (
        alt.Chart({"values": values}, height=260)
        .mark_line(interpolate="step-after", point=True)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=6)),
            y=alt.Y("usd:Q", title="USD per 1,000,000 tokens", axis=alt.Axis(format="$~f")),
            color=alt.Color(
                "rate:N",
                scale=alt.Scale(
                    domain=["input", "output"], range=[MONEY["input"], MONEY["output"]]
                ),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("day:T"),
                alt.Tooltip("rate:N"),
                alt.Tooltip("usd:Q", format="$~f", title="USD"),
            ],
        )
    )
