"""Variables and prompts go through the steps that promptfoo 0.123.1 takes; `recorded/prompts.jsonl` is what it sent."""

from __future__ import annotations

import json
from pathlib import Path

from playground.experiments.promptfoo.vars import prepared, prompt_text
from playground.experiments.templates import TemplateError

LINES = (Path(__file__).parent / "recorded" / "prompts.jsonl").read_text().splitlines()


def test_every_recorded_prompt_is_sent_as_promptfoo_sent_it() -> None:
    rows = [json.loads(line) for line in LINES]
    assert len(rows) > 200
    different = []
    for row in rows:
        try:
            text = prompt_text(row["prompt"], prepared(row["vars"]))
        except TemplateError:
            text = None
        if text != row.get("text"):
            different.append((row, text))
    assert different == []


def test_variables_that_name_each_other_end() -> None:
    assert prepared({"a": "{{b}}", "b": "{{a}}"})["a"] in ("{{a}}", "{{b}}")
    grown = prepared({"a": "{{b}}{{b}}" * 1000, "b": "{{a}}{{a}}"})
    assert len(grown["a"]) < 20_000_000
