"""`playground cost`: the receipt of a request that is only thought of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import console, fitted
from playground.domain import Cost, ModelRef, clock
from playground.export import dumps
from playground.price_service.answering import receipt, unsold
from playground.pricing import PriceBook, load
from playground.pricing.shape import Shape, quote, written_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    model: str
    input_tokens: int
    cache_read_input_tokens: int
    cache_write_input_tokens: int
    cache_ttl: str | None
    output_tokens: int
    reasoning_output_tokens: int
    searches: int
    processing: str
    regional: bool
    as_of: datetime | None
    as_json: bool


def cost(options: Options) -> int:
    """Print the receipt; exit code 1 when the model has no price, UsageError when the tokens contradict each other."""
    ref = model_ref(options.model)
    shape = _shape(options)
    on = options.as_of.date() if options.as_of else clock.today()
    if problem := unsold(ref, on):
        raise click.UsageError(problem)
    book = load()
    for problem in book.problems:
        say(problem)
    _known_ttl(book, ref, options, on)
    found = quote(book, ref, shape, on=on, processing=options.processing, regional=options.regional)
    if options.as_json:
        print(dumps(receipt(found)))
    if found is None:
        say(
            f"{ref} has no price on {on}: `playground prices` lists those that have one, and a price of your own"
            " can be set on the Costs page or in pricing.overrides.yaml."
        )
        return 1
    if not options.as_json:
        _print(ref, found, on)
    return 0


def _shape(options: Options) -> Shape:
    shape = Shape(
        input_tokens=options.input_tokens,
        cache_read_input_tokens=options.cache_read_input_tokens,
        cache_write_input_tokens=options.cache_write_input_tokens,
        cache_ttl=options.cache_ttl,
        output_tokens=options.output_tokens,
        reasoning_output_tokens=options.reasoning_output_tokens,
        searches=options.searches,
    )
    if problems := shape.problems():
        raise click.UsageError(
            f"{'; '.join(problems)}: --input-tokens includes cached ones, --output-tokens includes reasoning."
        )
    return shape


def _known_ttl(book: PriceBook, ref: ModelRef, options: Options, on: date) -> None:
    row = book.find(ref.provider, ref.model, on)
    if row is None or not options.cache_ttl or not options.cache_write_input_tokens:
        return
    known = written_for(row)
    if known and options.cache_ttl not in known:
        raise click.UsageError(
            f"{ref} has no price for a cache write of {options.cache_ttl}: use --cache-ttl {' or '.join(known)}."
        )


def _print(ref: ModelRef, cost: Cost, on: date) -> None:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    table.add_column(str(ref), overflow="fold")
    for name in ("quantity", "USD", "per", "amount"):
        table.add_column(name, justify="right")
    for line in cost.lines:
        name = line.name.replace("_", " ") + (f" ({line.note})" if line.note else "")
        per = fmt.per(line)
        table.add_row(
            Text(name), fmt.count(line.quantity), fmt.rate(line.rate), per, fmt.money(line.amount)
        )
    table.add_row(Text("total", style="bold"), "", "", "", fmt.cost(cost))
    out = console()
    out.print(fitted(out, table))
    price = cost.price
    since = f", valid from {price.valid_from}" if price.valid_from else ""
    own = "your own price, " if price.override else ""
    out.print(f"On {on}: {own}{price.model}{since}, checked {price.as_of}: {price.source}")
    for note in cost.notes:
        out.print(note)
