"""`playground experiment run`: a spec's file, or one that stood still → its cells asked, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from playground.cli.options import Number

if TYPE_CHECKING:
    from playground.cli.experiment.workers import Workers

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
    metavar="N",
    help="Processes that share the work, each with an engine of its own.  [default: 1; on Ray one a CPU]",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where they run: on this computer, or on the Ray cluster at RAY_ADDRESS (without one, a Ray started here).",
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
def run(engine: str, processes: int | None, **options: Any) -> int:
    """Run the experiment in FILE (YAML or JSON).

    \b
    playground experiment run tickets.yaml --demo
    playground experiment run --resume 3f2a --again

    Exit code: 0 if all was asked and the spec's pass_rate is reached (without one: if no call failed), 1 if not,
    2 for bad usage, 130 if stopped by Ctrl+C. 1 also where a report can't be written, and with --watch where something
    has changed.
    """
    with _workers(engine, processes) as those:  # before all else: they import while we do
        from playground.cli.experiment.running import Options, run

        return run(Options(**options), those)


def _workers(engine: str, count: int | None) -> Workers:
    """Imports no more than that engine needs."""
    if engine == "ray":
        from playground.cli.experiment.on_ray import RayWorkers

        return RayWorkers(count)
    from playground.cli.experiment.workers import Processes

    return Processes(count or 1)
