"""Where the output goes can be full, closed or gone: a sentence and an exit code, never a bug."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground import history
from playground.history import Labels
from playground.history.writing import put
from tests.history.runs import full_run, small_run
from tests.offline.environment import bare

FULL = Path("/dev/full")
ROOT = str(Path(__file__).parents[2])
COMMANDS = (
    ("--version",),
    ("--help",),
    ("prices",),
    ("prices", "--json"),
    ("models",),
    ("endpoints", "list"),
    ("history", "list"),
    ("history", "list", "--json"),
    ("history", "show", "full-run"),
    *(("history", "export", "--format", name) for name in ("json", "jsonl", "csv", "html")),
)


@pytest.fixture(autouse=True)
def kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(home))
    for run in (full_run(), small_run(1)):
        put(history.get_store(), run, Labels())


def command(arguments: tuple[str, ...], home: Path, rest: str) -> tuple[int, str]:
    """The exit code and what is said on standard error; `rest` is a redirection of the shell."""
    env = bare(HOME=str(home), PLAYGROUND_DATA_DIR=str(home), PYTHONPATH=ROOT)
    line = ["bash", "-c", f'"$@" {rest}', "bash", sys.executable, "-m", "playground", *arguments]
    done = subprocess.run(line, env=env, cwd=home, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_disk_is_a_sentence(arguments: tuple[str, ...], home: Path) -> None:
    code, err = command(arguments, home, "> /dev/full")
    assert (code, err) == (
        1,
        "playground: The output can't be written: No space left on device.\n",
    )


@pytest.mark.parametrize("arguments", COMMANDS[::3], ids=" ".join)
@pytest.mark.skipif(os.name == "nt", reason="the shell is another")
def test_a_closed_output_and_a_reader_that_is_gone_are_no_bug(
    arguments: tuple[str, ...], home: Path
) -> None:
    for rest in (">&-", "2>&-", ">&- 2>&-", "| true", "| head -c 1 >/dev/null"):
        code, err = command(arguments, home, rest)
        assert code in (0, 1), rest
        assert err == "", rest


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_file_that_cannot_be_written_is_named(home: Path) -> None:
    for place, why in (
        (FULL, "No space left on device"),
        (home, "Is a directory"),
        (home / "none" / "x", "No such file or directory"),
    ):
        code, err = command(("history", "export", "-o", str(place)), home, "")
        assert code == 2
        assert err == f"playground: {place} can't be written: {why}.\n"
