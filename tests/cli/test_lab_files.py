"""`playground lab files` on the demo."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import click
import pytest

from playground import cli, created, history
from playground.cli import keeping
from playground.cli.lab import asking
from playground.lab.files import pages


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", "files", *arguments])


def test_the_sample_at_three_providers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"]["shape"] == "1,920 × 1,080 pixels"
    assert len(told["models"]) == 3
    for one in told["models"]:
        assert one["rule"]["source"].startswith("https://")
        assert one["counted_tokens"] > 0
        inline, by_id = one["answers"]
        assert inline["response"]["simulated"] is True
        assert by_id["request_characters"] < inline["request_characters"]


def test_a_pdf_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.pdf"
    mine.write_bytes(pages(2))
    assert run(str(mine), "--demo", "-m", "anthropic:claude-sonnet-5-5") == 0
    out = capsys.readouterr().out
    assert "mine.pdf: 2 pages" in out
    assert "4,666 by the rule" in out
    assert "(simulated)" in out


def test_what_is_neither_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("words")
    assert run(str(mine), "--demo") == 2
    assert "neither PNG, JPEG, GIF, WebP nor PDF" in capsys.readouterr().err


def test_what_takes_too_long_is_said_and_is_no_bug() -> None:
    with pytest.raises(click.ClickException, match="not answered within 0 seconds"):
        asking.within(0, Future[None]())


@pytest.mark.parametrize("ends", [keeping.Forbidden("A limit forbids it."), KeyboardInterrupt()])
def test_what_was_uploaded_is_deleted_however_it_ends(
    ends: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: Any, **__: Any) -> None:
        there.append(len(created.all_created(history.get_store(), owner=None)))
        raise ends

    there: list[int] = []
    monkeypatch.setattr(keeping, "start", start)
    assert run("--demo") == (1 if isinstance(ends, keeping.Forbidden) else 130)
    assert there == [3]
    assert created.all_created(history.get_store(), owner=None) == []
