"""Every page and its main states, walked through once: what axe-core finds, headings, focus, motion, widths, hosts, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize

from playground.demo.process import DemoServer
from playground.ui.shell.brand import NAME
from playground.ui.shell.pages import PAGES
from tests.browser.conftest import App, Seen, free_port, served, visit
from tests.browser.states import STATES, State, walk

AXE = Path.home() / ".cache/playground-tests/node_modules/axe-core/axe.min.js"
"""Where .ci/run puts axe-core: it is no part of the repository."""
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 400, "height": 800}
THEIRS: frozenset[tuple[str, str]] = frozenset()
"""(rule, what it is about) of what only Streamlit's own widgets could mend; it may only shrink."""
SKIPPED: frozenset[str] = frozenset()
"""Pages whose headings skip a level; it may only shrink."""

FIND = """async ([tags, only]) => {
  const run = only.length ? {type: 'rule', values: only} : {type: 'tag', values: tags}
  const rules = only.length ? {} : {'target-size': {enabled: true}}
  const found = await axe.run(document, {runOnly: run, rules, resultTypes: ['violations']})
  return found.violations.flatMap(one => one.nodes.map(node => [one.id, String(node.target.at(-1)), node.html.slice(0, 200)]))
}"""
HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(one => one.checkVisibility() && !one.closest('[class*="st-key-answer_"] .stMarkdown'))
  .map(one => [Number(one.tagName[1]), one.textContent])"""
MOVING = """() => document.getAnimations()
  .filter(one => one.playState === 'running' && one.effect.getComputedTiming().duration > 100)
  .map(one => one.effect.target.outerHTML.slice(0, 200))"""
FOCUSED = """() => {
  let one = document.activeElement
  const before = window.focusedBefore
  window.focusedBefore = one
  const same = before === one || (before?.id && before.id === one.id) // a table draws its cells anew, under their ids
  const follows = !before?.isConnected || same || Boolean(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  const box = one.getBoundingClientRect(), name = one.outerHTML.slice(0, 160)
  return {name, follows, end: one === document.body, seen: one.checkVisibility() && box.width > 0 && box.height > 0}
}"""
THEME = "getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
TO_THE_TOP = """() => {
  window.focusedBefore = null
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute('tabindex')
}"""
MOST_STOPS = 60


class Look(NamedTuple):
    """What was seen in one state."""

    state: State
    violations: set[tuple[str, str, str]]
    headings: list[tuple[int, str]]
    title: str
    moving: list[str]
    width: int
    """Of the page, where the screen has 400 pixels."""
    stops: list[dict[str, Any]]
    """Where Tab leads, from a page's beginning; of its first state."""


class Walked(NamedTuple):
    """What was seen on the way."""

    looks: list[Look]
    seen: Seen
    url: str


@pytest.fixture(scope="module")
def walked(
    profile: BrowserContext, real_api: DemoServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walked]:
    """One walk for all tests: one browser, one server, an empty history at first."""
    seen, looks, pages = Seen(), list[Look](), set[str]()
    home = tmp_path_factory.mktemp("every_page")
    with (
        served(home, free_port(), real_api, PLAYGROUND_DEMO_PACE="1") as app,
        visit(profile, app, seen) as page,
    ):
        page.emulate_media(reduced_motion="reduce")
        page.set_viewport_size(WIDE)
        for state in walk(page):
            looks.append(_look(page, state, first=state.page not in pages))
            pages.add(state.page)
        yield Walked(looks, seen, app.url)


def _look(page: Page, state: State, *, first: bool) -> Look:
    moving = page.evaluate(MOVING)
    headings = [(level, text) for level, text in page.evaluate(HEADINGS)]
    violations = _violations(page)
    width = 0
    if state.name != "live":  # which is over before all of it is looked at
        page.set_viewport_size(NARROW)
        _in_the_other_theme(page)
        width = page.evaluate("document.scrollingElement.scrollWidth")
        violations |= _violations(page)
        page.set_viewport_size(WIDE)
    stops = _stops(page) if first else []
    return Look(state, violations, headings, page.title(), moving, width, stops)


def _in_the_other_theme(page: Page) -> None:
    """Each state is seen in both, and the next begins in this one: a change draws all of a page anew.

    A component is told of it after the page, and what has its colours late is looked at again.
    """
    light = page.evaluate(THEME) == "dark"
    page.emulate_media(color_scheme="light" if light else "dark")
    page.wait_for_function(f"other => ({THEME}) === other", arg="light" if light else "dark")
    page.wait_for_timeout(150)


def _violations(page: Page, *only: str) -> set[tuple[str, str, str]]:
    """(rule, element, its HTML) of what stays wrong, for a colour on its way has no contrast; none where axe-core is not installed."""
    if not AXE.is_file():
        return set()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = _found(page, only)
    for _ in range(2):
        if found:
            page.wait_for_timeout(1000)
            found &= _found(page, only)
    return found


def _found(page: Page, only: tuple[str, ...]) -> set[tuple[str, str, str]]:
    return {
        (rule, element, html)
        for rule, element, html in page.evaluate(FIND, [list(TAGS), list(only)])
    }


ALL_IN_THE_MENU = """
(pages) => [...document.querySelectorAll("[data-testid=stTopNavLink]")]
  .filter((link) => link.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && link.getBoundingClientRect().width > 0).length === pages
"""
"""What does not fit goes behind "more", and comes back a moment after there is room again."""


def _stops(page: Page) -> list[dict[str, Any]]:
    """Every place that Tab leads to from the top of the page, once the menu is back: on a phone it is folded."""
    page.wait_for_function(ALL_IN_THE_MENU, arg=sum(row.listed for row in PAGES))
    page.evaluate(TO_THE_TOP)
    stops: list[dict[str, Any]] = []
    while len(stops) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop: dict[str, Any] = page.evaluate(FOCUSED)
        if stop["end"]:
            break
        stops.append(stop)
    page.evaluate(TO_THE_TOP)
    return stops


def name(look: Look) -> str:
    return f"{look.state.page}: {look.state.name}"


def test_no_page_is_left_out() -> None:
    assert {state.page for state in STATES} == {row.title for row in PAGES}


def test_axe_finds_nothing(walked: Walked) -> None:
    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: .ci/run puts it at {AXE}")
    wrong = [
        " | ".join((name(look), *found))
        for look in walked.looks
        for found in sorted(look.violations)
        if not _theirs(found)
    ]
    if wrong:
        pytest.fail("\n".join(wrong))
    needed = {
        (rule, part)
        for rule, part in THEIRS
        for look in walked.looks
        if any(found == rule and part in html for found, _, html in look.violations)
    }
    assert needed == THEIRS, "what is found no more is taken out of the list"


POINTED_AT = ("Add a lane", "System prompt", "Examples", "Calculator")
"""A button of the page, one that opens something, a menu, and a tab that is not chosen: each kind has its colour under the pointer."""


def test_what_the_pointer_is_on_can_be_read(profile: BrowserContext, app: App) -> None:
    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: .ci/run puts it at {AXE}")
    with visit(profile, app, Seen(), "dark") as page:
        for label in POINTED_AT:
            if label == "Calculator":
                page.get_by_role("link", name="Costs", exact=True).first.click()
            one = page.get_by_role("button", name=label).or_(page.get_by_role("tab", name=label))
            one.first.hover()
            page.wait_for_timeout(400)
            assert _violations(page, "color-contrast") == set(), label


def _theirs(found: tuple[str, str, str]) -> bool:
    rule, _, html = found
    return any(rule == known and part in html for known, part in THEIRS)


def test_no_other_host_is_asked_and_no_script_fails(walked: Walked) -> None:
    remote = [
        url for url in walked.seen.requests if not url.startswith((walked.url, "data:", "blob:"))
    ]
    assert remote == []
    assert walked.seen.problems == []


def test_each_tab_is_named_by_its_page(walked: Walked) -> None:
    assert {name(look): look.title for look in walked.looks} == {
        name(look): f"{look.state.page} · {NAME}" for look in walked.looks
    }


def test_headings_are_an_outline(walked: Walked) -> None:
    for look in walked.looks:
        levels = [level for level, _ in look.headings]
        assert levels.count(1) == 1, (name(look), look.headings)
        assert look.headings[0] == (1, look.state.page), name(look)
        if look.state.page not in SKIPPED:
            jumps = [b - a for a, b in pairwise(levels)]
            assert max(jumps, default=0) <= 1, (name(look), look.headings)


def test_what_has_asked_for_less_motion_sees_none(walked: Walked) -> None:
    assert {name(look): look.moving for look in walked.looks if look.moving} == {}


def test_nothing_runs_out_of_a_phones_screen(walked: Walked) -> None:
    assert {name(look): look.width for look in walked.looks if look.width > NARROW["width"]} == {}


def test_tab_leads_through_each_page_in_the_order_that_it_is_read(walked: Walked) -> None:
    for look in walked.looks:
        if not look.stops:
            continue
        assert len(look.stops) > len(PAGES), name(look)
        hidden = [stop["name"] for stop in look.stops if not stop["seen"]]
        assert hidden == [], name(look)
        back = [stop["name"] for stop in look.stops if not stop["follows"]]
        assert back == [], name(look)
        assert re.search(r"skip|stSkip|href=\"#", look.stops[0]["name"], re.IGNORECASE), name(look)
