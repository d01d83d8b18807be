"""A run as a report to read, keep or send: what was asked, the figures, the answers, the receipts."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence

from playground import figures as fmt
from playground.domain import File, Request, Response, Run, typed
from playground.domain.nouns import jsonable
from playground.domain.values import changed
from playground.export.document import several, title
from playground.export.rendered import quoted
from playground.export.standing_in import not_live
from playground.figures.best import MARKED, best

FIGURES = fmt.shown("report")


def to_markdown(runs: Run | Sequence[Run]) -> str:
    """The report of one run or several; answers are quoted, so that nothing in them is loaded or ends its place."""
    return "\n\n".join("\n".join(_report(run)).rstrip() + "\n" for run in several(runs))


def _report(run: Run) -> Iterator[str]:
    yield f"# {cell(title(run))}\n"
    yield f"{fmt.when(run.created_at)} · run {run.id}\n"
    if run.simulated:
        word, _, rest = not_live(run).partition(": ")
        yield f"> **{word}.** {rest[0].upper()}{rest[1:]}\n"
    yield from _prompt(run.requests)
    yield "## Figures\n"
    won = best(run.responses)
    rows = [
        [str(lane), str(response.model), *(_figure(figure, response, bests) for figure in FIGURES)]
        for lane, (response, bests) in enumerate(zip(run.responses, won, strict=True), 1)
    ]
    yield from table(("Lane", "Model", *(figure.label for figure in FIGURES)), rows)
    if any(won):
        yield f"{MARKED}.\n"
    for lane, (request, response) in enumerate(zip(run.requests, run.responses, strict=True), 1):
        yield f"## Lane {lane}: {cell(str(response.model))}\n"
        yield from _settings(request)
        yield from _answer(response)
        yield from _receipt(response)


def _figure(figure: fmt.Figure, response: Response, won: Collection[str]) -> str:
    return figure.write(response) + (" ✓" if figure.name in won else "")


def _prompt(requests: Sequence[Request]) -> Iterator[str]:
    """System prompt and messages, once where all lanes got the same."""
    for lane, request in enumerate(requests, 1):
        if lane > 1 and (request.system, request.messages) == (
            requests[0].system,
            requests[0].messages,
        ):
            continue
        yield "## Prompt\n" if lane == 1 else f"## Prompt of lane {lane}\n"
        if request.system:
            yield from _fenced("System prompt", request.system)
        for message in request.messages:
            yield from _fenced(message.role.capitalize(), message.text)
            for part in message.parts:
                if isinstance(part, File):
                    yield f"Attached: {cell(part.name)} ({part.media_type}, {fmt.size(len(part.data))})\n"


def _settings(request: Request) -> Iterator[str]:
    chosen = [[row.name, typed.written(row, value)] for row, value in changed(request)]
    if chosen:
        yield from table(("setting", "value"), chosen)
    else:
        yield "Settings: the provider's defaults.\n"


def _answer(response: Response) -> Iterator[str]:
    if response.failure:
        failure = response.failure
        status = f", HTTP {failure.status}" if failure.status else ""
        said = "Stopped" if failure.stopped else f"Failed ({failure.type}{status})"
        yield f"**{said}.** {cell(failure.meaning)} {cell(failure.next_step)}\n"
        if failure.detail:
            yield from _fenced("The provider's words", failure.detail)
    if response.response_model and response.response_model != response.model.model:
        yield f"Answered by {cell(response.response_model)}.\n"
    if response.reasoning_text:
        yield from _quoted("Reasoning", response.reasoning_text)
    if response.refusal:
        yield from _quoted("Refusal", response.refusal)
    if response.text or response.ok:
        yield from _quoted("Answer", response.text)
    for call in response.tool_calls:
        yield from _fenced(
            f"Tool call {cell(call.name)}",
            json.dumps(jsonable(call.arguments), indent=2, ensure_ascii=False),
        )
    for remark in response.remarks:
        yield f"{cell(remark)}\n"


def _receipt(response: Response) -> Iterator[str]:
    cost = response.cost
    if cost is None:
        yield f"Cost: {fmt.cost_of(response)}.\n"
        return
    rows = [
        [
            name,
            fmt.count(line.quantity),
            f"{fmt.rate(line.rate)} per {line.per:,}",
            fmt.money(line.amount),
            line.note or "",
        ]
        for line, name in fmt.receipt(cost)
    ]
    rows.append(["total", "", "", fmt.cost(cost), ""])
    yield from table(("receipt", "quantity", "rate", "amount", "note"), rows)
    for price in fmt.price_row(cost):
        since = f", valid from {price.valid_from}" if price.valid_from else ""
        yield f"Price row {cell(price.model)}, {cell(price.source)}, as of {price.as_of}{since}.\n"
    for note in cost.notes:
        yield f"- {cell(note)}\n"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, its cells as plain text."""
    yield "| " + " | ".join(headers) + " |"
    yield "|" + " --- |" * len(headers)
    for row in rows:
        yield "| " + " | ".join(map(cell, row)) + " |"
    yield ""


def cell(text: str) -> str:
    """Text on one line in which nothing is Markdown or HTML."""
    return re.sub(r"([\\|`*_\[\]<>#&!~])", r"\\\1", fmt.visible(" ".join(text.split())))


def _fenced(title: str, text: str) -> Iterator[str]:
    """The text as it is, in a fence."""
    yield f"{title}:\n\n{fmt.fenced(fmt.visible(text))}\n"


def _quoted(title: str, text: str) -> Iterator[str]:
    """What a model wrote, rendered, in a quotation."""
    yield f"{title}:\n\n{quoted(text)}\n"
