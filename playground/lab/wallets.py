"""The same request paid by API key, by a ChatGPT plan or by a Claude plan's credit: who pays, and what each path refuses."""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import Literal

from playground.files import read_yaml
from playground.lab.products import Fact, Row

DATA = Path(__file__).with_name("wallets.yaml")
Effect = Literal["refused", "needed", "missing"]


class Rule(Row):
    """One thing that a path refuses, needs or does not have."""

    what: str
    effect: Effect
    field: str = ""
    """What of the body that is; empty = `what` is its name."""
    url: str
    as_of: date
    note: str = ""


class Here(Fact):
    """Whether it can be done from this app, and how or why not."""

    works: bool


class Wallet(Row):
    """One way to pay for a request."""

    name: str
    title: str
    pays: Fact
    limits: Fact
    here: Here
    rules: tuple[Rule, ...]

    def all_of(self, effect: Effect) -> list[str]:
        """What this path refuses, needs or does not have."""
        return [rule.what for rule in self.rules if rule.effect == effect]


@functools.cache
def wallets() -> tuple[Wallet, ...]:
    """Every row of the file."""
    loaded = read_yaml(DATA)
    return tuple(Wallet(**row) for row in loaded["wallets"])
