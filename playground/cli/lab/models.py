"""`playground lab models`: models endpoints against the catalog, the days left to each model, and the migration pack."""

from __future__ import annotations

from typing import Any

import click


@click.command(short_help="See which models end, and move your prompts to what follows.")
@click.argument("model", required=False)
@click.option(
    "-p",
    "--provider",
    "providers",
    multiple=True,
    metavar="NAME",
    help="Ask this provider's models endpoint; may be given again. Without any: all with a key.",
)
@click.option(
    "--pack",
    is_flag=True,
    help="Ask each saved prompt whose model ends within 60 days of that model and of its successor.",
)
@click.option(
    "--to",
    metavar="PROVIDER:MODEL",
    help="Move to this model in place of the one that is recommended.",
)
@click.option(
    "--checks",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="An experiment's file: its cases and checks for prompts of the library give a pass rate; may be given again.",
)
@click.option("--markdown", is_flag=True, help="Print the pack as a report in Markdown.")
@click.option("--demo", is_flag=True, help="Ask the simulated providers: no keys, no cost.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def models(**options: Any) -> int:
    """Print what each models endpoint says otherwise than the catalog, and how many days each model has left.

    With MODEL (`provider:model`), only what the endpoint says of that one.

    \b
    playground lab models --demo
    playground lab models openai:gpt-6.1-sol --json
    playground lab models --pack --markdown > migration.md

    Exit code: 0 if every endpoint or model answered, else 1.
    """
    if options["markdown"] and (options["as_json"] or not options["pack"]):
        raise click.UsageError("--markdown goes with --pack, in place of --json.")
    for name in ("to", "checks"):
        if options[name] and not options["pack"]:
            raise click.UsageError(f"--{name} goes with --pack.")
    if options["pack"]:
        from playground.cli.lab.migration_pack import pack

        return pack(
            **{name: options[name] for name in ("to", "checks", "demo", "as_json", "markdown")}
        )
    from playground.cli.lab.model_lists import tell

    return tell(
        options["model"],
        options["providers"],
        demo=options["demo"],
        as_json=options["as_json"],
    )
