"""Your chats: an export, or the sample, priced on the page."""

from __future__ import annotations

import copy
import json
import logging
import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground import pricing
from playground.chats import sample
from playground.chats.costing import NO_PRICE, Sum
from playground.ui import names
from playground.ui.chats import exactly
from playground.ui.shell.pages import path
from tests.chats.making import chatgpt, node

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.switch_page(path("chats.py"))
    found = app.run()
    assert not found.exception
    return found


def metrics(page: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in page.metric}


def test_it_begins_with_what_to_give_and_a_sample(page: AppTest) -> None:
    assert "every turn sends all earlier ones again" in page.info[0].value
    assert not page.metric


def test_the_sample_is_one_click(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    assert not page.exception
    found = metrics(page)
    assert found["Conversations"] == "6"
    assert found["Turns"] == "80"
    assert found["API calls"] == "86"  # every second answer was asked for twice
    assert found["Of the input, sent again"].endswith("%")
    assert "as gpt-5.2" not in found["As API calls"]


def test_what_was_given_is_read_and_what_is_left_out_is_named(page: AppTest) -> None:
    talk = chatgpt(node("a", None, "user", "Hi"), node("b", "a", "assistant", "Hello."))
    content = json.dumps([talk, {"email_address": "x"}]).encode()
    page.file_uploader[0].set_value([("conversations.json", content, "application/json")]).run()
    assert not page.exception
    assert metrics(page)["Conversations"] == "1"
    assert any("who the account belongs to" in one.value for one in page.markdown)


def test_what_was_given_is_nowhere_on_disk(page: AppTest, tmp_path: Path) -> None:
    """The test's own folder holds the app's data: neither a text nor a title of the export is in it."""
    talk = chatgpt(node("a", None, "user", "canary-of-the-prompt"), title="canary-of-the-title")
    content = json.dumps([talk]).encode()
    page.file_uploader[0].set_value([("conversations.json", content, "application/json")]).run()
    assert metrics(page)["Conversations"] == "1"
    places = [tmp_path, Path(os.environ["PLAYGROUND_DATA_DIR"])]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    assert not [file for file in files if b"canary-of-the-" in file.read_bytes()]


def test_what_was_given_is_in_no_log_and_in_no_other_session(
    page: AppTest, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    talk = chatgpt(node("a", None, "user", "canary-of-the-prompt"), title="canary-of-the-title")
    broken = b'[{"canary-of-the-field": ' + json.dumps([talk]).encode()
    files = [
        ("conversations.json", json.dumps([talk]).encode(), "application/json"),
        ("broken.json", broken, "application/json"),
    ]
    page.file_uploader[0].set_value(files).run()
    assert metrics(page)["Conversations"] == "1"
    other = AppTest.from_file(str(ROUTER), default_timeout=60)
    other.switch_page(path("chats.py"))
    other.run()
    assert not other.metric
    assert "canary-of-the-" not in repr(other.session_state)
    assert "canary-of-the-" not in repr(other.main)
    told = capfd.readouterr()
    assert "canary-of-the-" not in caplog.text + told.out + told.err


def test_the_break_even_is_that_of_the_chats_that_were_imported(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    summary = page.session_state["chats_read"][1]
    average = summary.average()
    page.switch_page(path("chat_vs_api.py"))
    page.session_state["chat_view"] = "Three ways to pay"
    page.run()
    assert not page.exception
    said = "\n".join(one.value for one in page.caption)
    assert f"average of your {average.conversations} imported conversations" in said
    assert f"{average.input_tokens:,} input and" in said
    assert page.session_state["pay_source"] == "my imported chats"


def test_a_conversation_is_counted_by_its_provider(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    model = next(o for o in page.selectbox(key="chats_count_model").options if "anthropic" in o)
    page.selectbox(key="chats_count_model").select(model).run()
    assert any("to the simulation on this computer" in one.value for one in page.caption)
    page.button(key="chats_count").click().run()
    assert not page.exception
    said = "\n".join(one.value for one in page.caption)
    assert "and so has the sum of its steps" in said
    table = next(one.value for one in page.dataframe if "Counted by" in one.value)
    here, there = table["Input tokens"]
    assert here != there


def test_the_sums_stand_by_month_and_model(page: AppTest) -> None:
    nodes = [node("q0", None, "user", "Hi", create_time=1_780_000_000)]
    for number, slug in enumerate(("gpt-4o", "gpt-4-1-mini")):
        at, model = 1_780_000_000 + number, {"model_slug": slug}
        nodes.append(node(f"a{number}", "q0", "assistant", "Hi.", create_time=at, metadata=model))
    content = json.dumps([chatgpt(*nodes)]).encode()
    page.file_uploader[0].set_value([("conversations.json", content, "application/json")]).run()
    assert not page.exception
    tables = [one.value for one in page.dataframe if "Month (UTC)" in one.value]
    assert tables[0]["Model"].tolist() == ["openai:gpt-4o", "openai:gpt-4.1-mini"]
    assert set(tables[0]["Month (UTC)"]) == {"2026-05"}


def test_a_sum_that_is_the_upper_end_of_a_range_says_so(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    low, high = metrics(page)["As API calls"].replace("\\", "").split(" – ")
    assert low != high
    dearest = next(one.value for one in page.dataframe if "Title" in one.value)
    assert "Cost" not in dearest
    assert "Cost, upper end" in dearest
    assert any("Cost, upper end, by month" in one.value for one in page.caption)


def test_nothing_found_is_an_error_with_its_reason(page: AppTest) -> None:
    page.file_uploader[0].set_value([("x.json", b'[{"a": 1}]', "application/json")]).run()
    assert "No conversation was found" in page.error[0].value
    assert any("fields" in one.value for one in page.markdown)


def test_a_plan_is_set_beside_the_calls(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    plan = page.selectbox(key="chats_plan")
    plan.select(plan.options[0]).run()
    assert any("as API calls they cost" in one.value for one in page.markdown)


def test_a_system_prompt_costs_at_every_call(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    before = metrics(page)["As API calls"]
    hidden = page.selectbox(key="chats_system")
    hidden.select(hidden.options[1]).run()
    assert metrics(page)["As API calls"] != before


def test_the_sample_is_an_export_like_any_other() -> None:
    talks = json.loads(sample.export())
    assert [len(talk["mapping"]) for talk in talks] == [2 * n + 1 for n in (12, 3, 9, 22, 4, 30)]


def test_another_price_prices_again(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    page.button(key="chats_sample").click().run()
    before = page.session_state[names.CHATS_READ][1]
    assert page.run().session_state[names.CHATS_READ][1] is before
    book = copy.copy(pricing.load())
    monkeypatch.setattr(pricing, "load", lambda *rest, **more: book)
    assert page.run().session_state[names.CHATS_READ][1] is not before


def test_without_a_price_no_sum_is_zero(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing.PriceBook, "row", lambda *of: None)
    page.button(key="chats_sample").click().run()
    assert not page.exception
    found = metrics(page)
    assert found["As API calls"] == NO_PRICE
    assert found["API calls"] == "86"
    shown = "\n".join(str(one.value) for one in (*page.dataframe, *page.markdown, *page.metric))
    assert "$0.00" not in shown
    said = "\n".join(one.value for one in page.caption)
    assert "left out of these sums, since no price is known for them: as used: 6 of 6" in said


def test_counted_exactly_without_a_price_has_tokens_and_no_cost() -> None:
    table = exactly._table([Sum(model="m", calls=1, input_tokens=5, unpriced=1)], "Ollama")
    assert table["Input tokens"][0] == "5"
    assert table["Without a cache"] == table["With a cache"] == [NO_PRICE]
