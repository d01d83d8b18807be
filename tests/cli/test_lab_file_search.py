"""`playground lab file_search` on the demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground import cli


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", "file_search", *arguments])


def test_the_sample_is_found_at_both_providers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "--json") == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert [answer["model"].partition(":")[0] for answer in answers] == ["openai", "gemini"]
    for answer in answers:
        assert answer["simulated"] is True
        assert answer["chunks"][0]["file"] == "returns-policy.txt"
        assert answer["fees"][0]["source"].startswith("https://")
        assert answer["store_cost"]["lines"]
        assert answer["exchanges"][-1]["method"] == "DELETE"


def test_a_file_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "opening.txt"
    mine.write_text("The library opens at nine.")
    assert (
        run("When does the library open?", "-f", str(mine), "--demo", "-m", "openai:gpt-6.1-sol")
        == 0
    )
    out = capsys.readouterr().out
    assert "opening.txt: The library opens at nine." in out
    assert "(simulated)" in out
    assert "Deleted: vs_" in out


def test_files_are_told_apart_by_metadata(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "--json", "--only", "audience = staff", "--chunk", "200") == 0
    for answer in json.loads(capsys.readouterr().out)["answers"]:
        assert {chunk["file"] for chunk in answer["chunks"]} == {"returns-staff.txt"}
        assert answer["chunks"][0]["attributes"] == {"audience": "staff", "year": 2025}
    assert run("--demo", "--only", "audience") == 2
    assert "is no key = value" in capsys.readouterr().err
    assert run("--demo", "--chunk", "50") == 2
    assert "100 to 4,096" in capsys.readouterr().err


def test_a_provider_without_stores_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "-m", "anthropic:claude-sonnet-5-5") == 2
    assert "searches no store" in capsys.readouterr().err
