"""`playground experiment import`: a configuration of promptfoo, or an exported OpenAI Eval, as a spec."""

from __future__ import annotations

import click


@click.command("import", short_help="Make a spec of a promptfoo configuration or an OpenAI Eval.")
@click.argument("file", metavar="FILE")
@click.option("--out", metavar="SPEC.yaml", help="Write the spec there.")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="A model to ask beside those in FILE; again for more.",
)
@click.option("--json", "as_json", is_flag=True, help="Print counts and what is left out as JSON.")
def import_(file: str, out: str | None, models: tuple[str, ...], as_json: bool) -> int:
    """Import FILE: promptfooconfig.yaml, or the JSON of an OpenAI Eval with its data beside it.

    Nothing in it is run. Everything that can't be taken is named with its file and line, and what to do.

    \b
    playground experiment import promptfooconfig.yaml --out spec.yaml

    Exit code: 0 if there is something to run, 1 if not, 2 for bad usage.
    """
    from playground.cli.experiment.moving import import_

    return import_(file, out, models, as_json)
