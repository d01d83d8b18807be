"""The API lab's page for tests of single panels."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.ui.shell import pages

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


def open_panel(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str) -> AppTest:
    """A new tab that looks at this panel."""
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(folder))
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    page.switch_page(pages.API_LAB).run()
    page.query_params["panel"] = name
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    """All that the page says in words."""
    kinds = ("caption", "markdown", "text", "info", "code", "html", "warning", "error")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in page.get(kind))
