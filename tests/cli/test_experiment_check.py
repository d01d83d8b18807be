"""`playground experiment check` and `checks` on the terminal."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from playground.domain import ModelRef, Request, Response, Run
from playground.domain.failure import Failure
from playground.experiments.rows import judged
from playground.export.jsonl import to_jsonl
from tests.cli.conftest import Invoke

ROWS = [
    {
        "id": "a",
        "kind": "assertion",
        "assertion": {"type": "contains", "value": "x"},
        "output": "xy",
    },
    {"id": "b", "assertion": {"type": "contains", "value": "z"}, "output": "xy"},
    {"id": "c", "assertion": {"type": "contains", "value": ""}, "output": "xy"},
    {
        "id": "d",
        "assert": [{"type": "equals", "value": "{{v}}", "metric": "m"}],
        "output": "q",
        "vars": {"v": "q\n"},
    },
    {"id": "e", "expected_cell": "contains: q", "output": "q"},
]


def _file(folder: Path, lines: list[str]) -> str:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_rows_are_judged_as_json(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke(
        "experiment", "check", _file(tmp_path, [json.dumps(row) for row in ROWS]), "--json"
    )
    assert result.code == 0, result.err
    rows = json.loads(result.out)["rows"]
    assert [row["id"] for row in rows] == list("abcde")
    assert [row["pass"] for row in rows] == [True, False, False, True, True]
    assert [row["score"] for row in rows] == [1, 0, 0, 1, 1]
    assert [row["error"] is None for row in rows] == [True, True, False, True, True]
    assert rows[2]["error"] == "`contains` needs a text that isn't empty, or a number, as its value"
    assert rows[3]["named_scores"] == {"m": 1}


def test_a_bad_line_is_named_with_its_number_and_nothing_else_is_lost(
    invoke: Invoke, tmp_path: Path
) -> None:
    good = json.dumps(ROWS[0])
    bad = [
        "{",
        "[1]",
        '"x"',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        '{"kind": "other"}',
        '{"assertion": 5}',
        '{"assertion": {"type": "contains", "threshold": "x"}}',
    ]
    path = _file(tmp_path, [good, "", *bad, good])
    result = invoke("experiment", "check", path, "--json")
    assert result.code == 0, result.err
    rows = json.loads(result.out)["rows"]
    assert len(rows) == len(bad) + 2
    assert rows[0]["pass"]
    assert rows[-1]["pass"]
    errors = [row["error"] for row in rows[1:-1]]
    assert all(errors)
    assert errors[0].startswith("line 3: it is no JSON")
    assert errors[1] == "line 4: a row is a JSON object"
    assert errors[4].startswith("line 7: unknown kind `other`")


def test_without_json_what_did_not_pass_is_listed(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("experiment", "check", _file(tmp_path, [json.dumps(row) for row in ROWS]))
    assert result.code == 0, result.err
    assert "failed  b  “z” is not in the answer" in result.out
    assert "3 passed, 1 failed, 1 could not be judged" in result.out


def test_what_a_model_sends_to_a_terminal_does_nothing_there(
    invoke: Invoke, tmp_path: Path
) -> None:
    row = {"id": "a", "assertion": {"type": "equals", "value": "x"}, "output": "\x1b[2J gone"}
    result = invoke("experiment", "check", _file(tmp_path, [json.dumps(row)]))
    assert "␛[2J gone" in result.out
    assert "\x1b" not in result.out


def test_a_file_that_is_not_there_is_said(invoke: Invoke) -> None:
    result = invoke("experiment", "check", "nowhere.jsonl")
    assert result.code == 2
    assert "nowhere.jsonl" in result.err


def test_rows_are_judged_one_by_one_and_never_held() -> None:
    endless: Iterator[str] = itertools.repeat(json.dumps(ROWS[0]))
    assert sum(row["pass"] for row in itertools.islice(judged(endless), 1000)) == 1000


SPEC = """
prompts: ["Say {{word}}"]
models: [openai:gpt-6.1-sol]
defaults:
  checks: [{type: contains, value: "!"}]
cases:
  - vars: {word: hello}
    checks: [{type: icontains, value: "{{word}}"}]
"""


def test_answers_of_the_history_are_judged_with_a_spec(invoke: Invoke, tmp_path: Path) -> None:
    model = ModelRef.parse("openai:gpt-6.1-sol")

    def run(id_: str, prompt: str, response: Response) -> Run:
        request = Request.ask(model, prompt)
        return Run(
            id=id_, created_at="2026-11-27T00:00:00Z", requests=(request,), responses=(response,)
        )

    runs = [
        run("r1", "Say hello", Response(model=model, text="Hello!")),
        run("r2", "Say hello", Response(model=model, text="No!")),
        run("r3", "Something else", Response(model=model, text="Well!")),
        run(
            "r4",
            "Say hello",
            Response(model=model, failure=Failure(type="rate_limited", message="busy")),
        ),
    ]
    export = tmp_path / "history.jsonl"
    export.write_text(to_jsonl(runs) + "broken\n")
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    result = invoke("experiment", "check", str(export), "--spec", str(spec), "--json")
    assert result.code == 0, result.err
    rows = json.loads(result.out)["rows"]
    assert [row["id"] for row in rows] == ["r1/0", "r2/0", "r3/0", "r4/0", None]
    assert [row["pass"] for row in rows] == [True, False, True, False, False]
    assert [row["case"] for row in rows[:4]] == [0, 0, None, 0]
    assert rows[3]["error"] == "the call failed: busy"
    assert rows[4]["error"].startswith("line 5: it is no run of an export")


def test_a_spec_with_mistakes_is_told_with_its_lines(invoke: Invoke, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.replace("cases:", "casses:"))
    (tmp_path / "history.jsonl").write_text("")
    result = invoke("experiment", "check", str(tmp_path / "history.jsonl"), "--spec", str(spec))
    assert result.code == 2
    assert "casses" in result.err


def test_the_checks_are_listed(invoke: Invoke) -> None:
    plain, as_json = invoke("experiment", "checks"), invoke("experiment", "checks", "--json")
    assert plain.code == as_json.code == 0
    types = [row["type"] for row in json.loads(as_json.out)["checks"]]
    assert [line.split(" ")[0] for line in plain.out.splitlines()][: len(types)] == types
