"""A project is downloaded where code is shown, and a chat's test set where the chat became a request."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from playground.experiments.reading import read_text
from playground.experiments.sources import Sources
from tests.browser.conftest import App
from tests.browser.states import requested, settled
from tests.browser.test_compare import run, view, wait_for_results


def test_the_code_of_a_lane_is_taken_away_as_a_project(page: Page) -> None:
    run(page)
    wait_for_results(page)
    view(page, "Code")
    page.get_by_role("button", name="A project that runs").first.click()
    page.get_by_role("radio", name="TypeScript").click()
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the project").click()
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        names = {name.partition("/")[2]: name for name in archive.namelist()}
        assert {"README.md", "main.ts", "package.json", ".env.example"} <= names.keys()
        facts = json.loads(archive.read(names["project.json"]))
        assert facts["base_url"] == "https://api.openai.com/v1"  # the real one, not the simulation
        assert not any(b"demo-key" in archive.read(name) for name in names.values())


def test_a_pasted_chat_becomes_a_test_set_and_is_asked_in_compare(new_tab: Page, app: App) -> None:
    page = new_tab
    page.goto(f"{app.url}/chats")
    requested(page)
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Test set: 3 cases").click()
    found = read_text(Path(waiting.value.path()).read_text("utf-8"), "chat.yaml", Sources(None))
    assert found.mistakes == ()
    page.get_by_role("button", name="Ask, and see it in Compare").click()
    expect(page.get_by_role("heading", name="Compare", level=1)).to_be_attached()
    wait_for_results(page, 1)
