"""`--json`: what commands really print is what docs/cli.schema.json says, no field more and none less."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from playground import history
from playground.cli import schemas
from tests.classes.people import joined, opened
from tests.cli.conftest import Invoke

SHAPE = ["--input-tokens", "100", "--output-tokens", "20"]
EXAMPLE = str(Path(__file__).parents[2] / "docs" / "experiment.example.yaml")
SOL = ["-m", "openai:gpt-6.1-sol"]
COMMANDS: dict[str, list[list[str]]] = {
    "ask": [
        ["ask", "Hi", *SOL, "-m", "gemini:gemini-3.8-flash~429", "--demo"],
        ["ask", "What is 3 * 4?", "-m", "anthropic:claude-sonnet-5-5", "--demo"],
    ],
    "recorded ask": [["recorded", "ask", "primes"]],
    "bench": [["bench", *SOL, "--repeats", "2", "--warm-up", "0", "--demo"]],
    "ladder": [["ladder", "Hi", *SOL, "--demo"]],
    "bill": [["bill", "--demo"]],
    "experiment validate": [["experiment", "validate", EXAMPLE]],
    "experiment checks": [["experiment", "checks"]],
    "lab wire": [["lab", "wire", "Hi", *SOL, "--demo"]],
    "lab doors": [["lab", "doors", "Hi", "--demo"]],
    "prices check": [["prices", "check"]],
    "cost": [["cost", "openai:gpt-6.1-sol", *SHAPE], ["cost", "openai:no-such-model", *SHAPE]],
    "tokens": [["tokens", "prompt.txt", *SOL], ["tokens", "prompt.txt", *SOL, "--demo"]],
    "breakeven": [["breakeven", *SHAPE, *SOL]],
    "questions": [["questions", "subscription"]],
    "prices list": [["prices"]],
    "models": [["models"]],
    "endpoints list": [["endpoints", "list"]],
    "recorded list": [["recorded", "list"]],
    "history list": [["history", "list"]],
    "history search": [["history", "search", "Hi"]],
    "history cost": [["history", "cost"]],
    "history import": [["history", "import", "runs.json"]],
    "history delete": [["history", "delete", "--all", "--yes"]],
    "endpoints add": [["endpoints", "add", "ollama"]],
    "endpoints remove": [["endpoints", "remove", "ollama"]],
    "code": [["code", "Hi", *SOL, "-o", "mine"]],
    "lab": [["lab"]],
    "experiment list": [["experiment", "list"]],
    "class list": [["class", "list"]],
    "class show": [["class", "show", "Physics"]],
    "class close": [["class", "close", "Physics"]],
    "batch list": [["batch", "list"]],
    "local find": [["local", "find"]],
}


def test_every_documented_command_prints_what_its_schema_says(invoke: Invoke, home: Path) -> None:
    """In one test, as the first leaves runs in the history that others list; `local find` looks at this computer only."""
    (home / "prompt.txt").write_text("One word after the other.")
    store = history.get_store()
    joined(store, opened(store))
    assert set(COMMANDS) == set(schemas.commands())
    wrong, empty = [], []
    for name, calls in COMMANDS.items():
        valid = jsonschema.Draft202012Validator(schemas.of(name))
        if name == "history import":
            invoke("history", "export", "-o", "runs.json")
        for call in calls:
            result = invoke(*call, "--json")
            printed = json.loads(result.out)
            wrong += [
                f"{' '.join(call)}: {e.json_path} {e.message}" for e in valid.iter_errors(printed)
            ]
            empty += [name] if printed == [] else []
    assert "\n".join(wrong) == ""
    assert empty == []


def test_the_schema_is_one_and_refuses_another_shape() -> None:
    jsonschema.Draft202012Validator.check_schema(schemas.document())
    valid = jsonschema.Draft202012Validator(schemas.of("endpoints list"))
    row = {"name": "openai", "base_url": "https://api.openai.com/v1", "key": "set"}
    assert valid.is_valid([row])
    assert not valid.is_valid([{**row, "key": None}])
    assert not valid.is_valid([{**row, "secret": "sk-1"}])


@pytest.mark.parametrize("name", ["ask", "prices list", "history list"])
def test_what_unknown_values_and_money_look_like_is_said(name: str) -> None:
    text = json.dumps(schemas.of(name))
    assert "^-?[0-9]+" in text  # money is decimal text
    assert '"null"' in text  # unknown is null
