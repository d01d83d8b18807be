"""`playground class`: the classes of this server, looked at and closed by whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

import click

from playground import history
from playground.classes import kept, spending
from playground.classes.nouns import Class
from playground.classes.spending import Spent
from playground.cli.say import say
from playground.cli.show import safe
from playground.cli.tables import print_table
from playground.domain.nouns import jsonable
from playground.export import dumps
from playground.figures import money
from playground.store.database import HistoryError
from playground.store.store import Store


def list_(as_json: bool) -> int:
    """Print all classes, the newest first; exit code 1 when there is none."""
    found = kept.every(_opened())
    if as_json:
        print(dumps([_document(of) for of in found]))
    elif found:
        headers = ("id", "name", "state", "ends", "each", "all")
        print_table(headers, [_row(of) for of in found], left=set(headers[:4]))
    else:
        say("There is no class: one is made in the app, on the page Class.")
    return 0 if found else 1


def show(which: str, as_json: bool) -> int:
    """Print a class's terms, and what each of its members has spent."""
    store = _opened()
    of = _found(store, which)
    board = spending.board(store, of.id)
    if as_json:
        print(dumps({**_document(of), "board": [_spent(of, spent) for spent in board]}))
        return 0
    print(f"{safe(of.name)}: {of.state}, {_terms(of)}")
    headers = ("member", "role", "runs", "calls", "input", "output", "spent", "held", "last call")
    print_table(headers, [_line(spent) for spent in board], left={"member", "role", "last call"})
    if lost := sum(spent.lost for spent in board):
        most = money(sum((spent.lost_most for spent in board), Decimal(0)))
        say(
            f"{lost:,} calls were cut off when the server ended: their cost is not known, {most} at the most."
        )
    return 0


def close(which: str, as_json: bool) -> int:
    """Close a class for good."""
    store = _opened()
    of = _found(store, which)
    kept.close_any(store, of.id)
    if as_json:
        print(dumps({"closed": of.id}))
    else:
        print(f"{safe(of.name)} is closed: nothing more is sent by it.")
    return 0


def _opened() -> Store:
    try:
        return history.get_store()
    except HistoryError as error:
        raise click.ClickException(str(error)) from None


def _found(store: Store, which: str) -> Class:
    """The class of this id or name; ClickException where there is none, or more than one has the name."""
    known = kept.every(store)
    found = [of for of in known if of.id == which] or [of for of in known if of.name == which]
    if len(found) > 1:
        ids = ", ".join(of.id for of in found)
        raise click.ClickException(f"Several classes are called {which}: give the id ({ids}).")
    if not found:
        raise click.ClickException(f"There is no class {which}: see `playground class list`.")
    return found[0]


def _row(of: Class) -> tuple[str, ...]:
    name = f"{safe(of.name)} (simulated)" if of.simulated else safe(of.name)
    ends = (of.closed_at or of.ends_at)[:16].replace("T", " ")
    return of.id, name, of.state, ends, money(of.budget), money(of.total)


def _terms(of: Class) -> str:
    key = (
        "simulated"
        if of.simulated
        else "the server's key"
        if of.from_environment
        else "a typed key"
    )
    return (
        f"{key}, {money(of.budget)} for each and {money(of.total)} for all, answers of up to {of.longest:,} tokens, until"
        f" {of.ends_at[:16].replace('T', ' ')} UTC, {', '.join(of.models)}"
    )


def _line(spent: Spent) -> tuple[str, ...]:
    who = spent.member
    return (
        safe(who.name),
        "taken out" if who.removed_at else who.role,
        f"{spent.runs:,}",
        f"{spent.calls:,}",
        f"{spent.input_tokens:,}",
        f"{spent.output_tokens:,}",
        money(spent.cost),
        money(spent.held),
        (spent.last or "none")[:16].replace("T", " "),
    )


def _document(of: Class) -> dict[str, Any]:
    return {**_plain({f.name: getattr(of, f.name) for f in fields(of)}), "state": of.state}


def _spent(of: Class, spent: Spent) -> dict[str, Any]:
    """A member's line; who it is stays a digest that is in no document."""
    who, figures = spent.member, {f.name: getattr(spent, f.name) for f in fields(spent)}
    del figures["member"]
    budget = of.budget if who.budget is None else who.budget
    person = {"name": who.name, "role": who.role, "joined_at": who.joined_at}
    return _plain({**person, "removed_at": who.removed_at, "budget": budget, **figures})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: jsonable(value) for name, value in values.items()}
