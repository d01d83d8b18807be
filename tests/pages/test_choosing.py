"""Choosing on Compare: own sets of lanes, prompts that are saved and taken from the library, answers without names."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history, lane_sets, library
from playground.history.labels import Stored
from playground.history.queries import Filter, ids
from playground.history.reading import each
from playground.history.votes import tally
from playground.ui import names
from playground.ui.session import keeping
from playground.ui.shell.pages import path
from tests.pages.test_compare import choose, opened, press, said, until_done


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def page() -> AppTest:
    return opened()


def menu(page: AppTest, key: str) -> AppTest:
    """Open what is only drawn while it is open."""
    page.session_state[key] = True
    return page.run()


def labelled(page: AppTest, label: str) -> Any:
    return next(button for button in page.button if button.label == label)


def models(page: AppTest) -> list[str]:
    return [page.session_state[names.lane_model(lane)] for lane in page.session_state[names.LANES]]


def everything(page: AppTest) -> str:
    """All that the page has sent to the browser, whatever kind of element it is."""

    def walk(node: Any) -> Iterator[str]:
        yield str(getattr(node, "proto", None) or "").replace('\\"', '"')
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    return "\n".join(walk(page._tree))


def test_lanes_are_kept_as_a_set_taken_again_with_their_settings_and_deleted(page: AppTest) -> None:
    choose(page, names.lane_menu(0), "Remove")
    page.text_input(key="max_output_tokens_1_claude-sonnet-5-5").set_value("64").run()
    page.text_area(key=names.lane_prompt(2)).set_value("My own").run()
    mine = models(page)
    menu(page, names.PRESET)
    page.text_input(key=names.PRESET_NAME).set_value(" Two of mine ").run()
    press(page, "keep_set")
    assert not page.exception
    assert "Kept: Two of mine." in said(page)
    labelled(page, "Three flagships").click().run()
    assert models(page) != mine
    menu(page, names.PRESET)
    labelled(page, "Two of mine").click().run()
    assert models(page) == mine
    first, second = page.session_state[names.LANES]
    assert page.text_input(key=f"max_output_tokens_{first}_claude-sonnet-5-5").value == "64"
    assert page.text_area(key=names.lane_prompt(second)).value == "My own"
    menu(page, names.PRESET)
    labelled(page, "Delete the set Two of mine").click().run()
    assert lane_sets.all_sets(history.get_store(), owner="") == []


def test_a_set_needs_a_name_and_one_that_can_not_be_read_is_said(page: AppTest) -> None:
    menu(page, names.PRESET)
    press(page, "keep_set")
    assert "A set needs a name" in said(page)
    lane_sets.save(history.get_store(), "Broken", "no JSON", owner="")
    before = models(page)
    page.run()
    labelled(page, "Broken").click().run()
    assert "This set can't be read" in said(page)
    assert models(page) == before


def test_a_visitor_of_a_server_has_only_their_own_sets(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane_sets.save(history.get_store(), "Somebody else's", "[]", owner="another")
    monkeypatch.setattr(keeping, "visitor", lambda: "me")
    menu(page, names.PRESET)
    assert "Somebody else's" not in everything(page)


def test_prompt_system_prompt_and_lanes_are_saved_to_prompts_and_open_again(page: AppTest) -> None:
    page.text_area(key=names.PROMPT).set_value("Say hello.").run()
    page.text_area(key=names.SYSTEM).set_value("Be kind.").run()
    page.text_input(key="max_output_tokens_0_gpt-6.1-sol").set_value("64").run()
    menu(page, "save_open")
    page.text_input(key=names.PROMPT_NAME).set_value("Greeting").run()
    page.text_input(key=names.PROMPT_NOTE).set_value("the first").run()
    press(page, "prompt_save")
    assert not page.exception
    assert "In Prompts as **Greeting v1**." in said(page)
    (prompt,) = library.all_prompts(history.get_store(), owner="")
    kept = prompt.newest
    assert (kept.text, kept.system, kept.note) == ("Say hello.", "Be kind.", "the first")
    assert len(json.loads(kept.lanes)) == 3
    choose(page, names.lane_menu(0), "Remove")
    page.text_area(key=names.PROMPT).set_value("Something else").run()
    page.switch_page(path("prompts.py")).run()
    assert page.selectbox(key=names.LIBRARY_NAME).value == "Greeting"
    press(page, "library_compare")
    assert not page.exception
    assert page.text_area(key=names.PROMPT).value == "Say hello."
    first, *rest = page.session_state[names.LANES]
    assert len(rest) == 2
    assert page.text_input(key=f"max_output_tokens_{first}_gpt-6.1-sol").value == "64"


def test_saved_again_it_is_a_new_version_and_without_a_name_it_is_not_saved(page: AppTest) -> None:
    menu(page, "save_open")
    press(page, "prompt_save")
    assert "A prompt needs a name" in said(page)
    page.text_input(key=names.PROMPT_NAME).set_value("Mine").run()
    page.checkbox(key=names.PROMPT_LANES).set_value(False).run()
    press(page, "prompt_save")
    page.text_area(key=names.PROMPT).set_value("Another one").run()
    press(page, "prompt_save")
    assert "In Prompts as **Mine v2**." in said(page)
    (prompt,) = library.all_prompts(history.get_store(), owner="")
    assert [version.lanes for version in prompt.versions] == ["", ""]


def own_prompt(page: AppTest, lane: int, version: str | None) -> AppTest:
    page.session_state[f"lane_own_{lane}"] = True
    page.run()
    return page.selectbox(key=names.lane_version(lane)).set_value(version).run()


def test_a_lanes_prompt_is_a_version_of_the_library_with_a_badge_and_a_diff(page: AppTest) -> None:
    store = history.get_store()
    library.save(store, "Greeting", "Hello {{name}}, hi.", owner="", system="Be kind.")
    library.save(store, "Greeting", "Good morning.", owner="")
    page.text_area(key=names.PROMPT).set_value("Hello Bob, hi.").run()
    own_prompt(page, 1, "Greeting v1")
    page.text_input(key=names.lane_value(1, "name")).set_value("Ada").run()
    assert page.text_area(key=names.lane_prompt(1)).value == "Hello Ada, hi."
    assert page.text_area(key=names.lane_system(1)).value == "Be kind."
    shown = everything(page)
    assert '<span class="chip" data-state="own">Greeting v1</span>' in shown
    assert "<del>Bob</del><ins>Ada</ins>" in shown
    page.text_area(key=names.lane_prompt(1)).set_value("Hello Eve, hi.").run()
    assert ">own prompt</span>" in everything(page)
    assert ">Greeting v1</span>" not in everything(page)
    assert page.selectbox(key=names.lane_version(1)).value is None
    own_prompt(page, 1, "Greeting v2")
    own_prompt(page, 1, None)
    assert page.text_area(key=names.lane_prompt(1)).value == ""
    assert ">own prompt</span>" not in everything(page)


def test_the_badge_stays_at_the_answer_and_with_the_link_of_the_run(page: AppTest) -> None:
    library.save(history.get_store(), "Greeting", "Good morning.", owner="")
    own_prompt(page, 0, "Greeting v1")
    until_done(press(page, "run"))
    badge = '<span class="chip" data-state="own">Greeting v1</span>'
    assert badge in everything(page)
    again = opened()
    again.query_params["run"] = page.query_params["run"]
    again.run()
    assert badge in everything(again)
    page.text_area(key=names.lane_prompt(0)).set_value("Changed since").run()
    assert badge not in everything(page)


def blindly(page: AppTest) -> AppTest:
    """A run whose names are hidden, all of its answers there."""
    page.toggle(key=names.BLIND).set_value(True).run()
    press(page, "run")
    for _ in range(200):
        if any(button.key == "vote_tie" for button in page.button):
            return page
        page.run()
    pytest.fail("nothing was to be voted on")


HIDDEN = (
    "gpt-6.1-sol",
    "claude-sonnet-5-5",
    "gemini-3.8-flash",
    "openai:",
    "anthropic:",
    "gemini:",
)


def kept() -> Stored:
    """The only run of the history, once its answers are written: they are a moment after they are shown."""
    store = history.get_store()
    for _ in range(200):
        (stored,) = each(store, ids(store, Filter()))
        if all(answer.text or answer.failure for answer in stored.run.responses):
            break
        time.sleep(0.02)
    return stored


def test_before_the_vote_nothing_on_the_page_tells_the_models(page: AppTest) -> None:
    blindly(page)
    assert not page.exception
    shown = everything(page)
    assert [name for name in HIDDEN if name in shown] == []
    assert "dl class" not in shown, "no cost, no time, no tokens"
    assert not page.dataframe
    assert page.get("download_button") == []
    for letter in "ABC":
        assert f"Answer {letter}</h2>" in shown


def test_after_the_vote_names_are_shown_the_vote_is_kept_and_counted(page: AppTest) -> None:
    blindly(page)
    until_done(press(page, "vote_b"))
    stored = kept()
    assert stored.labels.vote is not None
    best = stored.labels.vote.lane or 0
    assert best == stored.context["blind"][1]
    winner = stored.run.requests[best].model
    assert f"You voted for answer B: **{winner.model}**." in said(page).replace("\\", "")
    assert ">was answer B, your vote" in everything(page)
    counted = {row.model: (row.won, row.votes) for row in tally(history.get_store(), owner=None)}
    assert counted == {
        str(request.model): (int(i == best), 1) for i, request in enumerate(stored.run.requests)
    }
    page.switch_page(path("history.py"))
    page.session_state["history_tab"] = "Votes"
    page.run()
    assert not page.exception
    table = page.dataframe[0].value
    assert list(table["Won"]) == [1, 0, 0]
    assert set(table["Answers"]) == {"simulated"}


@pytest.mark.parametrize(
    ("button", "words"),
    [("vote_tie", "You voted that none is better."), ("vote_good", "You voted that none is good.")],
)
def test_none_may_be_better_or_good(page: AppTest, button: str, words: str) -> None:
    blindly(page)
    until_done(press(page, button))
    assert words in said(page)
    assert sum(row.won for row in tally(history.get_store(), owner=None)) == 0


def test_another_session_with_the_link_is_blind_too_until_the_vote_and_then_not(
    page: AppTest,
) -> None:
    blindly(page)
    again = opened()
    again.query_params["run"] = page.query_params["run"]
    again.run()
    assert [name for name in HIDDEN if name in everything(again)] == []
    press(page, "vote_a")
    after = opened()
    after.query_params["run"] = page.query_params["run"]
    after.run()
    assert "You voted for answer A" in said(after)


def test_a_failed_answer_says_why_only_after_the_vote(page: AppTest) -> None:
    page.selectbox(key="fault_0").set_value("401").run()
    blindly(page)
    failure = kept().run.responses[0].failure
    assert failure is not None
    assert "Failed. Why is shown after the vote." in said(page)
    assert failure.meaning not in everything(page)
    until_done(press(page, "vote_tie"))
    assert failure.meaning in said(page)


def test_of_one_lane_nothing_is_hidden(
    page: AppTest,
) -> None:
    for lane in (0, 1):
        choose(page, names.lane_menu(lane), "Remove")
    page.toggle(key=names.BLIND).set_value(True).run()
    until_done(press(page, "run"))
    assert "dl class" in everything(page)


def test_the_tour_is_in_the_empty_lanes_until_it_is_skipped_or_a_run_is_started(
    page: AppTest,
) -> None:
    assert "1 of 3 · Press Run" in said(page)
    assert "3 of 3 · Look behind it" in said(page)
    press(page, "skip_0")
    assert "of 3 ·" not in said(page)
    another = opened()
    until_done(press(another, "run"))
    press(another, "add_lane")
    choose(another, names.lane_menu(0), "Remove")
    assert "of 3 ·" not in said(another)


def test_a_version_of_nothing_but_a_variable_stays_chosen_until_it_is_filled(page: AppTest) -> None:
    library.save(history.get_store(), "Bare", "{{text}}", owner="", system="")
    own_prompt(page, 1, "Bare v1")
    assert page.selectbox(key=names.lane_version(1)).value == "Bare v1"
    page.text_input(key=names.lane_value(1, "text")).set_value("Hello").run()
    assert page.text_area(key=names.lane_prompt(1)).value == "Hello"
