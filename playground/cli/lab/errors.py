"""`playground lab errors`: one fault at every door of every simulated provider."""

from __future__ import annotations

import click


@click.command(short_help="Let every door of every provider fail in one way.")
@click.argument("fault", default="429")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def errors(fault: str, as_json: bool) -> int:
    """Bring FAULT about at each door of the simulated providers and print what came, what it means and code that handles it.

    \b
    playground lab errors 529 --json

    Exit code: 0 when it was brought about, whatever it is; 2 for a fault that is none.
    """
    from playground.cli.lab.all_errors import fail

    return fail(fault, as_json)
