"""The commands and their options; what they do is imported when they are called, so that --help is quick."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from playground import __version__
from playground.cli.batch_commands import batch
from playground.cli.bench_command import bench
from playground.cli.class_commands import class_
from playground.cli.completing import SHELLS
from playground.cli.experiment.commands import experiment
from playground.cli.history_commands import history
from playground.cli.lab.commands import lab
from playground.cli.local_commands import local
from playground.cli.options import PORT, Number, setting_options, split
from playground.cli.price_commands import prices
from playground.cli.recorded_commands import recorded
from playground.domain.provider import addable


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


playground.add_command(batch)
playground.add_command(bench)
playground.add_command(class_)
playground.add_command(experiment)
playground.add_command(history)
playground.add_command(lab)
playground.add_command(local)
playground.add_command(prices)
playground.add_command(recorded)


@playground.command(short_help="Ask several models and print their answers.")
@click.argument("prompt")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="A model to ask; again for more lanes. Default: one each of the providers with a key.",
)
@click.option("--system", metavar="TEXT", help="System prompt.")
@setting_options
@click.option("--file", "files", multiple=True, metavar="FILE", help="Image or PDF to attach.")
@click.option("--retries", type=click.IntRange(0, 10), default=0, show_default=True, metavar="N")
@click.option(
    "--timeout",
    type=Number(0.001, 86_400),
    default=600.0,
    metavar="SECONDS",
    help="Longest silence on the connection.  [default: 600]",
)
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Tag of the run in the history.")
@click.option("--department", default="", metavar="NAME", help="Department or project that pays.")
@click.option("--no-history", is_flag=True, help="Do not keep this run in the history.")
@click.option("--demo", is_flag=True, help="Ask the simulated providers: no keys, no cost.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def ask(**options: Any) -> int:
    """Ask every model PROMPT at the same time; - reads it from standard input.

    \b
    playground ask "Why is the sky blue?" --demo
    playground ask - -m openai:gpt-6.1-sol -m anthropic:claude-sonnet-5-5 < prompt.txt

    Exit code: 0 if every lane answered, 1 if any failed, 2 for bad usage, 130 if stopped by Ctrl+C.
    """
    from playground.cli.ask import Options, ask

    settings, others = split(options)
    return ask(Options(settings=settings, **others))


@playground.command(short_help="Write a request as a small project that runs.")
@click.argument("prompts", nargs=-1, required=True, metavar="PROMPT...")
@click.option(
    "-m",
    "--model",
    metavar="PROVIDER:MODEL",
    help="The model to ask. Default: the one that `playground ask` asks first.",
)
@click.option("--system", metavar="TEXT", help="System prompt.")
@setting_options
@click.option("--file", "files", multiple=True, metavar="FILE", help="Image or PDF to attach.")
@click.option(
    "--kind",
    type=click.Choice(["request", "tools", "schema", "conversation", "batch"]),
    default="request",
    show_default=True,
    help="What it does; `tools` needs --tools, `schema` a schema, `batch` takes several prompts.",
)
@click.option(
    "--language",
    type=click.Choice(["python", "typescript"]),
    default="python",
    show_default=True,
)
@click.option(
    "--way",
    type=click.Choice(["sdk", "http"]),
    default="sdk",
    show_default=True,
    help="Through the provider's SDK, or plain HTTP.",
)
@click.option("-o", "--output", "folder", metavar="FOLDER", help="Default: a name made of these.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def code(**options: Any) -> int:
    """Write the folder of a project that sends PROMPT: with errors, retries, a spending limit, a log and tests.

    \b
    playground code "Why is the sky blue?" -m anthropic:claude-sonnet-5-5 --language typescript

    Exit code: 0 when it is written, 2 for bad usage.
    """
    from playground.cli.code import Options, code

    settings, others = split(options)
    return code(Options(settings=settings, **others))


@playground.command(short_help="Climb from a bare API call to something like a chat product.")
@click.argument("prompt")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="A model to ask; may be given again. Default: one each of the providers with a key.",
)
@click.option(
    "--profile",
    default="chat_product",
    show_default=True,
    metavar="FILE",
    help="A YAML file, or chat_product, chatgpt, claude or gemini (our approximations).",
)
@click.option("--demo", is_flag=True, help="Ask the simulated providers: no keys, no cost.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def ladder(**options: Any) -> int:
    """Send PROMPT bare, then with one thing more at each step that a chat product adds, and show what each costs.

    Exit code: 0 if every step answered, 1 if any failed, 2 for bad usage, 130 if stopped by Ctrl+C.
    """
    from playground.cli.ladder import Options, ladder

    return ladder(Options(**options))


@playground.command(short_help="Price your own chats: the export of ChatGPT, Claude or Gemini.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="A model to price them at; again for more. Default: one each of the providers.",
)
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="DATE",
    help="The day whose prices count.  [default: today]",
)
@click.option(
    "--system-tokens",
    type=click.IntRange(0, 200_000),
    default=0,
    metavar="N",
    help="Tokens of a system prompt that each call is sent with; no export holds the product's own.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Let each model's provider count, which is free of charge and sends it the conversations.",
)
@click.option("--demo", is_flag=True, help="Let the simulation on this computer count.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def chats(**options: Any) -> int:
    """Price the conversations of an export as API calls, the history sent again at each turn.

    FILE is the zip, a JSON or HTML file in it, or the folder it was unpacked to; several belong together. Nothing is kept,
    and without --live nothing is sent anywhere. Counts made here are exact for OpenAI and estimates for Claude and Gemini.

    Exit code: 0 if a conversation was found, 1 if none or if a provider did not count, 2 for bad usage.
    """
    from playground.cli.chats import Options, chats

    return chats(Options(**options))


@playground.command(short_help="Lay a provider's own bill beside our receipts.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--fetch",
    multiple=True,
    type=click.Choice(["openai", "anthropic", "openrouter"]),
    help="Ask the provider with its admin key, from OPENAI_ADMIN_KEY, ANTHROPIC_ADMIN_KEY or OPENROUTER_MANAGEMENT_KEY.",
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day to fetch."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Last day to fetch."
)
@click.option(
    "--key", "keys", multiple=True, metavar="ID", help="A key of ours, as the bill has it."
)
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="EUR=USD",
    help="What 1 of another currency is in USD.",
)
@click.option("--demo", is_flag=True, help="Ask the simulation a few questions and check its bill.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def bill(**options: Any) -> int:
    """Lay exports of use or costs beside the receipts in the history, by day and model.

    FILE is an export of OpenAI (usage or costs), Anthropic (usage or cost report), Google Cloud billing or OpenRouter's
    activity, as JSON or CSV; several belong together. Each difference is named: tier, cache, missing run, other keys,
    rounding, currency. Days are the provider's own: UTC, at Google those of Los Angeles.

    Exit code: 0 if all agrees, 1 if something differs or no bill was found, 2 for bad usage.
    """
    from playground.cli.bill import Options, bill

    return bill(Options(**options))


@playground.command(short_help="Compare what a chat plan and the API cost.")
@click.option(
    "--run",
    metavar="ID|FILE",
    help="A run by its id, or a file saved by --json: its responses are the conversation's turns.",
)
@click.option("--input-tokens", type=click.IntRange(1), metavar="N", help="New input a turn.")
@click.option("--output-tokens", type=click.IntRange(1), metavar="N", help="Output a turn.")
@click.option("--turns", type=click.IntRange(1, 10_000), metavar="K", help="Turns.  [default: 1]")
@click.option(
    "--system-tokens",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="A system prompt that is sent with every turn.",
)
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="A model to price; may be given again. Default: one of each provider.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def breakeven(**options: Any) -> int:
    """Print what one conversation costs by API, and how many a month cost as much as each chat plan.

    \b
    playground breakeven --input-tokens 150 --output-tokens 400 --turns 10 -m openai:gpt-6.1-sol

    Every turn sends all earlier ones again: ten turns of 150 and 400 tokens are 26,250 input tokens.
    """
    from playground.cli.breakeven import Options, breakeven

    return breakeven(Options(**options))


@playground.command(short_help="Find what people ask about chat products and APIs.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@click.option(
    "--run",
    metavar="ID|FILE",
    help="The run whose conversation the figures come from.  [default: the medium preset]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def questions(**options: Any) -> int:
    """Print the questions that fit WORDS, the best first, each answered in two sentences with computed figures.

    \b
    playground questions can I use the API if I subscribe

    Exit code: 0 if a question was found, 1 if none, 2 for bad usage.
    """
    from playground.cli.questions import Options, questions

    return questions(Options(**options))


AMOUNT = click.IntRange(0, 10**12)


@playground.command(short_help="Print the receipt of a request that is only thought of.")
@click.argument("model", metavar="PROVIDER:MODEL")
@click.option(
    "--input-tokens", type=AMOUNT, required=True, metavar="N", help="All input, cached too."
)
@click.option(
    "--cache-read-input-tokens", type=AMOUNT, default=0, metavar="N", help="Of the input."
)
@click.option(
    "--cache-write-input-tokens", type=AMOUNT, default=0, metavar="N", help="Of the input."
)
@click.option(
    "--cache-ttl",
    type=click.Choice(["5m", "30m", "1h", "12h"]),
    help="How long what is written is kept; default: the provider's usual time.",
)
@click.option(
    "--output-tokens", type=AMOUNT, default=0, metavar="N", help="All output, reasoning too."
)
@click.option(
    "--reasoning-output-tokens", type=AMOUNT, default=0, metavar="N", help="Of the output."
)
@click.option("--searches", type=AMOUNT, default=0, metavar="N", help="Web searches.")
@click.option(
    "--processing",
    type=click.Choice(["standard", "batch", "flex", "priority", "ultrafast"]),
    default="standard",
    show_default=True,
    help="Way of processing, or service tier.",
)
@click.option("--regional", is_flag=True, help="Processed in one region.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Prices of that day: 2026-12-01.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cost(**options: Any) -> int:
    """Print what a request would cost, line by line.

    \b
    playground cost openai:gpt-6.1-sol --input-tokens 10000 --output-tokens 500
    playground cost gemini:gemini-4-argon --input-tokens 10000 --as-of 2026-12-01 --json
    """
    from playground.cli.cost import Options, cost

    return cost(Options(**options))


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


@playground.group(short_help="Keep OpenAI-compatible servers for -m NAME:MODEL.")
def endpoints() -> None:
    """Keep the addresses of OpenAI-compatible servers in a file that app and command line share."""


@endpoints.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> int:
    """List all endpoints and whether they have a key."""
    from playground.cli.tables import endpoints

    return endpoints(as_json)


@endpoints.command(
    help=f"Keep an endpoint. Known by NAME alone: {', '.join(row.name for row in addable())}."
)
@click.argument("name")
@click.argument("base_url", required=False)
@click.option("--key-env", metavar="NAME", help="Environment variable that holds the key.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add(name: str, base_url: str | None, key_env: str | None, as_json: bool) -> int:
    from playground import settings

    entry = settings.add(name, base_url, key_env)
    if as_json:
        from playground.domain.nouns import jsonable

        click.echo(json.dumps(jsonable(entry), indent=2))
        return 0
    key = f" with the key in {entry.key_env}" if entry.key_env else ""
    click.echo(f"Kept {entry.name} at {entry.base_url}{key}. Use it: -m {entry.name}:MODEL")
    return 0


@endpoints.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def remove(name: str, as_json: bool) -> int:
    """Take an endpoint out of the file."""
    from playground import settings

    settings.remove(name)
    click.echo(json.dumps({"removed": name}) if as_json else f"Removed {name}.")
    return 0
