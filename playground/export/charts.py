"""The charts of a report as SVG: label at the left, value at the right, the bars between them to scale."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from playground import figures as fmt
from playground.domain import Response
from playground.figures import PHASES, phases
from playground.figures.best import best
from playground.figures.paid import PAID, paid
from playground.figures.palette import BAR, ROW

WIDTH, LABEL, VALUE = 860, 240, 120
"""Of a chart: all of it, the names' column, the values' column; pixels at full size."""
SPACE = WIDTH - LABEL - VALUE
"""What is left for the bars."""
LONGEST = 34
"""Characters of a name."""
STYLE = """
svg{width:100%;max-width:56rem;height:auto}svg text{fill:var(--ink);font:13px system-ui,sans-serif}svg .dim{fill:var(--dim)}svg .best{font-weight:700}
svg .zero{stroke:var(--dim)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.2rem 0;padding:0;list-style:none;font-size:.875rem}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin-right:.35em}
"""


def times(names: Sequence[str], responses: Sequence[Response]) -> Iterator[str]:
    """The phases of every lane on one axis, as on the screen; nothing when nothing was timed."""
    lanes = [list(phases(response.timing)) for response in responses]
    first = min((start for lane in lanes for _, start, _ in lane), default=0.0)
    whole = max((end for lane in lanes for *_, end in lane), default=0.0) - first
    if not whole:
        return
    won = winners(responses, "duration")
    rows = []
    for number, (name, response, lane) in enumerate(zip(names, responses, lanes, strict=True)):
        bars = [
            (phase, (start - first) / whole, (end - start) / whole, fmt.seconds(end - start))
            for phase, start, end in lane
        ]
        drawn = _zero(number, -first / whole) + _bars(number, bars, PHASES)
        total = fmt.seconds(response.timing.duration)
        rows.append(_row(number, name, drawn, total, best=number in won))
    yield from _chart("Where the time went", rows)
    occur = {phase for lane in lanes for phase, *_ in lane}
    yield legend({phase: color for phase, color in PHASES.items() if phase in occur})
    yield '<p class="dim">At the line the request left.</p>'


def costs(names: Sequence[str], responses: Sequence[Response]) -> Iterator[str]:
    """The cost of every lane by what it was paid for; nothing when no lane has a price."""
    dearest = max((r.cost.total for r in responses if r.cost), default=None)
    if not dearest:
        return
    won = winners(responses, "cost")
    rows, occur = [], set[str]()
    for number, (name, response) in enumerate(zip(names, responses, strict=True)):
        bars, start = [], Decimal(0)
        for part, amount in paid(response):
            share = float(amount / dearest)
            bars.append((part, float(start / dearest), share, fmt.money(amount)))
            start += amount
            occur.add(part)
        drawn = _bars(number, bars, PAID)
        rows.append(_row(number, name, drawn, fmt.cost_of(response), best=number in won))
    yield from _chart("Where the money went", rows)
    yield legend({part: color for part, color in PAID.items() if part in occur})


def winners(responses: Sequence[Response], figure: str) -> frozenset[int]:
    """The places of the responses that are the best in this figure."""
    return frozenset(i for i, won in enumerate(best(responses)) if figure in won)


def legend(colors: Mapping[str, str]) -> str:
    """The colours of a chart as HTML that wraps at any width, on the screen too: Vega's own is cut on a phone."""
    items = (
        f'<li><i style="background:{color}"></i>{html.escape(name)}</li>'
        for name, color in colors.items()
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _chart(title: str, rows: Collection[str]) -> Iterator[str]:
    height = ROW * len(rows) + 6
    yield f'<h3>{title}</h3><svg role="img" aria-label="{title}" viewBox="0 0 {WIDTH} {height}">'
    yield from rows
    yield "</svg>"


def _bars(
    number: int, bars: Collection[tuple[str, float, float, str]], colors: Mapping[str, str]
) -> str:
    """(what, from, share, value) of one lane, one beside the other."""
    return "".join(
        f'<rect x="{LABEL + start * SPACE:.1f}" y="{number * ROW + 7}" width="{max(share * SPACE, 1):.1f}" height="{BAR}"'
        f' fill="{colors[what]}"><title>{html.escape(f"{what} {value}")}</title></rect>'
        for what, start, share, value in bars
    )


def _zero(number: int, share: float) -> str:
    x, y = LABEL + share * SPACE, number * ROW
    return f'<line class="zero" x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + ROW}"/>'


def _row(number: int, name: str, bars: str, value: str, *, best: bool) -> str:
    y = number * ROW + 20
    short = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    kind, sign = ("best", " ✓") if best else ("dim", "")
    return (
        f'<text x="0" y="{y}">{_text(short)}</text>{bars}'
        f'<text class="{kind}" x="{WIDTH}" y="{y}" text-anchor="end">{_text(value + sign)}</text>'
    )


def _text(value: str) -> str:
    return html.escape(fmt.visible(value)).replace("\x00", "�")
