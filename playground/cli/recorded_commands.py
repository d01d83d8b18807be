"""`playground recorded` and its commands; what they do is imported when they are called."""

from __future__ import annotations

import click


@click.group(short_help="Replay real answers of the real services, without a key.")
def recorded() -> None:
    """Answers of OpenAI, Anthropic and Google that other open projects recorded, each with its day, source and licence."""


@recorded.command("list", short_help="List the recorded answers.")
@click.argument("what", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(what: str, as_json: bool) -> int:
    """List the recorded answers, or those that show WHAT: reasoning, caching, "server tools", refusal, …"""
    from playground.cli.recorded import list_

    return list_(what, as_json)


@recorded.command(short_help="Show what a recorded answer was asked, and where it comes from.")
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(id: str, as_json: bool) -> int:
    """Print the prompt of the recorded answer ID, its day, source and licence."""
    from playground.cli.recorded import show

    return show(id, as_json)


@recorded.command(short_help="Replay a recorded answer.")
@click.argument("prompt_or_id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--no-history", is_flag=True, help="Keep nothing of it.")
def ask(prompt_or_id: str, as_json: bool, no_history: bool) -> int:
    """Replay the recorded answer of this name, or those that were given to this very prompt.

    \b
    playground recorded ask primes
    playground recorded ask "What is the capital of France?"
    """
    from playground.cli.recorded import ask

    return ask(prompt_or_id, as_json=as_json, no_history=no_history)
