"""What `playground lab created` does."""

from __future__ import annotations

from functools import partial

import click

from playground import created, history, settings
from playground.cli import keeping
from playground.cli.say import say
from playground.cli.show import safe
from playground.engine import Engine
from playground.export import dumps
from playground.lab import created as lab
from playground.store.database import HistoryError


def leftovers(*, delete_all: bool, as_json: bool) -> int:
    """Print what is there, or what is left after deleting; exit code 1 when something could not be deleted."""
    try:
        store = history.get_store()
        found = created.all_created(store, owner=None)
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
    code = 0
    if delete_all and found:
        endpoints = settings.load().endpoints
        engine = Engine()
        try:
            for one in found:
                work = partial(lab.delete, store, one, endpoints)
                if why := engine.submit(work).result():
                    say(f"{one.kind} {one.remote_id}: {why}")
                    code = 1
        finally:
            engine.close()
        found = created.all_created(store, owner=None)
    if as_json:
        print(dumps({"created": lab.document(found)}), flush=True)
    for one in [] if as_json else found:
        where = " (simulated)" if one.simulated else ""
        ends = f", ends {one.expires_at}" if one.expires_at else ""
        print(
            safe(
                f"{one.kind:8} {one.provider:10} {one.remote_id or 'no id'}{where}  {one.name}{ends}"
            )
        )
    keeping.finish()
    return code
