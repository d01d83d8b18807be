"""`--json`: what commands really print is what docs/cli.schema.json says, no field more and none less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import click
import jsonschema
import pytest

from playground import history
from playground.chats import sample
from playground.cli import schemas
from playground.cli.commands import playground
from tests.classes.people import joined, opened
from tests.cli.conftest import Invoke

SHAPE = ["--input-tokens", "100", "--output-tokens", "20"]
EXAMPLE = str(Path(__file__).parents[2] / "docs" / "experiment.example.yaml")
SOL = ["-m", "openai:gpt-6.1-sol"]
DEMO = [*SOL, "--demo"]
TICKETS = ["tickets.csv", "--prompt", "Department for: {{ticket}}"]
FILES = {
    "prompt.txt": "One word after the other.",
    "tickets.csv": "ticket\nMy parcel is late\n",
    "small.yaml": "models: [openai:gpt-6.1-sol, gemini:gemini-3.8-flash~401]\nprompts: ['Say {{word}}']\nrepeats: 2\n"
    "cases:\n  - {vars: {word: yes}, checks: [{type: contains, value: zebra}]}\n",
    "other.yaml": "prompts: ['Say {{a}}']\nproviders: [openai:gpt-6.1-sol]\n"
    "tests:\n  - {vars: {a: b}, assert: [{type: contains, value: b}, {type: webhook, value: 'http://x'}]}\n",
    "chats.json": sample.export().decode(),
    "rows.jsonl": '{"output": "a b", "assertion": {"type": "contains", "value": "a"}}\n'
    '{"id": [1], "output": "a", "assert": [{"type": "contains", "value": "a", "metric": "m"}]}\n'
    '{"id": 0.5, "output": "a", "kind": "csv", "expected_cell": "contains: a"}\n',
}
COMMANDS: dict[str, list[list[str]]] = {
    "ask": [
        ["ask", "Hi", *SOL, "-m", "gemini:gemini-3.8-flash~429", "--demo"],
        ["ask", "What is 3 * 4?", "-m", "anthropic:claude-sonnet-5-5", "--demo"],
    ],
    "batch submit": [["batch", "submit", *TICKETS, *SOL], ["batch", "submit", "small.yaml", *SOL]],
    "batch list": [["batch", "list"]],
    "batch collect": [["batch", "collect", "BATCH"]],
    "batch cancel": [["batch", "cancel", "BATCH"]],
    "batch delete": [["batch", "delete", "BATCH"]],
    "recorded ask": [["recorded", "ask", "primes"]],
    "recorded list": [["recorded", "list"]],
    "recorded show": [["recorded", "show", "primes"]],
    "bench": [["bench", *SOL, "--repeats", "2", "--warm-up", "0", "--demo"]],
    "ladder": [["ladder", "Hi", *DEMO]],
    "bill": [["bill", "--demo"]],
    "chats": [["chats", "chats.json"]],
    "experiment run": [
        ["experiment", "run", "small.yaml", "--demo", *w] for w in ([], ["--watch"])
    ],
    "experiment show": [["experiment", "show", "last"]],
    "experiment compare": [["experiment", "compare", "last", "last"]],
    "experiment list": [["experiment", "list"]],
    "experiment validate": [["experiment", "validate", name] for name in (EXAMPLE, "other.yaml")],
    "experiment import": [["experiment", "import", "other.yaml"]],
    "experiment check": [
        ["experiment", "check", "rows.jsonl"],
        ["experiment", "check", "runs.jsonl", "--spec", "small.yaml"],
    ],
    "experiment checks": [["experiment", "checks"]],
    "lab": [["lab"]],
    "lab wire": [["lab", "wire", "Hi", *DEMO]],
    "lab doors": [["lab", "doors", "Hi", "--demo"]],
    "lab errors": [["lab", "errors", "429"]],
    "lab gateway": [["lab", "gateway"]],
    "lab limits": [["lab", "limits", *DEMO]],
    "lab models": [["lab", "models", "--demo"], ["lab", "models", "--pack", "--demo"]],
    "lab structured": [["lab", "structured", *DEMO]],
    "lab tools": [["lab", "tools", *DEMO]],
    "lab jobs": [
        ["lab", "jobs"],
        ["lab", "jobs", "reply", *DEMO],
        ["lab", "jobs", "chain", "--demo"],
    ],
    "lab caching": [["lab", "caching", *DEMO]],
    "lab batch": [["lab", "batch"]],
    "lab created": [["lab", "created"]],
    "lab realtime": [["lab", "realtime", "Hi", "--demo"]],
    "lab file_search": [["lab", "file_search", *DEMO]],
    "lab files": [["lab", "files", *DEMO]],
    "prices list": [["prices"]],
    "prices check": [["prices", "check"]],
    "prices refresh": [["prices", "refresh"]],
    "cost": [["cost", "openai:gpt-6.1-sol", *SHAPE], ["cost", "openai:no-such-model", *SHAPE]],
    "tokens": [["tokens", "prompt.txt", *with_] for with_ in ([], SOL, DEMO)],
    "breakeven": [["breakeven", *SHAPE, *SOL]],
    "questions": [["questions", "subscription"]],
    "models": [["models"], ["models", "--live"]],
    "endpoints list": [["endpoints", "list"]],
    "history list": [["history", "list"]],
    "history search": [["history", "search", "Hi"]],
    "history show": [["history", "show", "RUN"]],
    "history cost": [["history", "cost"], ["history", "cost", "--simulated"]],
    "history import": [["history", "import", "runs.json"]],
    "history delete": [["history", "delete", "--all", "--yes"]],
    "endpoints add": [["endpoints", "add", "ollama"]],
    "endpoints remove": [["endpoints", "remove", "ollama"]],
    "code": [["code", "Hi", *SOL, "-o", "mine"]],
    "class list": [["class", "list"]],
    "class show": [["class", "show", "Physics"]],
    "class close": [["class", "close", "Physics"]],
    "local find": [["local", "find"]],
    "local use": [["local", "use", "default"]],
    "local remove": [["local", "remove"]],
}
"""Command → calls of it, in an order in which the first leave what others list; BATCH and RUN are what came last."""
WITHOUT = {
    "prices serve": "answers until it is stopped",
    "demo": "answers until it is stopped",
    "local serve": "answers until it is stopped",
    "local": "sets up, which takes a network and minutes",
    "history export": "its formats are files; one of them is JSON",
    "experiment export": "prints a file of promptfoo's",
    "prices export": "prints JSON, with a schema of its own",
    "experiment schema": "prints a schema",
    "completion": "prints lines for a shell",
    "help": "prints a page to read",
}


def commands(
    group: click.Command = playground, name: str = ""
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something when it is called, with its name."""
    inner = group.commands if isinstance(group, click.Group) else {}
    if name and (not inner or cast(click.Group, group).invoke_without_command):
        yield name, group
    for word, command in inner.items():
        yield from commands(command, f"{name} {word}".strip())


def test_every_command_has_json_with_a_schema_or_a_reason_why_not() -> None:
    found = dict(commands())
    with_json = {n for n, c in found.items() if any("--json" in p.opts for p in c.params)}
    assert len(found) > 60
    assert set(found) - with_json == set(WITHOUT)
    assert with_json == set(schemas.COMMANDS)
    assert with_json == set(COMMANDS)


@pytest.mark.usefixtures("real")
def test_every_command_prints_what_its_schema_says(
    invoke: Invoke, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`local find` looks at this computer only."""
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(home / "local"))
    monkeypatch.setenv("PLAYGROUND_DEMO_PACE", "0")
    for file, text in FILES.items():
        (home / file).write_text(text)
    store = history.get_store()
    joined(store, opened(store))
    wrong, empty, last = list[str](), list[str](), dict[str, str]()
    for name, calls in COMMANDS.items():
        valid = jsonschema.Draft202012Validator(schemas.of(name))
        if name == "history import":
            invoke("history", "export", "-o", "runs.json")
        if name == "experiment check":
            invoke("history", "export", "--format", "jsonl", "-o", "runs.jsonl")
        for call in calls:
            result = invoke(*(last.get(word, word) for word in call), "--json")
            if not result.out:
                wrong.append(f"{' '.join(call)}: nothing. {result.err}")
                continue
            printed = json.loads(result.out)
            wrong += [
                f"{' '.join(call)}: {e.json_path} {e.message}" for e in valid.iter_errors(printed)
            ]
            empty += [name] if printed == [] else []
            if name in ("batch submit", "history list"):
                last |= _named(printed)
    assert "\n".join(wrong) == ""
    assert empty == []


def _named(printed: Any) -> dict[str, str]:
    """What later calls name: the batch that was submitted, the newest run."""
    if isinstance(printed, list):
        return {"RUN": printed[0]["id"]}
    return {"BATCH": printed["id"]} if "id" in printed else {}


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


def test_what_a_call_costs_and_how_long_it_takes_have_one_name_each() -> None:
    """`cost` and `duration`, as in a run; amounts of a bill and waiting times say in their names what they are."""
    text = json.dumps(schemas.document())
    assert '"duration":' in text
    assert [name for name in ("cost_usd", "seconds") if f'"{name}":' in text] == []
