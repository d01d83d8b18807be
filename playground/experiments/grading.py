"""What the checks of a case say of an answer, together: weights, thresholds, sets and named figures as promptfoo combines them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from playground import settings
from playground.experiments import js
from playground.experiments.checks.asked import (
    COMPARING,
    Asked,
    CheckError,
    Embed,
    Found,
    Judge,
    as_text,
)
from playground.experiments.checks.judged import choose
from playground.experiments.checks.table import KINDS, left_out
from playground.experiments.spec import Check
from playground.experiments.templates import TemplateError, render
from playground.experiments.transforms import TransformError, transformed
from playground.experiments.verdict import Answer, Verdict

SETS: Final = ("assert-set", "all-of", "any-of")
"""They hold checks of their own."""
KINDS_OF_CHECKS: Final = {
    "all-of": "All of its `checks` pass; with a threshold, their score reaches it.",
    "any-of": "One of its `checks` passes, and the best one's score counts; with a threshold, their score reaches it.",
    "assert-set": "As `all-of`, and as in promptfoo not inside another set.",
    "select-best": "A judge chooses the best answer of a case by `value`, seeing them in an order drawn by lot.",
    "max-score": "The answer of a case with the best score of the other checks wins.",
}
"""What combines checks, or compares the answers of a case."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grading:
    """What stays the same for all checks of an answer."""

    answer: Answer
    text: str
    judge: Judge | None
    env: Mapping[str, str]
    expressions: bool | None
    embed: Embed | None = None


def grade(
    checks: Sequence[Check],
    answer: Answer,
    threshold: float | None = None,
    judge: Judge | None = None,
    env: Mapping[str, str] = _NOTHING,
    expressions: bool | None = None,
    embed: Embed | None = None,
) -> Verdict:
    """The verdict on one answer. A check that can't be judged makes the whole an error.

    `env` is what `{{ env.NAME }}` sees; `expressions` says whether Python expressions may be used, by default not where
    the app is hosted for visitors.
    """
    if not checks:
        return Verdict(passed=True, score=1.0, reason="there is nothing to check")
    try:
        given = _Grading(
            answer=answer,
            text=as_text(answer.output),
            judge=judge,
            env=env,
            expressions=expressions,
            embed=embed,
        )
        return _whole(checks, threshold, given)
    except CheckError as mistake:
        return failed(str(mistake))
    except RecursionError:
        return failed("the answer or a check is nested too deeply to be judged")


def failed(error: str) -> Verdict:
    """The verdict where nothing could be judged."""
    return Verdict(passed=False, score=0.0, reason=error, error=error)


@dataclass(slots=True)
class _Sum:
    """Adds up verdicts with their weights."""

    score: float = 0.0
    weight: float = 0.0
    why_not: str = ""
    has_failed: bool = False
    blocked: bool = False
    named: dict[str, float] = field(default_factory=dict)
    named_weights: dict[str, float] = field(default_factory=dict)
    parts: list[Verdict] = field(default_factory=list)

    def add(
        self, check: Check, verdict: Verdict, metric: str, weights: Mapping[str, float]
    ) -> None:
        weight = check.weight
        self.score += verdict.score * weight
        self.weight += weight
        self.parts.append(verdict)
        if metric:
            self._name(metric, verdict.score * weight, weight)
        for name, score in verdict.metrics.items():
            if name != metric:
                inner = weights.get(name, 1.0) * weight
                self._name(name, score * inner, inner)
        if verdict.passed:
            return
        self.has_failed = True
        self.why_not = verdict.reason
        if check.type == "guardrails" and check.config.get("purpose") == "redteam":
            self.blocked = True

    def _name(self, name: str, score: float, weight: float) -> None:
        self.named[name] = self.named.get(name, 0.0) + score
        self.named_weights[name] = self.named_weights.get(name, 0.0) + weight

    def verdict(self, threshold: float | None) -> Verdict:
        score = self.score / self.weight if self.weight > 0 else 0.0
        passed, reason = not self.has_failed, self.why_not or "each check passed"
        if threshold is not None and not math.isnan(threshold):
            passed = score >= threshold
            reason = f"score {score:.2f}, threshold {threshold:g}"
        if self.blocked:
            passed, reason = True, "the provider's guardrails blocked it, as they should"
        metrics = {
            name: total / self.named_weights[name] if self.named_weights[name] > 0 else 0.0
            for name, total in self.named.items()
        }
        costs = [part.cost for part in self.parts if part.cost is not None]
        return Verdict(
            passed=passed,
            score=score,
            reason=reason,
            parts=tuple(self.parts),
            metrics=metrics,
            cost=sum(costs, Decimal(0)) if costs else None,
        )


def _whole(checks: Sequence[Check], threshold: float | None, given: _Grading) -> Verdict:
    return _added(checks, given).verdict(threshold)


def _added(checks: Sequence[Check], given: _Grading, in_set: bool = False) -> _Sum:
    found = _Sum()
    for check in checks:
        if check.type in COMPARING:
            continue
        verdict, weights = _judged(check, given, in_set)
        found.add(check, verdict, _metric(check, given), weights)
    return found


def _metric(check: Check, given: _Grading) -> str:
    """The metric's name with its templates filled in; as it is where they can't be."""
    if not check.metric:
        return ""
    try:
        return render(check.metric, given.answer.vars, given.env)
    except TemplateError:
        return check.metric


def _judged(check: Check, given: _Grading, in_set: bool) -> tuple[Verdict, Mapping[str, float]]:
    """A check's verdict, and how much each of its named figures weighs."""
    if check.type == "assert-set" and not in_set:
        inner = _added(check.checks, given, in_set=True)
        return replace(inner.verdict(check.threshold), type=check.type), inner.named_weights
    name = check.type.removeprefix("not-")
    if name in ("all-of", "any-of"):
        inner = _added(check.checks, given, in_set)
        return _of(check, name, inner), inner.named_weights
    found = _found(check, name, given)
    return Verdict(
        passed=found.passed or check.weight == 0,
        score=found.score,
        reason=found.reason,
        type=check.type,
        cost=found.cost,
    ), {}


def _of(check: Check, name: str, inner: _Sum) -> Verdict:
    """All of the checks in it, or at least one."""
    verdict = inner.verdict(check.threshold)
    if name == "any-of" and check.threshold is None:
        best = max((part.score for part in inner.parts), default=0.0)
        verdict = replace(verdict, passed=any(part.passed for part in inner.parts), score=best)
    if check.type != name:
        verdict = replace(verdict, passed=not verdict.passed, score=1 - verdict.score)
    return replace(verdict, passed=verdict.passed or check.weight == 0, type=check.type)


def _found(check: Check, name: str, given: _Grading) -> Found:
    kind = KINDS.get(name)
    if kind is None:
        raise CheckError(_unknown(check.type, name))
    expressions = given.expressions
    if expressions is None and name == "expression":
        expressions = not settings.hosted()
    answer, text = given.answer, given.text
    if check.transform:
        try:
            answer = replace(answer, output=transformed(answer.output, check.transform))
        except TransformError as mistake:
            raise CheckError(f"`{check.type}`: {mistake}") from None
        text = as_text(answer.output)
    asked = Asked(
        check=check,
        name=name,
        inverse=check.type != name,
        value=_filled(check, given),
        answer=answer,
        text=text,
        judge=given.judge,
        embed=given.embed,
        expressions=bool(expressions),
        env=given.env,
    )
    try:
        return kind.find(asked)
    except (CheckError, RecursionError):
        raise
    except Exception as mistake:  # one answer that breaks a check must not end the run
        raise CheckError(
            f"`{check.type}` can't judge this answer: {type(mistake).__name__}: {mistake}"
        ) from mistake


def _unknown(written: str, name: str) -> str:
    if reason := left_out(name):
        return f"`{written}` {reason}"
    return f"`{written}` is no check here; `playground experiment checks` lists them all"


def _filled(check: Check, given: _Grading) -> Any:
    """The value with the templates in it filled in: a text, or texts right in a list."""
    if not check.given:
        return js.UNDEFINED
    value = check.value
    try:
        if isinstance(value, str):
            return render(_no_file(check, value), given.answer.vars, given.env)
        if isinstance(value, (list, tuple)):
            return [
                render(_no_file(check, item), given.answer.vars, given.env)
                if isinstance(item, str)
                else item
                for item in value
            ]
    except TemplateError as mistake:
        raise CheckError(f"the value of `{check.type}`: {mistake}") from None
    return value


def _no_file(check: Check, value: str) -> str:
    if value.startswith(("file://", "package:")):
        raise CheckError(f"`{check.type}`: {value} was not read; write its text as the value")
    return value


def compared(
    check: Check,
    answers: Sequence[Answer],
    verdicts: Sequence[Verdict],
    judge: Judge | None = None,
    seed: int = 0,
    env: Mapping[str, str] = _NOTHING,
) -> list[Verdict]:
    """What `select-best` or `max-score` says of the answers of one case, one verdict for each.

    The first best wins, the others fail with score 0. `seed` is for the order in which a judge sees them.
    """
    try:
        if len(answers) < 2:
            raise CheckError(
                f"`{check.type}` compares answers, and there is only one; add a model or a prompt"
            )
        compare = _COMPARISONS.get(check.type)
        if compare is None:
            raise CheckError(_unknown(check.type, check.type.removeprefix("not-")))
        return compare(check, answers, verdicts, judge, seed, env)
    except CheckError as mistake:
        return [replace(failed(str(mistake)), type=check.type)] * len(answers)


def _won(
    check: Check,
    best: int,
    count: int,
    reason: str,
    cost: Decimal | None = None,
    unpriced: int = 0,
) -> list[Verdict]:
    return [
        Verdict(
            passed=at == best,
            score=1.0 if at == best else 0.0,
            reason=reason if at == best else f"another answer is better: {reason}",
            type=check.type,
            cost=cost if at == 0 else None,
            unpriced=unpriced if at == 0 else 0,
        )
        for at in range(count)
    ]


def _select_best(
    check: Check,
    answers: Sequence[Answer],
    verdicts: Sequence[Verdict],
    judge: Judge | None,
    seed: int,
    env: Mapping[str, str],
) -> list[Verdict]:
    given = _Grading(answer=answers[0], text="", judge=judge, env=env, expressions=False)
    criterion = _filled(check, given)
    if not isinstance(criterion, str):
        raise CheckError(
            "`select-best` needs a text as its value: what the best answer is chosen by"
        )
    choice = choose(check, criterion, answers, judge, seed)
    return _won(check, choice.best, len(answers), choice.reason, choice.cost, choice.unpriced)


def _max_score(
    check: Check,
    answers: Sequence[Answer],
    verdicts: Sequence[Verdict],
    judge: Judge | None,
    seed: int,
    env: Mapping[str, str],
) -> list[Verdict]:
    options = check.value if isinstance(check.value, Mapping) else {}
    weights, bound = options.get("weights") or {}, options.get("threshold")
    method = options.get("method", "average")
    if method not in ("average", "sum"):
        raise CheckError("`max-score` has the methods `average` and `sum`")
    if not isinstance(weights, Mapping) or not all(map(js.is_number, weights.values())):
        raise CheckError("`max-score` needs `weights` as a mapping: a type of check, a number")
    if bound is not None and not js.is_number(bound):
        raise CheckError("`max-score` needs a number as its `threshold`")
    scores = [_total(verdict, weights, method) for verdict in verdicts]
    best = scores.index(max(scores))
    if bound is not None and scores[best] < bound:
        best = -1
    return _won(
        check, best, len(answers), f"scores {', '.join(f'{score:.3g}' for score in scores)}"
    )


def _total(verdict: Verdict, weights: Mapping[str, float], method: str) -> float:
    if not verdict.parts:
        raise CheckError("`max-score` needs another check, whose scores it compares")
    pairs = [(part.score, float(weights.get(part.type, 1.0))) for part in _leaves(verdict)]
    total, weight = sum(score * by for score, by in pairs), sum(by for _, by in pairs)
    return total if method == "sum" else total / weight if weight else 0.0


def _leaves(verdict: Verdict) -> Iterator[Verdict]:
    for part in verdict.parts:
        if part.type.removeprefix("not-") in KINDS_OF_CHECKS:
            yield from _leaves(part)
        else:
            yield part


def with_comparison(verdict: Verdict, comparison: Verdict) -> Verdict:
    """An answer's verdict with what `compared` says of it: a loser fails with the comparison's score."""
    lost = not comparison.passed
    costs = [cost for cost in (verdict.cost, comparison.cost) if cost is not None]
    return replace(
        verdict,
        passed=verdict.passed and not lost,
        score=comparison.score if lost else verdict.score,
        reason=comparison.reason if lost else verdict.reason,
        error=verdict.error or comparison.error,
        parts=(*verdict.parts, comparison),
        cost=sum(costs, Decimal(0)) if costs else None,
        unpriced=verdict.unpriced + comparison.unpriced,
    )


_COMPARISONS: Final = {"select-best": _select_best, "max-score": _max_score}
