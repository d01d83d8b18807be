"""How a benchmark prints a figure beside its limit, and how `python -m benchmarks` reads it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

LINE = re.compile(
    r"^(?P<what>\S.+?)\s{2,}(?P<figure>-?[\d.]+)\s+(?P<unit>\S*)\s*(?P<sign>[≤≥]) (?P<limit>[\d.]+)"
)

WORSE = 1.3
"""× a figure as it was measured before."""
LEAST = 0.05
"""× its limit: what differs by less is no news. Of 2 frames one more is half."""


class Row(NamedTuple):
    """One figure and the most, or the least, that it may be."""

    what: str
    figure: float
    limit: float
    unit: str
    sign: str = "≤"

    @property
    def good(self) -> bool:
        return self.figure >= self.limit if self.sign == "≥" else self.figure <= self.limit

    def worse_than(self, before: float) -> bool:
        """Whether it is worse than it was by 30 % or more, and by what its limit makes worth a word."""
        least, most = sorted((self.figure, before))
        falling = (self.figure < before) == (self.sign == "≥")
        return falling and most > WORSE * least and most - least > LEAST * self.limit

    def __str__(self) -> str:
        late = "" if self.good else "   PAST ITS LIMIT"
        return f"{self.what:64}  {self.figure:9.2f} {self.unit:4} {self.sign} {self.limit:g}{late}"


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not pass."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@dataclass
class Rows:
    """What one benchmark found."""

    good: bool = True

    def show(
        self, what: str, figure: float, limit: float, unit: str = "×", sign: str = "≤"
    ) -> None:
        """Print a row and keep whether it is within its limit."""
        row = Row(what, figure, limit, unit, sign)
        self.good = self.good and row.good
        print(row, flush=True)


def read(line: str) -> Row | None:
    """The row in a printed line; None where there is none."""
    found = LINE.match(line)
    if found is None:
        return None
    figure, limit = float(found["figure"]), float(found["limit"])
    return Row(found["what"], figure, limit, found["unit"], found["sign"])
