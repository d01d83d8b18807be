"""axe-core finds nothing of WCAG 2.2 A and AA on Compare, before, while and after answers come, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = Path.home() / ".cache/playground-tests/node_modules/axe-core/axe.min.js"
"""Where .ci/run puts axe-core: it is no part of the repository."""
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
THEIRS: frozenset[tuple[str, str]] = frozenset()
"""(rule, element) of what only Streamlit's own widgets could mend; it may only shrink."""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: .ci/run puts it at {AXE}")
    return AXE.read_text("utf-8")


def found(page: Page, axe: str) -> set[tuple[str, str]]:
    """(rule, element) of every violation; the element as axe-core names it."""
    page.evaluate(axe)
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", list(TAGS)
    )
    return {
        (violation["id"], str(node["target"][-1]))
        for violation in result["violations"]
        for node in violation["nodes"]
    }


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_axe_finds_nothing_on_compare(slow_page: Page, axe: str, scheme: str) -> None:
    states = {"before": found(slow_page, axe)}
    slow_page.get_by_role("button", name="Run").click()
    expect(slow_page.locator(".live .card").first).to_contain_text("Streaming")
    states["live"] = found(slow_page, axe)
    expect(slow_page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    states["done"] = found(slow_page, axe)
    wrong = {state: sorted(elements - THEIRS) for state, elements in states.items()}
    assert not any(wrong.values()), wrong
