"""Experiments: the sample runs with one press, mistakes are said by line, and what was found is there after a reload."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.experiments import background, kept, sheets, votes
from playground.experiments.sample import SAMPLE
from playground.ui.shell.pages import path
from tests.experiments.many import filled, many_spec

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
RECKONING = "Reckoning"


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(path("experiments.py"))
    return whole(app.run())


def whole(page: AppTest) -> AppTest:
    """The page once what it reckons is there."""
    for _ in range(300):
        assert not page.exception
        if not any(RECKONING in one.value for one in page.caption):
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("it reckons for ever")


def said(page: AppTest) -> str:
    """All that the page tells."""
    every: list[Any] = [
        *page.caption,
        *page.markdown,
        *page.info,
        *page.success,
        *page.warning,
        *page.error,
    ]
    return "\n".join(one.value for one in every)


def written(page: AppTest, text: str) -> AppTest:
    page.text_area(key="experiment_spec").set_value(text).run()
    assert not page.exception
    return page


def text_of(page: AppTest) -> str:
    """What stands in the editor."""
    return page.text_area(key="experiment_spec").value or ""


def ran(text: str) -> tuple[AppTest, str]:
    """A page on which this spec was run to its end, and the experiment's id."""
    page = written(opened(), text)
    page.button(key="experiment_run").click().run()
    assert not page.exception
    id = page.query_params["experiment"]
    work = background.of(id)
    assert work is None or work.over.wait(60)
    return whole(page.run()), id


def test_it_begins_with_a_sample_that_can_be_run_and_says_what_it_will_be() -> None:
    page = opened()
    assert text_of(page) == SAMPLE
    found = {one.label: one.value for one in page.metric}
    assert found["Cells"] == "96"  # 2 prompts × 8 cases × 3 models × 2 repeats
    assert found["Calls"] == "99"  # and a warm-up a model
    assert found["Budget"] == r"\$0.50"
    assert found["Likely cost"].startswith("≈ ")
    assert found["Likely time"] == "≈ 12.4 s"  # 33 calls of a model, 8 at once, 3 seconds each
    assert "simulated" in said(page)
    assert not page.button(key="experiment_run").disabled


def test_each_mistake_is_said_with_its_line_and_nothing_can_be_run() -> None:
    wrong = SMALL.replace("repeats: 2", "repeats: many").replace("type: equals", "tipe: equals")
    page = written(opened(), wrong)
    assert "**Line 8**" in page.error[0].value
    assert "**Line 9**" in page.error[0].value
    assert page.button(key="experiment_run").disabled


def test_a_model_without_an_endpoint_can_not_be_run() -> None:
    page = written(opened(), SMALL.replace("gemini:gemini-3.8-flash", "elsewhere:model"))
    assert "elsewhere" in said(page)
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
        ("Cases", "2 rows: a case of a prompt each"),
        ("Differences", "Significant at 5 %"),
        ("Votes", "names, costs and verdicts are hidden"),
    ],
)
def test_the_address_names_the_tab(tab: str, told: str) -> None:
    _, id = ran(SMALL)
    assert told in said(opened(experiment=id, experiment_tab=tab))


def test_failures_are_grouped_by_what_the_checks_said() -> None:
    _, id = ran(SMALL)
    page = opened(experiment=id, experiment_tab="Failures")
    labels = [one.label for one in page.expander if "passed" in one.label]
    assert labels == ["**Not passed\\: … is not “never said”** · 4 cells"]


def test_the_same_spec_again_is_compared_with_the_one_before() -> None:
    _, first = ran(SMALL)
    _, second = ran(SMALL)
    page = opened(experiment=second, experiment_tab="Against an earlier one")
    assert page.selectbox(key="experiment_before").value == first
    assert "No figure of a model is worse beyond chance" in said(page)


def test_what_is_worse_than_before_is_said_of_models_and_of_cases() -> None:
    store = history.get_store()
    filled(store, many_spec(200), seed=1, quality=1.0)
    worse = filled(store, many_spec(200), seed=2, quality=0.7)
    page = opened(experiment=worse.id, experiment_tab="Against an earlier one")
    assert "Worse than before, beyond chance" in page.error[0].value
    assert "**: passed " in said(page)
    lost = page.dataframe[0].value
    assert set(lost["Before"]) == {"1 of 1"}
    assert set(lost["Now"]) == {"0 of 1"}


def test_a_link_to_none_says_so() -> None:
    assert "experiment of this link is not here" in said(opened(experiment="nothing"))


def test_paused_it_stands_still_and_is_resumed() -> None:
    slow = SMALL.replace("repeats: 2", "repeats: 300\nconcurrency: 2\nexchanges: none")
    page = written(opened(), slow)
    page.button(key="experiment_run").click().run()
    id = page.query_params["experiment"]
    page.button(key="experiment_pause").click().run()
    work = background.of(id)
    assert work is None or work.over.wait(60)
    before = sheets.listed(history.get_store())[0]
    assert before.state == kept.STOPPED
    assert before.cells - before.ended > 0
    page = opened(experiment=id)
    assert f"{before.cells - before.ended:,} of 1,200 cells wait" in said(page)
    page.button(key="experiment_resume").click().run()
    assert not page.exception
    again = background.of(id)
    assert again is not None
    time.sleep(0.2)
    again.pause()
    assert again.over.wait(60)


def test_a_vote_hides_names_until_it_is_given_and_can_be_taken_back() -> None:
    _, id = ran(SMALL)
    page = opened(experiment=id, experiment_tab="Votes")
    assert "gpt-6.1-sol" not in said(page)
    page.button(key="experiment_vote_b").click().run()
    assert "You voted for **" in said(page)
    store = history.get_store()
    experiment = kept.find(store, id)
    assert experiment
    assert votes.opinions(store, experiment).votes == 1
    assert set(page.dataframe[-1].value["Model"]) == {
        "openai:gpt-6.1-sol",
        "gemini:gemini-3.8-flash",
    }
    page.button(key="experiment_unvote").click().run()
    assert votes.opinions(store, experiment).votes == 0


def test_the_spec_of_an_experiment_is_changed_and_run_again() -> None:
    page, id = ran(SMALL)
    page.button(key="experiment_edit").click().run()
    assert "experiment" not in page.query_params
    text = text_of(page)
    assert f"# The spec of experiment {id}." in text
    assert not page.button(key="experiment_run").disabled
    page = opened(experiment=id)
    page.button(key="experiment_again").click().run()
    again = page.query_params["experiment"]
    assert again != id
    work = background.of(again)
    assert work is None or work.over.wait(60)
    found = [row.digest for row in sheets.listed(history.get_store())[:2]]
    assert len(set(found)) == 1


def test_a_deleted_experiment_is_gone() -> None:
    page, id = ran(SMALL)
    page.button(key="experiment_delete").click().run()
    assert not page.exception
    assert kept.find(history.get_store(), id) is None
    assert page.text_area(key="experiment_spec")


PROMPTFOO = """\
prompts: ["Answer: {{ q }}"]
providers:
  - openai:gpt-6.1-sol
  - exec:python answer.py
tests:
  - vars: { q: What is a token? }
    assert: [{ type: icontains, value: token }, { type: javascript, value: output.length > 3 }]
  - vars: file://rows.yaml
"""


def test_a_configuration_of_promptfoo_becomes_a_spec_and_what_is_left_out_has_its_line() -> None:
    page = opened()
    page.file_uploader(key="experiment_files").set_value(
        [("promptfooconfig.yaml", PROMPTFOO.encode(), "application/yaml")]
    ).run()
    assert not page.exception
    text = text_of(page)
    assert "Imported from promptfooconfig.yaml" in text
    assert "icontains" in text
    told = said(page)
    assert "promptfooconfig.yaml, line 4" in told  # the provider in code
    assert "promptfooconfig.yaml, line 7" in told  # the assertion in JavaScript
    assert "`rows.yaml` was not uploaded with it" in told.replace("\\", "")
    assert not page.button(key="experiment_run").disabled


def test_no_file_of_this_computer_is_read_for_an_uploaded_configuration(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("never told")
    page = opened()
    text = f"prompts: [file://{secret}]\nproviders: [openai:gpt-6.1-sol]\ntests: [{{vars: {{q: file://{secret}}}}}]\n"
    page.file_uploader(key="experiment_files").set_value(
        [("promptfooconfig.yaml", text.encode(), "application/yaml")]
    ).run()
    assert not page.exception
    assert "never told" not in text_of(page)
    assert "was not uploaded with it" in said(page)


def test_uploaded_rows_become_the_cases() -> None:
    page = written(opened(), SMALL)
    rows = b"q,__expected\nWhat is a token?,contains: token\nWhat is an API key?,contains: key\n"
    page.file_uploader(key="experiment_files").set_value([("rows.csv", rows, "text/csv")]).run()
    page.button(key="experiment_cases_rows.csv").click().run()
    assert not page.exception
    assert "file: rows.csv" in text_of(page)
    assert {one.label: one.value for one in page.metric}["Cells"] == "8"  # 2 × 2 models × 2


def test_cases_are_made_from_runs_in_the_history() -> None:
    ran(SMALL.replace("repeats: 2", "exchanges: all"))
    history.get_writer().flush(10)
    page = written(opened(), SMALL)
    page.session_state["experiment_from_history"] = True
    page.run()
    page.button(key="experiment_history_put").click().run()
    assert not page.exception
    text = text_of(page)
    assert "history: ''" in text
    assert 'prompts: "{{ prompt }}"' in text
    assert not page.error
    assert {one.label: one.value for one in page.metric}["Cells"] == "8"  # 2 prompts asked × 2 × 2
