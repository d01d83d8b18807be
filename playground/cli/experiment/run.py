"""`playground experiment run`: a spec's file, or one that stood still → its cells asked, and what they say."""

from __future__ import annotations

from typing import Any

import click

from playground.cli.options import Number

AMOUNT = Number(0, 1_000_000)


@click.command(short_help="Run an experiment, or go on with one.")
@click.argument("file", required=False)
@click.option("--resume", metavar="ID", help="Go on with an experiment that stood still.")
@click.option(
    "--again", is_flag=True, help="Ask calls once more that were under way when it ended."
)
@click.option("--skip-uncertain", is_flag=True, help="Leave those out: they may have been billed.")
@click.option("--demo", is_flag=True, help="Ask the simulated providers: no keys, no cost.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--junit", metavar="OUT", help="Write the cells as JUnit XML, for CI pipelines.")
@click.option("--html", metavar="OUT", help="Write a report that works offline.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that share the work, each with an engine of its own.",
)
@click.option(
    "--budget", type=AMOUNT, metavar="USD", help="Stop before more; instead of the spec's."
)
@click.option(
    "--every",
    metavar="SPAN",
    help="Run it again and again: 30m, 6h, 1d; each time compared with the first.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Compare with the first run of the same spec, as --every does: for cron.",
)
def run(processes: int, **options: Any) -> int:
    """Run the experiment in FILE (YAML or JSON).

    \b
    playground experiment run tickets.yaml --demo
    playground experiment run --resume 3f2a --again

    Exit code: 0 if all was asked and the spec's pass_rate is reached (without one: if no call failed), 1 if not,
    2 for bad usage, 130 if stopped by Ctrl+C. With --watch 1 also where something has changed.
    """
    from playground.cli.experiment.workers import Workers

    with Workers(processes) as workers:  # before all else: they import while we do
        from playground.cli.experiment.running import Options, run

        return run(Options(**options), workers)
