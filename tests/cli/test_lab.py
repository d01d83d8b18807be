"""`playground lab`: the list of panels, and each panel's command on the demo."""

from __future__ import annotations

import json

import pytest

from playground import cli
from playground.lab.panels import PANELS


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", *arguments])


def test_without_a_name_the_panels_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    out = capsys.readouterr().out
    assert all(panel.title in out for panel in PANELS.values())
    assert run("--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(PANELS)
    assert all(len(row["look_for"]) == 2 for row in rows)


def test_the_wire_is_printed_as_json_and_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("wire", "Hello", "-m", "openai:gpt-6.1-sol", "--demo", "--json") == 0
    (exchange,) = json.loads(capsys.readouterr().out)["exchanges"]
    assert exchange["method"] == "POST"
    assert exchange["events"]
    assert run("wire", "Hello", "-m", "openai:gpt-6.1-sol", "--demo") == 0
    out = capsys.readouterr().out
    assert "(simulated)" in out
    assert "< HTTP 200" in out
