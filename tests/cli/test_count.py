"""`playground tokens`: one text, counted here and at the providers."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from playground.cli import count as count_command
from playground.tokens import count
from tests.cli.conftest import Invoke

TEXT = "Hello world, 你好 🙂\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_without_a_model_both_vocabularies_count(invoke: Invoke, file: str) -> None:
    found = json.loads(invoke("tokens", file, "--json").out)
    assert (found["characters"], found["bytes"]) == (len(TEXT), len(TEXT.encode()))
    assert {row["encoding"]: row["tokens"] for row in found["counts"]} == {
        name: count(TEXT, name) for name in ("o200k_base", "cl100k_base")
    }


def test_a_model_whose_tokenizer_is_not_known_is_an_estimate_that_says_so(
    invoke: Invoke, file: str
) -> None:
    models = ["-m", "openai:gpt-5", "-m", "anthropic:claude-sonnet-5-5"]
    known, guessed = json.loads(invoke("tokens", file, *models, "--json").out)["counts"]
    assert (known["tokens"], known["estimate"]) == (count(TEXT), False)
    assert guessed["estimate"]
    assert "Anthropic publishes no tokenizer" in guessed["how"]
    assert guessed["context_window"] == 1_000_000
    table = invoke("tokens", file, *models).out
    assert f"≈ {guessed['tokens']}" in table
    assert "Anthropic publishes no tokenizer" in " ".join(table.split())


def test_standard_input_is_counted(invoke: Invoke) -> None:
    found = json.loads(invoke("tokens", "--json", stdin=TEXT.encode()).out)
    assert found["characters"] == len(TEXT)


def test_what_is_too_large_is_not_read_to_its_end(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_command, "LARGEST", 1_000_000)
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(400_000_000)  # it takes no place on the disk
    tracemalloc.start()
    try:
        result = invoke("tokens", str(large))
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()
    assert result.code == 2
    assert "large.txt is larger than 1 MB: choose a smaller file." in result.err
    result = invoke("tokens", stdin=b"a" * 1_000_001)
    assert "Standard input is larger than 1 MB" in result.err


@pytest.mark.usefixtures("real")
def test_the_providers_count_too(invoke: Invoke, file: str) -> None:
    models = ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"]
    chosen = [word for model in models for word in ("-m", model)]
    result = invoke("tokens", file, *chosen, "--live", "--json")
    assert result.code == 0, result.err
    rows = json.loads(result.out)["counts"]
    assert [row["model"] for row in rows] == models
    assert all(row["provider_tokens"] > 0 for row in rows)


def test_without_a_key_the_local_count_is_still_printed(invoke: Invoke, file: str) -> None:
    result = invoke("tokens", file, "-m", "openai:gpt-6.1-sol", "--live", "--json")
    assert result.code == 1
    assert "OPENAI_API_KEY" in result.err
    (row,) = json.loads(result.out)["counts"]
    assert (row["tokens"], row["provider_tokens"]) == (count(TEXT), None)


def test_what_is_not_text_is_named(invoke: Invoke, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    result = invoke("tokens", str(picture))
    assert result.code == 2
    assert "not UTF-8 text (byte 0)" in result.err
    assert invoke("tokens", str(tmp_path / "none.txt")).code == 2


@pytest.mark.parametrize(
    ("model", "word"),
    [
        ("openai:gpt-99-nope", "playground models"),
        ("anthropic:claude", "playground models"),
        ("gemini:flash", "--live"),
        ("nope:llama", "endpoints add"),
        ("openai", "openai"),
    ],
)
def test_a_model_that_nobody_knows_is_bad_usage(
    invoke: Invoke, file: str, model: str, word: str
) -> None:
    result = invoke("tokens", file, "-m", model)
    assert (result.code, result.out) == (2, "")
    assert word in result.err


@pytest.mark.parametrize(
    "model", ["ollama:llama3:8b", "openai:gpt-5.6-sol", "openai:gpt-3.5-turbo"]
)
def test_models_of_other_servers_and_known_ones_are_counted(
    invoke: Invoke, file: str, model: str
) -> None:
    assert invoke("tokens", file, "-m", model).code == 0
