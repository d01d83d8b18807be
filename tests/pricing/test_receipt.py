"""A receipt, case by case: every expectation is the sum that a person would write by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.domain import Cost, ModelRef, Usage
from playground.pricing import load

BOOK = load()
TODAY = date(2026, 11, 21)


def price(model: str, usage: Usage, **how: Any) -> Cost:
    cost = BOOK.price(ModelRef.parse(model), None, usage, **{"on": TODAY, **how})
    assert cost is not None
    return cost


def usd(text: str) -> Decimal:
    return Decimal(text)


M = usd("1000000")
USAGE = Usage(input_tokens=1_000, output_tokens=500)
CASES: Mapping[str, tuple[str, Usage, dict[str, Any], Decimal]] = {
    "input and output": ("openai:gpt-6.1-sol", USAGE, {}, (1000 * 2 + 500 * 10) / M),
    "cached input is cheaper": (
        "openai:gpt-6.1-sol",
        Usage(input_tokens=1_000, cache_read_input_tokens=900, output_tokens=500),
        {},
        (100 * 2 + 900 * usd("0.10") + 500 * 10) / M,
    ),
    "a write is dearer, by time to live": (
        "anthropic:claude-sonnet-5-5",
        Usage(
            input_tokens=1_000,
            cache_write_input_tokens=700,
            cache_write_by_ttl={"5m": 400, "1h": 300},
            output_tokens=500,
        ),
        {},
        (300 * 2 + 400 * usd("2.5") + 300 * 4 + 500 * 10) / M,
    ),
    "a write for twelve hours": (
        "openai:gpt-6.1-sol",
        Usage(input_tokens=1_000, cache_write_by_ttl={"12h": 1_000}, output_tokens=0),
        {},
        1000 * usd("5") / M,
    ),
    "a write of unknown time takes the provider's usual one": (
        "openai:gpt-6.1-sol",
        Usage(input_tokens=1_000, cache_write_input_tokens=1_000, output_tokens=0),
        {},
        1000 * usd("2.5") / M,
    ),
    "writing is free before GPT-5.6": (
        "openai:gpt-5",
        Usage(input_tokens=1_000, cache_write_input_tokens=1_000, output_tokens=0),
        {},
        1000 * usd("1.25") / M,
    ),
    "cached input without a price of its own costs what input costs": (
        "openai:gpt-5-pro",
        Usage(input_tokens=1_000, cache_read_input_tokens=900, output_tokens=0),
        {},
        1000 * usd("15") / M,
    ),
    "reasoning is inside output and costs nothing more": (
        "openai:gpt-6.1-sol",
        Usage(input_tokens=1_000, output_tokens=500, reasoning_output_tokens=400),
        {},
        (1000 * 2 + 500 * 10) / M,
    ),
    "at the cliff": (
        "anthropic:claude-haiku-5-5",
        Usage(input_tokens=100_000, output_tokens=1_000),
        {},
        (100_000 * usd("0.1") + 1000 * usd("0.5")) / M,
    ),
    "one token over the cliff reprices the whole request": (
        "anthropic:claude-haiku-5-5",
        Usage(input_tokens=100_001, output_tokens=1_000),
        {},
        (100_001 * usd("0.5") + 1000 * usd("2.5")) / M,
    ),
    "over the cliff, cache and output too": (
        "openai:gpt-6.1-sol",
        Usage(input_tokens=300_000, cache_read_input_tokens=200_000, output_tokens=1_000),
        {},
        (100_000 * 4 + 200_000 * usd("0.2") + 1000 * 15) / M,
    ),
    "batch is half": (
        "anthropic:claude-opus-5-5",
        USAGE,
        {"processing": "batch"},
        (1000 * 4 + 500 * 20) / M / 2,
    ),
    "batch leaves a cached rate that has no batch price": (
        "openai:gpt-4o",
        Usage(input_tokens=1_000, cache_read_input_tokens=400, output_tokens=500),
        {"processing": "batch"},
        (600 * usd("1.25") + 400 * usd("1.25") + 500 * 5) / M,
    ),
    "flex": ("openai:gpt-6-astra", USAGE, {"service_tier": "flex"}, (1000 * 5 + 500 * 25) / M),
    "priority is what fast is": (
        "openai:gpt-6-astra",
        USAGE,
        {"service_tier": "priority"},
        (1000 * 20 + 500 * 100) / M,
    ),
    "ultrafast": (
        "openai:gpt-6-astra",
        USAGE,
        {"service_tier": "ultrafast"},
        (1000 * 60 + 500 * 300) / M,
    ),
    "ultrafast of gpt-6.2-sol after its introduction": (
        "openai:gpt-6.2-sol",
        USAGE,
        {"service_tier": "ultrafast", "on": date(2027, 3, 1)},
        (1000 * 12 + 500 * 60) / M,
    ),
    "gemini priority": (
        "gemini:gemini-3.8-flash",
        USAGE,
        {"service_tier": "PRIORITY"},
        (1000 * usd("0.75") + 500 * usd("3.75")) * usd("1.8") / M,
    ),
    "one region": (
        "openai:gpt-6.1-sol",
        USAGE,
        {"regional": True},
        (1000 * 2 + 500 * 10) * usd("1.1") / M,
    ),
    "anthropic says region and speed inside its usage": (
        "anthropic:claude-opus-5-5",
        Usage(
            input_tokens=1_000,
            output_tokens=500,
            raw={"service_tier": "standard", "speed": "fast", "inference_geo": "us"},
        ),
        {},
        (1000 * 8 + 500 * 40) * usd("1.1") / M,
    ),
    "anthropic says batch inside its usage": (
        "anthropic:claude-opus-5-5",
        Usage(input_tokens=1_000, output_tokens=500, raw={"service_tier": "batch"}),
        {},
        (1000 * 2 + 500 * 10) / M,
    ),
    "searches are billed by the thousand, and batch does not halve them": (
        "anthropic:claude-sonnet-5-5",
        Usage(input_tokens=1_000, output_tokens=500, server_tool_calls={"web_search": 3}),
        {"processing": "batch"},
        (1000 * 1 + 500 * 5) / M + 3 * usd("10") / 1000,
    ),
    "a page fetched costs only its tokens": (
        "anthropic:claude-sonnet-5-5",
        Usage(input_tokens=1_000, output_tokens=500, server_tool_calls={"web_fetch": 3}),
        {},
        (1000 * 2 + 500 * 10) / M,
    ),
    "older gemini pays more for a search": (
        "gemini:gemini-2.5-flash",
        Usage(input_tokens=0, output_tokens=0, server_tool_calls={"web_search": 1}),
        {},
        usd("0.035"),
    ),
    "what gemini's tools fed back is input": (
        "gemini:gemini-3.8-flash",
        Usage(input_tokens=1_000, tool_use_input_tokens=800, output_tokens=500),
        {},
        (1000 * usd("0.75") + 500 * usd("3.75")) / M,
    ),
    "audio has a rate of its own, cached too": (
        "gemini:gemini-2.5-flash",
        Usage(
            input_tokens=1_000,
            cache_read_input_tokens=300,
            input_tokens_by_modality={"text": 600, "audio": 400},
            cache_read_tokens_by_modality={"text": 200, "audio": 100},
            output_tokens=0,
        ),
        {},
        (400 * usd("0.3") + 300 * 1 + 200 * usd("0.03") + 100 * usd("0.1")) / M,
    ),
    "spoken output": (
        "openai/chat:gpt-audio",
        Usage(
            input_tokens=0,
            output_tokens=500,
            output_tokens_by_modality={"text": 100, "audio": 400},
        ),
        {},
        (100 * 10 + 400 * 64) / M,
    ),
    "an image made by gemini": (
        "gemini:gemini-2.5-flash-image",
        Usage(input_tokens=10, output_tokens=1_290, output_tokens_by_modality={"image": 1_290}),
        {},
        (10 * usd("0.3") + 1290 * 30) / M,
    ),
    "work by another model is billed at that model's price": (
        "anthropic:claude-sonnet-5-5",
        Usage(
            input_tokens=1_000,
            output_tokens=500,
            also_billed=(("claude-opus-5-5", Usage(input_tokens=200, output_tokens=100)),),
        ),
        {},
        (1000 * 2 + 500 * 10 + 200 * 4 + 100 * 20) / M,
    ),
    "announced: argon doubles": (
        "gemini:gemini-4-argon",
        USAGE,
        {"on": date(2026, 12, 1)},
        (1000 * 4 + 500 * 20) / M,
    ),
    "the day before": (
        "gemini:gemini-4-argon",
        USAGE,
        {"on": date(2026, 11, 30)},
        (1000 * 2 + 500 * 10) / M,
    ),
    "announced: flash doubles": (
        "gemini:gemini-3.8-flash",
        USAGE,
        {"on": date(2027, 1, 1)},
        (1000 * usd("1.5") + 500 * usd("7.5")) / M,
    ),
    "an old run keeps its old price": (
        "openai:gpt-5.6-sol",
        USAGE,
        {"on": date(2026, 8, 20)},
        (1000 * 5 + 500 * 30) / M,
    ),
    "a fault asked for in the demo does not change the price": (
        "openai:gpt-6.1-sol~cut",
        USAGE,
        {},
        (1000 * 2 + 500 * 10) / M,
    ),
}


@pytest.mark.parametrize(("model", "usage", "how", "expected"), CASES.values(), ids=CASES)
def test_total(model: str, usage: Usage, how: dict[str, Any], expected: Decimal) -> None:
    cost = price(model, usage, **how)
    assert cost.total == expected
    assert sum(line.amount for line in cost.lines) == cost.total
    assert not cost.lower_bound


def test_lines_say_what_was_billed_at_which_rate() -> None:
    usage = Usage(
        input_tokens=1_000,
        cache_read_input_tokens=600,
        output_tokens=500,
        reasoning_output_tokens=400,
        server_tool_calls={"web_search": 2},
    )
    lines = price("openai:gpt-6.1-sol", usage, service_tier="flex").lines
    assert [(line.name, line.quantity, line.rate, line.per, line.note) for line in lines] == [
        ("input", 400, usd("1"), 1_000_000, "flex"),
        ("cache_read", 600, usd("0.05"), 1_000_000, "flex"),
        ("output", 500, usd("5"), 1_000_000, "400 of them reasoning, flex"),
        ("web_search", 2, usd("10"), 1_000, None),
    ]
    assert [line.amount for line in lines] == [
        usd("0.0004"),
        usd("0.00003"),
        usd("0.0025"),
        usd("0.02"),
    ]


def test_the_row_used_is_named_with_source_and_day() -> None:
    used = price("gemini:gemini-4-argon-001", USAGE, on=date(2027, 5, 1)).price
    assert (used.model, used.valid_from, used.as_of) == (
        "gemini-4-argon",
        "2026-12-01",
        "2026-10-14",
    )
    assert used.source == "https://ai.google.dev/gemini-api/docs/pricing"
    assert not used.override


def test_what_the_provider_says_answered_is_what_is_billed() -> None:
    ref = ModelRef.parse("gemini:gemini-2.5-pro")
    cost = BOOK.price(ref, "gemini-3.8-flash", USAGE, on=date(2026, 12, 2))
    assert cost is not None
    assert cost.price.model == "gemini-3.8-flash"


def test_an_unknown_name_of_what_answered_falls_back_to_what_was_asked() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    cost = BOOK.price(ref, "gpt-internal-77", USAGE, on=TODAY)
    assert cost is not None
    assert cost.price.model == "gpt-6.1-sol"


def test_no_price_is_none_and_not_zero() -> None:
    assert BOOK.price(ModelRef.parse("ollama:llama3:8b"), None, USAGE, on=TODAY) is None
    assert BOOK.price(ModelRef.parse("openai:gpt-99"), None, USAGE, on=TODAY) is None


def test_no_usage_is_no_cost() -> None:
    assert BOOK.price(ModelRef.parse("openai:gpt-6.1-sol"), None, Usage(), on=TODAY) is None


def test_half_a_usage_is_a_lower_bound() -> None:
    cost = price("anthropic:claude-sonnet-5-5", Usage(input_tokens=1_000))
    assert cost.total == 1000 * usd("2") / M
    assert cost.lower_bound
    assert cost.notes == ("output tokens were not reported and are not in this total",)


def test_a_tool_without_a_price_makes_it_a_lower_bound() -> None:
    usage = Usage(input_tokens=1_000, output_tokens=500, server_tool_calls={"code_execution": 2})
    cost = price("anthropic:claude-sonnet-5-5", usage)
    assert cost.lower_bound
    (note,) = cost.notes
    assert note.startswith("2 × code_execution is billed apart and has no price here: its time ")


def test_gemini_2_is_billed_for_its_prompt_and_gemini_3_for_its_queries() -> None:
    usage = Usage(input_tokens=0, output_tokens=0, server_tool_calls={"web_search": 3})
    assert price("gemini:gemini-2.5-flash", usage).total == 1 * usd("35") / 1_000
    assert price("gemini:gemini-3.8-flash", usage).total == 3 * usd("14") / 1_000


def test_a_tool_whose_price_for_this_model_is_not_known_does_not_get_another_models() -> None:
    usage = Usage(input_tokens=0, output_tokens=0, server_tool_calls={"google_maps": 1})
    assert price("gemini:gemini-3.8-flash", usage).total == usd("14") / 1_000
    old = price("gemini:gemini-2.5-flash", usage)
    assert (old.total, old.lower_bound) == (usd("0"), True)


@pytest.mark.parametrize(
    ("model", "fee"),
    [
        ("gpt-4o-search-preview", "25"),
        ("gpt-4o-mini-search-preview", "25"),
        ("gpt-5-search-api", "10"),
    ],
)
def test_chats_search_models_search_whether_or_not_they_tell(model: str, fee: str) -> None:
    silent = Usage(input_tokens=0, output_tokens=0)
    told = Usage(input_tokens=0, output_tokens=0, server_tool_calls={"web_search": 1})
    assert price(f"openai/chat:{model}", silent).total == usd(fee) / 1_000
    assert price(f"openai/chat:{model}", told).total == usd(fee) / 1_000


@pytest.mark.parametrize(
    ("model", "tool", "fee"),
    [
        ("gpt-4.1", "web_search", "0.01"),
        ("gpt-4.1", "web_search_preview", "0.025"),
        ("gpt-5.4", "web_search_preview", "0.01"),
        ("gpt-5.4", "container", "0.03"),
        ("gpt-5.4", "container_64g", "1.92"),
        ("gpt-5.4", "file_search", "0.0025"),
        ("gpt-5.4", "mcp", "0"),
    ],
)
def test_openais_tools_have_their_fees(model: str, tool: str, fee: str) -> None:
    usage = Usage(input_tokens=0, output_tokens=0, server_tool_calls={tool: 1})
    cost = price(f"openai:{model}", usage)
    assert (cost.total, cost.lower_bound) == (usd(fee), False)


def test_tools_that_were_not_called_are_not_on_the_receipt() -> None:
    calls = {"web_search": 0, "code_execution": 0}
    cost = price(
        "anthropic:claude-sonnet-5-5",
        Usage(input_tokens=1_000, output_tokens=500, server_tool_calls=calls),
    )
    assert [line.name for line in cost.lines] == ["input", "output"]
    assert not cost.lower_bound


def test_work_by_a_model_without_a_price_makes_it_a_lower_bound() -> None:
    extra = Usage(input_tokens=200, output_tokens=100)
    cost = price(
        "anthropic:claude-sonnet-5-5",
        Usage(input_tokens=1_000, output_tokens=500, also_billed=(("claude-secret-9", extra),)),
    )
    assert cost.total == (1000 * 2 + 500 * 10) / M
    assert cost.lower_bound
    assert cost.notes == ("work by claude-secret-9 is billed too and has no price here",)


@pytest.mark.parametrize(
    ("model", "how", "note"),
    [
        (
            "openai:chat-latest",
            {"processing": "batch"},
            "no batch price is known for chat-latest: the standard price is shown",
        ),
        (
            "openai:gpt-6.1-sol",
            {"service_tier": "warp"},
            "no warp price is known for gpt-6.1-sol: the standard price is shown",
        ),
        (
            "anthropic:claude-sonnet-5-5",
            {"service_tier": "priority"},
            "the priority tier is paid for by contract: the list price is shown",
        ),
        (
            "gemini:gemini-3.8-flash",
            {"regional": True},
            "no price is known for regional processing: the global price is shown",
        ),
    ],
)
def test_terms_without_a_price_are_said(model: str, how: dict[str, Any], note: str) -> None:
    cost = price(model, USAGE, **how)
    assert cost.notes == (note,)
    cheaper = (
        "no batch price" in note
    )  # a discount that is not known: the standard price is the most
    assert (cost.lower_bound, cost.upper_bound) == (not cheaper, cheaper)
    assert cost.total == price(model, USAGE).total


def test_a_ceiling_with_a_tool_without_a_price_is_neither_bound() -> None:
    usage = Usage(input_tokens=1_000, output_tokens=500, server_tool_calls={"telepathy": 1})
    cost = price("openai:chat-latest", usage, processing="batch")
    assert (cost.lower_bound, cost.upper_bound, cost.estimate) == (False, False, True)
    assert len(cost.notes) == 2


@pytest.mark.parametrize(
    ("raw", "total", "field"),
    [
        ({"cost": 0.0021}, "0.0021", "usage.cost"),
        ({"cost": "1.5e-05"}, "0.000015", "usage.cost"),
        (
            {"cost": {"input_tokens_cost": 0.1, "total_cost": 0.006}},
            "0.006",
            "usage.cost.total_cost",
        ),
        ({"cost_in_usd_ticks": 37_756_000}, "0.0037756", "usage.cost_in_usd_ticks"),
        ({"estimated_cost": 0.25}, "0.25", "usage.estimated_cost"),
        (
            {"cost": 0.001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.02}},
            "0.021",
            "usage.cost",
        ),
    ],
)
def test_what_the_provider_says_it_charged_comes_first(
    raw: dict[str, Any], total: str, field: str
) -> None:
    usage = Usage(input_tokens=1_000, output_tokens=500, raw=raw)
    cost = price("openai:gpt-6.1-sol", usage)
    assert cost.total == usd(total)
    assert [line.name for line in cost.lines] == ["charged"]
    assert cost.price.source == f"the answer's {field}"
    assert cost.check is not None
    assert cost.check.total == (1000 * 2 + 500 * 10) / M
    (note,) = cost.notes
    assert f"{field} that it charged {total} USD" in note
    assert "makes it 0.007 USD" in note


def test_a_charge_that_agrees_needs_no_word() -> None:
    cost = price(
        "openai:gpt-6.1-sol", Usage(input_tokens=1_000, output_tokens=500, raw={"cost": 0.00703})
    )
    assert (cost.total, cost.notes) == (usd("0.00703"), ())


def test_a_charge_is_the_cost_where_there_is_no_price_and_where_no_tokens_were_told() -> None:
    for usage in (
        Usage(raw={"cost": 0.5}),
        Usage(input_tokens=1, output_tokens=1, raw={"cost": 0.5}),
    ):
        cost = price("ollama:some-model", usage)
        assert (cost.total, cost.check, cost.lower_bound) == (usd("0.5"), None, False)


@pytest.mark.parametrize("odd", [-1, True, "free", "NaN", "Infinity", 1e300, None, [], {}])
def test_a_charge_that_is_no_amount_is_none(odd: Any) -> None:
    usage = Usage(input_tokens=1_000, output_tokens=500, raw={"cost": odd})
    cost = price("openai:gpt-6.1-sol", usage)
    assert (cost.check, cost.total) == (None, (1000 * 2 + 500 * 10) / M)


def test_a_charge_of_nothing_that_the_list_contradicts_is_not_believed() -> None:
    cost = price(
        "openai:gpt-6.1-sol", Usage(input_tokens=1_000, output_tokens=500, raw={"cost": 0})
    )
    assert (cost.charged, cost.total) == (False, (1000 * 2 + 500 * 10) / M)
    assert "not believed" in cost.notes[0]
    free = price("ollama:some-model", Usage(input_tokens=1, output_tokens=1, raw={"cost": 0}))
    assert (free.charged, free.total) == (True, usd("0"))


@pytest.mark.parametrize("tier", ["default", "standard", "auto", "ON_DEMAND", "", None])
def test_the_standard_tier_has_many_names(tier: str | None) -> None:
    cost = price("openai:gpt-6.1-sol", USAGE, service_tier=tier)
    assert cost == price("openai:gpt-6.1-sol", USAGE)
    assert cost.notes == ()


def test_what_is_to_know_about_a_price_is_said_on_the_receipt() -> None:
    cost = price("openai:gpt-5.6-sol", USAGE)
    assert cost.notes == ("promotion, promised at least through 2026-11-21; no end announced",)
    search = Usage(input_tokens=0, output_tokens=0, server_tool_calls={"web_search": 1})
    line = price("gemini:gemini-3.8-flash", search).lines[-1]
    assert (line.amount, line.note) == (
        usd("0.014"),
        "searches that are free each month are not taken off",
    )


def test_counts_that_contradict_each_other_are_said() -> None:
    usage = Usage(input_tokens=100, cache_read_input_tokens=900, output_tokens=1)
    cost = price("openai:gpt-6.1-sol", usage)
    assert cost.total == (100 * usd("0.1") + 10) / M
    assert cost.notes == ("cache reads and writes (900) exceed all input (100)",)


def test_an_estimate_says_that_it_is_one() -> None:
    assert price("openai:gpt-6.1-sol", USAGE, estimate=True).estimate
    assert not price("openai:gpt-6.1-sol", USAGE).estimate


@pytest.mark.parametrize(
    ("model", "limit", "expected"),
    [
        ("openai:gpt-6.1-sol", 500, (usd("0.002"), (1000 * usd("2.5") + 500 * 10) / M)),
        ("openai:gpt-5", 500, (usd("0.00125"), (1000 * usd("1.25") + 500 * 10) / M)),
        ("anthropic:claude-sonnet-5-5", 500, (usd("0.002"), (1000 * 2 + 500 * 10) / M)),
        ("anthropic:claude-sonnet-5-5", None, (usd("0.002"), None)),
        ("ollama:llama3:8b", 500, None),
    ],
)
def test_estimate_before_sending(model: str, limit: int | None, expected: Any) -> None:
    assert BOOK.estimate(ModelRef.parse(model), 1_000, limit, TODAY) == expected


MODELS = st.sampled_from([f"{p.provider}:{p.model or 'any'}" for p in BOOK.prices])
TOKENS = st.integers(0, 90_000)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """A usage whose parts fit into its wholes."""
    read, short, long, rest = (draw(TOKENS) for _ in range(4))
    output = draw(TOKENS)
    return Usage(
        input_tokens=read + short + long + rest,
        cache_read_input_tokens=read,
        cache_write_input_tokens=short + long,
        cache_write_by_ttl={"5m": short, "1h": long},
        output_tokens=output,
        reasoning_output_tokens=draw(st.integers(0, output)),
        server_tool_calls={"web_search": draw(st.integers(0, 9))},
    )


@given(MODELS, usages(), st.sampled_from(["standard", "batch"]), st.booleans())
def test_every_token_is_billed_once(
    model: str, usage: Usage, processing: str, regional: bool
) -> None:
    cost = price(model, usage, processing=processing, regional=regional, on=date(2027, 3, 1))
    assert sum(line.amount for line in cost.lines) == cost.total
    assert all(line.amount * line.per == line.quantity * line.rate for line in cost.lines)
    tokens = {"input": 0, "output": 0}
    for line in cost.lines:
        if line.unit == "token":
            tokens["output" if line.name.startswith("output") else "input"] += line.quantity
    assert tokens == {"input": usage.input_tokens, "output": usage.output_tokens}


@given(MODELS, TOKENS, TOKENS, st.integers(1, 10_000), st.integers(0, 10_000))
def test_more_tokens_never_cost_less(
    model: str, tokens: int, output: int, more: int, more_output: int
) -> None:
    small = price(model, Usage(input_tokens=tokens, output_tokens=output), on=date(2027, 3, 1))
    large = price(
        model,
        Usage(input_tokens=tokens + more, output_tokens=output + more_output),
        on=date(2027, 3, 1),
    )
    assert large.total >= small.total


@given(MODELS, st.integers(1, 500_000), st.integers(0, 500_000))
def test_cached_input_never_costs_more(model: str, tokens: int, cached: int) -> None:
    plain = price(model, Usage(input_tokens=tokens, output_tokens=0), on=date(2027, 3, 1))
    warm = price(
        model,
        Usage(input_tokens=tokens, cache_read_input_tokens=min(cached, tokens), output_tokens=0),
        on=date(2027, 3, 1),
    )
    assert warm.total <= plain.total
