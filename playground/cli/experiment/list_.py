"""`playground experiment list`: what has been run."""

from __future__ import annotations

import click


@click.command("list", short_help="List experiments, the newest first.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="At most so many.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def list_(limit: int, as_json: bool) -> int:
    """List experiments with their state, pass rates and costs. Exit code 1 when there is none."""
    from playground.cli.experiment.looking import list_

    return list_(limit, as_json)
