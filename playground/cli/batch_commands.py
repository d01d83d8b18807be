"""`playground batch …`: the commands and their options; what they do is imported when they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(
    short_help="Send a table or an experiment as a batch, and collect its answers hours later."
)
def batch() -> None:
    """A CSV file, one prompt a row, or an experiment's spec through a provider's batch API at half the price.

    A batch lives for up to 24 hours: it is kept in the history's database, so another command, or the app, finds it again.
    """


@batch.command(short_help="Submit a CSV file or an experiment as a batch.")
@click.argument("table", metavar="FILE")
@click.option(
    "--prompt", default="", metavar="TEXT", help="A table's prompt; {{column}} is a cell of it."
)
@click.option("--system", default="", metavar="TEXT", help="System prompt; {{column}} too.")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="The model to ask; of an experiment only these, else all of its models.",
)
@click.option("--title", default="", metavar="TEXT", help="A name to find it by.")
@click.option(
    "--max-output-tokens", type=click.IntRange(1), default=1_024, show_default=True, metavar="N"
)
@click.option("--demo", is_flag=True, help="Ask the simulation, wait some seconds, and collect.")
@JSON
def submit(**options: Any) -> int:
    """Submit FILE: a table (CSV; - reads standard input), one request a row; or an experiment (.yaml, .json), a batch a model.

    \b
    playground batch submit tickets.csv --prompt "Department for: {{ticket}}" -m openai:gpt-6.1-sol
    playground batch submit experiment.yaml
    """
    return _act("submit", options)


@batch.command("list", short_help="List the batches and ask how far each is.")
@click.option("--no-look", is_flag=True, help="Say what was known last; ask no provider.")
@JSON
def list_(**options: Any) -> int:
    """Every batch, the newest first."""
    return _act("list_jobs", options)


def _of_one(name: str, short: str, text: str) -> None:
    def command(**options: Any) -> int:
        return _act(name, options)

    command.__doc__ = text
    made: Callable[..., Any] = click.argument("id")(JSON(command))
    batch.command(name, short_help=short)(made)


_of_one(
    "collect",
    "Fetch the answers of a batch into the history.",
    "Fetch the answers of batch ID (its beginning will do), with both prices of each.",
)
_of_one("cancel", "Stop a batch.", "Stop batch ID; lines that are done stay done, and billed.")
_of_one(
    "delete",
    "Delete a batch here and at its provider.",
    "Delete what batch ID left at its provider, and its row here; its run stays in the history.",
)


def _act(name: str, options: dict[str, Any]) -> int:
    from playground.cli import batches

    code: int = getattr(batches, name)(**options)
    return code
