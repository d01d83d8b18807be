"""`playground lab doors`: one prompt through every door."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options


@click.command(short_help="Send one prompt through every door.")
@click.argument("prompt", default="What is the weather in Lisbon? Answer in two sentences.")
@click.option("--function", is_flag=True, help="Offer a function, also where the door refuses it.")
@asking_options
def doors(prompt: str, function: bool, models: tuple[str, ...], demo: bool, as_json: bool) -> int:
    """Send PROMPT to each model through every door that it has, and print sizes, events, usage and times.

    \b
    playground lab doors --demo --json
    """
    from playground.cli.lab.all_doors import compare

    return compare(prompt, function, Options(models=models, demo=demo, as_json=as_json))
