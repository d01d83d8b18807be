"""The Costs page as a script: prices, calculator, one text, runs, own prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.domain import (
    Cost,
    ModelRef,
    PriceSource,
    Request,
    Response,
    Run,
    Timing,
    Usage,
)
from playground.pricing import load, loading
from playground.pricing.listing import entries
from playground.runs import HOLDS_KEY
from playground.ui.costs.price import history_chart
from playground.ui.costs.runs import average, work_of
from playground.ui.costs.scatter import points_of, scatter
from playground.ui.parts.charts import Picture
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's own prices, in a folder of the test's own."""
    file = tmp_path / "own.yaml"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(loading, "own_file", lambda path=None: file)
    return file


def opened(tab: str = "Prices", **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state["costs_tab"] = tab
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page(path("costs.py"))
    page = app.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "success")
    elements: list[Any] = [element for kind in kinds for element in page.get(kind)]
    return "\n".join(element.value for element in elements)


def prices(page: AppTest) -> Any:
    return page.dataframe[0].value.set_index("model")


def test_every_model_is_in_the_table_and_retired_ones_on_demand() -> None:
    page = opened()
    table = prices(page)
    assert table.loc["openai:gpt-6.1-sol", ["input", "cache_read", "output"]].tolist() == [
        2,
        0.1,
        10,
    ]
    assert table.loc["gemini:gemini-3.8-flash", "free"] == "✓"
    assert table.loc["openai:gpt-6.1-sol", "free"] == "–"
    assert str(table.loc["gemini:gemini-3.8-flash", "coming"]).startswith(
        "2027-01-01: $1.50 / $7.50"
    )
    assert table.loc["anthropic:claude-haiku-5-5", "cliff"] == (
        "over 100k tokens: input ×5, output ×5"
    )
    assert "openai:gpt-4" not in table.index
    page.toggle(key="prices_gone").set_value(True).run()
    assert "openai:gpt-4" in prices(page).index


def test_the_newest_models_come_first_and_fine_tuned_ones_on_demand() -> None:
    page = opened()
    shown = list(prices(page).index)
    assert shown[0] == "openai:gpt-6.2-astra"
    assert not any("ft:" in name for name in shown)
    of = [name.partition(":")[0] for name in shown]
    assert of == sorted(of, key=list(dict.fromkeys(of)).index)  # provider by provider
    page.toggle(key="prices_gone").set_value(True).run()
    assert "openai:ft:gpt-4o…" in prices(page).index


def test_a_link_names_the_tab_and_the_price_that_is_open() -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["prices_open"] = "gemini:gemini-4-argon"
    app.switch_page(path("costs.py"))
    assert "**Announced**: 2026-12-01" in said(app.run())
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["costs_tab"] = "Your own prices"
    app.switch_page(path("costs.py"))
    assert "no price of your own" in said(app.run())


@pytest.mark.parametrize("typed", ["2,5", "1.000,50", "−5", "many", ""])
def test_a_number_that_can_not_be_read_computes_nothing(typed: str) -> None:
    page = opened("Calculator")
    assert page.dataframe
    page.text_input(key="calc_input").set_value(typed).run()
    assert not page.exception
    assert not page.dataframe
    (wrong,) = page.error
    assert wrong.value.startswith("Input tokens ")
    page = opened(prices_unit="USD per 1,000 requests")
    page.text_input(key="prices_in").set_value(typed).run()
    assert not page.dataframe


def test_thousands_are_read_however_they_are_parted() -> None:
    page = opened("Calculator", calc_cached=0, calc_output=0)
    for typed in ("20000", "20,000", "20.000", "20 000"):
        page.text_input(key="calc_input").set_value(typed).run()
        table = page.dataframe[0].value.set_index(["model", "way"])
        one = table.loc[("openai:gpt-6.1-sol", "standard")]["one"]
        assert one == pytest.approx(20_000 * 2 / 1_000_000), typed


def test_the_table_is_filtered() -> None:
    page = opened()
    page.text_input(key="prices_filter").set_value("SONNET").run()
    assert all("sonnet" in name for name in prices(page).index)
    page.text_input(key="prices_filter").set_value("nothing like it").run()
    assert "No price fits" in said(page)


def test_prices_of_another_day() -> None:
    page = opened()
    assert prices(page).loc["gemini:gemini-4-argon", "input"] == 2
    page.date_input(key="costs_on").set_value(date(2026, 12, 1)).run()
    assert prices(page).loc["gemini:gemini-4-argon", "input"] == 4


def test_a_thousand_requests_of_a_shape() -> None:
    page = opened(prices_unit="USD per 1,000 requests")
    page.text_input(key="prices_in").set_value("1,000").run()
    page.text_input(key="prices_out").set_value("100").run()
    expected = 1_000 * (1_000 * 2 + 100 * 10) / 1_000_000
    assert prices(page).loc["openai:gpt-6.1-sol", "cost"] == pytest.approx(expected)


def test_a_price_opens_to_source_history_and_what_is_announced() -> None:
    page = opened(prices_open="gemini:gemini-4-argon")
    words = said(page)
    assert "checked on 2026-10-14 at [ai.google.dev](https://ai.google.dev" in words
    assert "**Announced**: 2026-12-01" in words
    assert "| the start **now** |" in words
    assert "| priority |" in words
    other = said(opened(prices_open="openai:gpt-5.5"))
    assert "Another source disagrees" in other
    assert "above 272,000 input tokens" in other


def test_the_history_draws_what_changed_and_marks_today() -> None:
    def drawn(model: str) -> Picture | None:
        wanted = ModelRef.parse(model)
        entry = next(
            e
            for e in entries(load(), date(2026, 11, 26))
            if (e.price.provider, e.price.model) == (wanted.provider, wanted.model)
        )
        return history_chart(entry.history, date(2026, 11, 26))

    sonnet = drawn("anthropic:claude-sonnet-5-5")
    assert sonnet is not None
    assert sonnet.told == "cache read: before $0.20, 2026-10-07 $0.10."
    argon = drawn("gemini:gemini-4-argon")
    assert argon is not None
    assert list(argon.colors) == ["input", "cache read", "output"]
    assert "2026-11-26" in str(argon.chart.to_dict()["datasets"])
    assert drawn("openai:gpt-6.2-sol") is None  # only a tier of it changes


def test_the_calculator_counts_per_request_per_thousand_and_per_month() -> None:
    page = opened(
        "Calculator", calc_input=10_000, calc_cached=50, calc_output=400, calc_reasoning=100
    )
    table = page.dataframe[0].value.set_index(["model", "way"])
    one = (5_000 * 2 + 5_000 * 0.1 + 500 * 10) / 1_000_000
    row = table.loc[("openai:gpt-6.1-sol", "standard")]
    assert row["one"] == pytest.approx(one)
    assert row["thousand"] == pytest.approx(1_000 * one)
    assert row["month"] == pytest.approx(1_000 * 30 * one)
    assert table.loc[("openai:gpt-6.1-sol", "batch")]["one"] == pytest.approx(one / 2)
    assert "reasoning" in said(page)


def test_the_calculator_says_what_has_no_price_and_what_contradicts_itself() -> None:
    page = opened("Calculator", calc_ways=["flex", "priority"])
    table = page.dataframe[0].value.set_index(["model", "way"])
    assert table.loc[("anthropic:claude-sonnet-5-5", "flex")]["note"] == "no flex price"
    page = opened("Calculator", calc_cached=80, calc_written=30)
    assert "contradict each other" in said(page)
    page = opened("Calculator", calc_written=50, calc_ttl="1h")
    table = page.dataframe[0].value.set_index(["model", "way"])
    assert table.loc[("openai:gpt-6.1-sol", "standard")]["note"] == "caches for 30m or 12h only"


def test_the_calculator_shows_a_range_where_sources_disagree() -> None:
    lite = ModelRef.parse("gemini:gemini-3.5-flash-lite")
    page = opened(
        "Calculator", calc_models=[lite], calc_input=1_000_000, calc_cached=100, calc_output=0
    )
    table = page.dataframe[0].value.set_index("way")
    assert table.loc["batch", "range"] == "$0.015 – $0.02"
    assert "range" not in opened("Calculator").dataframe[0].value.columns


def test_the_cliff_is_told() -> None:
    page = opened("Calculator")
    assert "the whole request costs more" in said(page)
    page = opened("Calculator", calc_models=[ModelRef.parse("anthropic:claude-sonnet-5-5")])
    assert "None of these models has a cliff" in said(page)


def test_the_same_text_is_priced_by_each_models_own_count() -> None:
    page = opened("Same text", same_text="The same text, not the same tokens.")
    before = page.dataframe[0].value.set_index("model")
    assert set(before["how"]) == {"≈ estimate"}
    page.button(key="same_ask").click().run()
    assert not page.exception
    after = page.dataframe[0].value.set_index("model")
    assert set(after["how"]) == {"simulated"}
    row = after.loc["anthropic:claude-sonnet-5-5"]
    assert row["one"] == pytest.approx(row["tokens"] * 2 / 1_000_000)
    assert row["tokens"] != after.loc["openai:gpt-6.1-sol"]["tokens"]


def test_a_text_that_holds_a_key_is_counted_by_nobody() -> None:
    page = opened("Same text", same_text="my key is canary-7f3a9c-canary")
    page.text_input(key="key_openai").set_value("canary-7f3a9c-canary").run()
    page.button(key="same_ask").click().run()
    assert [error.value for error in page.error] == [HOLDS_KEY]
    assert set(page.dataframe[0].value["how"]) == {"≈ estimate"}


def test_without_a_run_the_tab_says_what_to_do() -> None:
    assert "There is no run yet" in said(opened("From your runs"))


def test_a_run_fills_the_calculator_and_what_if_saves() -> None:
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    page.button(key="run").click().run()
    for _ in range(100):
        if page.dataframe:
            break
        page.run()
    page.session_state["costs_tab"] = "From your runs"
    page.switch_page(path("costs.py")).run()
    assert not page.exception
    assert "saved in all" in said(page)
    page.button(key="runs_fill").click().run()
    assert "The calculator has these tokens" in said(page)
    filled = page.session_state["calc_input"]
    page.query_params["costs_tab"] = "Calculator"
    page.run()
    assert not page.exception
    assert filled != 10_000
    assert page.text_input(key="calc_input").value == f"{filled:,}"
    assert not page.warning


def test_cost_and_time_are_drawn_with_the_simulated_apart() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    source = PriceSource(model="m", source="s", as_of="2026-11-21")
    paid = Cost(total=Decimal("0.002"), lines=(), price=source)
    timing = Timing(first_text=0.5, last_text=1.0, last_chunk=1.0)
    whole = Response(model=ref, cost=paid, timing=timing)
    points = list(
        points_of(
            [whole, replace(whole, simulated=True), replace(whole, cost=None), Response(model=ref)]
        )
    )
    assert [(p["usd"], p["seconds"], p["who"]) for p in points] == [
        (0.002, 0.5, "real"),
        (0.002, 0.5, "simulated"),
    ]
    picture = scatter(points)
    assert picture is not None
    assert picture.told == (
        "openai:gpt-6.1-sol, real: $0.002, 0.50 s. openai:gpt-6.1-sol, simulated: $0.002, 0.50 s."
    )
    assert scatter([]) is None


def test_an_average_request() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    usages = [
        Usage(
            input_tokens=100,
            cache_read_input_tokens=50,
            output_tokens=30,
            reasoning_output_tokens=10,
        ),
        Usage(
            input_tokens=300,
            cache_read_input_tokens=50,
            output_tokens=50,
            reasoning_output_tokens=30,
        ),
        Usage(),
    ]
    run = Run(
        id="r",
        created_at="2026-11-21T00:00:00Z",
        requests=(Request.ask(ref, "x"),) * 3,
        responses=tuple(Response(model=ref, usage=usage) for usage in usages),
    )
    work = work_of(run)
    assert len(work) == 2
    assert average([shape for _, shape in work]) == {
        "input": 200,
        "cached": 25,
        "written": 0,
        "output": 20,
        "reasoning": 20,
        "images": 0,
        "searches": 0,
    }


def test_a_price_of_your_own_is_saved_marked_and_removed(own: Path) -> None:
    page = opened("Your own prices")
    assert "no price of your own" in said(page)
    page.text_input(key="own_model").set_value("ollama:llama3:8b")
    page.text_input(key="own_input").set_value("0.10")
    page.text_input(key="own_output").set_value("0,20")
    save = next(button for button in page.button if button.label == "Save")
    save.click().run()
    assert not page.exception
    assert "ollama:llama3:8b has your own price now" in said(page)
    assert "model: llama3:8b" in own.read_text()
    assert "output: 0.20" in own.read_text()
    assert prices(opened()).loc["ollama:llama3:8b", "yours"] == "your own"
    page.button(key="own_remove_go").click().run()
    assert "ollama:llama3:8b" not in prices(opened()).index


@pytest.mark.parametrize(
    ("model", "amount", "expected"),
    [
        ("llama3", "1", "write provider:model"),
        ("ollama:llama3", "cheap", "Input is not a number: 'cheap'"),
        ("ollama:llama3", "", "write USD per 1,000,000 tokens"),
        ("ollama:llama3", "NaN", "Input is not a number: 'NaN'"),
        ("ollama:llama3", "1,000", "Input could be 1.000 or 1000"),
        ("ollama:llama3", "-5", "Input must be from 0 to 1,000,000, not -5"),
    ],
)
def test_a_mistyped_price_names_the_field(
    model: str, amount: str, expected: str, own: Path
) -> None:
    page = opened("Your own prices")
    page.text_input(key="own_model").set_value(model)
    page.text_input(key="own_input").set_value(amount)
    page.text_input(key="own_output").set_value("1")
    next(button for button in page.button if button.label == "Save").click().run()
    assert not page.exception
    assert expected in said(page)
    assert not own.exists()


def test_a_shared_app_lets_nobody_set_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened("Your own prices")
    assert "This app is shared" in said(page)
    assert not [b for b in page.button if b.label == "Save"]


def test_a_broken_price_file_is_named_with_its_line_and_the_page_keeps_running(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = tmp_path / "pricing.yaml"
    good = loading.PROJECT.read_text("utf-8")
    table.write_text(good)
    monkeypatch.setattr(loading, "PROJECT", table)
    assert "mistake" not in said(opened())
    table.write_text(
        good.replace("{model: gpt-6.1-sol, input: 2,", "{model: gpt-6.1-sol, input: two,")
    )
    line = next(
        i for i, text in enumerate(table.read_text().splitlines(), 1) if "input: two" in text
    )
    page = opened()
    words = said(page)
    assert f"pricing.yaml, line {line} (gpt-6.1-sol): `input` should be" in words
    assert "last good prices" in words
    assert prices(page).loc["openai:gpt-6.1-sol", "input"] == 2
    table.write_text("prices: [")
    words = said(opened())
    assert "pricing.yaml, line 2: " in words


def test_what_may_be_out_of_date_is_one_table_when_it_is_opened() -> None:
    assert len(opened().dataframe) == 1
    page = opened(prices_fresh=True)
    table = page.dataframe[1].value
    assert list(table.columns) == ["what", "about", "said", "source"]
    assert "mistral:mistral-large-4" in set(table["about"])
    assert any(source.startswith("genai-prices ") for source in table["source"])


def test_a_model_that_an_endpoint_listed_and_that_is_not_here_is_in_it() -> None:
    page = opened(prices_fresh=True)
    page.session_state["session"].listed["openai"] = ("gpt-9-nova", "gpt-6.1-sol", "tts-9")
    page.run()
    table = page.dataframe[1].value
    mine = table[table["source"] == "the models endpoint of openai"]
    assert list(mine["about"]) == ["openai:gpt-9-nova"]
