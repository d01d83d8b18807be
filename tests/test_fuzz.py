"""A few hundred inputs of benchmarks/fuzz.py to every parser; there it is 20,000."""

from __future__ import annotations

import pytest

from benchmarks.fuzz import fuzz
from benchmarks.fuzz_parsers import PARSERS, Parser


@pytest.mark.parametrize("parser", PARSERS, ids=[parser.name for parser in PARSERS])
def test_nothing_that_others_write_crashes_a_parser(parser: Parser) -> None:
    fed, problem = fuzz(parser, 100, seed=1)
    assert problem == ""
    assert fed >= 100


def test_a_crash_and_a_hang_are_found_with_their_input() -> None:
    def crash(data: bytes) -> None:
        if data[:1] == b"{":
            raise KeyError("a slip")

    _, problem = fuzz(Parser("crash", (b'{"a": 1}',), crash), 100, seed=1)
    assert "KeyError" in problem
    assert "input: b'{" in problem
    assert fuzz(Parser("fine", (b"{}",), crash, (KeyError,)), 100, seed=1)[1] == ""
