"""`playground experiment check` and `checks`: answers that exist already are judged, and what they can be judged by."""

from __future__ import annotations

import click


@click.command(short_help="Judge answers that exist already.")
@click.argument("rows", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--spec",
    type=click.Path(exists=True, dir_okay=False),
    help="Judge with this spec's checks; ROWS is then a JSONL export of the history.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def check(rows: str, spec: str | None, as_json: bool) -> int:
    """Judge the answers in ROWS, a file with a JSON object on each line, without asking a model. - reads standard input.

    A row has `output` and `assertion` (one), `assert` (several, with `threshold`) or `expected_cell` (as in promptfoo's
    CSV); `vars`, and what was reported besides: `response`, `provider_config`.

    \b
    playground experiment check rows.jsonl --json
    playground history export --format jsonl | playground experiment check - --spec experiment.yaml
    """
    from playground.cli.experiment.judging import check

    return check(rows, spec, as_json=as_json)


@click.command(short_help="List what an answer can be checked for.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the page of the docs.")
def checks(as_json: bool, as_markdown: bool) -> int:
    """List all checks, with what each needs. `not-` before any of them turns it round."""
    from playground.cli.experiment.judging import checks

    return checks(as_json=as_json, as_markdown=as_markdown)
