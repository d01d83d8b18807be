"""`playground lab batch`: the panel's sample, as a command."""

from __future__ import annotations

import click


@click.command(short_help="Send the sample table as a batch on the demo.")
@click.option("-m", "--model", default="openai:gpt-6.1-sol", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def batch(model: str, as_json: bool) -> int:
    """Three tickets through the simulated batch API: submitted, waited for, collected.

    A table of one's own, and the real APIs: `playground batch submit`.
    """
    from playground.cli.batches import sample

    return sample(model, as_json=as_json)
