"""Keys out of secrets.toml."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playground import files
from playground.ui.session import endpoints
from playground.ui.shell import sign_in


def test_secrets_are_read_without_reaching_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, repo = tmp_path / "home", tmp_path / "repo"
    for folder, text in ((home, 'A = "home"\nB = "home"'), (repo, 'A = "project"')):
        (folder / ".streamlit").mkdir(parents=True)
        (folder / ".streamlit" / "secrets.toml").write_text(text)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(files, "project", lambda: repo)
    assert sign_in.secrets_toml() == {"A": "project", "B": "home"}
    assert "A" not in os.environ


def test_a_broken_secrets_file_is_named_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("KEY = sk-canary")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nobody")
    monkeypatch.setattr(files, "project", lambda: tmp_path)
    assert sign_in.secrets_toml() == {}
    assert "secrets.toml" in caplog.text
    assert "canary" not in caplog.text


def test_settings_but_no_keys_are_taken_from_secrets_toml(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"PLAYGROUND_HOSTED": 1, "OPENAI_API_KEY": "sk-stays-where-it-is"}
    monkeypatch.setattr(endpoints, "secrets_toml", lambda: kept)
    monkeypatch.setenv("PLAYGROUND_HOSTED", "")  # so that it is put back
    monkeypatch.delenv("PLAYGROUND_HOSTED")
    endpoints.settings_from_secrets()
    assert os.environ["PLAYGROUND_HOSTED"] == "1"
    assert "OPENAI_API_KEY" not in os.environ
