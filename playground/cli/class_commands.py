"""`playground class …`: the commands and their options; what they do is imported when they are called."""

from __future__ import annotations

import click

from playground.cli.history_commands import JSON


@click.group("class", short_help="List, show and close the classes that this server lends keys to.")
def class_() -> None:
    """List, show and close classes, as whoever runs the server.

    A key that was typed for a class is in the memory of the process where it was typed and nowhere else: no command can
    hold, move or show one. A class is made on the page Class.
    """


@class_.command("list", short_help="List all classes, the newest first.")
@JSON
def class_list(as_json: bool) -> int:
    """List all classes with their budgets and ends.

    Exit code: 1 if there is none.
    """
    from playground.cli.classes import list_

    return list_(as_json)


@class_.command("show", short_help="Show a class's terms and its board.")
@click.argument("class_", metavar="CLASS")
@JSON
def class_show(class_: str, as_json: bool) -> int:
    """Show the terms of CLASS, an id or a name, and everyone's runs, tokens and dollars.

    What anyone asked is not in it.
    """
    from playground.cli.classes import show

    return show(class_, as_json)


@class_.command("close", short_help="Close a class for good.")
@click.argument("class_", metavar="CLASS")
@JSON
def class_close(class_: str, as_json: bool) -> int:
    """Close CLASS, an id or a name, for good: its calls are stopped, and nothing more is sent by it.

    Processes that hold its key look within five seconds and forget it. What was spent stays on its board.
    """
    from playground.cli.classes import close

    return close(class_, as_json)
