"""Templates print as nunjucks 3.2.4 prints; `recorded/nunjucks.jsonl` is what it really said."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from playground.experiments.templates import TemplateError, render

LINES = (Path(__file__).parent / "recorded" / "nunjucks.jsonl").read_text().splitlines()
GIVEN: dict[str, Any] = json.loads(LINES[0])


def _rendered(template: str) -> str | None:
    try:
        return render(template, GIVEN["vars"], GIVEN["env"])
    except TemplateError:
        return None


def test_every_recorded_template_prints_the_same_or_fails_as_well() -> None:
    rows = [json.loads(line) for line in LINES[1:]]
    assert len(rows) > 1400
    different = [
        (row["template"], row.get("text"), _rendered(row["template"]))
        for row in rows
        if _rendered(row["template"]) != row.get("text")
    ]
    assert different == []


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ 'x'.repeat(10**12) }}",
        "{{ 'x'.padStart(10**12) }}",
        "{{ 'x' | indent(10**12) | center(10**12) }}",
        "{% set x = 'x' %}{% for i in range(100) %}{% set x = x + x %}{% endfor %}",
        "{% set x = 'x' %}{% for i in range(100) %}{% set x = x.replace('x', 'xx') %}{% set x = x | replace('x', 'xx') %}{% endfor %}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ a" + ".a" * 5000 + " }}",
        "{{ " + "not " * 5000 + "1 }}",
        "{% if 1 %}" * 5000,
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.match(r/(a+)+$/) }}",
        "{% set x = [1] %}{% set y = x.push(x) %}{{ x }}",
        "{% set x = [1] %}{% for i in range(100) %}{% set x = x.concat(x) %}{% endfor %}",
    ],
)
def test_a_hostile_template_ends_with_a_message(template: str) -> None:
    started = time.monotonic()
    with pytest.raises(TemplateError) as failure:
        render(template, {"a": {}})
    assert str(failure.value)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "template",
    [
        "{{ s.__class__ }}",
        "{{ s['__class__'] }}",
        "{{ l.__class__.__mro__ }}",
        "{{ n.real }}",
        "{{ d.keys }}",
        "{{ d.__init__.__globals__ }}",
        "{{ s.format }}",
        "{{ s.encode }}",
        "{{ self }}{{ config }}{{ __builtins__ }}",
    ],
)
def test_nothing_of_python_is_within_reach(template: str) -> None:
    assert render(template, {"s": "x", "l": [1], "n": 1, "d": {}}) == ""


def test_a_template_that_changes_a_list_leaves_the_case_as_it_was() -> None:
    case = {"l": [3, 1, 2]}
    assert render("{% set x = l.push(9) %}{{ l.sort() }}", case) == "1,2,3,9"
    assert case == {"l": [3, 1, 2]}


def test_a_mistake_is_told_with_its_line() -> None:
    with pytest.raises(TemplateError, match="line 3: unknown filter `shout`"):
        render("a\n\n{{ x | shout }}", {"x": "y"})
