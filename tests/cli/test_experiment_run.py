"""`playground experiment run` on the simulation: its JSON, its files, its exit code, and going on where it stood still."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Invoke

SPEC = """
name: smoke
prompts: ["{{q}}"]
models: ["openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"]
cases:
  - {vars: {q: What is a token?}}
  - {vars: {q: What is a prompt?}}
repeats: 2
"""


@pytest.fixture
def spec(home: Path) -> str:
    (home / "e.yaml").write_text(SPEC + "pass_rate: 1\n")
    return "e.yaml"


def test_json_and_files_tell_every_cell(invoke: Invoke, spec: str, home: Path) -> None:
    done = invoke("experiment", "run", spec, "--demo", "--json", "--junit", "j.xml", "--html", "h")
    assert done.code == 0
    found = json.loads(done.out)
    assert (found["simulated"], found["requests"], found["failures"]) == (True, 2 * 2 * 2, 0)
    assert [m["n"] for m in found["models"]] == [4, 4]
    for model in found["models"]:
        assert model["time_to_first_text"]["p50"] <= model["duration"]["p50"]
        assert float(model["cost"]["total"]) > 0
    assert len(ET.parse(home / "j.xml").findall(".//testcase")) == 8
    assert "Simulated" in (home / "h").read_text()


def test_a_budget_stops_it_and_resumed_it_asks_the_rest_once(invoke: Invoke, spec: str) -> None:
    first = invoke("experiment", "run", spec, "--demo", "--json", "--budget", "0.012")
    begun = json.loads(first.out)
    assert first.code == 1
    assert 0 < begun["waiting"] < 8
    rest = invoke(
        "experiment", "run", "--resume", begun["experiment_id"], "--budget", "1", "--json"
    )
    assert rest.code == 0
    ended = json.loads(rest.out)
    assert (ended["experiment_id"], ended["waiting"]) == (begun["experiment_id"], 0)
    assert (ended["requests"], [m["retried"] for m in ended["models"]]) == (8, [0, 0])


def test_mistakes_are_told_with_their_line(invoke: Invoke, home: Path) -> None:
    (home / "bad.yaml").write_text(SPEC + "repeat: 3\n")
    done = invoke("experiment", "run", "bad.yaml", "--demo")
    assert done.code == 2
    assert "bad.yaml:9" in done.err


@pytest.mark.parametrize(
    ("threshold", "model", "code"),
    [
        ("pass_rate: 0.5", "gemini:gemini-3.8-flash", 0),
        ("pass_rate: 0.51", "gemini:gemini-3.8-flash", 1),
        ("", "gemini:gemini-3.8-flash", 0),
        ("", "gemini:gemini-3.8-flash~401", 1),
    ],
)
def test_the_exit_code_tells_whether_the_threshold_is_reached(
    invoke: Invoke, home: Path, threshold: str, model: str, code: int
) -> None:
    """One of two cases passes; without a threshold only failed calls count."""
    (home / "t.yaml").write_text(f"""
prompts: ["{{{{q}}}}"]
models: ["{model}"]
cases:
  - {{vars: {{q: What is a token?}}, checks: [{{type: contains, value: no such word}}]}}
  - {{vars: {{q: What is a prompt?}}}}
{threshold}
""")
    assert invoke("experiment", "run", "t.yaml", "--demo").code == code
