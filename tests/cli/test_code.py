"""`playground code`: the folder of a project."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Invoke


def test_it_writes_a_folder_and_says_what_is_next(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke(
        "code", "Why?", "-m", "anthropic:claude-sonnet-5-5", "--max-output-tokens", "50"
    )
    assert result.code == 0, result.err
    folder = tmp_path / result.out.strip()
    assert folder.name == "claude-sonnet-5-5-request-python-sdk"
    body = json.loads((folder / "request.json").read_text())
    assert (body["max_tokens"], body["messages"]) == (50, [{"role": "user", "content": "Why?"}])
    assert "requirements.txt" in result.err
    assert "anthropic" in (folder / "requirements.txt").read_text()


def test_several_prompts_are_the_lines_of_a_batch(invoke: Invoke, tmp_path: Path) -> None:
    common = ("code", "One?", "Two?", "-m", "openai:gpt-6.1-sol", "-o", "here")
    assert "--kind batch" in invoke(*common).err
    result = invoke(*common, "--kind", "batch", "--language", "typescript", "--way", "http")
    assert result.code == 0, result.err
    lines = (tmp_path / "here" / "lines.jsonl").read_text().splitlines()
    assert [json.loads(line)["body"]["input"][0]["content"] for line in lines] == ["One?", "Two?"]


def test_what_makes_no_project_is_bad_usage(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("code", "Hi", "-m", "openai:gpt-6.1-sol", "--kind", "tools")
    assert (result.code, "no functions" in result.err) == (2, True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("")
    result = invoke("code", "Hi", "-m", "openai:gpt-6.1-sol", "-o", "full")
    assert (result.code, "not empty" in result.err) == (2, True)
