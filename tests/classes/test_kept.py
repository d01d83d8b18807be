"""Classes, codes and members, in both kinds of database: who gets in, who may do what, and when it is over."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from playground.classes import codes, kept
from playground.classes.nouns import ClassError, Role
from playground.store.database import reading
from playground.store.schema import class_codes
from playground.store.store import Store
from tests.classes.people import ANN, BOB, CLAUDE, EVE, SOL, TEACHER, joined, later, opened, terms


@pytest.fixture(autouse=True)
def nobody_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "GUESSES", codes.Guesses())


def test_a_class_comes_out_as_it_went_in_and_its_maker_owns_it(store: Store) -> None:
    made = opened(store, models=(SOL, "openai/chat:gpt-6.1-sol", CLAUDE))
    assert made.models == (SOL, CLAUDE)  # through whichever API, it costs the same
    assert made.providers == ("openai", "anthropic")
    (mine,) = kept.seats(store, owner=TEACHER)
    assert (mine.of, mine.member.role, mine.over) == (made, "owner", None)
    assert (made.budget, made.total, mine.budget) == (Decimal("0.50"), Decimal(5), Decimal(5))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " \n"}, "needs a name"),
        ({"models": ()}, "a model at least"),
        ({"models": ("gpt",)}, "gpt"),
        ({"budget": Decimal(0)}, "budget for each must be above $0"),
        ({"total": Decimal("Infinity")}, "budget for all"),
        ({"longest": 0}, "longest answer"),
        ({"ends_at": later(seconds=-5)}, "lie ahead"),
    ],
)
def test_terms_that_can_not_be_are_refused(
    store: Store, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(ClassError, match="(?s)" + said.replace("$", r"\$")):
        kept.make(store, terms(**changed), owner=TEACHER)
    assert kept.seats(store, owner=TEACHER) == []


def test_whoever_has_the_code_joins_however_it_is_typed_and_nobody_else(store: Store) -> None:
    made = opened(store)
    code = kept.new_code(store, made.id, "member", owner=TEACHER)
    seat = kept.join(store, code.lower().replace("-", " "), "  Ann\tB ", owner=ANN, source="1")
    assert (seat.of, seat.member.name, seat.member.role) == (made, "Ann B", "member")
    assert seat.budget == made.budget
    assert kept.join(store, code, "", owner=ANN, source="1") == seat  # again: the same place
    with pytest.raises(ClassError, match="There is a ann b"):
        kept.join(store, code, "ann b", owner=BOB, source="1")
    with pytest.raises(ClassError, match="who you are"):
        kept.join(store, code, " ", owner=BOB, source="1")
    with pytest.raises(ClassError, match="No class has this code"):
        kept.join(store, codes.make(), "Eve", owner=EVE, source="1")
    with pytest.raises(ClassError, match="cookie"):
        kept.join(store, code, "Nobody", owner="", source="1")
    assert kept.seats(store, owner=EVE) == kept.seats(store, owner="") == []


def test_a_code_is_kept_as_a_digest_and_a_new_one_takes_its_place(store: Store) -> None:
    made = opened(store)
    first = kept.new_code(store, made.id, "member", owner=TEACHER)
    second = kept.new_code(store, made.id, "member", owner=TEACHER)
    with reading(store.engine) as connection:
        rows = connection.execute(sa.select(class_codes)).all()
    assert [row.digest for row in rows] == [codes.digest(second)]
    assert second not in str(rows)
    with pytest.raises(ClassError, match="another one took its place"):
        kept.join(store, first, "Ann", owner=ANN, source="1")
    kept.join(store, second, "Ann", owner=ANN, source="1")


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_an_owner_makes_codes_changes_members_and_closes(store: Store, role: Role) -> None:
    made = opened(store)
    seat = joined(store, made, ANN, role)
    other = joined(store, made, BOB)
    for who in (ANN, EVE, ""):
        with pytest.raises(ClassError, match="Only an owner"):
            kept.new_code(store, made.id, "owner", owner=who)
        with pytest.raises(ClassError, match="Only an owner"):
            kept.change(store, made.id, other.member.id, owner=who, budget=Decimal(100))
        with pytest.raises(ClassError, match="Only an owner"):
            kept.close(store, made.id, owner=who)
    assert kept.seat(store, made.id, owner=ANN) == seat
    assert kept.seat(store, made.id, owner=BOB) == other


def test_a_code_raises_a_role_and_never_lowers_it(store: Store) -> None:
    made = opened(store)
    assert joined(store, made, ANN, "viewer").member.role == "viewer"
    assert joined(store, made, ANN, "member").member.role == "member"
    assert joined(store, made, ANN, "viewer").member.role == "member"
    assert joined(store, made, ANN, "owner").member.role == "owner"
    kept.close(store, made.id, owner=ANN)


def test_a_members_own_terms_stand_before_those_of_the_class(store: Store) -> None:
    made = opened(store)
    ann = joined(store, made).member
    soon = later(minutes=5)
    own = {"budget": Decimal(2), "models": (CLAUDE,), "ends_at": soon}
    kept.change(store, made.id, ann.id, owner=TEACHER, **own)
    seat = kept.seat(store, made.id, owner=ANN)
    assert seat is not None
    assert (seat.budget, seat.models, seat.ends_at) == (Decimal(2), (CLAUDE,), soon)
    kept.change(store, made.id, ann.id, owner=TEACHER, ends_at=later(days=9))
    seat = kept.seat(store, made.id, owner=ANN)
    assert seat is not None
    assert seat.ends_at == made.ends_at  # never after the class
    (mine,) = kept.seats(store, owner=TEACHER)
    with pytest.raises(ClassError, match="their own place"):
        kept.change(store, made.id, mine.member.id, owner=TEACHER, role="viewer")


def test_one_who_was_taken_out_does_not_come_back_by_the_same_code(store: Store) -> None:
    made = opened(store)
    ann = joined(store, made).member
    kept.change(store, made.id, ann.id, owner=TEACHER, removed_at=later())
    seat = kept.seat(store, made.id, owner=ANN)
    assert seat is not None
    assert "taken out of Physics" in str(seat.over)
    with pytest.raises(ClassError, match="taken out of Physics"):
        joined(store, made)


def test_a_closed_class_lets_nobody_in_and_says_so_to_its_members(store: Store) -> None:
    made = opened(store)
    joined(store, made)
    code = kept.new_code(store, made.id, "member", owner=TEACHER)
    assert kept.over(store, {made.id, "gone"}) == {"gone"}
    kept.close(store, made.id, owner=TEACHER)
    assert kept.over(store, {made.id}) == {made.id}
    seat = kept.seat(store, made.id, owner=ANN)
    assert seat is not None
    assert "Physics is closed" in str(seat.over)
    with pytest.raises(ClassError, match="No class has this code"):
        kept.join(store, code, "Bob", owner=BOB, source="1")


def test_codes_can_not_be_guessed_quickly(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = opened(store)
    code = kept.new_code(store, made.id, "member", owner=TEACHER)
    now = [1000.0]
    monkeypatch.setattr(codes, "clock", lambda: now[0])

    def tries(source: str) -> int:
        """How many wrong codes are looked at before it is enough."""
        for count in range(1000):
            try:
                kept.join(store, "wrong", "Eve", owner=EVE, source=source)
            except ClassError as error:
                if "Too many" in str(error):
                    return count
        return 1000

    assert tries("here") == codes.MOST_EACH
    with pytest.raises(ClassError, match="Too many wrong codes: wait a minute"):
        kept.join(store, code, "Eve", owner=EVE, source="here")  # not the right one either
    kept.join(store, code, "Ann", owner=ANN, source="elsewhere")
    monkeypatch.setattr(codes, "digest", lambda text: "0")  # the rest is about counting alone
    assert sum(tries(f"address {n}") for n in range(40)) == codes.MOST_ALL - codes.MOST_EACH
    now[0] += codes.SPAN + 1
    assert tries("here") == codes.MOST_EACH


def test_a_year_of_guessing_finds_nothing() -> None:
    made = {codes.make() for _ in range(500)}
    assert len(made) == 500
    assert {len(code.replace("-", "")) for code in made} == {codes.LENGTH}
    assert {letter for code in made for letter in code} - {"-"} == set(codes.LETTERS)
    a_year = codes.MOST_ALL * 60 * 24 * 365
    assert a_year / len(codes.LETTERS) ** codes.LENGTH < 1e-9
