"""`make run` in a fresh clone says what it loads and how far it is, in few lines; where pip fails, why."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OF_PIP = "".join(
    f"Collecting p{n}==1.0 (from -r requirements.txt (line {n}))\n"
    f"  Downloading p{n}-1.0-py3-none-any.whl ({size})\n"
    "Collecting inner (from p1==1.0->-r requirements.txt (line 3))\n"
    for n, size in enumerate(["500 kB"] * 39 + ["1.5 MB"])
)


def progress(terminal: int) -> str:
    command = ["awk", "-v", "of=41", "-v", f"tty={terminal}", "-f", "scripts/progress.awk"]
    said = "Ignoring numpy: markers don't match\n" + OF_PIP + "Installing collected packages: p1\n"
    ended = subprocess.run(command, cwd=ROOT, input=said.encode(), capture_output=True, check=True)
    return ended.stdout.decode()


def test_without_a_terminal_a_line_a_quarter_says_how_far_it_is() -> None:
    megabytes = 39 * 0.5 + 1.5
    *quarters, last = progress(0).splitlines()
    assert len(quarters) == 4
    assert quarters[0].strip().startswith("10 of 40 packages")
    assert (
        progress(0).count(f"{megabytes:.0f} MB") == 0
    )  # said as a package is found, before it is loaded
    assert last.strip() == "installing them …"


def test_on_a_terminal_one_line_counts_each_package() -> None:
    assert progress(1).count("\n") == 0
    assert progress(1).count("of 40 packages") == 40


@pytest.mark.skipif(not shutil.which("cksum"), reason="no POSIX tools")
def test_where_pip_fails_its_own_words_come_last_and_nothing_counts_as_installed(
    tmp_path: Path,
) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "pyproject.toml").write_text("")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("no-such-package-of-ours==1.0\n")
    offline = {**os.environ, "PIP_NO_INDEX": "1"}
    for _ in range(2):
        ended = subprocess.run(
            [tmp_path / "scripts" / "bootstrap"],
            capture_output=True,
            text=True,
            env=offline,
            check=False,
        )
        assert ended.returncode == 1
        assert "Installing the packages of requirements.txt into .venv" in ended.stdout
        assert "no-such-package-of-ours" in ended.stderr
        assert ended.stderr.rstrip().endswith("then run make again.")
