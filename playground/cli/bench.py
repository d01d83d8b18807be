"""What `playground bench` does: options → a spec of one prompt → the experiments' engine → the terminal or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import click
from rich.table import Table
from rich.text import Text

from playground import settings
from playground.cli import ask, attach, here
from playground.cli.experiment import conduct, shown
from playground.cli.experiment.workers import Workers
from playground.cli.say import say
from playground.cli.show import console, fitted, safe
from playground.experiments import benchmark
from playground.experiments.comparing import Comparison
from playground.experiments.documents import document
from playground.experiments.results import Cause, ModelResult, Results, causes, results
from playground.experiments.statistics import Distribution
from playground.export import dumps

POINTS = ("p50", "p90", "p95", "p99", "mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    models: tuple[str, ...] = ()
    repeats: int = 20
    concurrency: int = 8
    prompt: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    effort: str | None = None
    warm_up: int = 1
    fresh_prefix: bool = False
    budget: float | None = None
    demo: bool = False
    as_json: bool = False


def bench(options: Options, workers: Workers) -> int:
    """Measure, print, and return the exit code."""
    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    refs = ask.chosen(options, here.known(loaded.endpoints))
    spec = benchmark.spec(
        list(map(str, refs)),
        _prompt(options),
        repeats=options.repeats,
        concurrency=options.concurrency,
        warm_up=options.warm_up,
        output_tokens=options.output_tokens,
        effort=options.effort,
        fresh_prefix=options.fresh_prefix,
    )
    how = conduct.How(
        demo=options.demo,
        workers=workers,
        budget=None if options.budget is None else Decimal(str(options.budget)),
    )
    with conduct.the_store() as (store, file):
        made = conduct.created(store, spec, demo=options.demo)
        experiment, ended = conduct.conduct(store, made, how, file=file)
        found = results(store, experiment)
        if options.as_json:
            print(dumps(document(found)), flush=True)
        else:
            show(found, causes(store, experiment))
    return conduct.exit_code(found, ended)


def _prompt(options: Options) -> str:
    """What is asked; UsageError where two things are said of it."""
    if options.prompt is None:
        return benchmark.prompt(options.input_tokens, options.output_tokens)
    if options.input_tokens is not None:
        raise click.UsageError(
            "Give --prompt or --input-tokens, not both: a prompt has its length."
        )
    return attach.prompt_text(options.prompt)


def show(found: Results, causes: Sequence[Cause]) -> None:
    """Print how many calls, the figures of each model, and every comparison."""
    out = console()
    shown.head(out, found)
    out.print(fitted(out, figures(found.models)))
    out.print()
    out.print(fitted(out, calls(found.models)))
    for pair, made in groupby(found.comparisons, key=lambda c: (c.a, c.b)):
        out.print()
        out.print(Text(safe(f"{pair[0]} compared with {pair[1]}"), style="bold"))
        out.print(fitted(out, comparisons(list(made))))
    for sentence in (*_silent(found.models), *shown.oddities(found)):
        out.print(Text(safe(sentence)))
    shown.failed(out, causes)


def figures(models: Sequence[ModelResult]) -> Table:
    """One row for each figure of each model."""
    table = shown.table("Model", "")
    for name in (*POINTS, "95 % of p50", "95 % of mean"):
        table.add_column(name, justify="right")
    for model in models:
        for place, name in enumerate(shown.FIGURES):
            made: Distribution = getattr(model, name)
            table.add_row(
                Text("" if place else safe(model.model)),
                shown.NAMES[name],
                *(shown.figure(name, getattr(made, point)) for point in POINTS),
                *(shown.span_of(name, made.intervals.get(point)) for point in ("p50", "mean")),
            )
    return table


def _silent(models: Sequence[ModelResult]) -> Iterator[str]:
    """Of answers without a word there is no time to first text."""
    for model in models:
        if unknown := model.time_to_first_text.unknown:
            yield (
                f"{model.model}: {unknown:,} answers had no text to time."
                " Reasoning may have used up their tokens: raise --output-tokens."
            )


def calls(models: Sequence[ModelResult]) -> Table:
    """One row a model: how many calls, how long, at what cost."""
    table = shown.table("Model")
    for name in ("Calls", "Failed", "Input tokens", "Output tokens", "Cost", "A call"):
        table.add_column(name, justify="right")
    for model in models:
        cost = model.cost
        table.add_row(
            Text(safe(model.model)),
            f"{model.n:,}",
            f"{model.failures:,}",
            *(_tokens(mean) for mean in (model.input_tokens, model.output_tokens)),
            *(shown.amount(cost, usd) for usd in (cost.total, cost.per_request)),
        )
    return table


def _tokens(mean: float | None) -> str:
    return shown.NOTHING if mean is None else f"{mean:,.0f}"


def comparisons(made: Sequence[Comparison]) -> Table:
    """One row a figure: by which test, and what it says after the correction for all of them."""
    table = shown.table("")
    for name in ("Difference", "95 %", "p"):
        table.add_column(name, justify="right")
    for name in ("Test", ""):
        table.add_column(name, overflow="fold")
    for c in made:
        table.add_row(
            shown.NAMES.get(c.metric, c.metric),
            shown.figure(c.metric, c.difference, sign=True),
            shown.span_of(c.metric, c.interval),
            shown.NOTHING if c.adjusted is None else f"{c.adjusted:.3f}",
            shown.NOTHING if c.test == "none" else c.test,
            verdict(c),
        )
    return table


def verdict(c: Comparison) -> str:
    """`significant`, or what there is to say instead."""
    if c.same:
        return "equal in every pair"
    if c.significant:
        return "significant"
    if c.significant is None:
        return c.note
    if c.more_repeats:
        return f"not significant; about {c.more_repeats:,} more repeats find a tenth"
    return "not significant"
