"""Text files as people write them, on any system: a byte order mark, CRLF and UTF-16 change nothing that is read."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground import catalog, files, settings
from playground.cli import attach, count
from playground.export import from_json, to_json
from playground.files import decoded, read_text
from playground.lab import breakeven, ladder_profile
from playground.pricing import loading
from playground.pricing.reading import read as read_prices
from tests.history.runs import full_run

TEXT = "Größe 压缩 🙂\nsecond line\n"
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "old Mac": lambda text: text.replace("\n", "\r").encode(),
    "UTF-8 with a mark": lambda text: codecs.BOM_UTF8 + text.replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16, other way": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-32": lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
}
PROFILE = "name: Größe\nsteps:\n  - name: a\n    kind: system\n    text: |\n      one\n      two\n"
ENDPOINTS = '[srv]\nbase_url = "http://127.0.0.1:9/v1"\n'
PRICES = "prices:\n  openai:\n    - {model: x, input: 1, output: 2, source: 'https://a.example', as_of: 2026-11-01}\n"


def _endpoints(path: Path) -> Any:
    return settings.saved_endpoints({"PLAYGROUND_ENDPOINTS": str(path)})


READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "endpoints": (ENDPOINTS, _endpoints),
    "profile": (PROFILE, lambda path: ladder_profile.load(str(path))),
    "prices": (PRICES, read_prices),
    "prompt, schema, system": (TEXT, lambda path: attach.text(str(path))),
    "tokens": (TEXT, lambda path: count.read(str(path))),
    "run": (to_json(full_run()), lambda path: from_json(read_text(path))),
    "conversation": (to_json(full_run()), lambda path: breakeven.from_file(path)),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_the_text_is_the_same_however_it_was_written(how: str) -> None:
    assert decoded(WRITTEN[how](TEXT)) == TEXT


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("reader", READERS)
def test_every_file_is_read_so(reader: str, how: str, tmp_path: Path) -> None:
    text, read = READERS[reader]
    path = tmp_path / "file"
    path.write_bytes(text.encode())
    expected = read(path)
    path.write_bytes(WRITTEN[how](text))
    assert read(path) == expected


@pytest.mark.parametrize(
    "data", [b"\xff", b"caf\xe9", codecs.BOM_UTF16_LE + b"\x00", codecs.BOM_UTF8 + b"\xff"]
)
def test_what_is_no_text_is_an_error(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded(data)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x1e", "\x0b", "\x0c"])
def test_only_line_ends_end_a_line_of_json_lines(sign: str) -> None:
    run = full_run()
    document = json.loads(to_json(run))
    document["responses"][0]["text"] = f"a{sign}b"
    line = json.dumps(document, ensure_ascii=False)
    if sign < " ":
        line = line.replace(sign, json.dumps(sign)[1:-1])
    found = from_json(f"{line}\n{line}\r\n{line}")
    assert [made.responses[0].text for made in found] == [f"a{sign}b"] * 3


class Reader:
    """Reads a file as text and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, path: Path) -> str:
        self.times += 1
        return path.read_text("utf-8")


@pytest.fixture
def compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of the app, and a folder of its own for what is kept of it."""
    monkeypatch.setattr(files, "COMPILED", tmp_path / "kept")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "table.yaml"
    path.write_text("one", "utf-8")
    return path


def test_a_file_of_the_app_is_read_once_until_it_changes(compiling: Path) -> None:
    read = Reader()
    assert [files.compiled(compiling, read, "playground.files") for _ in range(3)] == ["one"] * 3
    assert read.times == 1
    compiling.write_text("another", "utf-8")
    assert [files.compiled(compiling, read, "playground.files") for _ in range(2)] == [
        "another"
    ] * 2
    assert read.times == 2


def test_it_is_read_anew_when_the_code_that_reads_it_has_changed(
    compiling: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, read = tmp_path / "code.py", Reader()
    code.write_text("", "utf-8")
    monkeypatch.setitem(
        sys.modules, "code_of_this_test", type("Module", (), {"__file__": str(code)})
    )
    for changed in (1, 1, 2):
        os.utime(code, (changed, changed))
        files.compiled(compiling, read, "code_of_this_test")
    assert read.times == 2


@pytest.mark.parametrize("broken", [b"", b"no pickle", b"\x80\x05K\x01."])
def test_what_was_kept_and_is_broken_is_read_anew(compiling: Path, broken: bytes) -> None:
    read = Reader()
    files.compiled(compiling, read)
    (kept,) = files.COMPILED.iterdir()
    kept.write_bytes(broken)
    assert [files.compiled(compiling, read) for _ in range(2)] == ["one"] * 2
    assert read.times == 2


def test_nothing_is_kept_where_python_keeps_nothing(
    compiling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert files.compiled(compiling, Reader()) == "one"
    assert not files.COMPILED.exists()


def test_a_missing_file_is_the_readers_to_tell(compiling: Path) -> None:
    compiling.unlink()
    with pytest.raises(FileNotFoundError):
        files.compiled(compiling, Reader())


def test_the_shipped_tables_come_back_as_they_were_read(
    compiling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = files.compiled(loading.PROJECT, read_prices, *loading.CODE)
    models = files.compiled(catalog.DATA, catalog._read, "playground.catalog")
    unread: Any = None
    assert files.compiled(loading.PROJECT, unread, *loading.CODE) == prices
    assert files.compiled(catalog.DATA, unread, "playground.catalog") == models
    assert prices == read_prices(loading.PROJECT)
