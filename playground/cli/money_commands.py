"""`playground chats`, `bill`, `breakeven`, `questions` and `cost`: what calls, chats and plans cost; imported when they are called."""

from __future__ import annotations

from typing import Any

import click


@click.command(short_help="Price your own chats: the export of ChatGPT, Claude or Gemini.")
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


@click.command(short_help="Lay a provider's own bill beside our receipts.")
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


@click.command(short_help="Compare what a chat plan and the API cost.")
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


@click.command(short_help="Find what people ask about chat products and APIs.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@click.option(
    "--run",
    metavar="ID|FILE",
    help="The run whose conversation the figures come from.  [default: our medium example]",
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


@click.command(short_help="Print the receipt of a request that is only thought of.")
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
