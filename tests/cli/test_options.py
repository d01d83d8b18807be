"""Settings on the command line: every row has its option, what is typed reaches the wire, what is wrong is a sentence."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from playground.cli.asking_commands import ask
from playground.cli.options import setting_options
from playground.domain import setting
from playground.domain.setting import SETTINGS, Kind, Setting
from tests.cli.conftest import Invoke

ROOT = Path(__file__).parents[2]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"name": "weather", "description": "The weather.", "parameters": SCHEMA}
RESPONSES, CHAT, MESSAGES = "openai:m", "openai/chat:m", "anthropic:m"
GENERATE, INTERACTIONS = "gemini:m", "gemini/interactions:m"


@pytest.fixture(autouse=True)
def files(home: Path) -> None:
    for name, content in (("schema", SCHEMA), ("tools", [TOOL]), ("extra", {"user": "me"})):
        (home / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def sent(invoke: Invoke, model: str, *options: str) -> Any:
    """The body that the provider received, out of the run that was kept."""
    asked = invoke("ask", "Hi", "-m", model, *options, "--json")
    run_id = json.loads(asked.out)["run_id"]
    document = json.loads(invoke("history", "show", run_id, "--json").out)
    body = document["responses"][0]["exchange"]["request_body"]
    return json.loads(body) if isinstance(body, str) else body


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize(
    ("model", "options", "field", "value"),
    [
        (RESPONSES, ["--max-output-tokens", "99"], "max_output_tokens", 99),
        (RESPONSES, ["--effort", "low"], "reasoning", {"effort": "low"}),
        (RESPONSES, ["--reasoning-summary"], "reasoning", {"summary": "auto"}),
        (MESSAGES, ["--reasoning-summary"], "thinking", {"type": "adaptive", "display": "summarized"}),
        (CHAT, ["--temperature", "0.5"], "temperature", 0.5),
        (CHAT, ["--top-p", "0.5"], "top_p", 0.5),
        (MESSAGES, ["--top-k", "7"], "top_k", 7),
        (GENERATE, ["--top-k", "7"], "generationConfig", {"topK": 7.0}),
        (CHAT, ["--stop", "a", "--stop", "b"], "stop", ["a", "b"]),
        (CHAT, ["--seed", "-3"], "seed", -3),
        (RESPONSES, ["--verbosity", "low"], "text", {"verbosity": "low"}),
        (CHAT, ["--verbosity", "high"], "verbosity", "high"),
        (MESSAGES, ["--schema", "schema.json"], "output_config", {"format": {"type": "json_schema", "schema": SCHEMA}}),
        (MESSAGES, ["--tools", "tools.json"], "tools", [{"name": "weather", "description": "The weather.", "input_schema": SCHEMA}]),
        (GENERATE, ["--tools", "tools.json"], "tools", [{"functionDeclarations": [{"name": "weather", "description": "The weather.", "parameters_json_schema": SCHEMA}]}]),
        (RESPONSES, ["--server-tool", "web_search", "--server-tool", "web_search"], "tools", [{"type": "web_search"}]),
        (GENERATE, ["--server-tool", "web_search", "--server-tool", "code_execution"], "tools", [{"googleSearch": {}}, {"codeExecution": {}}]),
        (INTERACTIONS, ["--server-tool", "code_execution"], "tools", [{"type": "code_execution"}]),
        (CHAT, ["--tools", "tools.json", "--tool-choice", "required"], "tool_choice", "required"),
        (MESSAGES, ["--tools", "tools.json", "--tool-choice", "required"], "tool_choice", {"type": "any"}),
        (RESPONSES, ["--service-tier", "flex"], "service_tier", "flex"),
        (RESPONSES, ["--cache-ttl", "12h"], "prompt_cache_options", {"ttl": "12h"}),
        (MESSAGES, ["--cache-ttl", "1h"], "cache_control", {"type": "ephemeral", "ttl": "1h"}),
        (RESPONSES, ["--extra", 'metadata={"a": "b"}'], "metadata", {"a": "b"}),
        (CHAT, ["--extra", '{"user": "me"}'], "user", "me"),
        (CHAT, ["--extra", "extra.json"], "user", "me"),
        (CHAT, ["--extra", "n=1", "--extra", '{"n": 2}'], "n", 2),
        (CHAT, ["--no-stream"], "stream", False),
        (CHAT, ["--stream"], "stream", True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and isinstance(value[0], str) else None,
)  # fmt: skip
def test_what_is_typed_reaches_the_body(
    invoke: Invoke, model: str, options: list[str], field: str, value: Any
) -> None:
    assert sent(invoke, model, *options)[field] == value


def test_every_setting_is_tried_above() -> None:
    (mark,) = [
        mark
        for mark in test_what_is_typed_reaches_the_body.pytestmark
        if mark.name == "parametrize"
    ]
    tried = {one for _, options, *_ in mark.args[1] for one in options if one.startswith("--")}
    assert {spelling for row in SETTINGS for spelling in row.option.split("/")} <= tried


@pytest.mark.usefixtures("real")
def test_what_is_not_typed_is_not_sent(invoke: Invoke) -> None:
    assert set(sent(invoke, CHAT)) == {"model", "messages", "store", "stream", "stream_options"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--top-k", "x"], "'--top-k': 'x' is not a valid integer"),
        (["--top-k", "0"], "'--top-k': 0 is not in the range x>=1"),
        (["--seed", "1.5"], "'--seed': '1.5' is not a valid integer"),
        (["--top-p", "1.5"], "'--top-p': 1.5 is not in the range 0<=x<=1"),
        (["--verbosity", "loud"], "'--verbosity': 'loud' is not one of 'low', 'medium', 'high'"),
        (["--tool-choice", "maybe"], "'--tool-choice': 'maybe' is not one of 'auto', 'required'"),
        (["--server-tool", "telepathy"], "'--server-tool': 'telepathy' is not one of 'web_search'"),
        (["--schema", "missing.json"], "--schema: missing.json can't be read"),
        (["--schema", "tools.json"], "--schema: tools.json holds no JSON Schema"),
        (["--schema", "latin.json"], "--schema: latin.json is not UTF-8 text"),
        (["--schema", "wrong.json"], '--schema: wrong.json is no JSON Schema: type is "int"'),
        (["--tools", "schema.json"], "--tools: schema.json must be a JSON list"),
        (["--tools", "half.json"], "--tools: half.json is not JSON: a value is missing in line 2"),
        (["--extra", "team=docs"], "--extra: team is not JSON: a value is missing"),
        (["--extra", "team=docs"], """text as team='"docs"'"""),
        (["--extra", "{"], "--extra: the object is not JSON"),
        (["--extra", "nothing"], "--extra: nothing can't be read"),
        (["--extra", "tools.json"], "--extra: tools.json must be a JSON object"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_option(
    invoke: Invoke, home: Path, arguments: list[str], says: str
) -> None:
    (home / "latin.json").write_bytes(b'{"\xe4": 1}')
    (home / "half.json").write_text('[\n{"name": ', encoding="utf-8")
    (home / "wrong.json").write_text('{"type": "int"}', encoding="utf-8")
    result = invoke("ask", "Hi", "--demo", *arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("given", ["key=sk-canary-1", '{"key": sk-canary-1}'])
def test_a_bad_field_is_named_and_its_value_is_not_repeated(invoke: Invoke, given: str) -> None:
    result = invoke("ask", "Hi", "--demo", "--extra", given)
    assert result.code == 2
    assert "sk-canary-1" not in result.err


STRICT = {**SCHEMA, "required": ["city"], "additionalProperties": False}
"""As OpenAI takes it."""


def test_a_schema_with_a_byte_order_mark_is_read(invoke: Invoke, home: Path) -> None:
    (home / "bom.json").write_text(json.dumps(STRICT), encoding="utf-8-sig")
    asked = invoke(
        "ask", "Hi", "--demo", "-m", "openai:gpt-6.1-sol", "--schema", "bom.json", "--json"
    )
    assert set(json.loads(json.loads(asked.out)["responses"][0]["text"])) == {"city"}  # fmt: skip


def test_help_has_every_setting_with_its_sentence(invoke: Invoke) -> None:
    words = " ".join(invoke("ask", "--help").out.split())
    for row in SETTINGS:
        assert f" {row.option.split('/')[0]} " in words
        assert " ".join(row.help.split()[:3]) in words


def test_every_row_is_an_option_of_ask() -> None:
    options = {option.name: option for option in ask.params if isinstance(option, click.Option)}
    for row in SETTINGS:
        option = options[row.name]
        assert set(row.option.split("/")) == {*option.opts, *option.secondary_opts}


def made_up(kind: Kind, **more: Any) -> Setting:
    return Setting(
        name="mood",
        label="Mood",
        group="Answer",
        help="How it feels.",
        kind=kind,
        option="--mood",
        **more,
    )


@pytest.mark.parametrize(
    ("row", "typed", "comes"),
    [
        (made_up("integer", least=1, most=3), ["2"], 2),
        (made_up("number", least=0, most=1), ["0.5"], 0.5),
        (made_up("choice", choices=("glad", "sad")), ["sad"], "sad"),
        (made_up("choice"), ["so-so"], "so-so"),
        (made_up("words"), ["a", "b"], ("a", "b")),
        (made_up("several", choices=("a", "b")), ["b"], ("b",)),
        (made_up("schema"), ["x.json"], "x.json"),
    ],
)
def test_a_row_that_is_new_is_an_option(
    monkeypatch: pytest.MonkeyPatch, row: Setting, typed: list[str], comes: Any
) -> None:
    monkeypatch.setattr(setting, "SETTINGS", (*SETTINGS, row))

    @click.command()
    @setting_options
    def command(**options: Any) -> Any:
        return options

    arguments = [piece for one in typed for piece in ("--mood", one)]
    assert command.main(arguments, standalone_mode=False)["mood"] == comes
    assert command.main([], standalone_mode=False)["mood"] in (None, ())


def test_a_row_that_is_new_is_in_the_help_of_ask_without_anything_else() -> None:
    code = (
        "from dataclasses import replace; from playground.domain import setting;"
        "seed = setting.find('seed');"
        "setting.SETTINGS += (replace(seed, name='luck', option='--luck', help='Only that.'),);"
        "from playground import cli; cli.main(lambda *_: None, ['ask', '--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert re.search(r"--luck N\s+Only that\.", done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [["ask", "caf\udce9"], ["ask", "x", "--system", "\udcff"], ["\udcff"], ["--x=\udcff"]],
)
def test_bytes_that_are_no_text_are_bad_usage(invoke: Invoke, arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert (result.code, result.out) == (2, "")
    assert f"Argument {len(arguments)} is not UTF-8 text" in result.err
