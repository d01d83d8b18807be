"""The file search panel: the sample with one press, and the end of its store."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.pages.lab_page import open_panel, said


def test_the_sample_is_found_and_its_store_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "file_search")
    assert "Simulated" in said(page)
    page.button(key="lab_file_search_send").click().run(timeout=90)
    for _ in range(100):
        assert not page.exception
        if "What was put before the model" in [head.value for head in page.subheader]:
            break
        time.sleep(0.1)
        page.run()
    told = said(page)
    assert "returns-policy.txt" in told
    assert "30 days" in told
    assert "cited" in told
    assert "Vector store storage a day" in told
    assert "| vector store storage (" in told
    assert "/ GiB and day" in told
    assert "run" in page.query_params
    assert "audience = customers" in told
    page.text_input(key="lab_file_search_only").set_value("audience = staff").run()
    page.button(key="lab_file_search_send").click().run(timeout=90)
    for _ in range(100):
        if "audience = customers" not in said(page) and "audience = staff" in said(page):
            break
        time.sleep(0.1)
        page.run()
    assert "returns-staff.txt" in said(page)
    page.text_input(key="lab_file_search_only").set_value("audience").run()
    assert "is no key = value" in said(page)
    assert page.button(key="lab_file_search_send").disabled
    page.button(key="lab_file_search_delete").click().run(timeout=60)
    assert not page.exception
    assert "storage a day" not in said(page)
