"""`playground experiment export`: a spec in another tool's format."""

from __future__ import annotations

import click


@click.command(short_help="Write a spec as promptfoo's configuration.")
@click.argument("file", metavar="SPEC.yaml")
@click.option(
    "--format", "format_", type=click.Choice(["promptfoo"]), default="promptfoo", show_default=True
)
@click.option("-o", "--output", metavar="FILE", help="Write there; otherwise to standard output.")
def export(file: str, format_: str, output: str | None) -> int:
    """Export SPEC.yaml with all that it names as promptfooconfig.yaml; what promptfoo has no word for is said.

    Exit code: 0 if it was written, 1 if the spec has mistakes.
    """
    from playground.cli.experiment.moving import export

    return export(file, output)
