"""JSON of any size, a record at a time, and what becomes of a broken file."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.chats import records
from playground.chats.records import Records

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def read(text: str | bytes) -> tuple[list[Any], list[str]]:
    found = Records(io.BytesIO(text if isinstance(text, bytes) else text.encode()))
    return list(found), found.problems


@pytest.fixture(params=[3, 64, records.CHUNK])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(records, "CHUNK", request.param)
    return int(request.param)


@given(st.lists(st.dictionaries(st.text(), JSON), max_size=5), st.integers(1, 40), st.booleans())
def test_any_list_is_its_records(entries: list[Any], size: int, spaced: bool) -> None:
    text = json.dumps(entries, indent=2 if spaced else None, ensure_ascii=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK", size)
        assert read(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")) == (
            json.loads(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")),
            [],
        )


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("[]", []),
        ('\ufeff[{"a": 1}]\n', [{"a": 1}]),
        ('{"mapping": {"x": [1, 2]}}', [{"mapping": {"x": [1, 2]}}]),
        ('{"conversations": [{"a": 1}, {"b": 2}], "projects": []}', [{"a": 1}, {"b": 2}]),
        ('[{"a": "\\ud83d"}]', [{"a": "\ud83d"}]),
    ],
)
def test_what_a_file_may_hold(text: str, entries: list[Any]) -> None:
    assert read(text) == (entries, [])


@pytest.mark.usefixtures("chunk")
def test_a_file_that_ends_too_early_gives_what_was_whole() -> None:
    text = json.dumps([{"title": "one", "x": "y" * 50}, {"title": "two", "x": "y" * 50}])
    for cut in range(text.index("two") - 10, len(text) - 1):
        entries, (problem,) = read(text[:cut])
        assert [entry["title"] for entry in entries] == ["one"]
        assert "the file ends" in problem
    assert read(text[:-1])[1] == ["the file ends after entry 2, without the end of its list"]


@pytest.mark.usefixtures("chunk")
def test_a_broken_entry_is_named_and_the_others_are_read() -> None:
    entries = [{"title": str(n), "x": "y" * 100} for n in range(4)]
    text = json.dumps(entries).replace('"title": "1",', '"title": "1" garbage,')
    found, (problem,) = read(text)
    assert [entry["title"] for entry in found] == ["0", "2", "3"]
    assert problem.startswith(f"entry 2, character {text.index('garbage')}: ")


class Endless(io.RawIOBase):
    """A list of 64 MB that is made while it is read."""

    def __init__(self) -> None:
        self._parts = self._made()

    def _made(self) -> Iterator[bytes]:
        entry = json.dumps({"title": "x", "text": "y" * 65_000}).encode()
        yield b"[" + entry
        for _ in range(1_000):
            yield b"," + entry
        yield b"]"

    def read(self, size: int = -1) -> bytes:
        return next(self._parts, b"")


def test_memory_is_that_of_one_record() -> None:
    tracemalloc.start()
    number = sum(1 for _ in Records(Endless()))  # type: ignore[arg-type, misc]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 1_001
    assert peak < 8 << 20
