"""Experiments: the sample runs with one press, mistakes are said by line, and what was found is there after a reload."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.experiments import background, kept, sheets
from playground.experiments.sample import SAMPLE
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
SMALL = """\
name: small
prompts: "{{ q }}"
models: [openai:gpt-6.1-sol, gemini:gemini-3.8-flash]
cases:
  - vars: { q: What is a token? }
    checks: [{ type: icontains, value: token }]
  - vars: { q: Why is the sky blue? }
    checks: [{ type: equals, value: never said }]
repeats: 2
"""


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(path("experiments.py"))
    found = app.run()
    assert not found.exception
    return found


def ran(text: str) -> tuple[AppTest, str]:
    """A page on which this spec was run to its end, and the experiment's id."""
    page = opened()
    page.text_area(key="experiment_spec").set_value(text).run()
    page.button(key="experiment_run").click().run()
    assert not page.exception
    id = page.query_params["experiment"]
    work = background.of(id)
    assert work is None or work.over.wait(60)
    page.run()
    assert not page.exception
    return page, id


def test_it_begins_with_a_sample_that_can_be_run_and_says_what_it_will_be() -> None:
    page = opened()
    assert page.text_area(key="experiment_spec").value == SAMPLE
    found = {one.label: one.value for one in page.metric}
    assert found["Cells"] == "72"  # 2 prompts × 3 cases × 3 models × 4 repeats
    assert found["Calls"] == "75"  # and a warm-up a model
    assert found["Budget"] == r"\$0.50"
    assert found["Likely cost"].startswith("≈ ")
    assert any("simulated" in one.value for one in page.caption)
    assert not page.button(key="experiment_run").disabled


def test_each_mistake_is_said_with_its_line_and_nothing_can_be_run() -> None:
    page = opened()
    wrong = SMALL.replace("repeats: 2", "repeats: many").replace("type: equals", "tipe: equals")
    page.text_area(key="experiment_spec").set_value(wrong).run()
    said = page.error[0].value
    assert "**Line 8**" in said
    assert "**Line 9**" in said
    assert page.button(key="experiment_run").disabled


def test_a_run_is_followed_to_its_results_which_a_link_finds_again() -> None:
    _, id = ran(SMALL)
    page = opened(experiment=id)
    assert page.header[0].value == "small"
    table = page.dataframe[0].value
    assert list(table["Model"]) == ["openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"]
    assert list(table["Calls"]) == [4, 4]
    assert all(cell.startswith("50% (") for cell in table["Passed"])
    found = kept.find(history.get_store(), id, owner=None)
    assert found
    assert found.state == kept.ENDED


@pytest.mark.parametrize(
    ("tab", "told"),
    [
        ("Cases", "Passed of asked"),
        ("Differences", "Significant at 5 %"),
        ("Failures", "**Not passed** · 4 cells"),
    ],
)
def test_the_address_names_the_tab(tab: str, told: str) -> None:
    _, id = ran(SMALL)
    page = opened(experiment=id, experiment_tab=tab)
    assert any(told in one.value for one in (*page.caption, *page.markdown))


def test_the_same_spec_again_is_compared_with_the_one_before() -> None:
    _, first = ran(SMALL)
    _, second = ran(SMALL)
    page = opened(experiment=second, experiment_tab="Against an earlier one")
    assert page.selectbox(key="experiment_before").value == first
    assert any("passes: equal in every pair" in one.value for one in page.markdown)


def test_a_link_to_none_says_so() -> None:
    page = opened(experiment="nothing")
    assert any("experiment of this link is not here" in one.value for one in page.warning)


def test_paused_it_stands_still_and_is_resumed() -> None:
    page = opened()
    slow = SMALL.replace("repeats: 2", "repeats: 300\nconcurrency: 2\nexchanges: none")
    page.text_area(key="experiment_spec").set_value(slow).run()
    page.button(key="experiment_run").click().run()
    id = page.query_params["experiment"]
    page.button(key="experiment_pause").click().run()
    work = background.of(id)
    assert work is None or work.over.wait(60)
    store = history.get_store()
    before = sheets.listed(store)[0]
    assert before.state == kept.STOPPED
    assert before.cells - before.ended > 0
    page = opened(experiment=id)
    assert (
        f"{before.cells - before.ended:,} cells wait" in page.button(key="experiment_resume").label
    )
    page.button(key="experiment_resume").click().run()
    assert not page.exception
    again = background.of(id)
    assert again is not None
    time.sleep(0.2)
    again.pause()
    assert again.over.wait(60)
