"""What stands on the terminal: every kind of ending in words, and nothing that a model may do to the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from playground.cli.show import figures, safe
from playground.domain import Failure, ModelRef, Response, Usage
from tests.cli.conftest import Invoke

MODEL = ModelRef("openai", "responses", "gpt-6.1-sol")


def test_escape_sequences_are_shown_and_not_obeyed() -> None:
    assert safe("\x1b[2Jclear\x9b31m\r\a") == "␛[2Jclear�31m␍␇"
    assert safe("tab\tand\nline é🎈") == "tab\tand\nline é🎈"
    assert safe("user\u202egnp.exe") == "user⟦RLO⟧gnp.exe"


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("openai:gpt-6.1-sol~refuse", "The model refused."),
        ("gemini:gemini-3.8-flash~refuse", "No text came; finish reason: SAFETY."),
        ("anthropic:claude-sonnet-5-5~529", "overloaded, HTTP 529"),
        ("gemini:gemini-3.8-flash~cut", "stream_truncated"),
        ("openai:gpt-6.1-sol~garbage", "✗ server"),
    ],
)
@pytest.mark.usefixtures("real")
def test_every_ending_is_said_in_words(invoke: Invoke, model: str, says: str) -> None:
    result = invoke("ask", "Hi", "-m", model)
    assert says in result.out
    assert "Traceback" not in result.out + result.err


def test_the_table_of_figures_fits_80_columns_and_knows_no_false_zero() -> None:
    long = ModelRef("gemini", "interactions", "gemini-3.8-flash-preview-2026-11-01")
    out = io.StringIO()
    Console(file=out, width=80).print(
        figures(
            [
                Response(model=MODEL, usage=Usage(input_tokens=1_234_567, output_tokens=0)),
                Response(model=long, failure=Failure(type="timeout")),
            ]
        )
    )
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    answered, _, failed = out.getvalue().partition("gemini/")
    assert "1,234,567" in answered
    assert "reported" in failed
    assert "n/a" in failed
    assert " 0 " not in failed
