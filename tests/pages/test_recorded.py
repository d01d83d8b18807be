"""The gallery of recorded answers: chosen by what they show or by a prompt, replayed, and never called simulated."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.demo import recorded
from playground.ui.shell import pages

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    app.switch_page(pages.path("recorded.py")).run()
    assert not app.exception
    return app


def said(page: AppTest) -> str:
    kinds = ("caption", "markdown", "text", "info")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in page.get(kind))


def chips(page: AppTest) -> str:
    return "".join(str(getattr(element, "value", "")) for element in page.get("html"))


def lanes(page: AppTest) -> list[str]:
    return [str(page.selectbox(key=f"model_{lane}").value) for lane in page.session_state["lanes"]]


def done(page: AppTest) -> AppTest:
    for _ in range(200):
        if page.dataframe:
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the run did not end")


def test_a_recorded_answer_is_replayed_with_its_day_its_model_and_its_source(page: AppTest) -> None:
    page.selectbox(key="recorded_answer").select("primes").run()
    assert "Recorded on 2026-01-17 from gpt-5; the pace is ours" in chips(page)
    assert "Mirascope/mirascope" in said(page)
    assert "(MIT)" in said(page)
    assert "OpenAI said that it began after 0.042 s" in said(page)
    page.button(key="recorded_replay").click().run()
    for _ in range(100):
        if (
            "Finish reason" in "".join(str(getattr(e, "value", "")) for e in page.get("html"))
            or page.tabs
        ):
            break
        time.sleep(0.1)
        page.run()
    assert not page.exception
    assert "nothing was billed" in said(page)
    assert chips(page).count("Recorded on 2026-01-17 from gpt-5; the pace is ours") == 2


def test_a_prompt_that_was_recorded_is_found_and_another_is_not(page: AppTest) -> None:
    page.text_input(key="recorded_prompt").input("what is the capital of france?").run()
    assert page.selectbox(key="recorded_answer").value == "capital"
    page.text_input(key="recorded_prompt").input("What is the capital of Spain?").run()
    assert not page.exception
    assert "No recorded answer fits" in said(page)


def test_every_kind_is_a_filter_that_leaves_those_that_show_it(page: AppTest) -> None:
    pills = page.button_group(key="recorded_what")
    assert pills.options == recorded.shows()
    for kind in recorded.shows():
        page.button_group(key="recorded_what").set_value(kind).run()
        shown = [r for r in recorded.recordings() if kind in r.shows]
        assert len(page.selectbox(key="recorded_answer").options) == len(shown)
        assert kind in chips(page)


def test_a_recorded_answer_is_a_lane_beside_others_and_wins_no_time(page: AppTest) -> None:
    page.selectbox(key="recorded_answer").select("capital").run()
    page.button(key="recorded_compare").click().run()
    page.switch_page(pages.COMPARE).run()  # as the button does in a browser; AppTest stays behind
    assert not page.exception
    capital = recorded.find("capital")
    assert capital is not None
    assert lanes(page)[-1] == str(capital.model)
    assert page.text_area(key="prompt").value == capital.prompt
    assert "All lanes are simulated or recorded" in said(page)
    assert "own system prompt" in chips(page)
    done(page.button(key="run").click().run())
    assert (
        "recorded on 2026-05-19 from gemini-3.1-flash-lite; the pace is ours" in chips(page).lower()
    )
    table = page.dataframe[0].value.set_index("lane")
    (lane,) = [name for name in table.index if "recorded" in name]
    assert table.loc[lane, "input_tokens"] == 15  # as it was counted then
    assert table.loc[lane, "best at"] in ("", "cheapest")
    assert "the times are ours and compete with none" in said(page)
    assert "the times are a replay's" in said(page)


def test_compare_offers_the_answers_that_were_recorded_to_its_prompt(page: AppTest) -> None:
    page.switch_page(pages.COMPARE).run()
    assert not [b for b in page.button if str(b.key).startswith("replay_")]
    page.text_area(key="prompt").input("list all U.S.  STATES").run()
    offered = [b for b in page.button if str(b.key).startswith("replay_")]
    assert {b.label for b in offered} == {
        "Add what gpt-4o answered on 2025-10-22",
        "Add what gemini-2.5-flash answered on 2025-10-17",
    }
    offered[0].click().run()
    assert "~recorded-" in lanes(page)[-1]
    assert len([b for b in page.button if str(b.key).startswith("replay_")]) == 1
    page.text_area(key="prompt").input("List the states of Mexico.").run()
    assert "This answer was recorded for another prompt" in "".join(e.value for e in page.error)
    page.button(key="run").click().run()
    assert "Lane 4: This answer was recorded for another prompt" in "".join(
        e.value for e in page.error
    )
    page.button(key=str(offered[0].key).replace("replay_", "mend_")).click().run()
    assert page.text_area(key="prompt").value == "List all U.S. states."
    assert not page.error


def test_an_answer_that_came_whole_comes_whole_in_its_lane_and_with_a_key_nothing_is_sent(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "key-of-the-test-that-nobody-takes")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    page.switch_page(pages.COMPARE).run()
    page.text_area(key="prompt").input("What is the capital of France?").run()
    page.button(key="replay_capital").click().run()
    assert "The other lane is" in said(page) or "The other 3 are simulated or recorded" in said(
        page
    )
    done(page.button(key="run").click().run())
    table = page.dataframe[0].value.set_index("lane")
    (lane,) = [name for name in table.index if "recorded" in name]
    assert table.loc[lane, "state"] == "done"
    assert math.isnan(table.loc[lane, "time_to_first_text"])
    other = [name for name in table.index if name.startswith("gemini:") and name != lane]
    assert [table.loc[name, "state"] for name in other] == ["connection"]


def test_a_recorded_answer_can_be_spelled_by_its_name_and_an_unknown_one_is_said() -> None:
    for spelling, wrong in (
        ("recorded:primes", "How many primes below 400"),
        ("recorded:cheese", "no recorded answer is called"),
        ("openai:gpt-5~recorded-2026-01-17-cheese", "no recorded answer is called"),
    ):
        app = AppTest.from_file(str(ROUTER), default_timeout=60)
        app.session_state["lanes"], app.session_state["model_0"] = [0], spelling
        app.run()
        assert wrong in "".join(e.value for e in app.error)


def test_the_address_names_the_recorded_answer_and_one_that_is_gone_is_said(page: AppTest) -> None:
    page.selectbox(key="recorded_answer").select("primes").run()
    assert page.query_params["answer"] == "primes"
    page.query_params["answer"] = "capital"
    assert page.run().selectbox(key="recorded_answer").value == "capital"
    page.query_params["answer"] = "no-such-answer"
    page.run()
    warned = [warning.value for warning in page.warning]
    assert any("The recorded answer of this link is not here" in words for words in warned)
    assert "answer" not in page.query_params
