"""`playground ask`, `code` and `ladder`: the commands that take a prompt; what they do is imported when they are called."""

from __future__ import annotations

from typing import Any

import click

from playground.cli.options import Number, setting_options, split


@click.command(short_help="Ask several models and print their answers.")
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


@click.command(short_help="Write a request as a small project that runs.")
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


@click.command(short_help="Climb from a bare API call to something like a chat product.")
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
