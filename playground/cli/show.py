"""A run on the terminal: one lane streams as plain text, several side by side as panels, then everything in full."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.measure import Measurement
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground.domain import Failure, ModelRef, Response, Run
from playground.domain.ending import said

if TYPE_CHECKING:
    from playground.engine import Lane, LiveRun

TICK = 0.05
"""Seconds between two looks at the lanes."""
PIPED_WIDTH = 120
"""Columns of a table that goes into a file or another program."""
WIDEST = {"count": 12, "seconds": 8, "speed": 10, "money": 12, "text": 12}
"""Columns that a figure of a kind may take, so that all of them stand in 80."""
STYLES = dict.fromkeys(("reasoning", "thought"), "dim italic")
COLORS = {"done": "green", "failed": "red"} | dict.fromkeys(
    ("cut", "filtered", "refused", "stopped"), "yellow"
)
CONTROL = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"} | dict.fromkeys(
    range(127, 160), 65533
)
"""What a model must not send to a terminal (escape sequences) → how it is shown."""


def safe(text: str) -> str:
    """The text with control characters, those of direction too, made visible and harmless."""
    return fmt.visible(text.translate(CONTROL))


def console() -> Console:
    """Standard output; model text is never read as markup, and nothing is highlighted."""
    fixed = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(markup=False, highlight=False, emoji=False, width=None if fixed else PIPED_WIDTH)


def bare_table() -> Table:
    """A table without lines: a blank between its columns, its heads in bold."""
    return Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")


def fitted(out: Console, table: Table) -> RenderableType:
    """The table, or where the window would cut its words, each row as lines of its own: nothing is left out."""
    unbounded = out.options.update(max_width=10_000)
    if Measurement.get(out, unbounded, table).minimum <= out.width:
        return table
    first, *others = table.columns
    lines = [_plain(first.header)]
    for row, name in enumerate(first.cells):
        lines.append(_plain(name))
        for column in others:
            if value := _plain(list(column.cells)[row]):
                indented = value.replace("\n", "\n    ")
                lines.append(f"  {_plain(column.header)}: {indented}")
    return Text("\n".join(lines), overflow="fold")


def _plain(cell: RenderableType) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def follow(run: LiveRun) -> None:
    """Show the lanes until all have ended."""
    out = console()
    if out.is_terminal and len(run.lanes) > 1:
        _panels(out, run)
        return
    for lane in run.lanes:
        _heading(out, lane.index, lane.request.model, len(run.lanes), run.simulations[lane.index])
        _stream(out, lane)


def conclude(run: Run, interrupted: bool) -> None:
    """What is left to print when the run is over: full answers where only panels were shown, then the figures."""
    out = console()
    several = len(run.responses) > 1
    if out.is_terminal and several:
        for index, response in enumerate(run.responses):
            _heading(out, index, response.model, len(run.responses), response.simulated)
            _answer(out, response)
    elif interrupted:
        out.print()
        for response in run.responses:
            _ending(out, response)
    _figures(out, run)


def whole(run: Run) -> None:
    """A run that is over, from its first answer to its figures."""
    out = console()
    for index, response in enumerate(run.responses):
        _heading(out, index, response.model, len(run.responses), response.simulated)
        _answer(out, response)
    _figures(out, run)


def _figures(out: Console, run: Run) -> None:
    out.print()
    out.print(fitted(out, figures(run.responses)))
    for note in fmt.cost_notes(run.responses):
        out.print(Text(safe(note), style="dim"))
    not_live(out, run)


def not_live(out: Console, run: Run) -> None:
    """Say who answered where no live model did."""
    if run.simulated:
        from playground.export.standing_in import not_live

        out.print(Text(safe(not_live(run)), style="yellow"))


def figures(responses: Sequence[Response]) -> Table:
    """Tokens, times, speed and cost of every lane, 80 columns wide."""
    shown = [figure for figure in fmt.shown("terminal") if not figure.under]
    table = bare_table()
    table.add_column("Model", overflow="fold", ratio=1)
    for figure in shown:
        most = WIDEST[figure.kind]
        table.add_column(figure.label, justify="right", overflow="fold", max_width=most)
    for response in responses:
        cells = (_cell(figure, response) for figure in shown)
        table.add_row(Text(_foldable(safe(str(response.model)))), *cells)
    return table


def _foldable(model: str) -> str:
    """A long name breaks behind its provider."""
    return model if len(model) <= 20 else model.replace(":", ":\n", 1)


def _cell(figure: fmt.Figure, response: Response) -> Text:
    """A figure, and beneath it those of its parts that there are."""
    text = Text(figure.write(response))
    for part in fmt.parts_of(figure, "terminal"):
        if part.value(response):
            text.append(f"\n{part.label.lower()} {part.write(response)}", style="dim")
    return text


def _heading(out: Console, index: int, model: ModelRef, lanes: int, simulated: bool) -> None:
    if lanes == 1:
        return
    instead = model.stand_in(simulated)
    mark = f" ({instead})" if instead else ""
    title = Text(f"{index + 1}. {safe(str(model))}{mark}", style="bold")
    out.print(*([] if index == 0 else ["\n"]), title, sep="")


def _stream(out: Console, lane: Lane) -> None:
    """Print pieces as they come, reasoning dim before the answer, then how it ended."""
    shown, last = 0, ""
    while True:
        ended = lane.ended
        pieces = lane.deltas[shown:]
        shown += len(pieces)
        for kind, piece in pieces:
            if kind == "tool" or not piece:
                continue
            if last and kind != last:
                out.print("\n")
            last = kind
            out.print(Text(safe(piece), style=STYLES.get(kind, "")), end="", soft_wrap=True)
        if ended:
            break
        time.sleep(TICK)
    if last:
        out.print()
    if lane.response is not None:
        (_ending if last else _answer)(out, lane.response)


def _answer(out: Console, response: Response) -> None:
    """A whole answer and how it ended."""
    if response.reasoning_text:
        out.print(Text(safe(response.reasoning_text), style="dim italic"), soft_wrap=True)
        out.print()
    for text in (response.text, response.refusal):
        if text:
            out.print(Text(safe(text)), soft_wrap=True)
    _ending(out, response)


def _ending(out: Console, response: Response) -> None:
    """Tool calls, and in plain words why there is no answer or only a part of one."""
    for call in response.tool_calls:
        out.print(Text(f"→ {safe(call.name)}({safe(str(call.arguments))})"), soft_wrap=True)
    if response.ok and not (response.text or response.refusal or response.tool_calls):
        why = safe(response.finish_reason or fmt.NOT_REPORTED)
        out.print(Text(f"No text came; finish reason: {why}.", style="yellow"))
    for remark in response.remarks:
        out.print(Text(safe(remark), style="yellow"), soft_wrap=True)
    if response.failure is not None:
        out.print(_failed(response.failure), soft_wrap=True)


def _failed(failure: Failure) -> Text:
    status = f", HTTP {failure.status}" if failure.status else ""
    if failure.stopped:
        return Text("■ stopped. ", style="yellow").append(safe(failure.told))
    text = Text(f"✗ {failure.type}{status}. ", style="red")
    return text.append(safe(failure.told))


def _panels(out: Console, run: LiveRun) -> None:
    """All lanes at once, each with the end of its text; gone when the run is over."""
    with Live(console=out, auto_refresh=False, transient=True, vertical_overflow="crop") as live:
        while True:
            done = run.done
            rows = max(1, (out.height - 1) // len(run.lanes) - 2)
            live.update(Group(*(_panel(lane, rows, out.width) for lane in run.lanes)), refresh=True)
            if done:
                return
            time.sleep(TICK * 2)


def _panel(lane: Lane, rows: int, width: int) -> Panel:
    elapsed = lane.elapsed()
    clock = f" {elapsed:.1f} s" if elapsed is not None else ""
    text = lane.text() or lane.text("reasoning")
    style = "" if lane.text() else "dim italic"
    return Panel(
        Text("\n".join(_tail(safe(text), rows, width - 4)), style=style),
        title=Text(f"{lane.index + 1}. {safe(str(lane.request.model))}"),
        title_align="left",
        subtitle=Text(f"{said(lane.state)}{clock}"),
        subtitle_align="right",
        height=rows + 2,
        border_style=COLORS.get(lane.state, "blue"),
    )


def _tail(text: str, rows: int, width: int) -> list[str]:
    """The last lines of the text as they fall at this width."""
    recent = text[-rows * width * 2 :]
    lines = Text(recent).wrap(Console(width=width), width)
    return [line.plain for line in lines[-rows:]]
