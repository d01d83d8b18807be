"""The same paragraph in many languages: what it weighs and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground.catalog import catalog, defaults
from playground.domain import ModelRef, clock
from playground.figures.palette import BLUE, GREY, SKY
from playground.lab.languages import PAGE_WORDS, Measure, measure, page_cost, pages
from playground.pricing import load
from playground.tokens.paragraphs import paragraphs
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt
from playground.ui.parts.tables import money, written
from playground.ui.tokens.editor import ENCODINGS

NOW, BEFORE = ENCODINGS.values()
COLORS = {NOW: BLUE, BEFORE: SKY}


def languages() -> None:
    """Tokens, characters and words of each language's paragraph, relative to English, and the price of a page."""
    texts = _texts()
    if not texts:
        st.info("Write at least one paragraph.", icon=":material/lightbulb:")
        return
    rows = measure(texts)
    charts.draw(chart(rows))
    _figures(rows)
    _prices(texts, rows)


def _texts() -> Mapping[str, str]:
    """Our paragraphs, or the user's own."""
    own = st.toggle(
        "Use my own text",
        key="languages_own",
        persist_state="session",
        help="One row a language; the first row is what the others are compared with.",
    )
    if not own:
        with st.expander("Read the paragraph", icon=":material/translate:"):
            language = st.selectbox("Language", list(paragraphs()), key="languages_read")
            st.write(paragraphs()[language])
        return paragraphs()
    start = [{"language": name, "text": text} for name, text in list(paragraphs().items())[:3]]
    edited: list[dict[str, Any]] = st.data_editor(
        start,
        num_rows="dynamic",
        column_config={
            "language": st.column_config.TextColumn("Language", width="small", required=True),
            "text": st.column_config.TextColumn("Text", width="large", required=True),
        },
        key="languages_table",
        alt="Your own paragraphs",
    )
    return {
        str(row["language"]): str(row["text"])
        for row in edited
        if row.get("language") and str(row.get("text") or "").strip()
    }


def chart(rows: Sequence[Measure]) -> Picture:
    """Tokens relative to the first language, the shortest bar on top, in both of OpenAI's vocabularies."""
    base = rows[0]
    values = [
        {
            "language": r.language,
            "vocabulary": name,
            "times": tokens / max(first, 1),
            "tokens": tokens,
        }
        for r in rows
        for name, tokens, first in (
            (NOW, r.tokens, base.tokens),
            (BEFORE, r.older_tokens, base.older_tokens),
        )
    ]
    order = [r.language for r in sorted(rows, key=lambda r: r.tokens)]
    bars = (
        alt.Chart({"values": values}, height=26 * len(rows) + charts.FRAME)
        .mark_bar(cornerRadius=2, aria=False)
        .encode(
            y=alt.Y("language:N", sort=order, title=None, axis=alt.Axis(labelLimit=200)),
            yOffset=alt.YOffset("vocabulary:N", sort=list(COLORS)),
            x=alt.X("times:Q", title=f"tokens, times as many as in {base.language}"),
            color=charts.colored("vocabulary", COLORS, values),
            tooltip=[
                alt.Tooltip("language:N"),
                alt.Tooltip("vocabulary:N"),
                alt.Tooltip("tokens:Q", format=","),
                alt.Tooltip("times:Q", format=".2f", title=f"× {base.language}"),
            ],
        )
    )
    line = (
        alt.Chart({"values": [{"one": 1}]})
        .mark_rule(strokeDash=[4, 3], color=GREY, aria=False)
        .encode(x="one:Q")
    )
    ends = bars.mark_text(align="left", dx=4, fontSize=10, aria=False).encode(
        text=alt.Text("times:Q", format=".2f"), color=alt.value(GREY)
    )
    told = ". ".join(
        f"{r.language}: {r.tokens:,} tokens, {r.relative:.2f} × {base.language}" for r in rows
    )
    return Picture(alt.layer(bars, ends, line), COLORS, f"{told}.")


def _figures(rows: Sequence[Measure]) -> None:
    st.dataframe(
        {
            "language": [r.language for r in rows],
            "tokens": [r.tokens for r in rows],
            "relative": [r.relative for r in rows],
            "older": [r.older_tokens for r in rows],
            "characters": [r.characters for r in rows],
            "per_token": [r.characters_per_token for r in rows],
            "words": [r.words for r in rows],
            "per_word": [r.words_per_token for r in rows],
        },
        column_config={
            "language": st.column_config.TextColumn("Language", pinned=True),
            "tokens": st.column_config.NumberColumn("Tokens (o200k)", format="localized"),
            "relative": st.column_config.NumberColumn(f"× {rows[0].language}", format="%.2f"),
            "older": st.column_config.NumberColumn("Tokens (cl100k)", format="localized"),
            "characters": st.column_config.NumberColumn("Characters", format="localized"),
            "per_token": st.column_config.NumberColumn("Characters per token", format="%.1f"),
            "words": st.column_config.NumberColumn("Words", format="localized"),
            "per_word": st.column_config.NumberColumn("Words per token", format="%.2f"),
        },
        hide_index=True,
        height="content",
        placeholder="–",
        alt="Tokens, characters and words of the paragraph in each language",
    )
    if any(r.words is None for r in rows):
        st.caption("–: this script has no spaces between words, so there are none to count.")


def _prices(texts: Mapping[str, str], rows: Sequence[Measure]) -> None:
    st.header("What a page costs", anchor=False)
    fill = pages(texts)
    if fill is None:
        st.caption(
            "A page is measured in words of the first language, and its script has no spaces between words."
        )
        return
    refs = [m.ref for m in catalog() if not m.retired()]
    chosen = st.multiselect(
        "Models",
        refs,
        default=list(defaults()),
        format_func=str,
        key="languages_models",
        persist_state="session",
    )
    way = st.segmented_control(
        "As",
        ["input", "output"],
        default="input",
        required=True,
        key="languages_way",
        persist_state="session",
    )
    book, today = load(), clock.today()
    columns = {str(ref): _column(ref, rows, fill, book, today, way == "output") for ref in chosen}
    st.dataframe(
        written({"language": [r.language for r in rows], **columns}, dict.fromkeys(columns, money)),
        column_config={
            "language": st.column_config.TextColumn("Language", pinned=True),
            **{name: st.column_config.NumberColumn(name) for name in columns},
        },
        hide_index=True,
        height="content",
        placeholder="no price",
        alt="Price of a page in each language at each model",
    )
    st.caption(
        f"A page is what fills {PAGE_WORDS} words in {rows[0].language}, the same content in every language, on"
        f" {today}. Tokens are counted with each model's own vocabulary where it is published, and estimated with"
        " o200k where not (Anthropic, Google, GPT-6)."
    )


def _column(
    ref: ModelRef, rows: Sequence[Measure], fill: Any, book: Any, on: Any, output: bool
) -> list[float | None]:
    costs = (page_cost(r.text, ref, fill, book, on, output=output) for r in rows)
    return [None if cost is None else float(cost) for cost in costs]
