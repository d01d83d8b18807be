"""What a text in promptfoo's CSV column `__expected` asks for."""

from __future__ import annotations

import re
from typing import Any

from playground.experiments import js
from playground.experiments.comma_lists import comma_list
from playground.experiments.spec import Check

BLANKS = js.SPACES

CODE = {
    "javascript:": "javascript",
    "fn:": "javascript",
    "eval:": "javascript",
    "python:": "python",
}
"""How a text begins that is code → the type that runs it."""
CODE_FILE = re.compile(r"file://.*\.(?:([cm]?[jt]s)|py)(?::[^/]*)?$", re.DOTALL)
JUDGED = ("grade:", "llm-rubric:")
LISTS = ("contains-all", "contains-any", "icontains-all", "icontains-any")
UNTRIMMED = ("is-json", "contains-json")
THRESHOLDS = {
    **dict.fromkeys(
        (
            "answer-relevance",
            "classifier",
            "context-faithfulness",
            "context-recall",
            "context-relevance",
            "cost",
            "latency",
            "levenshtein",
            "perplexity",
            "perplexity-score",
            "rouge-n",
            "starts-with",
        ),
        0.75,
    ),
    "similar": 0.8,
}
"""Types for which `(number)` counts → the threshold without one."""
TYPES = (
    *LISTS,
    *UNTRIMMED,
    *THRESHOLDS,
    "agent-rubric",
    "bleu",
    "contains",
    "contains-html",
    "contains-sql",
    "contains-xml",
    "conversation-relevance",
    "equals",
    "factuality",
    "finish-reason",
    "g-eval",
    "gleu",
    "guardrails",
    "icontains",
    "is-html",
    "is-refusal",
    "is-sql",
    "is-valid-function-call",
    "is-valid-openai-function-call",
    "is-valid-openai-tools-call",
    "is-xml",
    "javascript",
    "llm-rubric",
    "meteor",
    "model-graded-closedqa",
    "model-graded-factuality",
    "moderation",
    "pi",
    "python",
    "regex",
    "ruby",
    "search-rubric",
    "skill-used",
    "tool-call-f1",
    "trace-error-spans",
    "trace-span-count",
    "trace-span-duration",
    "trajectory:goal-success",
    "trajectory:step-count",
    "trajectory:tool-args-match",
    "trajectory:tool-sequence",
    "trajectory:tool-used",
    "webhook",
    "word-count",
)
"""Every type that a cell may name; any other text is what the answer must equal."""
CELL = re.compile(
    rf"(not-)?({'|'.join(sorted(map(re.escape, TYPES)))})(?:\(([0-9]+(?:\.[0-9]+)?)\))?(?::(.*))?",
    re.DOTALL,
)


def expected_text_to_check(text: str) -> Check:
    """The check that this cell stands for, with promptfoo's own thresholds; a text that names no type is what is expected."""
    if (coded := _code(text)) is not None:
        return coded
    if (judged := next((start for start in JUDGED if text.startswith(start)), None)) is not None:
        return Check(type="llm-rubric", value=text.removeprefix(judged))
    named = CELL.fullmatch(text)
    if named is None:
        return Check(type="equals", value=text)
    turned, type_, number, value = named.groups()
    more: dict[str, Any] = {}
    if value is not None:
        more["value"] = value if type_ in UNTRIMMED else value.strip(BLANKS)
    if type_ in LISTS and value:
        more["value"] = _fields(value)
    if type_ in THRESHOLDS:
        more["threshold"] = float(number) if number else THRESHOLDS[type_]
    return Check(type=f"{turned or ''}{type_}", **more)


def _code(text: str) -> Check | None:
    for start, type_ in CODE.items():
        if text.startswith(start):
            return Check(type=type_, value=text.removeprefix(start).strip(BLANKS))
    if file := CODE_FILE.fullmatch(text):
        if file[1]:
            return Check(type="javascript", value=text.strip(BLANKS))
        return Check(type="python", value=text.removeprefix("file://").strip(BLANKS))
    return None


def _fields(text: str) -> str | list[str]:
    """The texts between commas, a quoted one with its commas; the text itself where its quotes don't close."""
    try:
        return comma_list(text)
    except ValueError:
        return text.strip(BLANKS)
