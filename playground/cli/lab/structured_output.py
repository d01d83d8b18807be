"""What `playground lab structured` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from playground.cli import attach
from playground.cli.lab import asking
from playground.cli.show import safe
from playground.domain import Run
from playground.lab import schema_reading, structured
from playground.lab.schema_common import common
from playground.lab.schema_lint import Finding, lint


def run(options: Mapping[str, Any]) -> int:
    """Lint, send, judge, print, and return the exit code: 0 all valid, 1 any not, 130 stopped."""
    schema = _schema(options)
    if options["only_lint"]:
        return _linted(schema, as_json=options["as_json"])
    prompt = attach.prompt_text(options["prompt"]) if options["prompt"] else structured.PROMPT
    own = {name: options[name] for name in ("models", "demo", "as_json")}
    with asking.asked(asking.Options(**own)) as (refs, endpoints):
        asked = structured.Asked(
            models=tuple(refs), schema=schema, prompt=prompt, times=options["times"]
        )
        done = asking.run(structured.requests(asked), endpoints)
    if not isinstance(done, Run):
        return done
    if options["as_json"]:
        from playground.export import dumps

        print(dumps(structured.document(done, schema)), flush=True)
    else:
        _print(structured.before_sending(asked))
        _tallies(done)
    return 0 if all(not tally.failure_rate for tally in structured.tallies(done)) else 1


def _schema(options: Mapping[str, Any]) -> dict[str, Any]:
    text = attach.text(options["schema"]) if options["schema"] else structured.SAMPLE
    try:
        schema = schema_reading.read(text)
    except schema_reading.Unread as error:
        raise click.UsageError(str(error)) from None
    return common(schema).schema if options["common"] else schema


def _linted(schema: Mapping[str, Any], *, as_json: bool) -> int:
    found, made = lint(schema), common(schema)
    if as_json:
        from playground.export import dumps

        rows = [finding._asdict() for finding in found]
        print(dumps({"findings": rows, "common_schema": made.schema, "changes": made.changes}))
    else:
        _print(found)
        for change in made.changes:
            print(f"to be taken by all: {safe(change)}")
    return 1 if any(finding.action == "refused" for finding in found) else 0


def _print(found: Sequence[Finding]) -> None:
    for one in found:
        print(
            f"{one.provider}: {one.action}: {safe(one.what)} at {safe(one.place) or 'the root'}. {one.why}"
        )


def _tallies(done: Run) -> None:
    for tally in structured.tallies(done):
        simulated = " (simulated)" if any(r.simulated for r in tally.responses) else ""
        print(f"# {tally.model}{simulated}: {tally.valid} of {len(tally.verdicts)} valid")
        for verdict, response in zip(tally.verdicts, tally.responses, strict=True):
            print(f"  {verdict.state}: {safe(verdict.why or response.text)}")
