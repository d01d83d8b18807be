"""The panel of images, PDFs and files: the sample with one press, and the end of what was uploaded."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.pages.lab_page import open_panel, said


def test_the_sample_is_counted_uploaded_sent_and_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "files")
    assert "pixels a token" in said(page)
    assert "[source](https://" in said(page)
    page.button(key="lab_files_send").click().run(timeout=90)
    for _ in range(100):
        assert not page.exception
        if "Counted and billed" in [head.value for head in page.subheader]:
            break
        time.sleep(0.1)
        page.run()
    table = page.dataframe[0].value
    assert list(table["Sent"]) == ["inline", "by its id"] * 3
    assert "simulated" in said(page).lower()
    assert "Google deletes a file after 48 hours" in said(page)
    page.button(key="lab_files_delete").click().run(timeout=60)
    assert not page.exception
    assert "Google deletes a file after 48 hours" not in said(page)
