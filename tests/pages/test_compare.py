"""Compare as a script: what it shows before anything is sent, and for input that can't be sent."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import catalog, history, pricing
from playground.domain import ModelRef, Request, Response, Run, Settings, Tool, setting
from playground.domain.setting import SETTINGS, Setting
from playground.domain.typed import read_schema, read_tools
from playground.engine import LiveRun
from playground.export.formats import FORMATS
from playground.history import Labels
from playground.history.writing import put
from playground.ui import names
from playground.ui.compare import lane, presets, result
from playground.ui.compare.prompt import MOST_CHARACTERS
from playground.ui.parts.examples import EXAMPLES

NOW = "2026-11-26T12:00:00.000+00:00"
ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))


def opened(**state: Any) -> AppTest:
    """The app's first page in a new session; AppTest takes a model that is not in the menu only before the first run."""
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


@pytest.fixture
def page() -> AppTest:
    return opened()


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def choose(page: AppTest, menu: str, what: str) -> AppTest:
    """Take one line of a menu."""
    return page.menu_button(key=menu).click(what).run()


def until_done(page: AppTest) -> AppTest:
    """Run the script again until every lane has ended, as the live lanes make the browser do."""
    for _ in range(200):
        if page.dataframe:
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the run did not end")


def open_run(page: AppTest, *requests: Request) -> None:
    """Let the history have a run of these requests, and the address name it."""
    responses = tuple(Response(model=request.model, text="Hello.") for request in requests)
    run = Run(id="earlier", created_at=NOW, requests=requests, responses=responses)
    put(history.get_store(), run, Labels())
    page.query_params["run"] = run.id
    page.run()


def said(page: AppTest) -> str:
    """All the words that are neither input nor code."""
    kinds = ("markdown", "caption", "info", "error", "warning", "success")
    return "\n".join(
        str(getattr(element, "value", "")) for kind in kinds for element in page.get(kind)
    )


def test_it_opens_with_an_example_and_three_simulated_lanes(page: AppTest) -> None:
    assert not page.exception
    assert page.text_area(key="prompt").value == next(iter(EXAMPLES.values()))
    providers = [str(page.selectbox(key=f"model_{i}").value).split(":")[0] for i in range(3)]
    assert providers == ["openai", "anthropic", "gemini"]
    assert "All lanes are simulated" in said(page)
    assert "input tokens a lane (estimate)" in said(page)


def test_a_run_ends_in_figures_and_receipts(page: AppTest) -> None:
    until_done(press(page, "run"))
    assert not page.exception
    table = page.dataframe[0].value
    assert list(table["state"]) == ["done", "done", "done"]
    assert table["input_tokens"].min() > 0
    assert table["cost"].min() > 0
    assert "checked 20" in said(page)
    labels = [str(getattr(button, "label", "")) for button in page.get("download_button")]
    assert labels == [format_.label for format_ in FORMATS.values()]


def test_the_estimate_goes_from_the_least_to_the_largest_lane_with_prompts_of_their_own(
    page: AppTest,
) -> None:
    page.text_area(key=names.PROMPT).set_value("one").run()
    assert "About 1 input tokens a lane" in said(page)
    page.session_state[names.lane_prompt(1)] = "one two three four"
    assert "About 1 to 4 input tokens a lane" in said(page.run())
    page.session_state[names.lane_prompt(0)] = "one two three four five"
    page.session_state[names.lane_prompt(2)] = "one two"
    assert "About 2 to 5 input tokens a lane" in said(page.run())


def test_lanes_that_tell_their_end_late_do_not_have_the_whole_page_drawn_again(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = result.below
    again: list[None] = []

    def and_then_told(run: LiveRun | None, done: bool) -> None:
        draw(run, done)
        if run and done:
            again.append(None)
            lane._ended(run, 0)
            again.pop()

    monkeypatch.setattr(result, "below", and_then_told)
    page = press(page, "run")
    for _ in range(200):
        if page.dataframe or again:
            break
        time.sleep(0.1)
        page.run()
    assert page.dataframe
    assert not again, "the page was drawn again"


@pytest.mark.parametrize("empty", ["", "   \n\t "])
def test_an_empty_prompt_is_not_sent(page: AppTest, empty: str) -> None:
    page.text_area(key="prompt").set_value(empty).run()
    press(page, "run")
    assert [error.value for error in page.error] == [
        "The prompt is empty: type a question or take one of the examples."
    ]


def test_a_prompt_of_five_megabytes_is_told_its_length(page: AppTest) -> None:
    page.text_area(key="prompt").set_value("a b c " * 900_000).run()
    press(page, "run")
    (error,) = page.error
    assert f"{6 * 900_000:,} characters" in error.value
    assert f"{MOST_CHARACTERS:,}" in error.value
    assert not page.exception


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ("nonsense", "write provider:model"),
        ("nowhere:model", "No endpoint is named 'nowhere'"),
        ("openai/telepathy:gpt-6", "has no door 'telepathy'"),
    ],
)
def test_a_model_that_cannot_be_asked_says_why(spelling: str, words: str) -> None:
    page = opened(model_0=spelling)
    assert words in said(page).replace("\\", "")
    press(page, "run")
    assert not page.exception
    assert not page.dataframe


def test_an_unknown_model_is_asked_and_not_found_as_at_the_provider() -> None:
    page = opened(model_0="openai:gpt-7-unheard-of")
    until_done(press(page, "run"))
    table = page.dataframe[0].value
    assert table["cost"].isna()[0]
    assert "gpt-7-unheard-of" in said(page)
    assert "OpenAI does not know this model" in said(page)


def test_a_bare_model_name_finds_its_provider() -> None:
    page = opened(model_0="claude-haiku-5-5")
    assert not page.error


def test_lanes_are_added_up_to_eight_and_removed(page: AppTest) -> None:
    for _ in range(5):
        press(page, "add_lane")
    assert len(page.session_state["lanes"]) == 8
    assert page.button(key="add_lane").disabled
    models = [page.session_state[names.lane_model(lane)] for lane in range(8)]
    assert len(set(models)) == 8, "a new lane is a new model"
    choose(page, names.lane_menu(0), "Remove")
    assert len(page.session_state["lanes"]) == 7
    assert not page.exception


def test_a_set_of_models_replaces_the_lanes(page: AppTest) -> None:
    def taken(name: str) -> list[str]:
        page.session_state[names.PRESET] = True  # its menu is open
        page.run()
        next(button for button in page.button if button.label == name).click().run()
        assert not page.exception
        return [page.session_state[names.lane_model(i)] for i in page.session_state[names.LANES]]

    assert taken("Cheapest of each") == [str(lane.model) for lane in presets.cheapest()]
    flagships = [str(lane.model) for lane in presets.flagships()]
    assert taken("Three flagships") == flagships
    assert taken("Same model, three efforts") == flagships[:1] * 3
    model = ModelRef.parse(flagships[0]).model
    here = page.session_state[names.LANES]
    assert len({page.selectbox(key=f"effort_{lane}_{model}").value for lane in here}) == 3
    levels = catalog.describe(ModelRef.parse(flagships[0])).efforts
    assert taken("Same model, each effort") == flagships[:1] * len(levels)
    here = page.session_state[names.LANES]
    assert [page.selectbox(key=f"effort_{lane}_{model}").value for lane in here] == [*levels]
    assert taken("Streamed against whole") == flagships[:1] * 2
    here = page.session_state[names.LANES]
    streams = [page.toggle(key=names.lane_setting("stream", lane, "")).value for lane in here]
    assert streams == [True, False]


def test_a_lane_is_duplicated_with_its_settings_and_texts(page: AppTest) -> None:
    page.text_input(key="max_output_tokens_0_gpt-6.1-sol").set_value("1.000").run()
    page.text_area(key=names.lane_prompt(0)).set_value("My own").run()
    choose(page, names.lane_menu(0), "Duplicate")
    assert page.session_state[names.LANES] == [0, 3, 1, 2]
    assert page.text_input(key="max_output_tokens_3_gpt-6.1-sol").value == "1000"
    assert page.text_area(key=names.lane_prompt(3)).value == "My own"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("2,5x", "is not a number"), ("-5", "must be at least 0"), ("3", "must be at most 2")],
)
def test_a_number_that_cannot_be_read_is_said_and_nothing_is_sent(text: str, sentence: str) -> None:
    page = opened(model_0="openai/chat:gpt-4o")
    page.text_input(key="temperature_0_gpt-4o").set_value(text).run()
    assert f"Temperature {sentence}" in said(page).replace("\\", "")
    press(page, "run")
    assert "run" not in page.query_params
    page.text_input(key="temperature_0_gpt-4o").set_value("0,5").run()
    press(page, "run")
    assert "run" in page.query_params


@pytest.mark.parametrize("typed", ["gpt-6.1-sol~429", "openai:gpt-6.1-sol~429"])
def test_a_fault_is_typed_with_the_bare_name_or_whole(typed: str) -> None:
    page = opened(model_0=typed, prompt=f"Asked of {typed} and never before")
    assert "is not a model" not in said(page)
    until_done(press(page, "run"))
    assert "Too many requests" in said(page)


def test_a_lane_that_failed_is_retried_in_its_place(page: AppTest) -> None:
    page.text_area(key="prompt").set_value("Retried in its place").run()
    page.selectbox(key="fault_0").set_value("429").run()
    until_done(press(page, "run"))
    run_id = page.query_params["run"]
    retry = next(b for b in page.button if b.label == "Retry this lane")
    until_done(retry.click().run())
    assert page.query_params["run"] == run_id
    assert list(page.dataframe[0].value["state"]) == ["rate limited", "done", "done"]


def test_what_differs_from_the_run_is_said_and_can_be_undone(page: AppTest) -> None:
    until_done(press(page, "run"))
    assert "Changed since this run" not in said(page)
    page.text_area(key="prompt").set_value("Another question").run()
    page.text_input(key="max_output_tokens_0_gpt-6.1-sol").set_value("64").run()
    assert "Changed since this run: prompt, settings." in said(page)
    press(page, "go_back")
    assert "Changed since this run" not in said(page)
    assert page.text_area(key="prompt").value == next(iter(EXAMPLES.values()))


def test_a_link_to_a_run_that_is_gone_says_so_until_another_is_started(page: AppTest) -> None:
    page.query_params["run"] = "nonsense"
    page.run()
    assert "The run of this link is not here" in said(page)
    assert "run" not in page.query_params
    until_done(press(page, "run"))
    assert "The run of this link is not here" not in said(page)


def test_who_is_billed_is_said_where_one_lane_is_real(page: AppTest) -> None:
    page.text_input(key="key_openai").set_value("sk-test-123").run()
    words = said(page).replace("\\", "")
    assert "**openai** goes to the real API and is billed: up to $" in words
    assert "The other 2 are simulated." in words
    assert "nothing is billed" not in words


def test_only_what_the_model_accepts_can_be_set_and_what_is_left_out_is_said(page: AppTest) -> None:
    keys = [widget.key or "" for widget in page.text_input]
    assert any(key.startswith("max_output_tokens_0") for key in keys)
    assert not any(key.startswith("temperature_1") for key in keys), "Claude 5.5 refuses it"
    assert "Not accepted here" in said(page)


def test_a_run_that_is_opened_leaves_nothing_of_the_settings_before(page: AppTest) -> None:
    limit, shown = "max_output_tokens_0_gpt-6.1-sol", "reasoning_summary_1_claude-sonnet-5-5"
    page.text_input(key=limit).set_value("64").run()
    page.session_state["api_0_openai"] = "chat"
    page.run()
    assert (page.text_input(key=limit).value, page.toggle(key=shown).value) == ("64", True)
    asked = ("openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5")
    open_run(page, *(Request.ask(ModelRef.parse(one), "Hi", stream=False) for one in asked))
    assert not page.exception
    assert (page.text_input(key=limit).value, page.toggle(key=shown).value) == ("", False)
    assert page.session_state["api_0_openai"] == "responses"
    assert page.toggle(key="stream_0").value is False
    assert page.session_state["lanes"] == [0, 1]


def fields_of(page: AppTest) -> set[str]:
    """The keys of everything that can be set."""
    kinds = ("text_input", "selectbox", "multiselect", "toggle", "text_area", "button_group")
    return {str(element.key) for kind in kinds for element in page.get(kind)}


def test_every_setting_has_its_field_at_a_model_that_takes_it() -> None:
    page = opened(
        model_0="openai/chat:gpt-4o",
        model_1="anthropic:claude-haiku-4-5",
        model_2="openai:gpt-6.1-sol",
        model_3="gemini:gemini-3.1-pro-preview",
        lanes=[0, 1, 2, 3],
    )
    found = fields_of(page)
    for row in SETTINGS:
        assert [key for key in found if key.startswith(f"{row.name}_")], row.name


def test_a_row_that_is_new_is_a_field_and_reaches_the_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rest = [row for row in SETTINGS if row.name != "top_k"]
    mood = Setting(
        name="top_k",
        label="Mood",
        group="Answer",
        help="How it feels.",
        kind="choice",
        option="--mood",
        choices=("7", "8"),
    )
    monkeypatch.setattr(setting, "SETTINGS", (mood, *rest))
    page = opened(model_0="anthropic:claude-haiku-4-5")
    field = page.selectbox(key="top_k_0_claude-haiku-4-5")
    assert (field.label, field.options) == ("Mood", ["7", "8"])
    field.set_value("8").run()
    assert "mood 8: sent" in said(page)


WEATHER = """[{"name": "weather", "description": "The weather in a city.", "parameters": {"type": "object",
 "properties": {"city": {"type": "string"}}, "required": ["city"]}}]"""


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        (
            "response_schema_0",
            '{\n "type": "object"\n "properties": {}}',
            "Response schema is not JSON: a comma is missing in line 3, column 2.",
        ),
        ("response_schema_0", "[]", "Response schema holds no JSON Schema: it must be a JSON obj"),
        (
            "response_schema_0",
            '{"type": "int"}',
            'Response schema is no JSON Schema: type is "int"',
        ),
        ("tools_0", '{"name": "a"}', "Tools must be a JSON list"),
        ("extra_0_gpt-6.1-sol", '"a"', "Extra body fields must be a JSON object"),
    ],
)
def test_json_that_is_wrong_is_said_at_once_and_nothing_is_sent_until_it_is_right(
    page: AppTest, key: str, text: str, sentence: str
) -> None:
    page.text_area(key=key).set_value(text).run()
    words = said(page).replace("\\", "")
    assert sentence in words
    assert "Nothing will be sent" in words
    press(page, "run")
    assert f"Lane 1: {sentence}" in said(page).replace("\\", "")
    assert "run" not in page.query_params
    assert not page.exception
    page.text_area(key=key).set_value("").run()
    assert sentence not in said(page).replace("\\", "")
    until_done(press(page, "run"))
    assert list(page.dataframe[0].value["state"]) == ["done", "done", "done"]


def test_a_schema_is_used_in_every_lane_and_the_answers_follow_it(page: AppTest) -> None:
    schema = (
        '{"type": "object", "properties": {"word": {"const": "sky"}}, "required": ["word"],'
        ' "additionalProperties": false}'
    )
    page.text_area(key="response_schema_0").set_value(schema).run()
    press(page, "everywhere_response_schema_0")
    assert [toast.value for toast in page.toast] == ["Response schema: the same in 3 lanes now."]
    assert [page.text_area(key=f"response_schema_{i}").value for i in range(3)] == [schema] * 3
    until_done(press(page, "run"))
    answers = [json.loads(code.value) for code in page.code if '"word"' in code.value]
    assert answers == [{"word": "sky"}] * 3


def test_a_schema_stays_when_the_lane_gets_another_model(page: AppTest) -> None:
    page.text_area(key="response_schema_0").set_value("{}").run()
    page.selectbox(key="model_0").set_value("gemini:gemini-3.8-flash").run()
    assert page.text_area(key="response_schema_0").value == "{}"


def test_tools_and_their_choice_are_sent(page: AppTest) -> None:
    page.text_area(key="tools_0").set_value(WEATHER).run()
    page.selectbox(key="tool_choice_0_gpt-6.1-sol").set_value("required").run()
    assert "tool choice required: sent" in said(page)
    until_done(press(page, "run"))
    assert "Asks to run the tool `weather` with" in said(page)


def test_a_tool_choice_without_tools_is_left_out_with_the_reason(page: AppTest) -> None:
    page.selectbox(key="tool_choice_0_gpt-6.1-sol").set_value("required").run()
    assert "tool choice required: dropped (there are no tools to choose from)" in said(page)


def test_server_tools_are_offered_where_the_model_and_its_door_have_them(page: AppTest) -> None:
    offered = page.get("button_group")
    assert "server_tools_0_gpt-6.1-sol" in {group.key for group in offered}
    page.session_state["api_0_openai"] = "chat"
    page.run()
    assert "server_tools_0_gpt-6.1-sol" not in fields_of(page)
    assert "server tools" in said(page)


def test_what_the_providers_own_tools_did_is_said_with_the_pages_that_are_cited(
    page: AppTest,
) -> None:
    page.text_area(key="prompt").set_value("Search the web and run code: 20 + 22.").run()
    for number, model in enumerate(("gpt-6.1-sol", "claude-sonnet-5-5", "gemini-3.8-flash")):
        chosen: Any = next(
            g for g in page.get("button_group") if g.key == f"server_tools_{number}_{model}"
        )
        chosen.set_value(["web_search", "code_execution"]).run()
    until_done(press(page, "run"))
    assert not page.exception
    words = said(page)
    assert "The provider ran web search × 1, container × 1, code interpreter call × 1." in words
    assert "The provider ran web search × 1, code execution × 1." in words
    assert "The provider ran web search × 1, executable code × 1, code execution result" in words
    assert words.count("(<https://example.com/simulated/1>)") == 3


def test_a_run_that_is_opened_brings_its_json_back(page: AppTest) -> None:
    tool = Tool(name="now", description="The time.", parameters={"type": "object"})
    open_run(
        page,
        Request.ask(
            ModelRef.parse("anthropic:claude-haiku-4-5"),
            "Hi",
            settings=Settings(
                response_schema={"type": "object"}, extra={"user": "me"}, effort="2048", top_k=5
            ),
            tools=(tool,),
            server_tools=("web_search",),
        ),
    )
    assert not page.exception
    assert read_schema(str(page.text_area(key="response_schema_0").value)) == {"type": "object"}
    assert read_tools(str(page.text_area(key="tools_0").value)) == (tool,)
    assert '"user": "me"' in str(page.text_area(key="extra_0_claude-haiku-4-5").value)
    assert page.selectbox(key="effort_0_claude-haiku-4-5").value == "2048"
    assert page.session_state["server_tools_0_claude-haiku-4-5"] == ["web_search"]


def test_a_fault_can_be_chosen_and_is_a_sentence(page: AppTest) -> None:
    page.text_area(key="prompt").set_value("A request that was not limited before").run()
    page.selectbox(key="fault_0").set_value("429").run()
    until_done(press(page, "run"))
    assert "Too many requests" in said(page)
    assert not page.exception


def test_a_broken_price_table_is_named_and_the_last_good_one_is_used(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "prices.yaml"
    broken.write_text("prices: [unclosed\n")
    monkeypatch.setenv("PLAYGROUND_PRICES", str(broken))
    try:
        page.run()
        assert "prices.yaml" in said(page)
        until_done(press(page, "run"))
        assert page.dataframe[0].value["cost"].min() > 0
        assert not page.exception
    finally:
        monkeypatch.delenv("PLAYGROUND_PRICES")
        pricing.load()


def test_no_key_in_the_field_after_it_was_typed(page: AppTest) -> None:
    page.text_input(key="key_openai").set_value("sk-canary-123").run()
    assert page.text_input(key="key_openai").value == ""
    assert "sk-canary-123" not in said(page)
    assert "All lanes are simulated" not in said(page)
    press(page, "forget_openai")
    assert "All lanes are simulated" in said(page)


def test_a_key_that_cannot_be_one_is_refused_without_being_repeated(page: AppTest) -> None:
    page.text_input(key="key_openai").set_value("two words").run()
    assert "That is not a key" in said(page)
    assert "two words" not in said(page)


def test_an_endpoint_can_be_added_and_forgotten() -> None:
    page = opened(model_0="ollama:llama3:8b")
    assert "No endpoint is named 'ollama'" in said(page)
    press(page, "endpoint_add_ollama")
    assert not page.exception
    assert "No endpoint is named" not in said(page)
    (unreachable,) = page.error
    assert "ollama" in unreachable.value.lower()
    press(page, "forget_ollama")
    assert "No endpoint is named 'ollama'" in said(page)
