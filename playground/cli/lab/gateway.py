"""`playground lab gateway`: what a gateway makes of a call."""

from __future__ import annotations

import click

DOORS = ("openai/chat", "openai/responses", "anthropic/messages", "gemini/generate_content")


@click.command(short_help="Compare what a gateway was sent with what it passed on.")
@click.argument("url", default="")
@click.option("--door", type=click.Choice(DOORS), default=DOORS[0], show_default=True)
@click.option("--model", default="", metavar="MODEL", help="As the gateway calls it.")
@click.option(
    "--key-env", metavar="NAME", help="Environment variable that holds the gateway's key."
)
@click.option(
    "--demo-url",
    metavar="URL",
    help="A running `playground demo` that the gateway passes calls on to.",
)
@click.option(
    "--token",
    metavar="TOKEN",
    help="What stands behind /heard/ in the address that the gateway was given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def gateway(
    url: str,
    door: str,
    model: str,
    key_env: str | None,
    demo_url: str | None,
    token: str | None,
    as_json: bool,
) -> int:
    """Send one call through the gateway at URL and say what arrived at the demo, byte by byte; without URL a sample gateway.

    \b
    playground demo --port 8700 &
    (the gateway's address for OpenAI: http://127.0.0.1:8700/heard/my-token-of-16-letters/openai/v1)
    playground lab gateway http://localhost:4000/v1 --demo-url http://127.0.0.1:8700 --token my-token-of-16-letters

    Exit code: 0 when it passed everything on unchanged, 1 when it changed anything or the call failed.
    """
    from playground.cli.lab.gateway_truth import tell

    return tell(url, door, model, key_env, demo_url, token, as_json)
