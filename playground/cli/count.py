"""`playground tokens`: how many tokens a text has, here and at the providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground import settings
from playground.cli import attach
from playground.cli.ask import nowhere, simulated
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import console, fitted, safe
from playground.domain import Endpoint, ModelRef, Request, clock
from playground.domain.nouns import digits
from playground.domain.provider import addable, built_in
from playground.export import dumps
from playground.files import decoded

LARGEST = 50_000_000
"""Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    file: str
    models: tuple[str, ...]
    live: bool
    demo: bool
    as_json: bool


def tokens(options: Options) -> int:
    """Print the counts; exit code 1 when a provider was asked and did not answer."""
    text = read(options.file)
    refs = list(map(model_ref, options.models))
    if not options.live:  # else the provider itself says what it knows
        _known(refs)
    rows = [_local(text, ref) for ref in refs] or _encodings(text)
    asked = _asked(text, refs, options) if options.live or options.demo else {}
    for row, ref in zip(rows, refs, strict=False):
        row["provider_tokens"] = asked.get(ref)
    whole = {
        "characters": len(text),
        "bytes": len(text.encode("utf-8", "surrogatepass")),
        "words": len(text.split()),
        "simulated": options.demo,
        "counts": rows,
    }
    print(dumps(whole)) if options.as_json else _print(whole)
    return 1 if any(count is None for count in asked.values()) else 0


def read(name: str) -> str:
    """The text of a file, or of standard input for `-`; UsageError names what is wrong with it."""
    try:
        return decoded(
            attach.standard_input(LARGEST) if name == "-" else attach.read(name, LARGEST)
        )
    except UnicodeDecodeError as error:
        raise click.UsageError(
            f"{name} is not UTF-8 text (byte {error.start:,}): tokens are counted in text only."
        ) from None


def _known(refs: list[ModelRef]) -> None:
    """UsageError for a provider that is not there, and for a model that neither catalog nor prices nor tiktoken know."""
    from playground.catalog import find
    from playground.pricing import load
    from playground.tokens.counting import known_encoding

    own = {provider.name for provider in built_in()}
    others = {provider.name for provider in addable()}
    for ref in refs:
        if ref.provider not in own | others:
            endpoints = settings.load().endpoints
            if ref.provider not in endpoints:
                raise nowhere(ref.provider, endpoints)
        if ref.provider in own and not (
            find(ref) or known_encoding(ref) or load().row(ref.provider, ref.model, clock.today())
        ):
            raise click.UsageError(
                f"{ref} is no model that is known here: `playground models` lists those that are,"
                " and --live asks the provider."
            )


def _encodings(text: str) -> list[dict[str, Any]]:
    from playground.tokens import count

    return [
        {"encoding": name, "tokens": count(text, name), "estimate": False, "how": "tiktoken"}
        for name in ("o200k_base", "cl100k_base")
    ]


def _local(text: str, ref: ModelRef) -> dict[str, Any]:
    """What this computer makes of the text for a model, what part of its window that is, and what it costs as input."""
    from playground.catalog import find
    from playground.pricing import load
    from playground.pricing.shape import Shape, quote
    from playground.tokens import estimate

    counted = estimate(text, ref)
    model = find(ref)
    window = model.context_window if model else None
    cost = quote(load(), ref, Shape(input_tokens=counted.tokens), on=clock.today())
    return {
        "model": str(ref),
        "tokens": counted.tokens,
        "estimate": counted.estimate,
        "how": counted.how,
        "context_window": window,
        "input_cost": digits(cost.total) if cost else None,
    }


def _asked(text: str, refs: list[ModelRef], options: Options) -> dict[ModelRef, int | None]:
    """What the providers' own counting endpoints say; None where one did not answer."""
    if options.demo:
        with simulated() as endpoints:
            return _count(text, refs, endpoints)
    return _count(text, refs, settings.load().endpoints)


def _count(
    text: str, refs: list[ModelRef], endpoints: Mapping[str, Endpoint]
) -> dict[ModelRef, int | None]:
    from playground import runs
    from playground.cli import keeping
    from playground.engine import Engine
    from playground.providers import ProviderError, count_input_tokens

    for ref in refs:
        if ref.provider not in endpoints:
            raise nowhere(ref.provider, endpoints)
    if refusal := runs.holds_key((Request.ask(ref, text) for ref in refs), keeping.secrets()):
        raise click.ClickException(refusal.reason)
    engine = Engine()
    found: dict[ModelRef, int | None] = {}
    try:
        for ref in refs:
            request, endpoint = Request.ask(ref, text), endpoints[ref.provider]
            try:
                found[ref] = engine.submit(
                    lambda pool, r=request, e=endpoint: count_input_tokens(r, e, pool=pool)  # type: ignore[misc]
                ).result()
            except ProviderError as error:
                found[ref] = None
                say(safe(f"{ref}: {error.failure.told}"))
    finally:
        engine.close()
    return found


def _print(whole: Mapping[str, Any]) -> None:
    out = console()
    out.print(
        f"{whole['characters']:,} characters, {whole['bytes']:,} bytes, {whole['words']:,} words"
    )
    rows = whole["counts"]
    asked = any("provider_tokens" in row for row in rows)
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for name in ("tokens", *(["provider"] if asked else []), "of window", "as input"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*_cells(row, asked))
    out.print(fitted(out, table))
    for how in dict.fromkeys(f"≈ {row['how']}" for row in rows if row["estimate"]):
        out.print(how)
    if whole["simulated"]:
        out.print("Simulated: the provider column comes from the built-in demo server.")


def _cells(row: Mapping[str, Any], asked: bool) -> list[Text]:
    from decimal import Decimal

    window = row.get("context_window")
    cost = row.get("input_cost")
    cells = [
        safe(str(row.get("model") or row.get("encoding"))),
        f"{'≈ ' if row['estimate'] else ''}{row['tokens']:,}",
        *([fmt.count(row.get("provider_tokens"))] if asked else []),
        f"{row['tokens'] / window:.2%}" if window else "",
        fmt.money(Decimal(cost)) if cost else "",
    ]
    return [Text(cell) for cell in cells]
