"""Two threads import one package at once: one the whole, one a part of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground import files

ROOT = files.checkout()
PACKAGE = """
import time
from whole import beside
time.sleep(0.4)
from whole.part import word
"""
PART = """
from whole import beside
word = "here"
"""
BOTH = """
import importlib, sys, threading, time
from playground.ui.shell.imports import packages_first

if "first" in sys.argv:
    packages_first()
    packages_first()
failed = []

def load(name, after):
    time.sleep(after)
    try:
        importlib.import_module(name)
    except Exception as error:
        failed.append(type(error).__name__)

threads = [threading.Thread(target=load, args=asked) for asked in (("whole", 0), ("whole.part", 0.15))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(*failed)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package that imports its part, which imports the package again, as SQLAlchemy's do."""
    folder = tmp_path / "whole"
    folder.mkdir()
    for name, text in (("__init__", PACKAGE), ("part", PART), ("beside", "")):
        (folder / f"{name}.py").write_text(text)
    return tmp_path


def failures(package: Path, *arguments: str) -> str:
    path = os.pathsep.join(map(str, (package, ROOT)))
    return subprocess.run(
        [sys.executable, "-c", BOTH, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_package_and_its_part_are_imported_by_two_threads_at_once(package: Path) -> None:
    assert failures(package, "first") == ""


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="newer ones do so by themselves")
def test_without_it_python_hands_out_half_a_package(package: Path) -> None:
    assert "ImportError" in failures(package)
