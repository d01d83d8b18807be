"""A command's process looks for garbage neither while it starts nor as it ends; the app does so once it has started."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import garbage

ROOT = Path(__file__).parents[1]
COMMAND = """
import gc, sys
seen = []
from playground import __main__
gc.callbacks.append(lambda phase, details: seen.append(details["generation"]))
sys.argv = ["playground", "models"]
try:
    __main__.main()
except SystemExit as ended:
    print(ended.code, len(seen), gc.get_freeze_count() > 10_000)
"""


def test_a_command_looks_for_no_garbage() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 0 True"


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def test_the_app_looks_for_garbage_once_it_has_started(thresholds: tuple[int, int, int]) -> None:
    gc.set_threshold(200_000, 10, 10)
    with garbage.when_idle():
        garbage.started()
        assert gc.get_threshold() == (700, 10, garbage.LAST_RESORT)
