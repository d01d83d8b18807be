"""`playground breakeven`: at how many conversations a month a plan and the API cost the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import bare_table, console, safe
from playground.domain import ModelRef, clock

if TYPE_CHECKING:
    from playground.lab.breakeven import Conversation, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    run: str | None
    input_tokens: int | None
    output_tokens: int | None
    turns: int | None
    system_tokens: int
    models: tuple[str, ...]
    as_json: bool


def breakeven(options: Options) -> int:
    """Print every plan beside every model; exit code 1 when none of the models has a price."""
    from playground import pricing
    from playground.lab import breakeven as lab
    from playground.pricing.plans import paid

    refs = _refs(options.models)
    conversation = _conversation(options)
    book = pricing.load()
    for problem in book.problems:
        say(problem)
    rows = lab.table(conversation, refs, paid(book.plans), book, clock.today())
    without = [str(ref) for ref in refs if not any(_priced(row, ref) for row in rows)]
    for spelling in without:
        say(f"{safe(spelling)} has no price here: add a row to pricing.yaml to compare it.")
    if options.as_json:
        from playground.export import dumps

        print(dumps(lab.document(conversation, rows)), flush=True)
    else:
        _print(conversation, rows)
    return 1 if len(without) == len(refs) else 0


def _priced(row: Row, ref: ModelRef) -> bool:
    return row.price.model == ref and row.price.cost is not None


def _refs(spellings: Sequence[str]) -> list[ModelRef]:
    from playground.catalog import defaults

    return list(dict.fromkeys(map(model_ref, spellings))) or list(defaults())


def _conversation(options: Options) -> Conversation:
    """The conversation that the options describe; UsageError where they contradict each other."""
    from playground.lab import breakeven as lab
    from playground.lab.conversation_growth import scripted

    sizes = (options.input_tokens, options.output_tokens, options.turns)
    if options.run is not None:
        if any(size is not None for size in sizes) or options.system_tokens:
            raise click.UsageError("Give either --run or tokens and turns, not both.")
        return of_run(options.run, options.models[0] if options.models else None)
    if all(size is None for size in sizes):
        say("No conversation given: our medium example is used (6 turns of 150 and 400 tokens).")
        return lab.HABITS["medium"].conversation(options.system_tokens)
    if options.input_tokens is None or options.output_tokens is None:
        raise click.UsageError("--input-tokens and --output-tokens belong together.")
    turns = options.turns or 1
    return lab.Conversation(
        name="given",
        turns=scripted(options.input_tokens, options.output_tokens, turns, options.system_tokens),
        source=(
            f"given: {turns} turn{'s' if turns > 1 else ''}, {options.input_tokens:,} new input and "
            f"{options.output_tokens:,} output tokens a turn, everything earlier resent"
        ),
    )


def of_run(name: str, model: str | None) -> Conversation:
    """The measured turns of a saved document or of a run in the history; UsageError when there is none."""
    from playground.lab import breakeven as lab

    try:
        if Path(name).is_file():
            return lab.from_file(Path(name), model)
        kept = _kept_responses(name)
        if kept:
            return lab.from_documents(kept, f"run {name}", model)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    raise click.UsageError(
        f"No run {name!r} was found: give an id from the history, or a file that --json was written to."
    )


def _kept_responses(run_id: str) -> list[dict[str, Any]]:
    """The responses of a run in the history as `ask --json` prints them; nothing where there is no such run."""
    from playground import history, settings
    from playground.export import document
    from playground.history.reading import read_run
    from playground.store.database import HistoryError

    if not settings.keeps_history():
        return []
    try:
        stored = read_run(history.get_store(), run_id)
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
    if stored is None:
        return []
    responses: list[dict[str, Any]] = document(stored.run)["responses"]
    if stored.labels.kind == "ladder":  # steps are no turns: the last of each model is taken
        responses = list({row["model"]: row for row in responses}.values())
    return responses


def _print(conversation: Conversation, rows: Sequence[Row]) -> None:
    from playground.lab.breakeven import NOT_QUOTA, cap_conversations, told

    out = console()
    turns = len(conversation.turns)
    out.print(
        f"One conversation: {turns} turn{'s' if turns > 1 else ''}, "
        f"{conversation.input_tokens:,} input and {conversation.output_tokens:,} output tokens in total"
    )
    out.print(Text(f"({safe(conversation.source)})", style="dim"))
    out.print()
    prices = {row.price.model: row.price for row in rows}
    table = _table(("model", "left"), ("one conversation", "right"), ("with caching", "right"))
    for ref, price in prices.items():
        table.add_row(safe(str(ref)), fmt.money(price.cost), fmt.money(price.cost_cached))
    out.print(table)
    out.print()
    out.print(Text("Conversations a month at which both cost the same", style="bold"))
    table = _table(
        ("plan", "left"),
        ("a month", "right"),
        ("model", "left"),
        ("without caching", "right"),
        ("with", "right"),
        ("cap", "right"),
        ("checked", "left"),
    )
    for row in rows:
        marked = f"{row.plan.name}{' *' if row.plan.conflict else ''}"
        table.add_row(
            marked,
            fmt.money(row.plan.monthly),
            safe(row.price.model.model),
            told(row.conversations),
            told(row.conversations_cached),
            told(cap_conversations(row.plan, turns)).replace("n/a", "unknown"),
            row.plan.as_of.isoformat(),
        )
    out.print(table)
    out.print()
    out.print(NOT_QUOTA)
    _footnotes(rows)


def _footnotes(rows: Sequence[Row]) -> None:
    """The exceptions and the conflicts of the plans shown, and where the caps stand."""
    out = console()
    for plan in dict.fromkeys(row.plan for row in rows):
        if plan.exception:
            out.print(f"{plan.name} ({plan.as_of}): {plan.exception}")
    for plan in dict.fromkeys(row.plan for row in rows):
        if plan.conflict:
            out.print(f"* {plan.name}: sources disagree: {plan.conflict}")
    out.print(
        "Caps: third parties' numbers of the GPT-5.5 era, used day and night. --json has the sources."
    )


def _table(*columns: tuple[str, str]) -> Table:
    table = bare_table()
    for name, justify in columns:
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    return table
