"""An exported Eval of OpenAI becomes a spec; graders in Python are named and never run."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from playground.experiments.cells import Cells
from playground.experiments.importing import read
from playground.experiments.reading import read_text
from playground.experiments.sources import Sources

ANSWER = "{{sample.output_text}}"
ASKED = [{"role": "user", "content": {"type": "input_text", "text": f"How kind is {ANSWER}?"}}]
CRITERIA: list[dict[str, Any]] = [
    {
        "type": "string_check",
        "name": "same",
        "operation": "eq",
        "input": ANSWER,
        "reference": "{{ item.label }}",
    },
    {
        "type": "string_check",
        "name": "in",
        "operation": "ilike",
        "input": ANSWER,
        "reference": "yes",
    },
    {
        "type": "string_check",
        "name": "odd",
        "operation": "eq",
        "input": "{{item.a}}",
        "reference": "{{item.b}}",
    },
    {
        "type": "text_similarity",
        "name": "near",
        "evaluation_metric": "rouge_1",
        "input": ANSWER,
        "reference": "{{item.label}}",
        "pass_threshold": 0.8,
    },
    {
        "type": "text_similarity",
        "name": "far",
        "evaluation_metric": "cosine",
        "input": ANSWER,
        "reference": "x",
        "pass_threshold": 0.8,
    },
    {
        "type": "score_model",
        "name": "kind",
        "model": "gpt-4.1",
        "range": [1, 5],
        "pass_threshold": 4,
        "input": ASKED,
    },
    {
        "type": "label_model",
        "name": "tone",
        "model": "gpt-4.1",
        "labels": ["good", "bad"],
        "passing_labels": ["good"],
        "input": ASKED,
    },
    {"type": "python", "name": "code", "source": "def grade(sample, item): return 1"},
]
EVAL: dict[str, Any] = {
    "object": "eval",
    "id": "eval_1",
    "name": "tickets",
    "created_at": 1,
    "metadata": None,
    "data_source_config": {"type": "custom", "schema": {}},
    "testing_criteria": CRITERIA,
}
SOURCE: dict[str, Any] = {
    "type": "completions",
    "model": "gpt-4.1",
    "sampling_params": {"temperature": 0, "max_completion_tokens": 9},
    "input_messages": {
        "type": "template",
        "template": [
            {"role": "developer", "content": "Sort."},
            {"role": "user", "content": "{{item.ticket}}"},
        ],
    },
    "source": {
        "type": "file_content",
        "content": [
            {"item": {"ticket": "a", "label": "x"}},
            {"item": {"ticket": "b", "label": "y"}},
        ],
    },
}


def test_the_sample_is_what_the_sdk_knows() -> None:
    made = import_module("openai.types.eval_create_response").EvalCreateResponse.model_validate(
        EVAL
    )
    assert len(made.testing_criteria) == len(CRITERIA)
    import_module("openai.types.evals").CreateEvalCompletionsRunDataSource.model_validate(SOURCE)


def test_an_eval_with_its_run_is_a_spec(tmp_path: Path) -> None:
    path = tmp_path / "eval.json"
    path.write_text(
        json.dumps({**EVAL, "runs": [{"data_source": SOURCE}]}, indent=1), encoding="utf-8"
    )
    made = read(path)
    assert (made.prompts, made.cases, made.models, made.checks) == (1, 2, 1, 2 * 5)
    assert [
        (c["type"], c["metric"], c.get("threshold")) for c in made.document["defaults"]["checks"]
    ] == [
        ("equals", "same", None),
        ("icontains", "in", None),
        ("rouge-n", "near", 0.8),
        ("llm-rubric", "kind", 0.75),
        ("llm-rubric", "tone", None),
    ]
    assert [note.what.partition(":")[0] for note in made.notes.left_out] == [
        "Grader `odd`",
        "Grader `far`",
        "Grader `code`",
    ]
    assert all(note.line > 1 for note in made.notes.left_out)
    found = read_text(made.yaml(), "spec.yaml", Sources(None))
    assert found.spec is not None, found.mistakes
    cells = Cells(found.spec)
    request = cells.request(next(iter(cells)))
    assert (str(request.model), request.system, request.messages[0].text) == (
        "openai/chat:gpt-4.1",
        "Sort.",
        "a",
    )
    assert (request.settings.temperature, request.settings.max_output_tokens) == (0, 9)
    asked = ["openai/chat:gpt-4.1", "openai:gpt-6.1-sol"]
    assert [model["model"] for model in read(path, asked).document["models"]] == asked


def test_items_may_lie_beside_it_with_their_answers(tmp_path: Path) -> None:
    (tmp_path / "eval.json").write_text(json.dumps(EVAL), encoding="utf-8")
    rows = [{"item": {"label": "x"}, "sample": {"output_text": "x"}}, {"item": {"label": "y"}}]
    (tmp_path / "eval.jsonl").write_text("\n".join([*map(json.dumps, rows), "{"]), encoding="utf-8")
    made = read(tmp_path / "eval.json", ["openai:gpt-6.1-sol"])
    assert made.document["cases"] == [
        {"vars": {"item": {"label": "x"}}, "output": "x"},
        {"vars": {"item": {"label": "y"}}},
    ]
    assert made.models == 1
    assert any((note.file, note.line) == ("eval.jsonl", 3) for note in made.notes.left_out)
    assert not made.runnable  # its prompts are in the runs, which are not here
    assert any("There are no prompts" in note.what for note in made.notes.left_out)
