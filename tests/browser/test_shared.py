"""What one visitor of a hosted app shares, or has uploaded, driven by a stranger: a link until it is withdrawn, a file never."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs, UploadedFileInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.tabs import Tab
from playground.ui import names
from tests.browser.states import settled
from tests.browser.visitors import Hosted, Visitor, hosted_app

ANSWER = "no real answer to"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    yield from hosted_app(tmp_path_factory.mktemp("home"))


def asked(page: Page, prompt: str) -> str:
    """Ask this on Compare; the run's id."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile(r"[?&]run="))
    expect(page.get_by_text(ANSWER).first).to_be_visible()
    settled(page)
    found = re.search(r"[?&]run=([^&]+)", page.url)
    assert found
    return found[1]


def sees(visitor: Visitor, address: str, word: str) -> bool:
    """Whether this word comes with the page of this address, in text, in a field, or by any message."""
    visitor.received.clear()
    visitor.page.goto(address)
    settled(visitor.page)
    fields = visitor.page.locator("textarea, input").evaluate_all("all => all.map(e => e.value)")
    return visitor.was_sent(word) or any(word in value for value in fields)


def test_a_link_leads_a_stranger_to_the_run_until_it_is_withdrawn_and_then_nowhere(
    browser: Browser, hosted: Hosted
) -> None:
    ann, bob = Visitor.come(browser, hosted.url), Visitor.come(browser, hosted.url)
    run = asked(ann.page, "Why is the okapi shy?")
    details = f"{hosted.url}/history?open={run}"
    ann.page.goto(details)
    ann.page.get_by_role("button", name="Share", exact=True).click()
    link = ann.page.get_by_text(re.compile(r"\?run=shared-")).inner_text().strip()
    token = link.rpartition("=")[2]
    assert sees(bob, link, "okapi")
    expect(bob.page.get_by_text(f"{ANSWER} “Why is the okapi shy").first).to_be_visible()
    elsewhere = [
        details,
        f"{hosted.url}/history?open={token}",
        f"{hosted.url}/history",
        f"{hosted.url}/?run={run}",
        f"{hosted.url}/api_lab?panel=wire&run={run}",
        f"{hosted.url}/api_lab?panel=doors&run={token}",
        f"{hosted.url}/chat_vs_api?conversation={run}&ladder={run}",
    ]
    other = Visitor.come(browser, hosted.url)
    assert [where for where, told in other.told(elsewhere).items() if b"okapi" in told] == []
    assert b"okapi" in ann.told([details])[details]
    ann.page.get_by_role("button", name="Withdraw").click()
    expect(ann.page.get_by_role("button", name="Share", exact=True)).to_be_visible()

    bob.received.clear()  # his tab is open still, and the link is in its address
    bob.page.get_by_role("button", name="Add a lane").click()
    expect(bob.page.get_by_text("The run of this link is not here")).to_be_visible()
    settled(bob.page)
    assert not bob.was_sent("okapi")
    assert bob.page.get_by_label("Prompt", exact=True).input_value() != "Why is the okapi shy?"
    assert not sees(bob, link, "okapi")
    told = bob.told([f"{hosted.url}/api_lab?panel=wire&run={token}", *elsewhere])
    assert [where for where, all_ in told.items() if b"okapi" in all_] == []
    for name in (token, run):
        live = f"{hosted.url}/live/{name}"
        assert bob.page.request.get(live).status == 404
        assert bob.page.request.post(f"{live}/stop").status == 404
    assert sees(ann, details, "okapi"), "her run is hers as before"
    for visitor in (ann, bob, other):
        visitor.context.close()


def uploaded(page: Page, name: str, data: bytes) -> str:
    """Put this file to the prompt; the address to which the browser sent it."""
    page.get_by_role("button", name=re.compile("^Images and PDFs")).click()
    with page.expect_request(lambda sent: "/upload_file/" in sent.url) as waiting:
        page.locator("input[type=file]").first.set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": data}
        )
    expect(page.get_by_text(name)).to_be_visible()
    # Streamlit drops what is still on its way when its box is closed
    expect(page.get_by_role("button", name=re.compile(r"^Images and PDFs · 1"))).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)
    return waiting.value.url


async def _pretend(address: str, file: str) -> tuple[bytes, bytes]:
    """What a tab is told that says it had uploaded this file, and that asks for it under another's session."""
    heard: list[bytes] = []
    async with Tab(address, on_bytes=heard.append) as tab:
        await tab.open()
        tab.open_box("files_open")
        await tab.draw()
        before, message = tab.finished, BackMsg()
        state = WidgetState(id=tab.widgets[names.FILES].id)
        info: Any = UploadedFileInfo(
            file_id=file, name="mine.png", size=9, file_urls=FileURLs(file_id=file)
        )
        state.file_uploader_state_value.uploaded_file_info.append(info)
        message.rerun_script.widget_states.widgets.append(state)
        await tab.say(message.SerializeToString())
        await tab.until(lambda: tab.finished > before)
        await tab.quiet()
        await tab.click("run")
        # seen by its buttons: an answer may have ended before there was anything to follow
        await tab.until(lambda: sum(key.startswith("large_") for key in tab.widgets) >= 2)
        (await tab.get("/")).raise_for_status()
        errors = "; ".join(tab.errors).encode()
    return errors, b"".join(heard)


def test_an_upload_and_a_saved_file_are_out_of_reach_by_their_addresses(
    browser: Browser, hosted: Hosted, tmp_path: Path
) -> None:
    ann, bob = Visitor.come(browser, hosted.url), Visitor.come(browser, hosted.url)
    data = PIXEL + b"numbat"
    url = uploaded(ann.page, "numbat.png", data)
    for method in ("GET", "PUT", "DELETE"):
        token = {c["name"]: c["value"] for c in bob.context.cookies()}.get("_streamlit_xsrf", "")
        answer = bob.page.request.fetch(
            url, method=method, headers={"X-Xsrftoken": token, "Origin": hosted.url}
        )
        assert answer.status in (404, 405), method
        assert b"numbat" not in answer.body()
    file = urlsplit(url).path.rpartition("/")[2]
    with ThreadPoolExecutor(1) as thread:
        errors, told = thread.submit(lambda: asyncio.run(_pretend(hosted.url, file))).result()
    assert errors == b""
    assert b"numbat" not in told

    run = asked(ann.page, "What is in the picture?")
    ann.page.goto(f"{hosted.url}/history?open={run}")
    ann.page.get_by_role("button", name="Download", exact=True).click()
    with ann.page.expect_download() as saved:
        ann.page.get_by_role("button", name="JSON", exact=True).click()
    saved.value.save_as(tmp_path / "run.json")
    assert "numbat.png" in (tmp_path / "run.json").read_text("utf-8"), "her file is with her run"
    found = [visitor.page.request.get(saved.value.url) for visitor in (ann, bob)]
    assert [answer.status for answer in found] == [200, 404]
    for visitor in (ann, bob):
        visitor.context.close()
