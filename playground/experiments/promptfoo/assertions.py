"""promptfoo's assertions as our checks, which have its names and its meaning; code and what is not here is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from playground.experiments.checks.asked import COMPARING, SIMILAR
from playground.experiments.checks.table import KINDS, left_out
from playground.experiments.grading import SETS
from playground.experiments.positions import Node
from playground.experiments.promptfoo import providers
from playground.experiments.promptfoo.loading import NO_CODE, Left, Loader, is_code
from playground.experiments.promptfoo.steps import steps
from playground.experiments.settings import did_you_mean

KEYS = ("type", "value", "threshold", "weight", "metric", "config", "provider", "rubricPrompt", "transform", "assert", "contextTransform", "description")  # fmt: skip
TYPES = (*KINDS, *SETS, *COMPARING)
JUDGED = ("llm-rubric", "select-best")


@dataclass(frozen=True, slots=True)
class Judging:
    """What a test's options say of its judge."""

    model: str | None = None
    embedder: str | None = None
    rubric: Node | None = None


def check(
    node: Node, loader: Loader, judging: Judging, *, inside: bool = False
) -> dict[str, Any] | None:
    """The check as a spec has it; None where it is left out, which is noted."""
    if not isinstance(node.value, dict):
        loader.notes.leave_out(
            node, f"An assertion that is a {node.kind}.", "Write `type` and `value`."
        )
        return None
    if "$ref" in node.entries and "type" not in node.entries:
        return None  # noted where it was looked up
    named = node.get("type")
    if named is None or named.text is None:
        loader.notes.leave_out(node, "An assertion without a `type`.", "Give it one.")
        return None
    if (why := _unknown(named.text, inside)) is not None:
        loader.notes.leave_out(node, *why, key="type")
        return None
    try:
        return _made(node, named.text, loader, judging)
    except Left as left:
        loader.notes.leave_out(node, f"`{named.text}`: {left.what}", left.next_step)
        return None


def _unknown(type_: str, inside: bool) -> tuple[str, str] | None:
    """Why there is no check of this type, and what to do; None for one that there is."""
    base = type_.removeprefix("not-")
    if inside and base in SETS:
        return (
            f"`{type_}` in a set: promptfoo has sets in one level only.",
            "Put its assertions beside each other.",
        )
    if base in TYPES:
        return None
    if (why := left_out(base)) is not None:
        what, _, use = why.partition(". ")
        return (
            f"`{type_}` {what}.",
            f"{use.removesuffix('.')}." if use else "Leave it out, or vote on the results page.",
        )
    near = did_you_mean(type_, TYPES).strip()
    return (
        f"`{type_}` is no type of assertion; promptfoo would end the row with an error.",
        near or "See the types here.",
    )


def _made(node: Node, type_: str, loader: Loader, judging: Judging) -> dict[str, Any]:
    found: dict[str, Any] = {"type": type_}
    if "value" in node.entries:
        found["value"] = _value(node.entries["value"], loader)
    for key in ("threshold", "weight"):
        if (number := node.get(key)) is not None:
            found[key] = _number(number, key)
    if (metric := node.get("metric")) is not None:
        found["metric"] = metric.text if metric.text is not None else str(metric.plain())
    if (config := node.get("config")) is not None:
        found["config"] = config.plain() if config.entries else {"value": config.plain()}
    _before(node, found)
    base = type_.removeprefix("not-")
    if base in SETS:
        children = node.get("assert")
        made = [
            check(item, loader, judging, inside=True)
            for item in (children.items if children else ())
        ]
        found["checks"] = [one for one in made if one is not None]
        if len(found["checks"]) < len(made) and not found["checks"]:
            raise Left("nothing in this set could be taken.", "See the notes on what is in it.")
    elif base in SIMILAR:
        if model := providers.embedder(node.get("provider"), loader) or judging.embedder:
            found["judge"] = model
    elif (base in KINDS and KINDS[base].asks) or base in JUDGED:
        _judged(node, found, loader, judging)
    for key in node.entries:
        if key not in KEYS:
            loader.notes.leave_out(
                node, f"`{key}` is no key of an assertion.{did_you_mean(key, KEYS)}", key=key
            )
    return found


def _value(node: Node, loader: Loader) -> Any:
    """The value, out of a file where it names one; Left for code."""
    text = node.text
    if text is not None and (text.startswith(("file://", "package:"))):
        if is_code(text):
            raise Left(f"`{text}` is code.", NO_CODE)
        return loader.value(node).plain()
    return node.plain()


def _number(node: Node, key: str) -> float:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Left(
            f"its `{key}` is no number.", "Write a number: promptfoo itself does not load this."
        )
    if key == "weight" and value < 0:
        raise Left("its `weight` is less than 0.", "Write 0 or more.")
    return value


def _before(node: Node, found: dict[str, Any]) -> None:
    if node.get("contextTransform") is not None:
        raise Left("`contextTransform` is code.", NO_CODE)
    code = node.get("transform")
    if code is None:
        return
    made = steps(code.text) if code.text is not None else None
    if made is None:
        raise Left(
            "its `transform` is code, and the check would judge the untransformed answer.", NO_CODE
        )
    found["transform"] = made


def _judged(node: Node, found: dict[str, Any], loader: Loader, judging: Judging) -> None:
    own = providers.judge(node.get("provider"), loader)
    if model := own or judging.model:
        found["judge"] = model
    if (rubric := node.get("rubricPrompt") or judging.rubric) is not None:
        what = f"The `rubricPrompt` of `{found['type']}`."
        loader.notes.leave_out(
            rubric, what, "The judge is asked in our words: put what matters into `value`."
        )


def count(checks: list[dict[str, Any]]) -> int:
    """How many assertions promptfoo counts: a set's own, and those in it."""
    return sum(len(one["checks"]) if "checks" in one else 1 for one in checks)
