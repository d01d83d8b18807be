"""`playground lab caching`: a long prefix sent twice."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options


@click.command(
    short_help="Send a long prefix twice: what is written, read and billed, and why a cache missed."
)
@click.argument("prefix", default="")
@click.option(
    "--change",
    type=click.Choice(["nothing", "byte", "system", "effort", "key"]),
    default="nothing",
    show_default=True,
    help="What the second call changes.",
)
@click.option(
    "--ttl", type=click.Choice(["5m", "30m", "1h", "12h"]), help="Time to live asked for."
)
@click.option(
    "--key", default=None, metavar="TEXT", help="OpenAI: the prompt_cache_key; empty = none."
)
@click.option(
    "--retention",
    type=click.Choice(["in_memory", "24h"]),
    help="OpenAI, models before GPT-5.6: the prompt_cache_retention.",
)
@click.option("--breakpoint", "marked", is_flag=True, help="OpenAI: cache only at a breakpoint.")
@click.option("--why", is_flag=True, help="Ask the provider itself why it missed.")
@click.option("--explicit", is_flag=True, help="Gemini: store the prefix under a name.")
@click.option(
    "--conversation",
    metavar="RUN",
    help="Send nothing: tell why the cache missed in the kept conversation that ends with this run.",
)
@asking_options
def caching(
    prefix: str,
    change: str,
    ttl: str | None,
    key: str | None,
    retention: str | None,
    marked: bool,
    why: bool,
    explicit: bool,
    conversation: str | None,
    models: tuple[str, ...],
    demo: bool,
    as_json: bool,
) -> int:
    """Send PREFIX (a long sample without one) twice with a question each.

    \b
    playground lab caching -m anthropic:claude-sonnet-5-5 --change byte --demo --json
    """
    if conversation:
        from playground.cli.lab.cached_turns import explain

        return explain(conversation, as_json=as_json)
    from playground.cli.lab.prompt_caching import twice

    options = Options(models=models, demo=demo, as_json=as_json)
    how = {"retention": retention, "marked": marked, "ask_why": why}
    if key is not None:
        how["key"] = key
    return twice(prefix, change, ttl, explicit=explicit, how=how, options=options)
