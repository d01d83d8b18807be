"""`playground endpoints …`: the commands and their options; what they do is imported when they are called."""

from __future__ import annotations

import json

import click

from playground.domain.provider import addable


@click.group(short_help="Keep OpenAI-compatible servers for -m NAME:MODEL.")
def endpoints() -> None:
    """Keep the addresses of OpenAI-compatible servers in a file that app and command line share."""


@endpoints.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> int:
    """List all endpoints and whether they have a key."""
    from playground.cli.tables import endpoints

    return endpoints(as_json)


@endpoints.command(
    help=f"Keep an endpoint. Known by NAME alone: {', '.join(row.name for row in addable())}."
)
@click.argument("name")
@click.argument("base_url", required=False)
@click.option("--key-env", metavar="NAME", help="Environment variable that holds the key.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add(name: str, base_url: str | None, key_env: str | None, as_json: bool) -> int:
    from playground import settings

    entry = settings.add(name, base_url, key_env)
    if as_json:
        from playground.domain.nouns import jsonable

        click.echo(json.dumps(jsonable(entry), indent=2))
        return 0
    key = f" with the key in {entry.key_env}" if entry.key_env else ""
    click.echo(f"Kept {entry.name} at {entry.base_url}{key}. Use it: -m {entry.name}:MODEL")
    return 0


@endpoints.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def remove(name: str, as_json: bool) -> int:
    """Take an endpoint out of the file."""
    from playground import settings

    settings.remove(name)
    click.echo(json.dumps({"removed": name}) if as_json else f"Removed {name}.")
    return 0
