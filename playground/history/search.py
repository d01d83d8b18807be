"""What someone typed to find runs, as conditions on them in both kinds of database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from playground.store.packing import storable
from playground.store.schema import runs, texts
from playground.store.words import is_word, spelled

TERM = re.compile(r'(-(?!-))?(?:"([^"]*)"|(\S+))')
"""`word`, `"a phrase"`, either with a minus before it; `--flag` is a word."""
MOST_TERMS = 64
LONGEST_TERM = 500
"""Characters; both are more than anyone types, and less than either database refuses."""
SIGNS_ALONE = "Signs alone can't be searched for: write a word, a letter or a digit with them."


class Term(NamedTuple):
    """One thing to look for, as it is spelled in the database."""

    text: str
    open_ended: bool
    """Its last word may go on."""

    @property
    def words(self) -> list[str]:
        return [piece for piece in self.text.split() if is_word(piece)]

    @property
    def signs(self) -> bool:
        return len(self.words) < len(self.text.split())


def terms(search: str) -> tuple[list[Term], list[Term]]:
    """What must be there and what must not."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for minus, phrase, word in TERM.findall(storable(search))[:MOST_TERMS]:
        text = spelled((phrase or word.replace('"', ""))[:LONGEST_TERM])
        if text:
            term = Term(text, not phrase and is_word(text.split()[-1]))
            (unwanted if minus else wanted).append(term)
    return wanted, unwanted


def unsearchable(search: str) -> str:
    """Why nothing can be found by this search, as a sentence; empty when something can."""
    wanted, unwanted = terms(search)
    if not search.strip() or any(term.words for term in (*wanted, *unwanted)):
        return ""
    return SIGNS_ALONE


def not_read(since: str) -> str:
    """What is said where time was over before all texts were read; empty where it was not."""
    return (
        f"Parts of words were looked for in the runs since {since}. Search for the beginning of a word,"
        f" or for runs until {since}, to find older ones."
        if since
        else ""
    )


def matching(search: str, dialect: str) -> sa.ColumnElement[bool]:
    """The condition on `runs` for a search."""
    wanted, unwanted = terms(search)
    if not any(term.words for term in (*wanted, *unwanted)):
        return sa.false()
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted:
        conditions.append(runs.c.seq.in_(_found(wanted, dialect)))
    conditions += [_lacks(term, dialect) for term in unwanted if term.words]
    return sa.and_(*conditions)


class Steps(NamedTuple):
    """A search in two steps, so that the second, which reads texts, is taken only where the first finds nothing."""

    indexed: sa.ColumnElement[bool]
    """On `runs`: what the index finds."""
    nothing: sa.ColumnElement[bool]
    """True where the index knows none of the words that are wanted."""
    rest: tuple[sa.ColumnElement[bool], ...]
    """On `runs`: what is unwanted."""
    inside: sa.ColumnElement[bool]
    """On `texts`: that all the terms stand in them, inside words too."""


def steps(search: str, dialect: str) -> Steps | None:
    """The search in steps; None where it has no second one."""
    wanted, unwanted = terms(search)
    if not any(term.words for term in wanted):
        return None
    begins = _begins(wanted, dialect)
    rest = tuple(_lacks(term, dialect) for term in unwanted if term.words)
    return Steps(
        indexed=sa.and_(runs.c.seq.in_(begins), *rest),
        nothing=~begins.exists(),
        rest=rest,
        inside=sa.and_(*(_has(term) for term in wanted)),
    )


def _lacks(term: Term, dialect: str) -> sa.ColumnElement[bool]:
    return runs.c.seq.not_in(_begins([term], dialect))


def _found(wanted: Sequence[Term], dialect: str) -> Any:
    """The numbers of the runs with all of these terms: at the beginning of words, and where no run has them so, inside words."""
    begins = _begins(wanted, dialect)
    # Reads every text, and so only where the index has nothing.
    nothing = ~begins.exists()
    within = sa.case((nothing, sa.and_(*(_has(term) for term in wanted))), else_=sa.false())
    return sa.union_all(begins, sa.select(texts.c.seq).where(within))


def _begins(wanted: Sequence[Term], dialect: str) -> sa.Select[tuple[int]]:
    """The runs that the index finds; signs, which it does not have, are looked for in the texts of these."""
    found = INDEXES[dialect]([term for term in wanted if term.words])
    signs = [_has(term) for term in wanted if term.signs]
    return sa.select(texts.c.seq).where(texts.c.seq.in_(found), *signs) if signs else found


def _has(term: Term) -> sa.ColumnElement[bool]:
    return texts.c.body.contains(term.text, autoescape=True)


FTS = sa.table("texts_search", sa.column("rowid"), sa.column("texts_search"))


def _sqlite(wanted: Sequence[Term]) -> sa.Select[Any]:
    """FTS5 reads the words quoted: nothing typed is an operator."""
    query = " AND ".join(
        f'"{" ".join(term.words)}"' + ("*" if term.open_ended else "") for term in wanted
    )
    return sa.select(FTS.c.rowid).where(FTS.c.texts_search.op("MATCH")(query))


def _postgresql(wanted: Sequence[Term]) -> sa.Select[Any]:
    query = " & ".join(f"({_phrase(term)})" for term in wanted)
    body = sa.func.left(texts.c.body, sa.text("250000"))
    vector = sa.func.to_tsvector(sa.text("'simple'"), body)
    matches = vector.op("@@")(sa.func.to_tsquery(sa.text("'simple'"), query))
    return sa.select(texts.c.seq).where(matches)


def _phrase(term: Term) -> str:
    quoted = " <-> ".join(f"'{word}'" for word in term.words)
    return quoted + (":*" if term.open_ended else "")


INDEXES = {"sqlite": _sqlite, "postgresql": _postgresql}
"""Dialect → the numbers of the runs in whose texts all terms stand, answered by the index."""
