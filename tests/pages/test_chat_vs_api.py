"""Chat vs API as a script: every section on the simulation, and what it says of bad input."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from streamlit.testing.v1 import AppTest

from playground import catalog
from playground.domain import ModelRef
from playground.lab.panels import PANELS
from playground.lab.questions import questions
from playground.lab.text_statistics import MOST_CHARACTERS
from playground.ui import names
from playground.ui.chat_vs_api import sections as chat
from playground.ui.chat_vs_api.conversation.settings import SYSTEMS
from playground.ui.chat_vs_api.ladder.results import headline
from playground.ui.chat_vs_api.pay.curve import ways_of
from playground.ui.parts.examples import EXAMPLES
from playground.ui.shell.pages import path

PAGES_FOLDER = Path(__file__).parents[2] / "pages"
ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))


def opened(section: str = chat.START, **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state[names.CHAT_VIEW] = section
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page(path("chat_vs_api.py"))
    page = app.run()
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "success")
    elements: list[Any] = [element for kind in kinds for element in page.get(kind)]
    return "\n".join(str(element.value) for element in elements)


def until(page: AppTest, words: str) -> AppTest:
    """Run the script again until it says these words, as the live lanes make the browser do."""
    for _ in range(150):
        if words in said(page):
            return page
        time.sleep(0.1)
        page.run()
        assert not page.exception
    pytest.fail(f"the page never said {words!r}: {said(page)[-1500:]}")


def answered(page: AppTest, number: int) -> AppTest:
    """Wait until all models have answered this turn."""
    until(page, f"turn {number} |")
    for _ in range(150):
        if not any(button.key == "conversation_stop" for button in page.button):
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail(f"turn {number} did not end")


def test_the_first_screen_says_why_turn_10_costs_more() -> None:
    page = opened()
    words = said(page)
    assert "Why does turn 10 cost 3.3 × turn 1? Because it sends 34 × as much text." in words
    assert "the model remembers nothing" in words
    assert [metric.value for metric in page.metric] == [r"\$0.0043", r"\$0.0142", r"\$0.0925"]


@pytest.mark.parametrize("section", chat.VIEWS)
def test_every_section_opens_without_a_key(section: str) -> None:
    opened(section)


def test_the_ladder_climbs_and_every_sum_is_the_reported_usage() -> None:
    page = press(opened(chat.LADDER), "ladder_go")
    until(page, "Dressed like a chat product")
    table = next(frame.value for frame in page.dataframe if "adds" in frame.value)
    assert len(table) == 7
    steps = [int(str(text).strip("≈ ").replace(",", "")) for text in table["adds"]]
    for row in range(7):
        assert sum(steps[: row + 1]) + table["framing"][row] == table["input_tokens"][row]
    assert "simulated" in said(page)


def test_a_step_that_the_door_refuses_is_said_before_it_is_sent_and_is_not_plus_nothing() -> None:
    page = opened(chat.LADDER, ladder_models=["openai/chat:gpt-6.1-sol"])
    refused = "Tools on offer: not sent: web search left out: Chat Completions searches only"
    assert refused in said(page).replace("\\", "")
    page = press(page, "ladder_go")
    until(page, "Dressed like a chat product")
    table = next(frame.value for frame in page.dataframe if "adds" in frame.value)
    tools = next(i for i, step in enumerate(table["step"]) if "Tools on offer" in step)
    assert table["adds"][tools].startswith("not sent: web search left out")
    assert any("Tools on offer · not sent" in box.label for box in page.expander)


def test_an_empty_prompt_and_no_model_are_sentences() -> None:
    page = opened(chat.LADDER)
    page.text_area(key="ladder_prompt").set_value(" ").run()
    assert "The prompt is empty" in said(press(page, "ladder_go"))
    page.text_area(key="ladder_prompt").set_value("Hi").run()
    page.multiselect(key="ladder_models").set_value([]).run()
    assert "No model is chosen" in said(press(page, "ladder_go"))


def test_a_profile_with_a_mistake_is_answered_with_its_line() -> None:
    page = opened(chat.LADDER)
    area = next(a for a in page.text_area if a.label == "The profile as YAML")
    area.set_value("name: mine\nsteps:\n  - name: x\n    kind: magic\n").run()
    assert "profile, line 4: `kind` is one of system" in said(press(page, "ladder_use"))


def test_a_step_switched_off_or_moved_changes_the_ladder() -> None:
    page = opened(chat.LADDER)
    assert "7 steps" in said(page)
    toggle = next(t for t in page.toggle if t.label == "Memory of the user")
    toggle.set_value(False).run()
    assert "6 steps" in said(page)
    later = next(
        b for b in page.button if str(b.key).endswith("0_Product-style system prompt_later")
    )
    later.click().run()
    labels = [t.label for t in page.toggle]
    assert labels.index("Date, place and preferences") < labels.index("Product-style system prompt")


def test_a_pasted_published_prompt_takes_the_place_of_ours_with_its_date() -> None:
    page = opened(chat.LADDER)
    assert "Nothing was pasted" in said(press(page, "published_use"))
    page.text_area(key="published_text").set_value("You are a published prompt.").run()
    press(page, "published_use")
    assert any("Published system prompt of" in t.label for t in page.toggle)


def test_a_conversation_shows_what_each_turn_resends() -> None:
    page = opened(chat.CONVERSATION)
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    page.chat_input[0].set_value("What is an API key?").run()
    answered(page, 2)
    words = said(page)
    assert "· resent" in words
    assert "Sent: 3 messages." in words


def test_a_conversation_is_taken_away_or_becomes_a_request() -> None:
    page = opened(chat.CONVERSATION)
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    assert page.selectbox(key="conversation_project_kind").value == "conversation"
    press(page, "conversation_to_request")
    assert [title.value for title in page.title] == ["Your chats"]
    assert "1 question, 1 answer" in said(page)


def test_what_the_provider_would_store_is_announced_before_it_is_sent() -> None:
    page = opened(chat.CONVERSATION)
    page.toggle(key="conversation_kept").set_value(True).run()
    words = said(page)
    assert "OpenAI stores the conversation" in words
    assert "billed as input all the same" in words


def test_a_conversation_goes_on_when_the_provider_is_to_keep_it() -> None:
    page = opened(
        chat.CONVERSATION, conversation_models=["gemini:gemini-3.8-flash", "openai:gpt-6.1-sol"]
    )
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    page.toggle(key="conversation_kept").set_value(True).run()
    for number in (2, 3):
        page.chat_input[0].set_value("What is an API key?").run()
        answered(page, number)
    until(page, "(previous_response_id)")
    until(page, "(previous_interaction_id)")


def test_a_conversation_that_outgrows_its_window_asks_what_to_do() -> None:
    page = opened(chat.CONVERSATION, conversation_window=200)
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    page.chat_input[0].set_value("What is an API key? " * 30).run()
    assert "would no longer fit" in said(page)
    press(page, "full_drop the oldest")
    until(page, "older messages were dropped")


def test_starting_over_forgets_a_question_that_did_not_fit() -> None:
    page = opened(chat.CONVERSATION, conversation_window=200)
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    page.chat_input[0].set_value("What is an API key? " * 30).run()
    press(page, "conversation_new")
    page.chat_input[0].set_value("What is a token?").run()
    assert "would no longer fit" not in said(answered(page, 1))


def test_a_full_window_can_be_summarised() -> None:
    page = opened(chat.CONVERSATION, conversation_window=200, conversation_policy="summarise")
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    page.chat_input[0].set_value("What is an API key? " * 10).run()
    answered(page, 3)
    assert "asked for a summary" in said(page)


def test_regenerate_and_edit_are_branches_of_the_same_turn() -> None:
    page = opened(chat.CONVERSATION)
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    press(page, "conversation_again")
    until(page, "version 2 of 2")
    back = next(b for b in page.button if str(b.key).endswith("_chevron_left"))
    back.click().run()
    assert "version 1 of 2" in said(page)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Nothing is pasted yet"),
        ("x" * (MOST_CHARACTERS + 1), "at most 200,000"),
        ("word " * (MOST_CHARACTERS // 5), "reading level"),
    ],
)
def test_a_paste_of_any_length_is_answered(text: str, sentence: str) -> None:
    assert sentence in said(opened(chat.PASTE, paste_text=text))


def test_a_pasted_answer_stands_beside_the_apis() -> None:
    page = opened(
        chat.PASTE, paste_text="A **token** is a piece of text.", paste_prompt="What is a token?"
    )
    press(page, "paste_go")
    until(page, "of the words in common")
    words = said(page).replace("\\", "")
    assert "ChatGPT (pasted)" in words
    assert "(simulated)" in words
    assert "cost by API" in words


def test_the_stopwatch_fills_the_seconds() -> None:
    page = press(opened(chat.PASTE), "paste_start")
    press(page, "paste_stop")
    assert float(page.text_input(key="paste_seconds").value or "nothing") >= 0


def test_ways_to_pay_say_that_a_plan_is_no_quota_and_name_the_exceptions() -> None:
    page = opened(chat.PAY, pay_plans=["ChatGPT Plus", "Claude Max", "Gemini AI Plus"])
    words = said(page)
    assert "A plan is not API quota" in words
    assert "Sign in with ChatGPT" in words
    assert "The credit covers about" in words
    assert "Sources disagree" in words
    assert "Both cost the same at" in words


def test_a_model_without_a_price_is_said_to_have_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text('[ollama]\nbase_url = "http://127.0.0.1:9/v1"\n', encoding="utf-8")
    monkeypatch.setenv("PLAYGROUND_ENDPOINTS", str(file))
    page = opened(chat.PAY, pay_models=["ollama:llama3"])
    assert "has no price here" in said(page)


def price(model: str, cost: str, cached: str) -> Any:
    """What a conversation with this model costs, with and without caching."""
    return SimpleNamespace(
        model=ModelRef.parse(model), cost=Decimal(cost), cost_cached=Decimal(cached)
    )


def test_what_costs_the_same_is_one_line() -> None:
    ways = ways_of(
        [
            price("openai:a", "0.04", "0.03"),
            price("anthropic:b", "0.04", "0.02"),
            price("gemini:c", "0.01", "0.01"),
        ]
    )
    assert [(way.name, way.model, way.cached) for way in ways] == [
        ("a, b", "a", False),
        ("a with caching", "a", True),
        ("b with caching", "b", True),
        ("c with or without caching", "c", False),
    ]


def test_a_model_is_one_row_with_the_cheapest_plan_of_its_maker() -> None:
    page = opened(chat.PAY, pay_plans=["ChatGPT Plus", "ChatGPT Pro", "Claude Pro"])
    rows = page.dataframe[0].value.set_index("model")
    assert list(rows.index) == [str(ref) for ref in catalog.defaults()]
    assert rows.loc["openai:gpt-6.1-sol", "plan"] == "ChatGPT Plus"
    assert rows.loc["anthropic:claude-sonnet-5-5", "plan"] == "Claude Pro"


@pytest.mark.parametrize("typed", ["2,5", "1.000,50", "-5", "lots", ""])
def test_a_number_that_can_not_be_read_is_not_another_number(typed: str) -> None:
    page = opened(chat.PAY)
    page.text_input(key="pay_monthly_medium").set_value(typed).run()
    assert not page.exception
    assert "such conversations a month" not in said(page)
    assert len(page.error) == 1


def test_nothing_is_asked_while_the_window_can_not_be_read() -> None:
    page = opened(chat.CONVERSATION, conversation_window="2.000,5")
    assert page.button(key="conversation_example").disabled
    page.chat_input[0].set_value("What is a token?").run()
    assert "Your question was not sent" in said(page)
    assert "conversation" not in page.query_params


def test_seconds_take_a_comma_and_nothing_is_sent_while_they_are_wrong() -> None:
    page = opened(chat.PASTE, paste_text="A word.")
    page.text_input(key="paste_seconds").set_value("2,5").run()
    assert "| total time | 2.50 s |" in said(page)
    page.text_input(key="paste_seconds").set_value("soon").run()
    assert "mend the seconds first" in said(press(page, "paste_go"))
    assert "paste" not in page.query_params


def test_a_sample_answer_can_be_loaded_and_the_question_is_compares() -> None:
    page = opened(chat.PASTE, prompt="Why is the sky blue?")
    assert page.text_area(key="paste_prompt").value == "Why is the sky blue?"
    press(page, "paste_sample")
    assert page.text_area(key="paste_prompt").value == EXAMPLES["What is a token?"]
    words = said(page)
    assert "another product" in words
    assert "| hidden reasoning tokens | unknown |" in words


def test_hidden_reasoning_explains_the_cost() -> None:
    page = press(opened(chat.PASTE, paste_text="A word."), "paste_go")
    until(page, "of the words in common")
    (line,) = [line for line in said(page).splitlines() if "hidden reasoning tokens" in line]
    assert int(line.split("|")[3].strip()) > 0


def test_presenting_is_in_the_address() -> None:
    def presents(page: AppTest) -> bool:
        return any('<span class=\\"presenting' in str(html.proto) for html in page.get("html"))

    assert not presents(opened())
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["present"] = "true"
    app.switch_page(path("chat_vs_api.py"))
    assert presents(app.run())


def test_both_numbers_of_the_ladders_headline_are_named() -> None:
    assert headline(38, 44, 880) == (
        "Your prompt is 38 tokens, 44 with what the provider adds to any call. Dressed like a chat"
        " product, it is 880: 20 × 44."
    )
    assert "38 tokens. Dressed" in headline(38, 38, 880)


def test_the_questions_move_on_by_themselves_and_lean_from_the_third_on() -> None:
    page = opened(chat.CHOOSE, choose_who="A program or script", choose_often="heavy")
    assert "(≈ 600 a month)" in str(page.get("button_group")[2].proto)
    assert "leans to" not in said(page)
    page = opened(
        chat.CHOOSE, choose_who="A program or script", choose_often="heavy", choose_extras="No"
    )
    assert "3 to go. So far it leans to: **the API**." in said(page)


def test_every_difference_has_a_button() -> None:
    page = opened(chat.POINTS)
    keys = [str(button.key) for button in page.button if str(button.key).startswith("point_")]
    for name in ("Billing", "State", "System prompt", "Tools", "Limits", "Retention", "Rendering"):
        assert f"point_{name}" in keys
    press(page, "point_State")
    assert page.session_state[names.CHAT_VIEW] == chat.CONVERSATION


def test_six_questions_end_in_a_recommendation_with_figures() -> None:
    page = opened(
        chat.CHOOSE,
        choose_who="A program or script",
        choose_often="heavy",
        choose_extras="No",
        choose_control="Yes",
        choose_build="A developer",
        choose_budget="Pay for what I use",
    )
    words = said(page)
    assert "## The API" in words
    assert "600 conversations a month would cost" in words
    press(page, "choose_open")
    assert page.session_state[names.CHAT_VIEW] == chat.PAY
    assert page.session_state["pay_source"] == "heavy"


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (chat.LADDER, "All steps together: "),
        (chat.CONVERSATION, "The next question, without its own words: "),
    ],
)
def test_what_it_may_cost_is_said_before_it_is_sent(section: str, words: str) -> None:
    models = {
        names.LADDER_MODELS: ["openai:gpt-6.1-sol"],
        "conversation_models": ["openai:gpt-6.1-sol"],
    }
    page = opened(section, **models)
    assert words not in said(page)  # simulated: nothing is billed
    page.text_input(key="key_openai").set_value("sk-canary-4b1d9c27e05f83aa").run()
    assert not page.exception
    assert f"{words}Likely about \\$" in said(page)


def test_a_turn_whose_cache_missed_says_why_and_what_it_cost_again() -> None:
    page = opened(
        chat.CONVERSATION,
        conversation_models=["anthropic:claude-sonnet-5-5"],
        conversation_system=SYSTEMS[2],
        conversation_system_text="Write dates as 2026-11-26 and name the time zone. " * 150,
    )
    page.chat_input[0].set_value("What is a token?").run()
    answered(page, 1)
    assert "Cache missed" not in said(page)
    page.chat_input[0].set_value("What is an API key?").run()
    answered(page, 2)
    words = said(page)
    assert "Cache missed: Anthropic caches only what is asked to be cached" in words
    assert "more than a reading" in words
    page.toggle(key="conversation_cache").set_value(True).run()
    for number in (3, 4):
        page.chat_input[0].set_value("What is a rate limit?").run()
        answered(page, number)
    assert said(page).count("Cache missed") == 2


def test_a_question_is_found_answered_and_leads_to_the_part_that_shows_it() -> None:
    page = opened(chat.ASKED)
    page.text_input(key=names.QUESTION_WORDS).set_value("is it cheaper").run()
    words = said(page)
    assert "**Is the API cheaper?**" in words
    press(page, "asked_Is the API cheaper?")
    assert page.session_state[names.CHAT_VIEW] == chat.PAY


def test_a_question_that_nobody_asked_says_so_and_shows_all() -> None:
    page = opened(chat.ASKED, **{names.QUESTION_WORDS: "zebra"})
    words = said(page)
    assert "No question of ours has these words" in words
    assert "**Is a token the key?**" in words


def test_every_link_of_a_question_leads_to_a_part_that_is_there() -> None:
    for question in questions():
        assert (PAGES_FOLDER / f"{question.page}.py").is_file()
        assert question.opens.get(names.CHAT_VIEW, chat.START) in chat.VIEWS
        assert question.opens.get("panel", "wire") in PANELS


def test_every_name_is_told_with_its_sources_on_the_first_screen_and_beside_each_plan() -> None:
    words = said(opened())
    assert "**Google AI Studio** · Google · web page over an API" in words
    assert "docs.cloud.google.com" in words
    assert "**ChatGPT** · OpenAI · chat product" in said(opened(chat.PAY))


def test_three_wallets_say_who_pays_what_is_refused_and_what_can_not_be_done_from_here() -> None:
    words = said(opened(chat.WALLETS))
    assert "`max_output_tokens`, `temperature`" in words
    assert "no dollars are charged for the call" in words
    assert "a callback on 127.0.0.1" in words
    assert "nothing here can see which wallet paid" in words


def test_one_signs_in_on_the_simulation_asks_by_the_plan_and_signs_out() -> None:
    page = opened(chat.WALLETS)
    page.button(key="wallets_demo").click().run()
    assert not page.exception
    attempt = page.session_state["wallets_sign_in"]
    with httpx2.Client(trust_env=False, timeout=20) as browser:
        links = re.findall(r'href="([^"]+)">Allow<', browser.get(attempt.url).text)
        browser.get(links[0].replace("&amp;", "&"), follow_redirects=True)
    page.button(key="wallets_signed").click().run()
    assert not page.exception
    assert "Signed in as **Sam Simulated**" in said(page)
    page.button(key="wallets_ask").click().run()
    assert "paid by the plan" in said(page)
    page.button(key="wallets_out").click().run()
    assert "Signed in as" not in said(page)
    assert page.session_state["session"].plan is None


def test_a_hosted_copy_says_why_nobody_signs_in_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened(chat.WALLETS)
    assert any(
        "only where app and browser run on the same computer" in one.value for one in page.info
    )
    assert "wallets_chatgpt" not in [one.key for one in page.button]


def test_a_plan_is_tried_on_the_simulation_beside_a_key() -> None:
    page = opened(chat.WALLETS)
    page.button(key="wallets_try").click().run()
    assert not page.exception
    table = page.dataframe[0].value.set_index("Beside the plain request")
    assert table.loc["nothing: the plain request"].tolist() == ["answered", "answered"]
    assert table.loc["max_output_tokens", "By key"] == "answered"
    assert "'max_output_tokens' is not supported" in table.loc["max_output_tokens"].iloc[1]
    assert "refuses" in said(page)
