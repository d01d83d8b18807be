"""`playground lab created`: what was made at providers and is still there."""

from __future__ import annotations

import click


@click.command(short_help="List, or delete, what was made at providers.")
@click.option("--delete", "delete_all", is_flag=True, help="Delete all of it at its providers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def created(delete_all: bool, as_json: bool) -> int:
    """Files, batches, caches and stores that this installation has made and that are not deleted yet."""
    from playground.cli.lab.leftovers import leftovers

    return leftovers(delete_all=delete_all, as_json=as_json)
