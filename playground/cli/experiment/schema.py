"""`playground experiment schema`: the JSON Schema of a spec, for editors."""

from __future__ import annotations

import click


@click.command(short_help="Print the JSON Schema of a spec.")
def schema() -> int:
    """Print the JSON Schema of an experiment's file, so that an editor completes it.

    \b
    # yaml-language-server: $schema=experiment.schema.json
    """
    import json

    from playground.experiments.spec import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
