"""`playground experiment …`: the commands; each is a file beside this one and a row here."""

from __future__ import annotations

import click

from playground.cli.experiment.check import check, checks
from playground.cli.experiment.compare import compare
from playground.cli.experiment.export import export
from playground.cli.experiment.import_ import import_
from playground.cli.experiment.list_ import list_
from playground.cli.experiment.run import run
from playground.cli.experiment.schema import schema
from playground.cli.experiment.show import show
from playground.cli.experiment.validate import validate

COMMANDS: tuple[click.Command, ...] = (
    validate,
    run,
    list_,
    show,
    compare,
    import_,
    export,
    check,
    checks,
    schema,
)
"""In the order in which they are told of."""


@click.group(short_help="Compare prompts and models over many cases, with checks.")
def experiment() -> None:
    """Prompts × cases × models × repeats, with checks: an experiment is a YAML file."""


for command in COMMANDS:
    experiment.add_command(command)
