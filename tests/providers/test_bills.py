"""Reports fetched with an admin key: every page, and what was left unread is said."""

from __future__ import annotations

from datetime import date, timedelta

from playground.domain import Endpoint
from playground.providers.bills import DAYS_BACK, MORE_PAGES, fetch
from playground.wire import Pool
from tests.loopback import answer
from tests.providers.calling import KEY, Serve

LAST = date(2026, 11, 27)


async def test_days_that_openrouter_no_longer_tells_are_said(serve: Serve, pool: Pool) -> None:
    """They were left out without a word, and the bill looked as if nothing had been used on them."""
    loopback = await serve(answer({"data": []}))
    where = Endpoint(provider="openrouter", base_url=loopback.url, key=KEY)
    (all_told,) = await fetch(where, LAST - timedelta(days=DAYS_BACK - 1), LAST, pool=pool)
    assert (len(all_told.pages), all_told.unread) == (DAYS_BACK, "")
    (some,) = await fetch(where, LAST - timedelta(days=40), LAST, pool=pool)
    assert (len(some.pages), some.unread) == (DAYS_BACK, "no day before 2026-10-29 is told")


async def test_pages_that_never_end_are_cut_and_say_so(serve: Serve, pool: Pool) -> None:
    loopback = await serve(answer({"data": [], "has_more": True, "next_page": "same"}))
    where = Endpoint(provider="openai", base_url=loopback.url, key=KEY)
    found = await fetch(where, LAST, LAST, pool=pool)
    assert [(len(one.pages), one.unread) for one in found] == [(2, MORE_PAGES)] * 2
    assert "page=same" in loopback.requests[1].path
