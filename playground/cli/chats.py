"""`playground chats`: what the conversations of a chat product's export cost as API calls."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status
from rich.table import Table

from playground import catalog
from playground import figures as fmt
from playground.chats.calls import Counts
from playground.chats.costing import Pricing, Sum
from playground.chats.nouns import NotCounted
from playground.chats.summary import Summary
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import console, fitted
from playground.domain import clock
from playground.export import dumps
from playground.pricing import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    files: tuple[str, ...]
    models: tuple[str, ...]
    as_of: datetime | None
    system_tokens: int
    live: bool
    demo: bool
    as_json: bool


def chats(options: Options) -> int:
    """Print what was found and what it costs; exit code 1 where no conversation was found."""
    refs = [model_ref(name) for name in options.models]
    paths = [_path(name) for name in options.files]
    on = options.as_of.date() if options.as_of else clock.today()
    pricing = Pricing(tuple(refs) or catalog.defaults(on), load(), on, options.system_tokens)
    summary = Summary(pricing)
    with _counting(options) as counting:
        pricing.counting = counting or pricing.counting
        try:
            _read(summary, paths)
        except NotCounted as error:
            say(str(error))
            return 1
    if options.as_json:
        print(dumps(summary.document()))
    else:
        _print(summary, on.isoformat(), counted=counting is not None)
    if not summary.conversations:
        say(
            "No conversation was found: give a ChatGPT or Claude export (zip or JSON) or Gemini's My Activity."
        )
        return 1
    return 0


def _read(summary: Summary, paths: Sequence[Path]) -> None:
    with Status("Reading …", console=Console(stderr=True)) as status:
        for number, _ in enumerate(summary.read(paths), 1):
            if number % 50 == 0:
                status.update(f"{number:,} conversations …")


def _counting(options: Options) -> AbstractContextManager[Counts | None]:
    """How the providers count each conversation; None where this computer does."""
    if not (options.live or options.demo):
        return nullcontext()
    from playground.cli.chat_counts import counting

    return counting(demo=options.demo)


def _path(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.exists():
        raise click.UsageError(f"{name} is not there.")
    return path


def _print(summary: Summary, day: str, *, counted: bool) -> None:
    out = console()
    for product, number in summary.products.items():
        out.print(f"{product}: {_some(number, 'conversation')}", highlight=False)
    said = (_some(summary.turns, "turn"), _some(summary.messages, "message"))
    out.print(", ".join(said), highlight=False)
    if summary.first and summary.last:
        out.print(f"{summary.first.date()} to {summary.last.date()}", highlight=False)
    table = Table(title=f"As API calls, prices of {day}", title_justify="left")
    for name in ("model", "calls", "without a cache", "with a cache", "sent again"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for one in summary.pricing.sums.values():
        table.add_row(*_cells(one))
    out.print(fitted(out, table))
    for slug, model, nearest in summary.pricing.used:
        if nearest:
            say(f"{slug}: priced as {model}, the nearest model of the API.")
    if not counted:
        say("Counted here: exact for OpenAI, estimates for the others, which count with --live.")
    say(
        "Not in any export: the product's own system prompt (--system-tokens N adds one) and the reasoning, so a range."
    )
    for left in summary.said.found:
        say(f"{left.where}: {left.what}.")


def _cells(one: Sum) -> tuple[str, ...]:
    if not one.calls:
        return one.model, fmt.NOT_AVAILABLE, one.cost, "", ""
    return (
        one.model,
        fmt.count(one.calls),
        one.cost,
        one.cached_cost if one.priced else "",
        f"{one.history_tokens / max(one.input_tokens, 1):.0%}",
    )


def _some(number: int, what: str) -> str:
    return f"{fmt.count(number)} {what}{'' if number == 1 else 's'}"
