"""Runs as one HTML file: works offline, light and dark, printable, charts drawn as SVG, nothing in it can run or load."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Collection, Iterator, Sequence

from playground import figures as fmt
from playground.domain import File, Request, Response, Run, lane_names, typed
from playground.domain.nouns import jsonable
from playground.domain.values import changed
from playground.export import charts
from playground.export.document import several, title
from playground.export.rendered import as_html
from playground.export.standing_in import not_live
from playground.figures.best import MARKED, best

FIGURES = fmt.shown("report")

STYLE = """
:root{color-scheme:light dark;--ink:#0b191f;--paper:#fff;--soft:#f2f6f8;--line:#d5dfe4;--dim:#566971}
@media (prefers-color-scheme:dark){:root{--ink:#e4ecef;--paper:#0f171b;--soft:#18242a;--line:#2c3c44;--dim:#9db0b9}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:84rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.25rem;margin:2.2rem 0 .4rem}h3{font-size:1.05rem;margin:1.4rem 0 .3rem}
p{margin:.4rem 0}.dim{color:var(--dim);font-size:.9rem}
.simulated{border-left:4px solid #8a63c7;background:var(--soft);padding:.5rem .8rem}
.failed,.stopped{border-left:4px solid #d55e00;background:var(--soft);padding:.5rem .8rem}.stopped{border-color:#e69f00}
.lanes{display:grid;gap:1rem}article{border:1px solid var(--line);border-radius:.6rem;padding:.2rem 1rem 1rem;min-width:0;overflow-wrap:anywhere}
@media (min-width:900px){.lanes{grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));align-items:start}}
h4,h5,h6{font-size:1rem;margin:1rem 0 .2rem}ul,ol{padding-inline-start:1.4rem}blockquote{margin:.4rem 0;padding-inline-start:.8rem;border-inline-start:3px solid var(--line)}
.said table{display:block;overflow-x:auto;width:auto}.said :is(th,td){text-align:start;white-space:normal}.said code{font-size:.9em}.best{color:#0a6b4c;font-weight:600}
@media (prefers-color-scheme:dark){.best{color:#5fd3a8}}
pre{unicode-bidi:plaintext;text-align:start;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);border:1px solid var(--line);border-radius:.5rem;padding:.8rem;font:14px/1.5 ui-monospace,monospace}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.82rem}
th,td{border-bottom:1px solid var(--line);padding:.3rem .4rem;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
summary{cursor:pointer}img{max-width:100%}
@media print{*{print-color-adjust:exact}:root{--ink:#000;--paper:#fff;--soft:#fff;--line:#999;--dim:#333}body{padding:0;max-width:none;font-size:11pt}
.lanes{display:block}article{border:0;padding:0}section{break-before:page}section:first-of-type{break-before:auto}h2,h3{break-after:avoid}tr,svg{break-inside:avoid}
.scroll{overflow:visible}th,td{white-space:normal;padding:.2rem .25rem;font-size:8.5pt}
details::details-content{content-visibility:visible;block-size:auto}}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def to_html(runs: Run | Sequence[Run]) -> str:
    """The report of one run or several."""
    all_runs = several(runs)
    heading = title(all_runs[0]) if len(all_runs) == 1 else f"{len(all_runs)} runs"
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_text(heading)} · AI API playground</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}{charts.STYLE}</style></head><body>"
    )
    parts = "".join(part for run in all_runs for part in _run(run, alone=len(all_runs) == 1))
    above = "" if len(all_runs) == 1 else f"<h1>{_text(heading)}</h1>"
    whole = f"{head}{above}{parts}</body></html>\n"
    return whole.encode("utf-8", "replace").decode("utf-8")


def _run(run: Run, *, alone: bool) -> Iterator[str]:
    names = lane_names(request.model for request in run.requests)
    level = "h1" if alone else "h2"
    yield f'<section><{level} dir="auto">{_text(title(run))}</{level}>'
    yield f'<p class="dim">{_text(fmt.when(run.created_at))} · run {_text(run.id)} · AI API playground</p>'
    if run.simulated:
        yield f'<p class="simulated">{_text(not_live(run))}</p>'
    yield from _asked(run.requests)
    yield from _figures(names, run.responses)
    yield from charts.times(names, run.responses)
    yield from charts.costs(names, run.responses)
    yield '<h2>Answers</h2><div class="lanes">'
    for name, request, response in zip(names, run.requests, run.responses, strict=True):
        yield from _answer(name, request, response)
    yield "</div></section>"


def _asked(requests: Sequence[Request]) -> Iterator[str]:
    """What was asked, once where all lanes were asked the same."""
    seen: set[tuple[str | None, str]] = set()
    for request in requests:
        conversation = "\n\n".join(f"{m.role}: {m.text}" for m in request.messages if m.text)
        prompt = request.messages[0].text if len(request.messages) == 1 else conversation
        if (request.system, prompt) in seen:
            continue
        seen.add((request.system, prompt))
        if request.system:
            yield f"<h3>System prompt</h3><pre>{_text(request.system)}</pre>"
        yield f"<h3>Prompt</h3><pre>{_text(prompt)}</pre>"
        for file in (p for m in request.messages for p in m.parts if isinstance(p, File)):
            yield f'<p class="dim">Attached: {_text(file.name)} ({_text(file.media_type)}, {fmt.size(len(file.data))})</p>'


def _figures(names: Sequence[str], responses: Sequence[Response]) -> Iterator[str]:
    yield '<h3>Figures</h3><div class="scroll"><table><tr><th>Lane</th>'
    yield "".join(f"<th>{figure.label}</th>" for figure in FIGURES) + "</tr>"
    for name, response, won in zip(names, responses, best(responses), strict=True):
        cells = "".join(_figure(figure, response, won) for figure in FIGURES)
        yield f"<tr><td>{_text(name)}</td>{cells}</tr>"
    yield "</table></div>"
    if any(best(responses)):
        yield f'<p class="dim">{MARKED}</p>'


def _figure(figure: fmt.Figure, response: Response, won: Collection[str]) -> str:
    text = _text(figure.write(response))
    return f'<td class="best">{text} ✓</td>' if figure.name in won else f"<td>{text}</td>"


def _answer(name: str, request: Request, response: Response) -> Iterator[str]:
    yield f"<article><h3>{_text(name)}</h3>"
    chosen = [f"{row.name} {typed.written(row, value)}" for row, value in changed(request)]
    if chosen:
        yield f'<p class="dim">{_text(", ".join(chosen))}</p>'
    if failure := response.failure:
        yield f'<p class="{response.state}"><b>{_text(failure.word)}</b> {_text(failure.told)}</p>'
    if response.reasoning_text:
        yield f"<details><summary>Reasoning</summary>{as_html(response.reasoning_text)}</details>"
    if response.refusal:
        yield as_html(response.refusal)
    if response.text:
        yield as_html(response.text)
    for call in response.tool_calls:
        arguments = json.dumps(jsonable(call.arguments), indent=2, ensure_ascii=False)
        yield f"<p>Tool call {_text(call.name)}</p><pre>{_text(arguments)}</pre>"
    for file in response.files:
        if file.media_type in ("image/png", "image/jpeg", "image/webp", "image/gif"):
            data = base64.b64encode(file.data).decode("ascii")
            yield f'<img alt="{_text(file.name)}" src="data:{file.media_type};base64,{data}">'
    yield "".join(f'<p class="dim">{_text(remark)}</p>' for remark in response.remarks)
    yield from _receipt(response)
    yield "</article>"


def _receipt(response: Response) -> Iterator[str]:
    cost = response.cost
    if cost is None:
        return
    yield f"<details><summary>Receipt: {_text(fmt.cost(cost))}</summary><table><tr><th></th><th>quantity</th><th>rate</th><th>amount</th></tr>"
    for line, name in fmt.receipt(cost):
        note = f" ({line.note})" if line.note else ""
        yield (
            f"<tr><td>{_text(name + note)}</td><td>{line.quantity:,}</td>"
            f"<td>{fmt.rate(line.rate)} per {_text(fmt.per(line))}</td><td>{fmt.money(line.amount)}</td></tr>"
        )
    yield "</table>"
    for price in fmt.price_row(cost):
        yield f'<p class="dim">Price row {_text(price.model)}, {_text(price.source)}, checked {_text(price.as_of)}.</p>'
    yield "".join(f'<p class="dim">{_text(note)}</p>' for note in cost.notes) + "</details>"


def _text(value: str) -> str:
    """Text that is nothing but text in HTML."""
    return html.escape(fmt.visible(value)).replace("\x00", "�")
