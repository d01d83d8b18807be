"""The page table and the router."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from streamlit.web.server.app_discovery import discover_asgi_app

from playground import files
from playground.ui.shell import pages
from playground.ui.shell.serving import ROUTER

APP = files.PACKAGE / "app.py"


def test_the_first_page_also_opens_under_its_own_name(client: TestClient) -> None:
    answer = client.get("/compare?run=abc", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "./?run=abc")


def test_streamlit_run_finds_the_app() -> None:
    found = discover_asgi_app(APP)
    assert found.import_string == "app:app"


def test_no_pages_folder_lies_beside_the_scripts_that_streamlit_starts() -> None:
    assert not (APP.parent / "pages").exists()
    assert not (ROUTER.parent / "pages").exists()


def test_every_page_of_the_table_is_a_file() -> None:
    assert [row.file for row in pages.PAGES if not (pages.FOLDER / row.file).is_file()] == []


@pytest.fixture
def two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small pages in place of the app's own."""
    (tmp_path / "pages").mkdir()
    for name in ("one", "two"):
        (tmp_path / "pages" / f"{name}.py").write_text(
            f"import streamlit as st\nst.title('{name}')\n"
        )
    monkeypatch.setattr(pages, "FOLDER", tmp_path / "pages")
    rows = [pages.PageRow(f"{name}.py", name, ":material/home:", name) for name in ("one", "two")]
    monkeypatch.setattr(pages, "PAGES", tuple(rows))
    return tmp_path / "pages"


def test_the_router_opens_the_first_page_and_switches(two_pages: Path) -> None:
    at = AppTest.from_file(ROUTER).run()
    assert at.title[0].value == "one"
    at.switch_page(os.path.relpath(two_pages / "two.py", ROUTER.parent)).run()
    assert at.title[0].value == "two"
