"""`playground experiment compare`: two experiments side by side."""

from __future__ import annotations

import click


@click.command(short_help="Compare two experiments.")
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def compare(a: str, b: str, as_json: bool) -> int:
    """Compare the experiments A and B (ids, or `last`), model by model: which figures differ beyond chance.

    \b
    playground experiment compare 3f2a last

    Where both asked the same, pair by pair, also if it stands elsewhere in their specs. What a provider says has
    changed (response model, fingerprint, service tier) is told apart. In --json, `difference` is A minus B.
    Exit code 1 when no model is in both.
    """
    from playground.cli.experiment.looking import compare

    return compare(a, b, as_json)
