"""The waterfall of one call: a line a step, from connecting to the end."""

from __future__ import annotations

import html

import streamlit as st

from playground import figures as fmt
from playground.domain import Response
from playground.figures.palette import BLUE, GREEN, GREY, ORANGE, PINK, SKY
from playground.lab.wire import server_time, steps

COLORS = {
    "connect": BLUE,
    "TLS": BLUE,
    "sent": PINK,
    "headers": SKY,
    "first event": SKY,
    "first reasoning": ORANGE,
    "first text": ORANGE,
    "end": GREEN,
}
"""Step → its colour; what a server says of itself is grey."""
LOOK = """<style>
.falls { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr max-content; gap: 0.2rem 0.7rem; font-size: 0.875rem; }
.falls .track { position: relative; min-height: 1.1rem; }
.falls i { position: absolute; top: 0.15rem; height: 0.8rem; min-width: 2px; border-radius: 2px; }
.falls .took { text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def waterfall(response: Response) -> None:
    """Draw it; nothing where nothing was timed."""
    exchange = response.exchange
    server = server_time(exchange.response_headers) if exchange else None
    found = steps(response.timing, server)
    if not found:
        st.caption("Nothing was timed.")
        return
    begin, end = min(s.start for s in found), max(s.end for s in found)
    width = max(end - begin, 1e-9)
    lines = []
    for step in found:
        left, wide = (step.start - begin) / width * 100, (step.end - step.start) / width * 100
        color = COLORS.get(step.name, GREY)
        lines.append(
            f"<span>{html.escape(step.name)}</span>"
            f'<span class="track"><i style="left:{left:.2f}%;width:{wide:.2f}%;background:{color}"></i></span>'
            f'<span class="took">{fmt.seconds(step.end - step.start)}</span>'
        )
    st.html(f'{LOOK}<div class="falls">{"".join(lines)}</div>')
    reused = response.timing.connect is None and response.timing.started_at is not None
    notes = ["Each bar ends at what its name says; connecting is before the clock starts."]
    if reused:
        notes.append("An open connection was used again: nothing to connect.")
    if server is None:
        notes.append("No header tells the server's own time.")
    st.caption(" ".join(notes))
