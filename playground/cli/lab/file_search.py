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
@click.option(
    "--meta",
    "metadata",
    multiple=True,
    metavar="'FILE: KEY = VALUE, …'",
    help="What is said of a file beside its text; FILE may be *. May be given again.",
)
@click.option(
    "--only",
    default="",
    metavar="'KEY = VALUE and …'",
    help="Search only files of which this is said: =, !=, >, >=, < and <=.",
)
@click.option("--chunk", type=int, metavar="TOKENS", help="Tokens of a chunk, 100 to 4096.")
@click.option("--overlap", type=int, metavar="TOKENS", help="Tokens that two neighbours share.")
@asking_options
def file_search(
    question: str | None,
    files: tuple[str, ...],
    metadata: tuple[str, ...],
    only: str,
    chunk: int | None,
    overlap: int | None,
    models: tuple[str, ...],
    demo: bool,
    as_json: bool,
) -> int:
    """Make a store of files, ask QUESTION, print what was found, and delete the store again.

    \b
    playground lab file_search "How long can I return it?" -f rules.txt -m openai:gpt-6.1-sol --demo --json
    playground lab file_search --only "audience = staff" --chunk 200 --overlap 50 --demo
    """
    from playground.cli.lab.store_search import Wanted, search

    wanted = Wanted.read(question, files, metadata, only, chunk, overlap)
    return search(wanted, Options(models=models, demo=demo, as_json=as_json))
