"""`playground local`: its words where nothing is set up, and with the real model where it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from playground.local import setup, weights
from tests.cli.conftest import Invoke

SET_UP = weights.folder(dict(os.environ)).absolute()
MODEL = "here:smollm2-135m-instruct"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(SET_UP))
    if not setup.ready():
        pytest.skip("no model is set up on this computer (127 MB): run `playground local` once")


def test_a_model_that_was_not_set_up_is_said_with_the_command(invoke: Invoke) -> None:
    result = invoke("ask", "Hi", "-m", MODEL)
    assert result.code == 2
    assert "playground local" in result.err


def test_it_is_refused_where_strangers_ask(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert invoke("ask", "Hi", "-m", MODEL).code == 2
    result = invoke("local")
    assert result.code == 1
    assert "hosted" in result.err


def test_a_file_of_ones_own_is_chosen_and_forgotten(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF")
    assert invoke("local", "use", str(file)).out == "Ask it as -m here:tiny\n"
    assert json.loads(invoke("local", "find", "--json").out)["model"] == "here:tiny"
    assert invoke("local", "use", "default").out == f"Ask it as -m {MODEL}\n"
    assert invoke("local", "use", str(tmp_path)).code == 2


def test_what_lies_in_other_programs_folders_is_offered(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / ".lmstudio" / "models" / "it.gguf"
    file.parent.mkdir(parents=True)
    file.touch()
    found = invoke("local", "find").out
    assert f"playground local use '{file}'" in found


@pytest.mark.usefixtures("model")
def test_the_command_shows_an_answer_and_how_to_ask(invoke: Invoke) -> None:
    result = invoke("local")
    assert result.code == 0
    assert "often wrong" in result.out
    assert "$0 and" in result.out
    assert f"-m {MODEL}" in result.out


@pytest.mark.usefixtures("model")
def test_it_is_asked_beside_others_by_its_name(invoke: Invoke) -> None:
    asked = ("ask", "Say hello.", "-m", MODEL, "--max-output-tokens", "20", "--json")
    result = invoke(*asked)
    (response,) = json.loads(result.out)["responses"]
    assert (result.code, response["failure"]) == (0, None)
    assert response["cost"]["total"] == "0"
    assert response["usage"]["compute_seconds"] > 0
    assert invoke("ask", "Hi", "-m", "here:another").code == 2
