"""`playground lab tools`: a question, functions, and the loop at each model."""

from __future__ import annotations

from typing import Any

import click

from playground.cli.lab.asking import asking_options


@click.command(short_help="Let models call functions, hop by hop.")
@click.argument("question", required=False)
@click.option(
    "--functions", metavar="FILE", help="JSON list of name, description, parameters, result."
)
@click.option(
    "--mcp", "servers", multiple=True, metavar="WHERE", help="MCP server: address or command."
)
@click.option(
    "--choice", type=click.Choice(("auto", "any", "none", "one")), default="auto", show_default=True
)
@click.option("--only", default="", metavar="NAME", help="The function for --choice one.")
@click.option("--rounds", type=click.IntRange(1, 20), default=6, show_default=True, metavar="N")
@click.option("--parallel/--no-parallel", default=True, help="Several calls at once.")
@asking_options
def tools(**options: Any) -> int:
    """Ask QUESTION, run the functions that each model asks for, and send the results back until it answers.

    Without QUESTION the sample is asked; without --functions and --mcp a calculator, a clock and a CRM table are offered.

    \b
    playground lab tools --demo --json
    """
    from playground.cli.lab.tool_loops import run

    return run(options)
