"""Looks at experiments: listed, one of them whole, two side by side. `--json` prints what scripts read."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground.cli.experiment import shown
from playground.cli.experiment.conduct import the_store
from playground.cli.say import say
from playground.cli.show import bare_table, console, fitted, safe
from playground.experiments import kept
from playground.experiments.between import Between, between, between_document
from playground.experiments.documents import cause_document, document
from playground.experiments.kept import Experiment
from playground.experiments.listing import Line, line_document, listed
from playground.experiments.results import causes, results
from playground.export import dumps
from playground.store.store import Store

HEADERS = ("id", "when", "name", "state", "cells", "failed", "passed", "95 %", "cost")


def list_(limit: int, as_json: bool) -> int:
    """Print experiments, the newest first; exit code 1 when there is none."""
    with the_store() as (store, _):
        found = listed(store, limit=limit)
    if as_json:
        print(dumps({"experiments": [line_document(line) for line in found]}))
    elif found:
        out = console()
        out.print(fitted(out, _table(found)))
    else:
        say("There is no experiment yet: playground experiment run FILE.")
    return 0 if found else 1


def _table(found: Sequence[Line]) -> Table:
    table = bare_table()
    for name in HEADERS:
        table.add_column(name, no_wrap=name == "id", overflow="fold")
    for line in found:
        table.add_row(*(Text(safe(cell)) for cell in _row(line)))
    return table


def _row(line: Line) -> list[str]:
    made, rate = line.experiment, line.pass_rate
    return [
        made.id,
        made.created_at[:16].replace("T", " "),
        made.name + (" (simulated)" if made.simulated else ""),
        made.standing,
        f"{made.cells - line.waiting - line.uncertain:,} of {made.cells:,}",
        f"{line.failures:,}",
        shown.share(rate.value),
        shown.span(rate.interval),
        fmt.total(line.cost, whole=line.whole),
    ]


def show(id: str, as_json: bool) -> int:
    """Print all that one experiment found."""
    with the_store() as (store, _):
        made = _named(store, id)
        found, why = results(store, made), causes(store, made)
    if as_json:
        print(dumps(document(found) | {"causes": [cause_document(cause) for cause in why]}))
        return 0
    shown.show(found, why)
    shown.details(found)
    return 0


def compare(a: str, b: str, as_json: bool) -> int:
    """Print what differs between two experiments; exit code 1 when no model is in both."""
    with the_store() as (store, _):
        found = between(store, _named(store, a), _named(store, b))
    if as_json:
        print(dumps(between_document(found)))
    else:
        _side_by_side(found)
    return 0 if found.made else 1


def _named(store: Store, id: str) -> Experiment:
    """The experiment with this id, or the beginning of one, or `last`; UsageError where there is none."""
    if id == "last":
        newest = kept.all_experiments(store, limit=1)
        found = newest[0] if newest else None
    else:
        found = kept.find(store, id)
    if found is None:
        raise click.UsageError(f"No experiment has the id {id!r}: playground experiment list.")
    return found


def _side_by_side(found: Between) -> None:
    out = console()
    a, b = found.a.experiment, found.b.experiment
    for letter, made in (("A", a), ("B", b)):
        simulated = ", simulated" if made.simulated else ""
        title = f"{letter}: {made.name} · {made.id} · {made.created_at[:16].replace('T', ' ')}"
        out.print(Text(safe(f"{title}{simulated}"), style="bold"))
    for sentence in _what_differs(found):
        out.print(Text(safe(sentence)))
    if found.made:
        out.print()
        out.print(fitted(out, shown.both(found)))
    for model, c in found.made:
        if c.significant:
            out.print(Text(safe(shown.changed(model, c))))
    if found.made and not any(c.significant for _, c in found.made):
        out.print(Text("No figure differs by more than chance makes it differ."))


def _what_differs(found: Between) -> list[str]:
    said = (
        []
        if found.same_spec
        else ["They have different specs; cases are matched by what they ask."]
    )
    if not found.same_checks:
        said.append("They judge by different checks: pass rates differ by that too.")
    for letter, mine in (("A", found.a), ("B", found.b)):
        if only := found.only_in(mine):
            said.append(f"Only in {letter}: {', '.join(only)}.")
    said += [
        f"{s.model}: the provider's {s.what.replace('_', ' ')} is {', '.join(s.before)} in A, {', '.join(s.now)} in B."
        for s in found.said
    ]
    return said
