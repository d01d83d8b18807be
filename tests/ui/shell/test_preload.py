"""The scripts of Streamlit that the first page needs are named with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from streamlit import file_util

from playground.ui.shell import preload


@pytest.mark.parametrize("element", preload.ELEMENTS)
def test_every_element_is_a_script_of_streamlit(element: str) -> None:
    """An update may name them otherwise: then the page would only be slower, and nobody would see why."""
    assert any(name.startswith(f"{element}.") for name in preload.needed())


def test_they_bring_what_they_import_and_nothing_twice() -> None:
    names = preload.needed()
    folder = Path(file_util.get_static_dir(), "static", "js")
    assert len(names) > len(preload.ELEMENTS)
    assert len(set(names)) == len(names)
    assert all((folder / name).is_file() for name in names)
    page = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    assert not [name for name in names if name in page]


def test_the_document_of_every_page_names_them(client: TestClient) -> None:
    for page in ("/", "/costs"):
        head = client.get(page).text.split("</head>")[0]
        named = re.findall(r'<link rel="modulepreload" [^>]*href="\./static/js/([^"]+)"', head)
        assert named[-len(preload.needed()) :] == preload.needed()
