"""`playground experiment show`: what one experiment found."""

from __future__ import annotations

import click


@click.command(short_help="Show what an experiment found.")
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def show(id: str, as_json: bool) -> int:
    """Show the experiment ID (its beginning is enough; `last` is the newest one).

    Pass rates with their intervals, percentiles of latency, cost per success, every comparison with its test, and
    why calls failed. With --json the same document that `run --json` prints, and the causes.
    """
    from playground.cli.experiment.looking import show

    return show(id, as_json)
