"""How many tokens a model reasons: measured medians by kind of question where there are any, made up where not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any

EFFORTS = {
    "none": 0.0,
    "minimal": 0.1,
    "low": 0.4,
    "medium": 1.0,
    "high": 2.0,
    "xhigh": 3.0,
    "max": 5.0,
}
"""How many times the reasoning of `medium` each effort or thinking level buys, where that is not measured."""
GREETING = re.compile(
    r"\W*(hi|hello|hey|thanks?|thank you|good (morning|evening)|ok)\b.{0,24}", re.I
)
HARD = re.compile(
    r"\b(prove|proof|theorem|derive|puzzle|riddle|optimal|optimi[sz]e|step by step|think hard"
    r"|integral|np-hard|invariant|counterexample)\b",
    re.IGNORECASE,
)
FACT = re.compile(
    r"\b(translate|classify|summari[sz]e|extract|rewrite|capital of)\b", re.IGNORECASE
)
OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row of reasoning.yaml: a median that somebody measured."""

    model: str
    kind: str
    """`fact`, `ordinary` or `hard`."""
    tokens: int
    at: str
    """The effort."""
    answers: int
    until: date
    source: str
    since: date | None = None


@cache
def _data() -> dict[str, Any]:
    import yaml

    source = (files("playground.demo") / "reasoning.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(source)
    return loaded


@cache
def measured() -> tuple[Measured, ...]:
    """All that is known, in the file's order."""
    return tuple(Measured(**row) for row in _data()["measured"])


def invented() -> dict[str, int]:
    """Model id, or a word of one → tokens that are made up for an ordinary question at `medium`."""
    rows: dict[str, int] = _data()["invented"]
    return rows


def kind(prompt: str) -> str:
    """What sort of question it is: `greeting`, `fact` (a small task too), `ordinary` or `hard`."""
    if GREETING.fullmatch(prompt.strip()) or len(prompt.split()) < 2:
        return "greeting"
    if HARD.search(prompt):
        return "hard"
    return "fact" if FACT.search(prompt) else "ordinary"


def expected(model: str, kind: str, effort: str) -> float:
    """Reasoning tokens of this model for such a question; 0 for a greeting, and for a model that does not reason."""
    if kind == "greeting" or not EFFORTS[effort]:
        return 0.0
    known = [row for row in measured() if row.model == model]
    rows = [row for row in known if row.kind == kind]
    if rows:
        return _at(effort, rows)
    made_up = 0.0 if known else float(_made_up(model))
    if not known and (kind == "ordinary" or not made_up):
        return made_up * EFFORTS[effort]
    return _usual(kind) * EFFORTS[effort]


def _at(effort: str, rows: list[Measured]) -> float:
    """As measured at this effort, or at the nearest one and scaled."""
    wanted = EFFORTS[effort]
    row = min(rows, key=lambda row: abs(EFFORTS[row.at] - wanted))
    return row.tokens * wanted / EFFORTS[row.at]


@cache
def _usual(kind: str) -> float:
    """The median over the models of which this kind is measured, at `medium`."""
    models = {row.model for row in measured() if row.kind == kind}
    return median(expected(model, kind, "medium") for model in models)


def _made_up(model: str) -> int:
    rows, words = invented(), re.split(r"[-:.]", model)
    if model not in rows and ":" in model and "r1" not in words:
        return 0  # one of a local server's own
    return next((rows[name] for name in (model, *words) if name in rows), rows[OTHERS])
