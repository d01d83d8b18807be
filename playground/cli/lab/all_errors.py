"""What `playground lab errors` does."""

from __future__ import annotations

import secrets

import click

from playground.cli.ask import simulated
from playground.cli.lab import asking
from playground.cli.show import safe
from playground.domain import Run


def fail(fault: str, as_json: bool) -> int:
    """Bring the fault about, print it, and return 0; UsageError for one that is none."""
    from playground.export import dumps
    from playground.lab import errors

    if fault not in errors.catalog():
        raise click.UsageError(f"{fault!r} is no fault: {', '.join(errors.catalog())}.")
    with simulated() as endpoints:
        done = asking.run(errors.requests(errors.refs(), fault, secrets.token_hex(3)), endpoints)
        if not isinstance(done, Run):
            return done
        rows = [errors.row(fault, r, endpoints.get(r.model.provider)) for r in done.responses]
    row = errors.catalog()[fault]
    if as_json:
        print(dumps({"fault": fault, "title": row.title, "happens": row.happens, "lanes": rows}))
        return 0
    print(f"{row.title}: {row.happens}\nIn a chat product, typically: {row.chat}")
    for lane in rows:
        print(f"\n# {lane['door']}, {lane['model']} (simulated)\n{safe(lane['raw'])}")
        if lane["meaning"]:
            print(f"\n{safe(lane['meaning'])} {safe(lane['next_step'])}")
        print(f"\n{lane['code']}")
    return 0
