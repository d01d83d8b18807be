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
    type=click.Choice(["nothing", "byte", "system", "effort"]),
    default="nothing",
    show_default=True,
    help="What the second call changes.",
)
@click.option(
    "--ttl", type=click.Choice(["5m", "30m", "1h", "12h"]), help="Time to live asked for."
)
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
    return twice(prefix, change, ttl, explicit=explicit, options=options)
