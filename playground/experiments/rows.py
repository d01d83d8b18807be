"""Rows with an answer and its checks, as promptfoo's verdicts are written down: read, judged, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from playground.experiments.grading import failed, grade
from playground.experiments.promptfoo.expected import expected_text_to_check
from playground.experiments.promptfoo.vars import prepared
from playground.experiments.spec import Check
from playground.experiments.verdict import Answer, Verdict


class RowError(ValueError):
    """A row that can't be read: what is wrong with it."""


def judged(lines: Iterable[str | bytes]) -> Iterator[dict[str, Any]]:
    """For each line `{"id", "pass", "score", "reason", "error"}`; a line that can't be read is an error with its number."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row(line)
        except RowError as mistake:
            yield said(None, failed(f"line {number}: {mistake}"))
            continue
        try:
            yield said(row.get("id"), judge_row(row)) | _extras(row)
        except RowError as mistake:
            yield said(row.get("id"), failed(f"line {number}: {mistake}"))


def _row(line: str | bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as mistake:
        raise RowError(f"it is no JSON: {mistake}") from None
    if not isinstance(row, dict):
        raise RowError("a row is a JSON object")
    return row


def said(id_: Any, verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is printed: a whole score as a whole number, named figures where there are some."""
    score = int(verdict.score) if verdict.score == int(verdict.score) else verdict.score
    return {
        "id": id_,
        "pass": verdict.passed,
        "score": score,
        "reason": verdict.reason,
        "error": verdict.error,
    } | ({"named_scores": dict(verdict.metrics)} if verdict.metrics else {})


def _extras(row: Mapping[str, Any]) -> dict[str, Any]:
    if row.get("kind") != "csv" or not isinstance(row.get("expected_cell"), str):
        return {}
    return {"assertion": as_assertion(expected_text_to_check(row["expected_cell"]))}


def as_assertion(check: Check) -> dict[str, Any]:
    """A check as promptfoo writes it."""
    written = check.model_dump(include=check.model_fields_set - {"checks", "transform"})
    return written | (
        {"assert": [as_assertion(one) for one in check.checks]} if check.checks else {}
    )


def judge_row(row: Mapping[str, Any]) -> Verdict:
    """The verdict on one row. Raises RowError for a row that can't be read."""
    kind = row.get(
        "kind", "test" if "assert" in row else "csv" if "expected_cell" in row else "assertion"
    )
    if kind not in _KINDS:
        raise RowError(f"unknown kind `{kind}`; there are {', '.join(_KINDS)}")
    given = row.get("vars") or {}
    if not isinstance(given, Mapping):
        raise RowError("`vars` must be a mapping")
    checks = _KINDS[kind](row)
    if isinstance(checks, Verdict):
        return checks
    verdict = grade(
        checks,
        _answer(row, prepared(given) if kind == "test" else given),
        threshold=_number(row.get("threshold"), "threshold"),
        env=_env(row),
    )
    return verdict.parts[0] if kind == "assertion" and verdict.parts else verdict


def _assertion(row: Mapping[str, Any]) -> list[Check] | Verdict:
    checks = _checks([row.get("assertion")])
    if isinstance(checks, list) and checks[0].type == "assert-set":
        return failed("`assert-set` holds checks for a whole test; write it into `assert`")
    return checks


def _test(row: Mapping[str, Any]) -> list[Check] | Verdict:
    asserts = row.get("assert", [])
    if not isinstance(asserts, list):
        raise RowError("`assert` must be a list")
    return _checks(asserts)


def _csv(row: Mapping[str, Any]) -> list[Check] | Verdict:
    cell = row.get("expected_cell")
    if not isinstance(cell, str):
        raise RowError("`expected_cell` must be a text")
    if "output" not in row:
        return Verdict(passed=True, score=1.0, reason="there is no output to judge")
    return [expected_text_to_check(cell)]


_KINDS: Final = {"assertion": _assertion, "test": _test, "csv": _csv}


def _checks(assertions: list[Any]) -> list[Check] | Verdict:
    found: list[Check] = []
    for assertion in assertions:
        try:
            found.append(as_check(assertion))
        except ValueError as mistake:
            return failed(str(mistake))
    return found


_KEYS: Final = ("type", "value", "threshold", "weight", "metric", "config")


def as_check(assertion: Any) -> Check:
    """promptfoo's assertion as a check. Raises ValueError for one that is none, or holds code."""
    if not isinstance(assertion, Mapping) or not isinstance(assertion.get("type"), str):
        raise ValueError("an assertion needs a `type`")
    if "transform" in assertion:
        raise ValueError(f"`{assertion['type']}` has a `transform`, which is code and never run")
    given = {
        key: assertion[key]
        for key in _KEYS
        if assertion.get(key) is not None or (key == "value" and key in assertion)
    }
    if "assert" in assertion:
        given["checks"] = tuple(as_check(inner) for inner in assertion["assert"])
    try:
        return Check(**given)
    except ValidationError as mistake:
        first = mistake.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"`{assertion['type']}`: {where}: {first['msg']}") from None


def _number(value: Any, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RowError(f"`{name}` must be a number")
    return float(value)


def _env(row: Mapping[str, Any]) -> Mapping[str, str]:
    env = row.get("env") or {}
    if not isinstance(env, Mapping):
        raise RowError("`env` must be a mapping")
    return {str(key): str(value) for key, value in env.items()}


def _answer(row: Mapping[str, Any], given: Mapping[str, Any]) -> Answer:
    response, config = row.get("response") or {}, row.get("provider_config") or {}
    if not isinstance(response, Mapping) or not isinstance(config, Mapping):
        raise RowError("`response` and `provider_config` must be mappings")
    cost, latency = (_number(response.get(name), name) for name in ("cost", "latencyMs"))
    return Answer(
        output=row.get("output"),
        vars=given,
        cost=None if cost is None else Decimal(str(cost)),
        duration=None if latency is None else latency / 1000,
        finish_reason=response.get("finishReason"),
        log_probs=response.get("logProbs"),
        guardrails=response.get("guardrails"),
        tools=config.get("tools") or config.get("functions"),
    )
