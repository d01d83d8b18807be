"""The shipped vocabularies are tiktoken's own, load without the network, once, from any thread."""

import hashlib
import lzma
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground.tokens import VocabularyError, load, load_in_background, vocabulary

ENCODINGS = Path(__file__).parents[2].parent / "shared" / "encodings"


@pytest.mark.parametrize(
    ("name", "text", "tokens"),
    [
        # tiktoken's own tests/test_simple_public.py and tests/test_encoding.py
        ("cl100k_base", "hello world", [15339, 1917]),
        ("cl100k_base", "rer", [38149]),
        ("cl100k_base", " \x850", [220, 126, 227, 15]),
        ("o200k_base", "hello world", [24912, 2375]),
    ],
)
def test_known_ids(name: str, text: str, tokens: list[int]) -> None:
    assert load(name).encode_ordinary(text) == tokens


@pytest.mark.parametrize(("name", "tokens"), [("o200k_base", 200_019), ("cl100k_base", 100_277)])
def test_size_and_special_tokens_are_those_of_tiktoken(name: str, tokens: int) -> None:
    assert load(name).n_vocab == tokens
    assert load(name).name == name
    assert "<|endoftext|>" in load(name).special_tokens_set


@pytest.mark.parametrize("name", vocabulary.SHIPPED)
def test_shipped_file_is_the_original_byte_for_byte(name: str) -> None:
    original = ENCODINGS / f"{name}.tiktoken"
    if not original.exists():
        pytest.skip("../shared/encodings is not on this machine")
    shipped = lzma.decompress((vocabulary.HERE / f"{name}.tiktoken.xz").read_bytes())
    assert shipped == original.read_bytes()
    assert hashlib.sha256(shipped).hexdigest() in (vocabulary.HERE / "README.md").read_text()


def test_loaded_once_by_many_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len({id(encoding) for encoding in pool.map(load, ["o200k_base"] * 32)}) == 1


def test_background_load_ends_with_the_encoding_ready() -> None:
    thread = load_in_background("cl100k_base")
    thread.join(30)
    assert thread.daemon
    assert vocabulary._loaded["cl100k_base"] is load("cl100k_base")


def test_loading_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert vocabulary._build("cl100k_base").encode_ordinary("rer") == [38149]


def test_unknown_name_lists_what_is_shipped() -> None:
    with pytest.raises(ValueError, match="o200k_base, cl100k_base"):
        load("p50k_base")


@pytest.mark.parametrize("content", [lzma.compress(b"aGVsbG8= 0\n"), b"not xz", None])
def test_damaged_vocabulary_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "o200k_base.tiktoken.xz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(VocabularyError, match=r"o200k_base\.tiktoken\.xz .* install again"):
        vocabulary._ranks(file, "446a9538")


def test_importing_tokens_imports_no_tiktoken_and_loads_nothing() -> None:
    code = "import sys, playground.tokens; print('tiktoken' in sys.modules, len(playground.tokens.vocabulary._loaded))"
    root = Path(__file__).parents[2]
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == ["False", "0"]
