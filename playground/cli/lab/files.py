"""`playground lab files`: what an image or a PDF becomes in tokens, by rule, by count and on the bill."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options


@click.command(short_help="Count, upload and send an image or a PDF.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@asking_options
def files(file: str | None, models: tuple[str, ...], demo: bool, as_json: bool) -> int:
    """Count FILE, or a sample, by the published rules and at the providers; send it inline and by its id.

    \b
    playground lab files invoice.pdf -m anthropic:claude-sonnet-5-5 --demo --json
    """
    from playground.cli.lab.hosted_files import measure

    return measure(file, Options(models=models, demo=demo, as_json=as_json))
