"""The floors hold for code that does not exist yet: whatever is put into a copy of the project, `lint-imports` sees it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINTER = shutil.which("lint-imports", path=str(Path(sys.executable).parent))

FLOORS = "Imports go down only, and every package has its floor"
PAGES = "A page's folder knows no other page's"
BELOW = "Below the pages' folders imports go down only"
CIRCLES = "No circles, none hidden in functions or for types"
ARRANGED = "A page arranges pieces of ui"
STREAMLIT = "Only ui and pages import streamlit"
SDKS = "Only providers import the SDKs"
DEMO = "The demo stands alone: nouns, tokens and catalog, prices in texts and bills"
ADAPTERS = "Adapters never import each other"

NEW = {
    "a room without a floor": ({"playground/newroom/__init__.py": ""}, {FLOORS}),
    "a room that draws": (
        {"playground/newroom/__init__.py": "import streamlit"},
        {FLOORS, STREAMLIT},
    ),
    "a room that calls an SDK": (
        {
            "playground/newroom/__init__.py": "",
            "playground/newroom/deep.py": "def f():\n    from openai import OpenAI",
        },
        {FLOORS, SDKS},
    ),
    "each SDK from a floor above": (
        {
            "playground/engine/one.py": "import anthropic",
            "playground/ui/costs/two.py": "from google import genai",
        },
        {SDKS},
    ),
    "streamlit at the terminal": (
        {"playground/cli/new.py": "import streamlit.errors"},
        {STREAMLIT},
    ),
    "an arrow up from the lowest floor": (
        {"playground/domain/new.py": "def f():\n    from playground.ui.parts import words"},
        {FLOORS},
    ),
    "an arrow up by one floor": (
        {"playground/engine/new.py": "from playground import history"},
        {FLOORS},
    ),
    "neighbours on a floor": ({"playground/wire/new.py": "import playground.pricing"}, {FLOORS}),
    "a page's folder that knows another's": (
        {"playground/ui/compare/new.py": "from playground.ui.costs import own"},
        {PAGES},
    ),
    "a new page's folder that knows another's": (
        {
            "playground/ui/newpage/__init__.py": "",
            "playground/ui/newpage/show.py": "from playground.ui.costs import own",
        },
        {PAGES},
    ),
    "a room of ui that two pages share": (
        {
            "playground/ui/shared/__init__.py": "",
            "playground/ui/compare/new.py": "import playground.ui.shared",
        },
        {PAGES},
    ),
    "an arrow up below the pages": (
        {"playground/ui/live/new.py": "from playground.ui.session import state"},
        {BELOW},
    ),
    "a part that knows a page": (
        {"playground/ui/parts/new.py": "import playground.ui.history.run"},
        {PAGES, BELOW},
    ),
    "a circle in functions and for types": (
        {
            "playground/lab/one.py": "def f():\n    from playground.lab import two",
            "playground/lab/two.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import playground.lab.one",
        },
        {CIRCLES},
    ),
    "a page that does work itself": (
        {"pages/new.py": "from playground.engine import get_engine"},
        {ARRANGED},
    ),
    "a page that calls an SDK": ({"pages/new.py": "import openai"}, {SDKS}),
    "a demo that looks up prices": (
        {"playground/demo/new.py": "from playground.pricing import load"},
        {DEMO},
    ),
    "an adapter that borrows from another": (
        {
            "playground/providers/openai_chat.py": "from playground.providers import anthropic_messages"
        },
        {ADAPTERS},
    ),
}
"""What is added → the contracts that say no."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's code and contracts."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "pyproject.toml", root)
    for folder in ("playground", "pages"):
        shutil.copytree(ROOT / folder, root / folder, ignore=_all_but_code)
    return root


def _all_but_code(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if n == "__pycache__" or ("." in n and not n.endswith(".py"))]


@pytest.fixture
def project(copy: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy, as it was again after the test."""
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    yield copy
    for path in set(copy.rglob("*.py")) - set(before):
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    for path, content in before.items():
        path.write_bytes(content)


def broken(project: Path) -> set[str]:
    """The contracts that do not hold."""
    assert LINTER is not None
    done = subprocess.run(
        [LINTER, "--no-cache", "--no-logo"], cwd=project, capture_output=True, text=True
    )
    said = [line for line in done.stdout.splitlines() if " BROKEN" in line or " KEPT" in line]
    assert len(said) >= len({FLOORS, PAGES, BELOW, CIRCLES, ARRANGED, STREAMLIT, SDKS, DEMO}), (
        done.stdout
    )
    found = {line.split(" BROKEN")[0] for line in said if " BROKEN" in line}
    assert (done.returncode != 0) == bool(found)
    return found


def test_what_there_is_keeps_to_the_floors(project: Path) -> None:
    assert broken(project) == set()


def test_a_new_page_needs_no_entry_here(project: Path) -> None:
    add(
        project,
        {
            "pages/newpage.py": "from playground.ui.newpage.show import show",
            "playground/ui/newpage/__init__.py": "",
            "playground/ui/newpage/show.py": "from playground.ui.session import keeping as show",
        },
    )
    assert broken(project) == set()


def add(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")


@pytest.mark.parametrize("new", NEW)
def test_what_is_added_is_held_too(project: Path, new: str) -> None:
    files, contracts = NEW[new]
    add(project, files)
    said = broken(project)
    assert said >= contracts
    assert said - contracts <= {CIRCLES}  # an arrow up may also close one
