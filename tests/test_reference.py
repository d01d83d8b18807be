"""docs/: what is generated from the code is up to date, and the site builds without a warning."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from playground.cli import manual
from playground.cli.commands import playground as commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(page: Path) -> set[str]:
    """What its headings are called in an address."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_what_is_generated_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stderr == "", "run .venv/bin/python scripts/reference.py"
    assert done.returncode == 0


def test_every_page_is_in_the_menu() -> None:
    docs = ROOT / "docs"
    listed = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M))
    assert listed == {str(page.relative_to(docs)) for page in docs.rglob("*.md")}


def test_every_link_leads_to_a_file_and_every_anchor_to_a_heading() -> None:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for target, anchor in LINK.findall(page.read_text("utf-8")):
            path = page.parent / target if target else page
            assert path.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(path), f"{page.name}: {target}#{anchor}"


def test_no_page_needs_what_lies_outside_of_the_project() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        page.name: re.findall(r"(?:\.\./)+shared\b\S*", page.read_text("utf-8")) for page in pages
    }
    assert {page: found for page, found in named.items() if found} == {}


def test_the_readme_is_read_in_two_minutes() -> None:
    """500 words, as most people read 250 a minute; tables and diagrams are looked at."""
    assert len(README.splitlines()) <= 150
    prose = re.sub(
        r"```.*?```|<!--.*?-->|^\|.*?$|\]\([^)]+\)|`[^`]+`", "", README, flags=re.S | re.M
    )
    assert len(re.findall(r"\w[\w'-]*", prose)) <= 500


def test_the_readmes_comparison_is_rows_of_the_whole_table() -> None:
    shown = README.partition("<!-- rows of docs/compared.md -->\n")[2].partition("<!-- end -->")[0]
    table = (ROOT / "docs" / "compared.md").read_text("utf-8").splitlines()
    places = [table.index(row) for row in shown.splitlines()]
    assert len(places) > 7
    assert places == sorted(places)


def test_every_cell_of_the_comparison_has_its_source() -> None:
    """A number that is in the list below, or its column's line of what was read."""
    whole = (ROOT / "docs" / "compared.md").read_text("utf-8")
    head, _line, *rows = (
        row.strip("| ").split(" | ") for row in re.findall(r"^\| .*", whole, re.M)
    )
    columns = set(re.findall(r"^\| ([A-Za-z][\w -]+) \| ", whole.partition("\n## ")[2], re.M))
    assert set(head[1:]) <= columns
    numbers = {row[0] for row in rows if row[0].isdigit()}
    cited = set(re.findall(r"\[(\d+)\](?!\()", whole))
    assert cited <= numbers
    for row in (row for row in rows if len(row) == len(head) + 1):
        assert all(re.match(r"[ypn?](?: |$)", cell) for cell in row[1:]), row


def test_the_readmes_floors_are_those_that_the_linter_holds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    drawn = README.partition("◀─┘\n\n")[2].partition("\n```")[0]
    floors = [re.split(r"  +", line)[0].split(" · ") for line in drawn.splitlines()]
    assert floors == [["pages"], *(layer.split(" | ") for layer in layers)]


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
    for page in (ROOT / "README.md", *(ROOT / "docs" / "guides").glob("*.md")):
        for line in re.findall(r"(?:^|`|bin/)playground ([a-z_ ]+)", page.read_text("utf-8"), re.M):
            words = line.split()
            named = [" ".join(("playground", *words[:n])) for n in (2, 1)]
            assert any(name in known for name in named), f"{page.name}: playground {line}"
            found.add(words[0])
    assert {"ask", "experiment", "chats", "bill", "code"} <= found
