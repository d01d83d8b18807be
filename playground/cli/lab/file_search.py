"""`playground lab file_search`: a store of files, a question to it, and its end."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options


@click.command("file_search", short_help="Search your files at a provider.")
@click.argument("question", required=False)
@click.option(
    "-f",
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="A file for the store; may be given again. Without any, the sample.",
)
@asking_options
def file_search(
    question: str | None,
    files: tuple[str, ...],
    models: tuple[str, ...],
    demo: bool,
    as_json: bool,
) -> int:
    """Make a store of files, ask QUESTION, print what was found, and delete the store again.

    \b
    playground lab file_search "How long can I return it?" -f rules.txt -m openai:gpt-6.1-sol --demo --json
    """
    from playground.cli.lab.store_search import search

    return search(question, files, Options(models=models, demo=demo, as_json=as_json))
