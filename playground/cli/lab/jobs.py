"""`playground lab jobs`: a ready job at each model, or the chain by mix of models."""

from __future__ import annotations

from typing import Any

import click

from playground.cli.lab.asking import asking_options


@click.command(short_help="Do a ready job at each model, or a chain of them.")
@click.argument("job", required=False)
@click.option(
    "--prompt", metavar="TEXT", help="Another prompt for the job; - reads it from standard input."
)
@asking_options
def jobs(**options: Any) -> int:
    """Do JOB at each model, or `chain` with a strong and a small one (-m twice); without JOB they are listed.

    \b
    playground lab jobs chain --demo --json

    Exit code: 0 if every answer can be used, else 1.
    """
    from playground.cli.lab.sample_jobs import run

    return run(options)
