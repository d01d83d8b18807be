"""The same company, several names: what each product is, what opens it, who bills, whose terms hold, what becomes of content."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from playground.files import read_yaml

DATA = Path(__file__).with_name("products.yaml")
Kind = Literal["chat", "api", "workbench", "tool"]
KINDS: dict[Kind, str] = {
    "chat": "chat product",
    "api": "API",
    "workbench": "web page over an API",
    "tool": "program on your computer",
}
Trains = Literal["unless_off", "if_on", "unpaid", "no"]
FACTS = {
    "what": "What it is",
    "opens": "What opens it",
    "bills": "Who bills",
    "terms": "Whose terms",
    "content": "What becomes of content",
}
"""The fields of a product that are facts, as people read them."""


class Row(BaseModel):
    """One thing read from a dated file: a name that is none is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(Row):
    """One sentence, where it was read and when."""

    says: str
    url: str
    as_of: date
    note: str = ""
    """What to know of the source."""

    @property
    def source(self) -> str:
        """The source for Markdown, with its date."""
        about = f"; {self.note}" if self.note else ""
        return f"[{self.url.split('/')[2]}](<{self.url}>), {self.as_of}{about}"


class Product(Row):
    """One name of one company."""

    name: str
    title: str
    company: str
    kind: Kind
    called: tuple[str, ...]
    """Other words that people use for it."""
    trains: Trains
    what: Fact
    opens: Fact
    bills: Fact
    terms: Fact
    content: Fact

    @property
    def short(self) -> str:
        """The title without what stands in brackets or behind a comma."""
        return re.split(r" \(|, ", self.title)[0]

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Every fact with its heading."""
        for name, heading in FACTS.items():
            yield heading, getattr(self, name)


@functools.cache
def products() -> dict[str, Product]:
    """Every row of the file by its name."""
    loaded = read_yaml(DATA)
    return {row["name"]: Product(**row) for row in loaded["products"]}


def find(term: str) -> Product | None:
    """The product that people call so (its name, title or another word for it); None where we know none."""
    wanted = term.casefold().strip()
    for product in products().values():
        words = (product.name, product.title, product.short, *product.called)
        if wanted in (word.casefold() for word in words):
            return product
    return None


def named(text: str) -> tuple[Product, ...]:
    """The products that a text names, each once, in its order; `Gemini API` is not `Gemini` too."""
    found = (find(word[0]) for word in _words().finditer(text))
    return tuple({product.name: product for product in found if product}.values())


@functools.cache
def _words() -> re.Pattern[str]:
    """Every word for a product, as it is spelled, the longest first."""
    words = {
        word
        for product in products().values()
        for word in (product.title, product.short, *product.called)
    }
    longest = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def told(product: Product) -> str:
    """A product in Markdown lines: each fact with its source and date."""
    lines = [f"**{product.title}** · {product.company} · {KINDS[product.kind]}", ""]
    lines += [f"- **{heading}:** {fact.says} ({fact.source})" for heading, fact in product.facts()]
    return "\n".join(lines)
