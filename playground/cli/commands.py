"""The commands and their options; what they do is imported when they are called, so that --help is quick."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from playground import __version__
from playground.cli.asking_commands import ask, code, ladder
from playground.cli.batch_commands import batch
from playground.cli.bench_command import bench
from playground.cli.class_commands import class_
from playground.cli.completing import SHELLS
from playground.cli.endpoint_commands import endpoints
from playground.cli.experiment.commands import experiment
from playground.cli.history_commands import history
from playground.cli.lab.commands import lab
from playground.cli.local_commands import local
from playground.cli.money_commands import bill, breakeven, chats, cost, questions
from playground.cli.options import PORT
from playground.cli.price_commands import prices
from playground.cli.recorded_commands import recorded


@dataclass(frozen=True, slots=True)
class Context:
    """What the commands get from whoever starts them."""

    open_app: Callable[[int, bool], None]


SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(invoke_without_command=True, context_settings=SETTINGS)
@click.version_option(__version__, "-V", "--version", message="playground %(version)s")
@click.option("--port", type=PORT, default=8501, show_default=True, help="Port of the app.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser window.")
@click.pass_context
def playground(ctx: click.Context, port: int, no_browser: bool) -> None:
    """Send one prompt to several AI APIs and see answers, tokens, latency and cost side by side.

    Without a command it opens the app in the browser.
    """
    if ctx.invoked_subcommand is None:
        ctx.obj.open_app(port, not no_browser)


for each in (
    *(ask, batch, bench, bill, breakeven, chats, class_, code, cost),
    *(endpoints, experiment, history, lab, ladder, local, prices, questions, recorded),
):
    playground.add_command(each)


@playground.command(short_help="Count the tokens of a text.")
@click.argument("file", default="-")
@click.option(
    "-m", "--model", "models", multiple=True, metavar="PROVIDER:MODEL", help="Count for this model."
)
@click.option(
    "--live", is_flag=True, help="Ask the providers' counting endpoints too; needs their keys."
)
@click.option("--demo", is_flag=True, help="Ask the simulated providers' counting endpoints.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tokens(**options: Any) -> int:
    """Count the tokens of FILE, or of standard input; offline unless --live.

    \b
    playground tokens prompt.txt -m openai:gpt-6.1-sol -m anthropic:claude-sonnet-5-5
    """
    from playground.cli.count import Options, tokens

    return tokens(Options(**options))


@playground.command(short_help="List the models.")
@click.argument("provider", default="")
@click.option("--live", is_flag=True, help="Ask the providers themselves; needs their keys.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(provider: str, live: bool, as_json: bool) -> int:
    """List the models of the catalog, of all providers or of PROVIDER."""
    from playground.cli import tables

    return tables.live_models(provider, as_json) if live else tables.models(provider, as_json)


@playground.command(short_help="Run the simulated providers.")
@click.option("--port", type=PORT, default=0, help="Port; any free one if left out.")
def demo(port: int) -> int:
    """Run the simulated providers on this computer until Ctrl+C, and say how to use them."""
    from playground.cli.demo import demo

    return demo(port)


@playground.command("help", short_help="Show the manual's page of a command.")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
def help_(words: tuple[str, ...]) -> int:
    """Show the manual's page of COMMAND: what it does, its options, and the variables that it reads.

    \b
    playground help prices export
    """
    from playground.cli import manual

    page = manual.as_text(manual.find(playground, words))
    if sys.stdout.isatty():
        click.echo_via_pager(page)
    else:
        click.echo(page, nl=False)
    return 0


@playground.command(short_help="Print what switches completion on in a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the lines that complete commands, options, models and files in SHELL.

    \b
    eval "$(playground completion bash)"                 in ~/.bashrc
    eval "$(playground completion zsh)"                  in ~/.zshrc
    playground completion fish > ~/.config/fish/completions/playground.fish
    playground completion powershell >> $PROFILE
    """
    from playground.cli import completing

    click.echo(completing.script(playground, shell), nl=False)
    return 0
