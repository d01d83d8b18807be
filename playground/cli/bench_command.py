"""`playground bench`: the command and its options; what it does is imported when it is called."""

from __future__ import annotations

from typing import Any

import click

from playground.cli.options import Number


@click.command(short_help="Measure models: latency, speed and cost, with intervals.")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="A model to measure; again for more. Default: one each of the providers with a key.",
)
@click.option(
    "--repeats",
    type=click.IntRange(1, 100_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Calls of each model that are measured.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 8192),
    default=8,
    show_default=True,
    metavar="N",
    help="Calls at once to each provider.",
)
@click.option("--prompt", metavar="TEXT", help="What is asked; - reads standard input.")
@click.option(
    "--input-tokens",
    type=click.IntRange(1, 2_000_000),
    metavar="N",
    help="Instead of a prompt: words that are so many tokens in OpenAI's vocabulary.",
)
@click.option(
    "--output-tokens",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="The longest answer, reasoning included; without a prompt, as much is asked for.",
)
@click.option("--effort", metavar="LEVEL", help="How much the models think: low, medium, high, …")
@click.option(
    "--warm-up",
    type=click.IntRange(0, 1_000),
    default=1,
    show_default=True,
    metavar="N",
    help="Calls of each model that come first and are in no figure; of several processes they take turns.",
)
@click.option(
    "--fresh-prefix",
    is_flag=True,
    help="Put a few random letters before each prompt, so that no cache can help.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that share the work, each with an engine of its own.",
)
@click.option("--budget", type=Number(0, 1_000_000), metavar="USD", help="Stop before more.")
@click.option("--demo", is_flag=True, help="Ask the simulated providers: no keys, no cost.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def bench(processes: int, **options: Any) -> int:
    """Ask every model the same again and again, in turns, and print percentiles and what differs.

    \b
    playground bench -m openai:gpt-6.1-sol -m anthropic:claude-sonnet-5-5 --repeats 50
    playground bench --input-tokens 2000 --output-tokens 200 --demo

    It is kept as an experiment of one prompt: stopped by Ctrl+C, it goes on with playground experiment run --resume ID.

    Exit code: 0 if every call was answered, 1 if any failed, 2 for bad usage, 130 if stopped by Ctrl+C.
    """
    from playground.cli.experiment.workers import Processes

    with Processes(
        processes, options["models"]
    ) as workers:  # before all else: they import meanwhile
        from playground.cli.bench import Options, bench

        return bench(Options(**options), workers)
