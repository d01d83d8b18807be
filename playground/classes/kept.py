"""Classes, codes and members as rows of the store. Who asks is a digest, as in the history; keys are not here."""

from __future__ import annotations

import secrets
from dataclasses import fields
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.classes import codes
from playground.classes.nouns import Class, ClassError, Member, Role, Seat, Terms
from playground.domain import ModelRef, clock
from playground.store.database import reading, writing
from playground.store.packing import UNIT, storable, units, usd
from playground.store.schema import class_codes, class_members, classes
from playground.store.store import Store

LONGEST_NAME = 40
MOST_BUDGET = Decimal(1_000_000)
GONE = "This class is not here any more."
RANK: tuple[Role, ...] = ("viewer", "member", "owner")
"""A code never takes away what someone may do already."""


def make(store: Store, terms: Terms, *, owner: str, name: str = "Teacher") -> Class:
    """Keep a new class, whoever makes it its owner; ClassError says what about its terms can't be."""
    terms = _checked(terms)
    _someone(owner)
    row = {f.name: getattr(terms, f.name) for f in fields(Terms)}
    row |= {"models": list(terms.models), "id": secrets.token_hex(8), "created_at": clock.now()}
    row |= {"budget": units(terms.budget), "total": units(terms.total)}
    with writing(store.engine) as connection:
        connection.execute(classes.insert(), row)
        _seat(connection, row["id"], owner, clean(name), "owner")
        return _class(connection.execute(_by_id(row["id"])).one())


def _checked(terms: Terms) -> Terms:
    if not clean(terms.name):
        raise ClassError("A class needs a name.")
    if not terms.models:
        raise ClassError("A class needs a model at least: choose which may be asked.")
    for amount, what in ((terms.budget, "budget for each"), (terms.total, "budget for all")):
        if not amount.is_finite() or not UNIT <= amount <= MOST_BUDGET:
            raise ClassError(f"The {what} must be above $0 and at most ${MOST_BUDGET:,}.")
    if terms.longest < 1:
        raise ClassError("The longest answer must have a token at least.")
    if terms.ends_at <= clock.now():
        raise ClassError("The end must lie ahead.")
    models = tuple(dict.fromkeys(_plain(model) for model in terms.models))
    values = {f.name: getattr(terms, f.name) for f in fields(Terms)}
    return Terms(**{**values, "name": clean(terms.name), "models": models})


def _plain(model: str) -> str:
    """A model without the API through which it is asked: whichever it is, it costs the same."""
    try:
        ref = ModelRef.parse(model)
    except ValueError as error:
        raise ClassError(f"{error}.") from None
    return f"{ref.provider}:{ref.model}"


def clean(name: str) -> str:
    """A name as it is kept: one line, not long."""
    return " ".join(storable(name).split())[:LONGEST_NAME].strip()


def new_code(store: Store, class_id: str, role: Role, *, owner: str) -> str:
    """A new code for this role; the one before lets nobody in any more. It is shown now and never again."""
    code = codes.make()
    row = {"digest": codes.digest(code), "class_id": class_id, "role": role}
    with writing(store.engine) as connection:
        _owned(connection, class_id, owner)
        same = (class_codes.c.class_id == class_id) & (class_codes.c.role == role)
        connection.execute(class_codes.delete().where(same))
        connection.execute(class_codes.insert(), row)
    return code


def join(store: Store, code: str, name: str, *, owner: str, source: str) -> Seat:
    """Take a place in the class of this code; ClassError where there is none. `source` is the address that it was typed at."""
    _someone(owner)
    codes.GUESSES.check(source)
    name, digest = clean(name), codes.digest(code)
    with writing(store.engine) as connection:
        found = connection.execute(
            sa.select(class_codes.c.class_id, class_codes.c.role).where(
                class_codes.c.digest == digest
            )
        ).one_or_none()
        if found is None:
            codes.GUESSES.wrong(source)
            raise ClassError(
                "No class has this code: it was mistyped, or another one took its place."
            )
        _join(connection, found.class_id, found.role, name, owner)
        seat = seat_of(connection, found.class_id, owner)
        if seat is None or seat.over:
            raise ClassError(seat.over or "" if seat else GONE)
    return seat


def _join(connection: Connection, class_id: str, role: Role, name: str, owner: str) -> None:
    connection.execute(_by_id(class_id).with_for_update())
    there = seat_of(connection, class_id, owner)
    if there is None:
        if not name:
            raise ClassError("Say who you are: whoever holds the class sees the name on the board.")
        taken = sa.select(class_members.c.id).where(
            class_members.c.class_id == class_id,
            sa.func.lower(class_members.c.name) == name.lower(),
        )
        if connection.execute(taken).first():
            raise ClassError(f"There is a {name} in this class already: take another name.")
        _seat(connection, class_id, owner, name, role)
    elif there.member.removed_at is None and RANK.index(role) > RANK.index(there.member.role):
        mine = class_members.c.id == there.member.id
        connection.execute(class_members.update().where(mine), {"role": role})


def _seat(connection: Connection, class_id: str, owner: str, name: str, role: Role) -> None:
    row = {
        "class_id": class_id,
        "owner": owner,
        "name": name,
        "role": role,
        "joined_at": clock.now(),
    }
    connection.execute(class_members.insert(), row)


def seat(store: Store, class_id: str, *, owner: str) -> Seat | None:
    """Someone's place in a class, whether it goes on or is over; None where there is none."""
    with reading(store.engine) as connection:
        return seat_of(connection, class_id, owner)


def seats(store: Store, *, owner: str) -> list[Seat]:
    """All places of one person, the newest first."""
    with reading(store.engine) as connection:
        mine = sa.select(class_members).where(class_members.c.owner == owner)
        rows = connection.execute(mine.order_by(class_members.c.id.desc())).all() if owner else []
        known = {row.class_id: row for row in rows}
        of = connection.execute(sa.select(classes).where(classes.c.id.in_(known))).all()
    found = {row.id: _class(row) for row in of}
    return [Seat(of=found[row.class_id], member=member(row)) for row in rows]


def members(store: Store, class_id: str) -> list[Member]:
    """Everyone who has ever joined, in that order."""
    wanted = sa.select(class_members).where(class_members.c.class_id == class_id)
    with reading(store.engine) as connection:
        return [member(row) for row in connection.execute(wanted.order_by(class_members.c.id))]


def change(store: Store, class_id: str, member_id: int, *, owner: str, **changed: Any) -> None:
    """Change a member's budget, models, end or role, or take them out (`removed_at`); only an owner may."""
    if "budget" in changed:
        changed["budget"] = units(changed["budget"])
    if changed.get("models") is not None:
        changed["models"] = [_plain(model) for model in changed["models"]]
    with writing(store.engine) as connection:
        _owned(connection, class_id, owner)
        who = (class_members.c.class_id == class_id) & (class_members.c.id == member_id)
        if connection.scalar(sa.select(class_members.c.owner).where(who)) == owner:
            raise ClassError("Nobody changes their own place: another owner of the class may.")
        connection.execute(class_members.update().where(who), changed)


def close(store: Store, class_id: str, *, owner: str) -> None:
    """End a class for good: from now on nothing is sent by it. What it spent stays on its board."""
    with writing(store.engine) as connection:
        _owned(connection, class_id, owner)
        _close(connection, class_id)


def close_any(store: Store, class_id: str) -> None:
    """The same by whoever runs the server, whosever the class is."""
    with writing(store.engine) as connection:
        _close(connection, class_id)


def _close(connection: Connection, class_id: str) -> None:
    open_one = (classes.c.id == class_id) & classes.c.closed_at.is_(None)
    connection.execute(classes.update().where(open_one), {"closed_at": clock.now()})
    connection.execute(class_codes.delete().where(class_codes.c.class_id == class_id))


def every(store: Store) -> list[Class]:
    """All classes of this server, the newest first."""
    newest = classes.c.created_at.desc(), classes.c.id
    with reading(store.engine) as connection:
        return [_class(row) for row in connection.execute(sa.select(classes).order_by(*newest))]


def over(store: Store, class_ids: set[str]) -> set[str]:
    """Those of these classes that are closed, have ended, or are gone."""
    goes_on = sa.select(classes.c.id).where(
        classes.c.id.in_(class_ids), classes.c.closed_at.is_(None), classes.c.ends_at > clock.now()
    )
    with reading(store.engine) as connection:
        return class_ids - set(connection.scalars(goes_on))


def _owned(connection: Connection, class_id: str, owner: str) -> None:
    found = seat_of(connection, class_id, owner)
    if found is None or found.member.role != "owner" or found.member.removed_at is not None:
        raise ClassError("Only an owner of the class may do that.")


def _someone(owner: str) -> None:
    if not owner:
        raise ClassError("Nobody can be told from others here: allow this site its cookie.")


def _by_id(class_id: str) -> sa.Select[Any]:
    return sa.select(classes).where(classes.c.id == class_id)


def seat_of(connection: Connection, class_id: str, owner: str) -> Seat | None:
    """Someone's place, read in the transaction of whoever asks."""
    mine = (class_members.c.class_id == class_id) & (class_members.c.owner == owner)
    row = connection.execute(sa.select(class_members).where(mine)).one_or_none()
    of = connection.execute(_by_id(class_id)).one_or_none()
    if row is None or of is None or not owner:
        return None
    return Seat(of=_class(of), member=member(row))


def _class(row: Any) -> Class:
    values = row._asdict()
    amounts = {name: usd(values[name]) for name in ("budget", "total")}
    return Class(**{**values, **amounts, "models": tuple(values["models"])})


def member(row: Any) -> Member:
    """A row of the table as a member."""
    values = {name: value for name, value in row._asdict().items() if name != "class_id"}
    models = values["models"]
    own = {"budget": usd(values["budget"]), "models": None if models is None else tuple(models)}
    return Member(**{**values, **own})
