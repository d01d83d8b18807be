"""The Tokens page as a script: what each tab says about the text in the box."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.runs import HOLDS_KEY
from playground.tokens import count
from playground.tokens.paragraphs import paragraphs
from playground.ui import names
from playground.ui.shell.pages import path
from playground.ui.tokens.editor import EXAMPLES, figures
from playground.ui.tokens.meter import fits

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
TEXT = "A short text of eight words to count."


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))


def opened(tab: str, text: str = TEXT, **state: Any) -> AppTest:
    """The page with this tab open and this text in the box."""
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state[names.TOKENS_TEXT] = text
    app.session_state["tokens_tab"] = tab
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page(path("tokens.py"))
    page = app.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning")
    elements: list[Any] = [element for kind in kinds for element in page.get(kind)]
    return "\n".join(element.value for element in elements)


def test_the_figures_under_the_box() -> None:
    assert figures("Hi 🙂", 3, "o200k_base") == [
        ["3", "tokens, GPT-4o and later (o200k)"],
        [str(count("Hi 🙂", "cl100k_base")), "tokens, GPT-3.5 and GPT-4 (cl100k)"],
        ["4", "characters"],
        ["7", "bytes"],
        ["2", "words"],
        ["1.3", "characters per token"],
    ]
    assert figures("", 0, "cl100k_base")[0] == ["0", "tokens, GPT-3.5 and GPT-4 (cl100k)"]


def test_an_example_fills_the_box() -> None:
    page = opened("Context meter")
    page.selectbox(key="tokens_example").set_value("Emoji").run()
    assert not page.exception
    assert page.session_state[names.TOKENS_TEXT] == EXAMPLES["Emoji"]
    assert page.session_state[names.TOKENS_BOX].version == 1
    assert page.selectbox(key="tokens_example").value is None


def test_the_context_meter_says_how_much_of_each_window_is_taken() -> None:
    page = opened("Context meter", text="word " * 20_000)
    rows = page.dataframe[0].value.set_index("model")
    one = rows.loc["anthropic:claude-sonnet-5-5"]
    tokens = count("word " * 20_000)
    assert (one["tokens"], one["window"]) == (tokens, 1_000_000)
    assert one["share"] == pytest.approx(100 * tokens / 1_000_000)
    assert one["left"] == 1_000_000 - tokens
    assert one["count"] == "≈ estimate"
    assert rows.loc["openai:gpt-5.4-mini"]["count"] == "exact"
    assert one["cost"] == pytest.approx(tokens * 2 / 1_000_000)


def test_a_text_of_less_than_a_hundredth_says_how_often_it_fits() -> None:
    rows = opened("Context meter").dataframe[0].value.set_index("model")
    tokens = int(rows.loc["anthropic:claude-sonnet-5-5"]["tokens"])
    assert "share" not in rows.columns
    assert rows.loc["anthropic:claude-sonnet-5-5"]["fits"] == fits(tokens, 1_000_000)


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (31, "33,000 times"),
        (9, "110,000 times"),
        (90_000, "11 times"),
        (600_000, "once"),
        (1_050_001, "does not fit"),
        (0, None),
    ],
)
def test_how_often_a_text_fits_is_rounded_down(tokens: int, said: str | None) -> None:
    assert fits(tokens, 1_050_000) == said


def test_a_link_names_the_tab() -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["tokens_tab"] = "Languages"
    app.switch_page(path("tokens.py"))
    page = app.run()
    assert not page.exception
    assert "What a page costs" in [heading.value for heading in page.header]


def test_three_counts_of_one_text_are_explained() -> None:
    page = opened("Three counts", counts_tools=True, counts_picture=True, counts_system="Be brief.")
    assert list(page.dataframe[0].value["billed"]) == ["not sent"] * 3
    page.button(key="counts_send").click().run()
    assert not page.exception
    table = page.dataframe[0].value
    assert list(table["who"]) == ["simulated"] * 3
    assert [len(value.replace(",", "")) > 0 for value in table["billed"]] == [True] * 3
    words = said(page)
    for part in ("tokenizer", "chat framing", "system prompt", "tools", "images and files"):
        assert words.count(f"| {part} |") == 3
    assert "Gemini's counting endpoint takes no tools" in words


def test_another_text_has_not_been_asked_about() -> None:
    page = opened("Three counts")
    page.button(key="counts_ask").click().run()
    assert "not asked" not in list(page.dataframe[0].value["provider"])
    page.text_input(key="counts_system").set_value("New").run()
    assert list(page.dataframe[0].value["provider"]) == ["not asked"] * 3


def test_a_text_that_holds_a_key_is_sent_nowhere() -> None:
    key = "sk-canary-4b1d9c27e05f83aa"
    page = opened("Three counts", text=f"My key is {key}, is it a token?")
    page.text_input(key="key_openai").set_value(key).run()
    page.button(key="counts_ask").click().run()
    assert not page.exception
    assert HOLDS_KEY in [error.value for error in page.error]
    assert list(page.dataframe[0].value["provider"]) == ["not asked"] * 3


def test_every_language_is_measured_and_priced() -> None:
    page = opened("Languages")
    figures_table, prices = page.dataframe[0].value, page.dataframe[1].value
    assert list(figures_table["language"]) == list(paragraphs()) == list(prices["language"])
    assert {"Chinese (Traditional)", "Chinese (Simplified)"} <= set(paragraphs())
    assert len(paragraphs()) >= 12
    english, chinese = figures_table.iloc[0], figures_table.iloc[-1]
    assert english["relative"] == 1
    assert chinese["relative"] == pytest.approx(chinese["tokens"] / english["tokens"])
    assert prices["openai:gpt-6.1-sol"].iloc[-1] > prices["openai:gpt-6.1-sol"].iloc[0]
    assert "this script has no spaces between words" in said(page)


def test_three_keys_open_three_different_things() -> None:
    page = opened("Token, key, login")
    assert "Try all three" in said(page)
    page.button(key="keys_go").click().run()
    assert not page.exception
    table = next(m.value for m in page.markdown if "| good key |" in m.value)
    rows = {row.split("|")[1].strip(" *"): row.split("|")[2:5] for row in table.splitlines()[2:]}
    works = {what: [cell.strip()[0] for cell in cells] for what, cells in rows.items()}
    assert works == {
        "Count tokens here": ["✓", "✓", "✓"],
        "List the models": ["✓", "✗", "✗"],
        "Count tokens at the provider": ["✓", "✗", "✗"],
        "Ask a question": ["✓", "✗", "✗"],
    }
    assert rows["Ask a question"][1].strip().endswith("(HTTP 401)")
    assert "carries no key" in rows["Ask a question"][2]


def test_a_megabyte_is_counted_whole_and_drawn_in_part() -> None:
    text = "Some words, and a number: 1234. " * 32_000
    started = time.process_time()
    page = opened("Context meter", text=text)
    assert page.dataframe[0].value["tokens"].max() > 200_000
    assert time.process_time() - started < 30


@pytest.mark.parametrize("text", ["", "\ud800", "<|endoftext|>", "\x00", "🙂" * 100])
def test_no_text_breaks_the_page(text: str) -> None:
    opened("Context meter", text=text)
    opened("Three counts", text=text)
