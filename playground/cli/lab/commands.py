"""`playground lab`: the panels of the API lab, and one command for each that runs something."""

from __future__ import annotations

import json

import click

from playground.cli.lab.batch import batch
from playground.cli.lab.caching import caching
from playground.cli.lab.created import created
from playground.cli.lab.doors import doors
from playground.cli.lab.errors import errors
from playground.cli.lab.file_search import file_search
from playground.cli.lab.files import files
from playground.cli.lab.gateway import gateway
from playground.cli.lab.jobs import jobs
from playground.cli.lab.limits import limits
from playground.cli.lab.models import models
from playground.cli.lab.realtime import realtime
from playground.cli.lab.structured import structured
from playground.cli.lab.tools import tools
from playground.cli.lab.wire import wire
from playground.lab.panels import PANELS

COMMANDS: tuple[click.Command, ...] = (
    wire,
    doors,
    errors,
    gateway,
    limits,
    models,
    structured,
    tools,
    jobs,
    caching,
    batch,
    created,
    realtime,
    file_search,
    files,
)
"""Each is called as its panel is."""


@click.group(invoke_without_command=True, short_help="See each part of the APIs at work.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def lab(ctx: click.Context, as_json: bool) -> None:
    """The panels of the API lab: each with what to look for, and a command of its own.

    Without a command it lists them.
    """
    if ctx.invoked_subcommand is not None:
        return
    if as_json:
        click.echo(json.dumps([_row(name) for name in PANELS], indent=2, ensure_ascii=False))
        return
    for name, panel in PANELS.items():
        click.echo(f"{name:12} {panel.title} ({panel.group})\n{'':12} {' '.join(panel.look_for)}")


def _row(name: str) -> dict[str, object]:
    panel = PANELS[name]
    return {
        "name": name,
        "title": panel.title,
        "group": panel.group,
        "look_for": list(panel.look_for),
        "documentation": [link._asdict() for link in panel.documentation],
        "needs_key": panel.needs_key,
    }


for command in COMMANDS:
    lab.add_command(command)
