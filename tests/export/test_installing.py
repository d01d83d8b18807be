"""Every project that people take away, installed by itself as its README says, tested and run: `PLAYGROUND_PROJECTS=install`.

An hour of one core, so CI does not: there one installation serves all of them (see test_projects). With uv on the PATH Python
packages are linked from its cache instead of copied; npm takes what its cache has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from playground.demo.process import DemoServer
from playground.export.projects import LANGUAGES
from tests.export.projects import Case, all_cases
from tests.export.test_projects import made
from tests.offline.environment import bare

ASKED = os.environ.get("PLAYGROUND_PROJECTS") == "install"
OWN = dict(os.environ)
"""Read when the tests are collected: a test may have another home."""
UV = shutil.which("uv")
LINKED = f"{UV} venv -q .venv && {UV} pip install -q --link-mode=hardlink -r requirements.txt"
PATIENCE = 900


def said(command: str, folder: Path, env: Mapping[str, str]) -> str:
    """What a shell says to the command; the test fails where it fails."""
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=folder,
        env=env,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def installed(folder: Path, command: str) -> None:
    """Install with the environment of whoever runs the tests, which says where packages come from."""
    quiet = {"npm_config_prefer_offline": "true", "npm_config_audit": "false", "npm_config_fund": "false"}  # fmt: skip
    own = {name: value for name, value in OWN.items() if name != "PYTHONPATH"}
    said(command, folder, {**own, **quiet})


def passing(folder: Path, command: str, simulation: DemoServer) -> None:
    said(command, folder, bare(HOME=OWN.get("HOME", "/root"), DEMO_URL=simulation.base_url))


@pytest.mark.skipif(not ASKED, reason="an hour: PLAYGROUND_PROJECTS=install asks for it")
@pytest.mark.parametrize("case", list(all_cases()) if ASKED else [None], ids=str)
def test_it_installs_by_itself_and_passes_its_test(
    case: Case, tmp_path: Path, simulation: DemoServer
) -> None:
    _, folder = made(case, tmp_path)
    row = LANGUAGES[case.language]
    linked = UV is not None and case.language == "python"
    installed(folder, LINKED if linked else row.install)
    passing(folder, row.test, simulation)


@pytest.mark.skipif(not ASKED, reason="PLAYGROUND_PROJECTS=install asks for it")
def test_python_installs_as_its_readme_says(tmp_path: Path, simulation: DemoServer) -> None:
    _, folder = made(Case("messages", "request", "python", "sdk"), tmp_path)
    row = LANGUAGES["python"]
    installed(folder, row.install)
    passing(folder, row.test, simulation)
