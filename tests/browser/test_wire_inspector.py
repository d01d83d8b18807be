"""The wire inspector with 20,000 events: searched, scrolled and scrubbed at once, few rows in the page."""

from __future__ import annotations

import secrets

from playwright.sync_api import Page, expect

from playground.domain import Events, Exchange, ModelRef, Request, Response, Run, Timing, Usage
from playground.history import Labels
from playground.history.writing import put
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store
from tests.browser.conftest import App

MANY = 20_000
AT_ONCE_MS = 400
"""What people feel as at once, and as much again for a busy machine."""
SEARCH = """(root) => {
  const field = root.querySelector('.search'), began = performance.now()
  field.value = 'word 19999'
  field.dispatchEvent(new Event('input'))
  return [performance.now() - began, root.querySelector('.count').textContent]
}"""
SCRUB = """(root) => {
  const range = root.querySelector('input[type=range]'), began = performance.now()
  range.value = 10
  range.dispatchEvent(new Event('input'))
  return [performance.now() - began, root.querySelector('.clock').textContent]
}"""
SCROLL = """(root) => {
  const list = root.querySelector('.list'), began = performance.now()
  list.scrollTop = list.scrollHeight / 2
  list.onscroll()
  return [performance.now() - began, root.querySelectorAll('.row').length]
}"""


def kept(app: App) -> str:
    """The id of a run in the app's history whose answer came in so many events."""
    delta = '{"choices":[{"index":0,"delta":{"content":"word %d "}}]}'
    raw = [(i / 1000, None, (delta % i).encode()) for i in range(MANY)]
    ref = ModelRef.parse("openai/chat:gpt-6.1-sol")
    exchange = Exchange(
        method="POST",
        url="https://api.openai.com/v1/chat/completions",
        request_headers={},
        request_body={},
        status=200,
        events=Events(raw, zero=0.0),
    )
    response = Response(
        model=ref,
        text="".join(f"word {i} " for i in range(MANY)),
        usage=Usage(input_tokens=1, output_tokens=2 * MANY),
        timing=Timing(
            started_at="2026-11-26T12:00:00.000+00:00", last_chunk=MANY / 1000, closed=MANY / 1000
        ),
        exchange=exchange,
        finish_reason="stop",
    )
    run = Run(
        id=secrets.token_hex(16),
        created_at="2026-11-26T12:00:00+00:00",
        requests=(Request.ask(ref, "Count."),),
        responses=(response,),
        simulated=False,
    )
    (file,) = app.home.rglob(FILE)
    store = Store(sqlite_url(file))
    assert put(store, run, Labels(kind="ask"))
    store.close()
    return run.id


def test_twenty_thousand_events_are_searched_scrubbed_and_scrolled_at_once(
    page: Page, app: App
) -> None:
    page.goto(f"{app.url}/api_lab?panel=wire&run={kept(app)}&lane=0")
    player = page.locator(f".player[data-total='{MANY}']")
    expect(player).to_be_visible(timeout=60_000)
    assert player.locator(".row").count() < 60
    took, said = player.evaluate(SCRUB)
    assert said == "10.000 s · 10,001 events"
    assert took < AT_ONCE_MS
    took, rows = player.evaluate(SCROLL)
    assert 0 < rows < 60
    assert took < AT_ONCE_MS
    took, said = player.evaluate(SEARCH)
    assert said == "1 of 20,000 events"
    assert took < AT_ONCE_MS
    row = player.locator(".row")
    expect(row).to_have_count(1)
    row.click()
    expect(player.locator(".parsed")).to_contain_text("word 19999")
