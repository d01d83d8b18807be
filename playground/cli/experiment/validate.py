"""`playground experiment validate`: every mistake in a spec, without asking anything."""

from __future__ import annotations

import click


@click.command(short_help="Say every mistake in a spec.")
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def validate(file: str, as_json: bool) -> int:
    """Read the spec in FILE with all that it names, and say every mistake with file, line and what is expected.

    Exit code: 0 if there is none, 1 if there are some.
    """
    from playground.cli.experiment.moving import validate

    return validate(file, as_json)
