"""What holds the project together: floors, a quick start, one version, a README whose commands exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import playground

ROOT = Path(__file__).parents[1]
HEAVY = (
    "openai",
    "anthropic",
    "google",
    "streamlit",
    "pandas",
    "numpy",
    "httpx2",
    "tiktoken",
    "sqlalchemy",
    "pydantic",
    "jinja2",
    "ray",
)


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["ask", "--help"], ["experiment", "run", "--help"], ["--version"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from playground import cli;"
        f"code = cli.main(lambda *_: None, {arguments!r});"
        "print(); print(code, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    status, *modules = python(code).splitlines()[-1].split()
    assert status == "0"
    assert set(HEAVY) & set(modules) == set()
    assert "click" in modules


def test_the_library_is_imported_when_it_is_first_used() -> None:
    code = "import sys, playground; playground.__version__; print(*sorted(sys.modules))"
    modules = python(code).split()
    assert not {name for name in modules if name.startswith("playground.")}
    code = "import sys; from playground import Request, ask; print(*sorted(sys.modules))"
    used = set(python(code).split())
    assert {"playground.scripting", "playground.domain.request"} <= used
    assert {"openai", "anthropic", "google.genai", "streamlit", "IPython"} & used == set()


def test_importing_the_providers_imports_no_sdk() -> None:
    code = "import sys, playground.providers, playground.engine; print(*sorted(sys.modules))"
    modules = set(python(code).split())
    assert {"openai", "anthropic", "google.genai", "streamlit"} & modules == set()


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", playground.__version__)


def test_the_changelog_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {playground.__version__}" in text


def test_the_readmes_make_commands_exist() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README.md yet")
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", readme.read_text(encoding="utf-8")))
    assert named
    assert named <= targets


def test_what_is_needed_is_locked() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("dependencies = [")[2].partition("]")[0]
    for name in re.findall(r'"([a-z0-9-]+)', block):
        assert re.search(rf"^{name}==", lock, re.MULTILINE), f"{name}: run make lock"


def test_no_page_has_streamlits_own_field_for_numbers() -> None:
    """It takes `2,5` for 25; ours is playground/ui/parts/number_field.py."""
    files = [*(ROOT / "playground" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert len(files) > 100
    assert [f.name for f in files if "number_input(" in f.read_text("utf-8")] == []


def test_ci_runs_on_every_system_and_python_that_the_package_names() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["quick"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = [line.rpartition(" ")[2] for line in project["classifiers"] if "Python :: 3" in line]
    assert matrix["python"] == said
    assert project["requires-python"] == f">={said[0]}"
    assert {name.partition("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}


def test_the_dev_container_has_what_ci_installs() -> None:
    made = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    wanted = re.findall(r"\|\| add ([a-z0-9-]+)", (ROOT / ".ci" / "run").read_text("utf-8"))
    held = {*made["onCreateCommand"].split(), "python3-venv"}  # that image has it
    assert wanted
    assert set(wanted) <= held
