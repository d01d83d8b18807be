"""A run as a piece of HTML for a notebook: answers side by side over their figures; nothing in it can run or load."""

from __future__ import annotations

import html
from collections.abc import Iterator

from playground import figures as fmt
from playground.domain import Cost, Response, Run, lane_names
from playground.export.standing_in import not_live

FIGURES = fmt.shown("table")
STYLE = """<style>
.aiplay{font:14px/1.5 system-ui,sans-serif}.aiplay .lanes{display:flex;flex-wrap:wrap;gap:12px}
.aiplay article{flex:1 1 260px;min-width:0;border:1px solid #8888;border-radius:8px;padding:8px 12px}
.aiplay h4{margin:0 0 4px}.aiplay pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;background:none;margin:0;max-height:24em;overflow:auto}
.aiplay table{border-collapse:collapse;margin-top:10px}.aiplay :is(th,td){border-bottom:1px solid #8886;padding:3px 8px;text-align:right}
.aiplay :is(th,td):first-child{text-align:left}.aiplay .note{border-left:4px solid #8a63c7;padding:2px 8px}
.aiplay .scroll{overflow-x:auto}
</style>"""


def to_fragment(run: Run, notes: tuple[str, ...] = ()) -> str:
    """The run's answers, figures and receipts as HTML without a head; everything that came from outside is escaped."""
    return "".join(_parts(run, notes)).encode("utf-8", "replace").decode("utf-8")


def _parts(run: Run, notes: tuple[str, ...]) -> Iterator[str]:
    names = lane_names(request.model for request in run.requests)
    yield f'{STYLE}<div class="aiplay">'
    if run.stand_ins:
        yield f'<p class="note">{_text(not_live(run))}</p>'
    yield from (f"<p>{_text(note)}</p>" for note in notes)
    yield '<div class="lanes">'
    for name, response in zip(names, run.responses, strict=True):
        yield f"<article><h4>{_text(name)}</h4>{''.join(_answer(response))}</article>"
    yield '</div><div class="scroll"><table><tr><th>Lane</th>'
    yield "".join(f"<th>{_text(figure.label)}</th>" for figure in FIGURES) + "</tr>"
    for name, response in zip(names, run.responses, strict=True):
        cells = "".join(f"<td>{_text(figure.write(response))}</td>" for figure in FIGURES)
        yield f"<tr><td>{_text(name)}</td>{cells}</tr>"
    yield "</table></div></div>"


def _answer(response: Response) -> Iterator[str]:
    if response.failure:
        yield f"<p><b>{_text(response.failure.word)}</b> {_text(response.failure.told)}</p>"
    if response.reasoning_text:
        yield f"<details><summary>Reasoning</summary><pre>{_text(response.reasoning_text)}</pre></details>"
    if response.text or response.refusal:
        yield f'<pre dir="auto">{_text(response.text or response.refusal or "")}</pre>'
    yield from (f"<p>{_text(remark)}</p>" for remark in response.remarks)
    if response.cost is not None:
        receipt = "\n".join(_receipt(response.cost))
        yield f"<details><summary>{_text(fmt.cost(response.cost))}</summary><pre>{_text(receipt)}</pre></details>"


def _receipt(cost: Cost) -> Iterator[str]:
    for line, name in fmt.receipt(cost):
        amount = f"{fmt.rate(line.rate)} per {fmt.per(line)} = {fmt.money(line.amount)}"
        yield f"{name}: {fmt.count(line.quantity)} × {amount}" + (
            f" ({line.note})" if line.note else ""
        )
    for row in fmt.price_row(cost):
        yield f"{row.model}, checked {row.as_of}: {row.source}"


def _text(text: str) -> str:
    return html.escape(fmt.visible(text)).replace("\x00", "\ufffd")
