"""The log as JSON lines: every line is one object, and no key is in any, whatever was logged."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.domain import Secret
from playground.domain.secret import living
from playground.ui.shell import logs

CANARY = "no-usual-shape/canary+of=ours"
SHAPES = (
    "sk-proj-abcdefghijklmnop",
    "AIzaSyA-1234567890abcdefghijk",
    "Authorization: Bearer abcdefghijkl",
    "postgresql://user:pw-canary-0123@host/name",
    "https://host/v1?key=pw-canary-0123&x=1",
)


def line(message: str, *args: object, **more: Any) -> dict[str, Any]:
    record = logging.LogRecord("playground", logging.WARNING, "f.py", 1, message, args, None)
    for name, value in more.items():
        setattr(record, name, value)
    text = logs.JsonLines().format(record)
    assert "\n" not in text
    told: dict[str, Any] = json.loads(text)
    return told


def test_a_line_says_when_how_bad_who_and_what() -> None:
    told = line("%s holds\n%r", "THIS", "that")
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "warning", "logger": "playground", "message": "THIS holds\n'that'"}


def test_what_is_given_as_extra_has_its_own_names() -> None:
    told = line("lane ended", **{"gen_ai.usage.input_tokens": 3, "gen_ai.response.id": None})
    assert told["gen_ai.usage.input_tokens"] == 3
    assert told["gen_ai.response.id"] is None


def test_a_key_in_memory_is_masked_wherever_it_stands_also_when_it_looks_like_nothing() -> None:
    key = Secret(CANARY)
    told = line(f"asked with {CANARY}", where={"list": [f"x{CANARY}x"]}, as_it_is=key)
    assert CANARY not in json.dumps(told)
    assert told["message"] == "asked with •••"
    del key


def test_a_secret_that_is_let_go_of_is_gone() -> None:
    """The log's list keeps none alive."""
    key = Secret("a-key-for-this-test-only")
    assert any(each is key for each in living())
    del key
    assert all(each.reveal() != "a-key-for-this-test-only" for each in living())


@pytest.mark.parametrize("secret", SHAPES)
def test_what_looks_like_a_key_is_masked_also_when_nobody_knows_it(secret: str) -> None:
    told = line(f"failed for {secret} just now")["message"]
    assert "•••" in told
    for part in ("abcdefghijkl", "1234567890", "canary"):
        assert part not in told
    assert told.endswith("just now")


def test_an_exception_is_its_type_and_places_without_its_message() -> None:
    def breaks() -> None:
        raise ValueError(f"the prompt was {CANARY}")

    try:
        breaks()
    except ValueError:
        told = line("It broke.", exc_info=sys.exc_info())
    assert told["exception"]["type"] == "ValueError"
    assert told["exception"]["places"][-1].endswith(" breaks")
    assert CANARY not in json.dumps(told)


EVERYBODY_LOGS = """
import logging
from streamlit.logger import get_logger
early = get_logger("streamlit.early")
from playground.ui.shell import logs
logs.set_up()
early.warning("early")
get_logger("streamlit.late").warning("late")
logging.getLogger("playground").info("ours")
logging.getLogger("somebody").warning("theirs %s", "sk-abcdefghijklmnop")
"""


@pytest.mark.parametrize("asked_for", [True, False])
def test_all_loggers_of_the_process_write_json_lines_where_asked(
    tmp_path: Path, asked_for: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_LOG", "json" if asked_for else "")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    command = [sys.executable, "-c", EVERYBODY_LOGS]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stderr
    if asked_for:
        told = [json.loads(each)["message"] for each in said.splitlines()]
        assert told == ["early", "late", "ours", "theirs •••"]
    else:
        assert "{" not in said
        assert "ours" not in said
