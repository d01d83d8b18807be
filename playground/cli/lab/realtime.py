"""`playground lab realtime`: a session over a WebSocket, message by message and turn by turn."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options


@click.command(short_help="Hold a session over a WebSocket.")
@click.argument("messages", nargs=-1)
@click.option("--speech", is_flag=True, help="Ask for speech with a transcript, not for text.")
@click.option(
    "--functions", is_flag=True, help="Offer a calculator, a clock and a sample CRM; they run here."
)
@asking_options
def realtime(
    messages: tuple[str, ...],
    speech: bool,
    functions: bool,
    models: tuple[str, ...],
    demo: bool,
    as_json: bool,
) -> int:
    """Send MESSAGES one after the other in one session; without any, the sample.

    \b
    playground lab realtime "Hello." "And again." -m openai/realtime:gpt-realtime-2.1 --demo --json
    playground lab realtime "What plan does customer C-1042 have?" --functions --demo
    """
    from playground.cli.lab.realtime_session import hold

    options = Options(models=models, demo=demo, as_json=as_json)
    return hold(messages, options, speech=speech, functions=functions)
