"""`playground lab wire`: what was on the wire, byte for byte."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options


@click.command(short_help="Show a call as it was on the wire.")
@click.argument("prompt", default="What is a token?")
@asking_options
def wire(prompt: str, models: tuple[str, ...], demo: bool, as_json: bool) -> int:
    """Send PROMPT and print the request, the headers that came back, and each event with its time.

    \b
    playground lab wire "Say hello." -m openai:gpt-6.1-sol --demo --json
    """
    from playground.cli.lab.wire_inspector import inspect

    return inspect(prompt, Options(models=models, demo=demo, as_json=as_json))
