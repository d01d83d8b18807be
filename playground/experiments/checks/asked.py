"""What a check is asked, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from playground.domain import Response
from playground.experiments import js
from playground.experiments.spec import Check
from playground.experiments.verdict import Answer

COMPARING: Final = ("select-best", "max-score")
"""Checks that compare the answers of a case over all columns: see `grading.compared`."""

Judge = Callable[[str | None, str, str], Response]
"""Asks a model: `provider:model` as the check names it, None for the run's own judge; then system prompt and prompt."""

Embed = Callable[[str | None, Sequence[str]], tuple[Response, Sequence[Sequence[float]]]]
"""Asks for embeddings: `provider:model`, None for `EMBEDDER`; then texts. The vectors stand in their order."""
EMBEDDER: Final = "openai:text-embedding-3-large"
"""Who is asked where a check names nobody, as in promptfoo."""
SIMILAR: Final = ("similar", "similar:cosine", "similar:dot", "similar:euclidean")
"""Checks that compare embeddings."""


class CheckError(ValueError):
    """A check that can't be judged: what is wrong with it, and what to write instead."""


class Found(NamedTuple):
    """A check's finding, turned round already where it is a `not-`."""

    passed: bool
    score: float
    reason: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A check with what it is to look at."""

    check: Check
    name: str
    """The type without `not-`."""
    inverse: bool
    value: Any
    """With its templates filled in; `js.UNDEFINED` where none was written."""
    answer: Answer
    text: str
    """The answer; as JSON where it isn't a text."""
    judge: Judge | None = None
    embed: Embed | None = None
    expressions: bool = True
    """Whether Python expressions may be used."""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def vars(self) -> Mapping[str, Any]:
        return self.answer.vars

    def yes(self, passed: bool, reason: str) -> Found:
        """Passed or not, turned round where the check is; the reason says what was found."""
        passed = passed is not self.inverse
        return Found(passed, 1.0 if passed else 0.0, reason)

    def at_least(self, score: float, default: float, what: str) -> Found:
        """A measure that must reach the threshold."""
        bound = self.check.threshold if self.check.threshold is not None else default
        reason = f"{what} {score:.4g}, threshold {bound:g}"
        return Found(
            (score >= bound) is not self.inverse, 1 - score if self.inverse else score, reason
        )

    def wrong(self, what: str) -> CheckError:
        """The value is of a kind that the check can't use."""
        return CheckError(f"`{self.check.type}` needs {what}")

    def needed_text(self, empty: bool = True) -> str:
        """The value as a text. Raises CheckError where it is none."""
        if not isinstance(self.value, str) or (not self.value and not empty):
            raise self.wrong(
                "a text as its value" if empty else "a text as its value that isn't empty"
            )
        return self.value

    def texts(self) -> list[str]:
        """The value as one or more texts."""
        if isinstance(self.value, str):
            return [self.value]
        if isinstance(self.value, list) and all(isinstance(item, str) for item in self.value):
            return self.value
        raise self.wrong("a text or a list of texts as its value")

    def bound(self, unit: str) -> float:
        """The threshold. Raises CheckError where there is none."""
        if self.check.threshold is None:
            raise CheckError(f"`{self.check.type}` needs a threshold in {unit}")
        return self.check.threshold


def shortened(text: str, length: int = 80) -> str:
    """A text for a reason, in quotes."""
    return f"“{text if len(text) <= length else text[:length] + '…'}”"


def as_text(value: Any) -> str:
    """An answer as checks see it: what isn't a text is compact JSON."""
    return value if isinstance(value, str) else js.to_json(value)
