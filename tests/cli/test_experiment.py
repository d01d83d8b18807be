"""`playground experiment …` on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.cli.conftest import Invoke


def test_the_schema_is_a_json_schema_that_editors_know(invoke: Invoke) -> None:
    result = invoke("experiment", "schema")
    assert result.code == 0, result.err
    schema = json.loads(result.out)
    Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == {"prompts", "models"}


CONFIG = """\
prompts: ["Say {{x}}"]
providers: [openai:gpt-6.1-sol, "python:p.py"]
tests:
  - vars: {x: [a, b]}
    assert:
      - {type: contains, value: a}
      - {type: javascript, value: "true"}
"""


def test_an_import_counts_and_names_what_is_left_out(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(CONFIG, encoding="utf-8")
    result = invoke("experiment", "import", "promptfooconfig.yaml", "--out", "spec.yaml", "--json")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert {name: found[name] for name in ("prompts", "cases", "models", "checks")} == {
        "prompts": 1, "cases": 2, "models": 1, "checks": 2,
    }  # fmt: skip
    assert [(row["file"], row["line"]) for row in found["left_out"]] == [
        ("promptfooconfig.yaml", 2), ("promptfooconfig.yaml", 7),
    ]  # fmt: skip
    assert all(row["what"] and row["next_step"] for row in found["left_out"])
    checked = invoke("experiment", "validate", "spec.yaml")
    assert (checked.code, checked.out) == (0, "spec.yaml: 2 cells.\n")


def test_where_nothing_can_run_it_is_said_and_a_model_can_be_chosen(
    invoke: Invoke, tmp_path: Path
) -> None:
    text = CONFIG.replace("openai:gpt-6.1-sol, ", "")
    (tmp_path / "promptfooconfig.yaml").write_text(text, encoding="utf-8")
    result = invoke("experiment", "import", "promptfooconfig.yaml")
    assert result.code == 1
    assert "choose one for these 2 cases with -m" in result.err
    assert "- Provider `python:p.py`: it is code. (promptfooconfig.yaml:2)" in result.out
    chosen = invoke("experiment", "import", "promptfooconfig.yaml", "-m", "openai:gpt-6.1-sol")
    assert chosen.code == 0
    assert invoke("experiment", "import", "promptfooconfig.yaml", "-m", "nonsense").code == 2
    assert invoke("experiment", "import", "gone.yaml").code == 1


def test_a_specs_mistakes_are_told_with_file_and_line(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("prompts: [a]\nmodles: [a:b]\n", encoding="utf-8")
    result = invoke("experiment", "validate", "spec.yaml")
    assert result.code == 1
    assert "spec.yaml:2: `modles` is not known here. Did you mean `models`?" in result.err
    as_json = json.loads(invoke("experiment", "validate", "spec.yaml", "--json").out)
    assert {row["line"] for row in as_json["mistakes"]} == {1, 2}


def test_what_is_exported_to_promptfoo_comes_back_the_same(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(CONFIG, encoding="utf-8")
    invoke("experiment", "import", "promptfooconfig.yaml", "--out", "spec.yaml")
    result = invoke("experiment", "export", "spec.yaml", "-o", "again.yaml")
    assert (result.code, result.err) == (0, "")
    again = invoke("experiment", "import", "again.yaml", "--out", "spec2.yaml", "--json")
    found = json.loads(again.out)
    assert (found["prompts"], found["cases"], found["models"], found["checks"]) == (1, 2, 1, 2)
    assert found["left_out"] == []
    (tmp_path / "own.yaml").write_text(
        "prompts: [a]\nmodels: [here:x]\nbudget: 1\n", encoding="utf-8"
    )
    own = invoke("experiment", "export", "own.yaml")
    assert own.code == 0
    assert "Not in it: Model `here:x`" in own.err
    assert "Not in it: `budget`" in own.err
