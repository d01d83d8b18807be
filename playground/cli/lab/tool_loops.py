"""What `playground lab tools` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from playground.cli import attach
from playground.cli.lab import asking, looping
from playground.cli.say import say
from playground.lab import servers, tools
from playground.lab.functions import BUILT_IN, Function, distinct, of_server


def run(options: Mapping[str, Any]) -> int:
    """Run the loops, print them, and return the exit code: 0 all answered, 1 any did not, 130 stopped."""
    own = {name: options[name] for name in ("models", "demo", "as_json")}
    functions = _functions(options)
    if options["choice"] == "one" and options["only"] not in {f.tool.name for f in functions}:
        raise click.UsageError("--choice one needs --only with the name of a function.")
    question = attach.prompt_text(options["question"]) if options["question"] else tools.QUESTION
    with asking.asked(asking.Options(**own)) as (refs, endpoints):
        asked = tools.Asked(
            models=tuple(refs),
            question=question,
            functions=functions,
            choice=options["choice"],
            only=options["only"],
            parallel=options["parallel"],
            rounds=options["rounds"],
        )
        for note in tools.notes(asked):
            say(note)
        with looping.sending(endpoints) as sending:
            loops = tools.begin(asked, sending)
            return looping.concluded(loops, tools.document, as_json=options["as_json"])


def _functions(options: Mapping[str, Any]) -> tuple[Function, ...]:
    found: list[Function] = []
    try:
        if options["functions"]:
            found += tools.own_functions(attach.text(options["functions"]))
        for where in options["servers"]:
            found += of_server(servers.connect(where))
    except (tools.BadFunctions, servers.McpError) as error:
        raise click.UsageError(str(error)) from None
    return distinct(found) or BUILT_IN
