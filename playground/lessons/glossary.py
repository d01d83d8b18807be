"""The glossary: each word in two sentences with computed figures, and a place of the app that shows it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import Field

from playground.lab.products import Row
from playground.lab.questions import Own, stems
from playground.lessons.figures import told
from playground.lessons.lesson import Link

DATA = Path(__file__).with_name("glossary.yaml")


class Term(Row):
    """One word."""

    term: str
    also: tuple[str, ...]
    """Other words for it, and words by which people look for it."""
    says: tuple[str, str]
    """Two sentences; {names} are figures."""
    label: str
    page: str
    opens: Mapping[str, str] = Field(default_factory=dict)

    @property
    def link(self) -> Link:
        """Where it is shown."""
        return Link(label=self.label, page=self.page, opens=self.opens)


@functools.cache
def terms() -> Mapping[str, Term]:
    """Every row of the file by its word, in the order of the alphabet."""
    import yaml

    loaded = yaml.load(DATA.read_text("utf-8"), Loader=yaml.CSafeLoader)
    found = sorted((Term(**row) for row in loaded["terms"]), key=lambda row: row.term.casefold())
    return MappingProxyType({row.term: row for row in found})


def find(word: str) -> Term | None:
    """The row that people call so; None where there is none."""
    wanted = word.casefold().strip()
    for row in terms().values():
        if wanted in (name.casefold() for name in (row.term, *row.also)):
            return row
    return None


def search(words: str) -> list[Term]:
    """The rows in which one of these words stands: the very term first, then in a term, in its other words, in what is said."""
    wanted = set(stems(words))
    if not wanted:
        return list(terms().values())
    ranked = [(_rank(row, wanted), row) for row in terms().values()]
    return [row for rank, row in sorted(ranked, key=lambda pair: pair[0]) if rank < _NOWHERE]


_NOWHERE = 4


def _rank(row: Term, wanted: set[str]) -> int:
    """0 where the term is these words, 1 where it has one of them, 2 for its other words, 3 for what is said of it."""
    if wanted == set(stems(row.term)):
        return 0
    places = (row.term, " ".join(row.also), " ".join(row.says))
    return next((i for i, text in enumerate(places, 1) if wanted & set(stems(text))), _NOWHERE)


def answered(row: Term, own: Own) -> str:
    """The two sentences with their figures."""
    return told(" ".join(row.says), own, row.term)
