"""`playground ask`: options in, answers and one exit code out."""

from __future__ import annotations

import json
import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground.demo.process import DemoServer
from tests.cli.conftest import Invoke

LANES = (
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-6.1-sol",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
    "gemini/interactions:gemini-3.8-flash",
)
ALL = [argument for lane in LANES for argument in ("-m", lane)]


@pytest.fixture
def png(home: Path) -> str:
    path = home / "picture.dat"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    return str(path)


def document(invoke: Invoke, *arguments: str, stdin: bytes = b"") -> tuple[int, dict[str, Any]]:
    result = invoke("ask", *arguments, "--json", stdin=stdin)
    doc: dict[str, Any] = json.loads(result.out)
    return result.code, doc


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_every_door_answers_and_the_document_says_so(invoke: Invoke, how: list[str]) -> None:
    code, doc = document(invoke, "Why is the sky blue?", *ALL, *how)
    assert code == 0
    assert doc["simulated"] is False
    assert [f"{r['provider']}/{r['api']}" for r in doc["responses"]] == [
        "openai/responses",
        "openai/chat",
        "anthropic/messages",
        "gemini/generate_content",
        "gemini/interactions",
    ]
    for response in doc["responses"]:
        assert response["failure"] is None
        assert response["text"]
        assert response["usage"]["input_tokens"] > 0
        assert response["timing"]["duration"] > 0
        assert "e" not in response["cost"]["total"].lower()


@pytest.mark.usefixtures("real")
def test_without_json_the_answers_and_a_table_of_figures_are_printed(invoke: Invoke) -> None:
    result = invoke("ask", "What is a token?", *ALL)
    assert result.code == 0
    for number, lane in enumerate(LANES, 1):
        assert f"{number}. {lane}" in result.out
    assert "Total" in result.out
    assert "$0.0" in result.out
    assert max(len(line) for line in result.out.split("Speed")[1].splitlines()) <= 80


@pytest.mark.usefixtures("own_demo")
def test_demo_needs_no_key_and_says_that_it_is_simulated(invoke: Invoke) -> None:
    result = invoke("ask", "What is a token?", "-m", "openai:gpt-6.1-sol", "--demo")
    assert result.code == 0
    assert "Simulated" in result.out
    code, doc = document(invoke, "What is a token?", "--demo")
    assert (code, doc["simulated"], len(doc["responses"])) == (0, True, 3)


@pytest.mark.usefixtures("real")
def test_a_failed_lane_makes_the_exit_code_1_and_leaves_the_others(invoke: Invoke) -> None:
    code, doc = document(
        invoke, "Hi", "-m", "openai:gpt-6.1-sol~429", "-m", "anthropic:claude-sonnet-5-5"
    )
    first, second = doc["responses"]
    assert code == 1
    assert first["failure"]["type"] == "rate_limited"
    assert first["failure"]["status"] == 429
    assert first["failure"]["next_step"]
    assert first["cost"] is None
    assert second["failure"] is None


@pytest.mark.usefixtures("real")
def test_a_failure_is_told_in_words_on_the_terminal(invoke: Invoke) -> None:
    result = invoke("ask", "Hi", "-m", "anthropic:claude-sonnet-5-5~401")
    assert result.code == 1
    assert "authentication, HTTP 401" in result.out
    assert "Traceback" not in result.out + result.err


def test_a_lane_without_a_key_fails_and_names_the_variable_and_the_demo(invoke: Invoke) -> None:
    result = invoke("ask", "Hi", "-m", "anthropic:claude-sonnet-5-5", "--json")
    failure = json.loads(result.out)["responses"][0]["failure"]
    assert result.code == 1
    assert failure["type"] == "authentication"
    assert "ANTHROPIC_API_KEY" in failure["message"] + failure["next_step"]
    assert "--demo" in result.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OPENAI_BASE_URL", "ftp://h.example/v1"), ("OPENAI_API_KEY", "sk-canary and more")],
)
def test_a_key_that_is_set_is_never_told_to_be_missing(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv(variable, value)
    result = invoke("ask", "Hi", "-m", "openai:gpt-6.1-sol", "--json")
    failure = json.loads(result.out)["responses"][0]["failure"]
    assert result.code == 1
    assert variable in failure["message"]
    assert "No key" not in result.out + result.err
    assert "canary" not in result.out + result.err


def test_without_model_and_key_the_demo_is_suggested(invoke: Invoke) -> None:
    result = invoke("ask", "Hi")
    assert (result.code, result.out) == (2, "")
    assert "--demo" in result.err
    assert "OPENAI_API_KEY" in result.err


@pytest.mark.usefixtures("real")
def test_the_prompt_comes_from_standard_input(invoke: Invoke) -> None:
    prompt = "grüße\n".encode()
    code, doc = document(invoke, "-", "-m", "openai:gpt-6.1-sol", stdin=prompt)
    assert code == 0
    assert doc["responses"][0]["text"]


def test_an_endpoint_of_the_file_is_asked(
    invoke: Invoke, simulation: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke("endpoints", "add", "ollama", simulation.base_urls()["compatible"]).code == 0
    monkeypatch.setenv("GROQ_API_KEY", "k")
    code, doc = document(invoke, "What is a token?", "-m", "ollama:llama3:8b")
    assert code == 0
    response = doc["responses"][0]
    assert (response["provider"], response["api"], response["model"]) == (
        "ollama",
        "chat",
        "llama3:8b",
    )
    assert response["cost"] is None


@pytest.mark.usefixtures("real")
def test_what_a_model_does_not_take_is_left_out_and_said(invoke: Invoke) -> None:
    result = invoke("ask", "Hi", "-m", "anthropic:claude-sonnet-5-5", "--seed", "7")
    assert result.code == 0
    assert "anthropic:claude-sonnet-5-5: seed" in result.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Hi", "-m", "gpt-6.1-sol"], "provider:model"),
        (["Hi", "-m", "openai/messages:x"], "no door 'messages'"),
        (["Hi", "-m", "nobody:x"], "playground endpoints add nobody BASE_URL"),
        (["Hi", "-m", "groq:x"], "playground endpoints add groq."),
        (["Hi", "-m", "groq:x", "--demo"], "--demo simulates openai, anthropic, gemini"),
        (["", "--demo"], "prompt is empty"),
        (["-", "--demo"], "prompt is empty"),
        ([], "Missing argument 'PROMPT'"),
        (["Hi", "--temperature", "nan"], "--temperature"),
        (["Hi", "--max-output-tokens", "0"], "--max-output-tokens"),
        (["Hi", "--timeout", "inf"], "--timeout"),
        (["Hi", "--frobnicate"], "--frobnicate"),
        (["Hi", "--demo", "--file", "missing.png"], "missing.png can't be read"),
        (["Hi", "--demo", "--file", "."], ". can't be read"),
        (["Hi", "--demo", "--schema", "missing.json"], "missing.json can't be read"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_code_2(
    invoke: Invoke, arguments: list[str], says: str
) -> None:
    result = invoke("ask", *arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert len(result.err.splitlines()) == 1


def test_a_file_is_judged_by_its_bytes(invoke: Invoke, home: Path, png: str) -> None:
    assert invoke("ask", "Hi", "--demo", "-m", "openai:gpt-6.1-sol", "--file", png).code == 0
    (home / "fake.png").write_text("hello")
    result = invoke("ask", "Hi", "--demo", "--file", "fake.png")
    assert result.code == 2
    assert "fake.png is neither PNG" in result.err


def test_a_file_over_20_mb_is_refused(invoke: Invoke, home: Path) -> None:
    with (home / "big.png").open("wb") as file:
        file.truncate(20_000_001)
    result = invoke("ask", "Hi", "--demo", "--file", "big.png")
    assert result.code == 2
    assert "larger than 20 MB" in result.err


@pytest.mark.parametrize(("text", "says"), [("{", "is not JSON"), ("[]", "must be a JSON object")])
def test_a_schema_must_be_a_json_object(invoke: Invoke, home: Path, text: str, says: str) -> None:
    (home / "schema.json").write_text(text)
    result = invoke("ask", "Hi", "--demo", "--schema", "schema.json")
    assert result.code == 2
    assert says in result.err


@pytest.mark.usefixtures("real")
def test_a_schema_is_followed(invoke: Invoke, home: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
        "additionalProperties": False,
    }
    (home / "schema.json").write_text(json.dumps(schema))
    code, doc = document(invoke, "Hi", "-m", "openai:gpt-6.1-sol", "--schema", "schema.json")
    assert code == 0
    assert set(json.loads(doc["responses"][0]["text"])) == {"word"}


def test_a_prompt_that_is_not_utf8_is_refused(invoke: Invoke) -> None:
    result = invoke("ask", "-", "--demo", stdin=b"\xff\xfe\x00")
    assert result.code == 2
    assert "not UTF-8" in result.err


SOL = ("-m", "openai:gpt-6.1-sol")


@pytest.mark.usefixtures("real")
def test_what_it_may_cost_is_said_before_it_is_sent(invoke: Invoke) -> None:
    result = invoke("ask", "What is a token?", *SOL, "--max-output-tokens", "100")
    (said,) = [line for line in result.err.splitlines() if "Likely" in line]
    assert "Likely about $0.00" in said
    assert "if each wrote the most it may" in said
    assert "Likely" not in result.out
    _, doc = document(invoke, "What is a token?", *SOL, "--max-output-tokens", "100")
    foretold = doc["forecast"]
    low, likely, high = (Decimal(foretold[name]) for name in ("low", "likely", "high"))
    assert low < likely <= high
    assert Decimal(doc["responses"][0]["cost"]["total"]) <= high
    assert not foretold["at_least"]


@pytest.mark.usefixtures("real")
def test_tier_and_attachments_are_in_what_it_may_cost(invoke: Invoke, home: Path, png: str) -> None:
    sized = home / "sized.png"
    sized.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 640))

    def low(*more: str) -> Decimal:
        return Decimal(document(invoke, "What is this?", *SOL, *more)[1]["forecast"]["low"])

    plain = low()
    assert low("--service-tier", "priority") == 2 * plain
    assert low("--file", str(sized)) > plain
    assert "Attachments are not counted." not in invoke("ask", "Hi", *SOL, "--file", str(sized)).err
    assert "Attachments are not counted." in invoke("ask", "Hi", *SOL, "--file", png).err


@pytest.mark.usefixtures("real")
def test_a_lane_without_a_price_makes_it_at_least(invoke: Invoke) -> None:
    nameless = ("-m", "openai:no-such-model")
    _, doc = document(invoke, "Hi", *SOL, *nameless)
    assert doc["forecast"]["at_least"] is True
    assert doc["forecast"]["unpriced"] == ["openai:no-such-model"]
    err = invoke("ask", "Hi", *SOL, *nameless).err
    assert "Likely at least" in err
    assert "no-such-model (no price)" in err
    alone = invoke("ask", "Hi", *nameless).err
    assert "No price is known for openai:no-such-model." in alone
    assert "$0.00" not in alone


def test_what_is_simulated_costs_nothing_and_nothing_is_foretold(invoke: Invoke) -> None:
    assert "Likely" not in invoke("ask", "Hi", *SOL, "--demo").err
    assert document(invoke, "Hi", *SOL, "--demo")[1]["forecast"] is None
