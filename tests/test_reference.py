"""docs/: what is generated from the code is up to date, and the site builds without a warning."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from playground.cli import manual
from playground.cli.commands import playground as commands

ROOT = Path(__file__).parents[1]


def test_what_is_generated_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stderr == "", "run .venv/bin/python scripts/reference.py"
    assert done.returncode == 0


def test_every_page_is_in_the_menu_and_every_link_leads_somewhere() -> None:
    """Without mkdocs too: pages that are listed, and files that are linked."""
    docs = ROOT / "docs"
    listed = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M))
    assert listed == {str(page.relative_to(docs)) for page in docs.rglob("*.md")}
    for page in docs.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.skipif(importlib.util.find_spec("zensical") is None, reason="zensical is not there")
def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    build = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    site = tmp_path / "build" / "site"
    assert (site / "reference" / "cli" / "index.html").exists()
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert re.findall(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', text) == [], page
        assert re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="(?:https?:)?//', text) == [], page


def test_every_command_in_the_guides_exists() -> None:
    known = {page.name for page in manual.pages(commands)}
    found = set()
    for page in (ROOT / "docs" / "guides").glob("*.md"):
        for line in re.findall(r"(?:^|`)playground ([a-z_ ]+)", page.read_text("utf-8"), re.M):
            words = line.split()
            named = [" ".join(("playground", *words[:n])) for n in (2, 1)]
            assert any(name in known for name in named), f"{page.name}: playground {line}"
            found.add(words[0])
    assert {"ask", "experiment", "chats", "bill", "code"} <= found
