"""`playground lab structured`: a schema at each model, linted before and judged after."""

from __future__ import annotations

from typing import Any

import click

from playground.cli.lab.asking import asking_options


@click.command(short_help="Send a schema, and see who takes it and who holds to it.")
@click.argument("prompt", required=False)
@click.option(
    "--schema", metavar="FILE", help="JSON Schema, or Pydantic classes as text (never run)."
)
@click.option("--common", is_flag=True, help="Send the schema that all providers take.")
@click.option("-n", "times", type=click.IntRange(1, 50), default=1, show_default=True, metavar="N")
@click.option(
    "--lint", "only_lint", is_flag=True, help="Say what each provider makes of it; send nothing."
)
@asking_options
def structured(**options: Any) -> int:
    """Send PROMPT with a schema N times to each model; without both, the sample.

    \b
    playground lab structured --demo --common -n 5 --json

    Exit code: 0 if every answer holds to the schema, else 1.
    """
    from playground.cli.lab.structured_output import run

    return run(options)
