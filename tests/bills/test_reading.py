"""Layouts are told by their fields; what is broken is named with its place, and the rest is kept."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from playground.bills.nouns import REQUESTS, TOTAL, Bill, Entry
from playground.bills.reading import of_pages, read


def figures(bill: Bill) -> dict[tuple[str, str, str], tuple[Decimal | None, Decimal | None]]:
    """Day, model, meter → quantity and amount of everything that is not 0."""
    return {
        (e.day, e.model, e.meter): (e.quantity, e.amount)
        for e in bill.entries
        if e.quantity or e.amount
    }


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


OPENAI_CSV = lines(
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,user_id,api_key_id,project_id",
    '1762041600,1762128000,2025-11-02T00:00:00+00:00,2025-11-03T00:00:00+00:00,0.0125,usd,10,1000_tokens,"gpt-6.1-sol, input",,key_1,proj',
    "1762041600,1762128000,2025-11-02T00:00:00+00:00,2025-11-03T00:00:00+00:00,0.01,usd,1,count,web search,,key_1,proj",
)


def test_openai_costs_from_the_dashboard_whatever_the_file_is_called() -> None:
    bill = read("holiday.txt", OPENAI_CSV)
    assert (bill.layout, bill.provider) == ("OpenAI costs, the dashboard's CSV", "openai")
    assert figures(bill) == {
        ("2025-11-02", "gpt-6.1-sol", "input"): (Decimal(10_000), Decimal("0.0125")),
        ("2025-11-02", "", "web_search"): (None, Decimal("0.01")),
    }
    assert {e.key for e in bill.entries} == {"key_1"}


def test_openai_usage_input_includes_what_was_cached_and_written() -> None:
    result = {
        "input_tokens": 1000,
        "input_cached_tokens": 600,
        "input_cache_write_tokens": 100,
        "input_cache_write_30m_tokens": 100,
        "output_tokens": 50,
        "num_model_requests": 2,
        "model": "gpt-6.1-sol",
        "batch": True,
    }
    page = {"data": [{"start_time": 1762041600, "end_time": 1762128000, "results": [result]}]}
    bill = of_pages("OpenAI", [page])
    assert figures(bill) == {
        ("2025-11-02", "gpt-6.1-sol", "input"): (Decimal(1000 - 600 - 100), None),
        ("2025-11-02", "gpt-6.1-sol", "cache_read"): (Decimal(600), None),
        ("2025-11-02", "gpt-6.1-sol", "cache_write_30m"): (Decimal(100), None),
        ("2025-11-02", "gpt-6.1-sol", "output"): (Decimal(50), None),
        ("2025-11-02", "gpt-6.1-sol", REQUESTS): (Decimal(2), None),
    }
    assert {e.tier for e in bill.entries} == {"batch"}


def test_anthropic_costs_are_texts_in_cents() -> None:
    result = {
        "amount": "123.45",
        "currency": "USD",
        "cost_type": "tokens",
        "model": "claude-sonnet-5-5",
        "token_type": "cache_creation.ephemeral_1h_input_tokens",
        "service_tier": "batch",
    }
    page = {
        "data": [
            {
                "starting_at": "2026-11-02T00:00:00Z",
                "ending_at": "2026-11-03T00:00:00Z",
                "results": [result],
            }
        ]
    }
    bill = read("x", json.dumps(page).encode())
    assert figures(bill) == {
        ("2026-11-02", "claude-sonnet-5-5", "cache_write_1h"): (None, Decimal("1.2345"))
    }
    assert bill.entries[0].tier == "batch"


@pytest.mark.parametrize(
    ("columns", "cells", "write"),
    [
        (
            "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h",
            "7,0",
            "cache_write_5m",
        ),
        ("usage_input_tokens_cache_write", "7", "cache_write"),
    ],
)
def test_anthropic_console_csv_new_and_old(columns: str, cells: str, write: str) -> None:
    bill = read(
        "usage.csv",
        lines(
            f"usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,{columns},usage_input_tokens_cache_read,usage_output_tokens,web_search_count",
            f"2026-11-02,claude-sonnet-5-5,mine,Default,message_batch,≤ 200k,10,{cells},5,3,1",
        ),
    )
    assert {meter: q for (_, _, meter), (q, _) in figures(bill).items()} == {
        "input": 10,
        write: 7,
        "cache_read": 5,
        "output": 3,
        "web_search": 1,
    }
    assert {(e.key, e.tier) for e in bill.entries} == {("mine", "batch")}


GOOGLE = lines(
    "Invoice number,123",
    "Billing account,My account",
    "",
    "Billing account name,Project ID,Service description,Service ID,SKU description,SKU ID,Credit type,Cost type,Usage start date,Usage end date,Usage amount,Usage unit,Unrounded Cost ($),Cost ($)",
    'A,p,Gemini API,S,Gemini 3.8 Flash Input Tokens,K1,,Usage,2026-11-02,2026-11-02,"1,000,000",count,0.7512345,0.75',
    "A,p,Gemini API,S,Gemini 3.8 Flash Output Tokens - Batch,K2,,Usage,2026-11-02,2026-11-02,100,count,0.000187,0.00",
    "A,p,Compute Engine,S,N1 core,K3,,Usage,2026-11-02,2026-11-02,1,hour,9,9.00",
    "A,p,Gemini API,S,Gemini 3.8 Flash Input Tokens,K1,PROMOTION,Usage,2026-11-02,2026-11-02,,,-0.5,-0.50",
    ",,,,,,,,,,,,Total,9.25",
)


def test_google_cost_table_with_its_head_its_other_services_and_its_total() -> None:
    bill = read("costs", GOOGLE)
    assert (bill.provider, bill.zone, bill.troubles) == ("gemini", "America/Los_Angeles", ())
    assert [(e.model, e.meter, e.tier, e.quantity, e.amount) for e in bill.entries] == [
        ("gemini-3.8-flash", "input", "standard", Decimal(1_000_000), Decimal("0.7512345")),
        ("gemini-3.8-flash", "output", "batch", Decimal(100), Decimal("0.000187")),
        ("gemini-3.8-flash", "input", "standard", None, Decimal("-0.5")),
    ]


def test_google_cost_table_in_euros_with_semicolons_and_commas() -> None:
    bill = read(
        "kosten.csv",
        lines(
            "Service description;SKU description;Usage start date;Usage amount;Usage unit;Cost (€)",
            "Gemini API;Gemini 3.8 Flash Input Tokens;2026-11-02;1.000.000;count;0,57",
        ),
    )
    assert [(e.quantity, e.amount, e.currency) for e in bill.entries] == [
        (Decimal(1_000_000), Decimal("0.57"), "EUR")
    ]


def test_bigquery_rows_are_on_pacific_days_and_in_dollars_at_the_rate_they_name() -> None:
    row = {
        "service": {"description": "Gemini API"},
        "sku": {"description": "Gemini 3.8 Flash Input Tokens"},
        "usage_start_time": "2026-11-03 05:00:00 UTC",
        "cost": 0.92,
        "currency": "EUR",
        "currency_conversion_rate": 0.92,
        "usage": {"amount": 10, "unit": "count"},
        "credits": [{"name": "c", "amount": -0.46}],
    }
    bill = read("x", json.dumps(row).encode() + b"\n" + json.dumps(row).encode())
    first, credit, *_ = bill.entries
    assert (first.day, first.amount, first.currency) == ("2026-11-02", Decimal(1), "USD")
    assert credit.amount == Decimal("-0.5")


def test_openrouter_activity_by_day_and_by_answer() -> None:
    day = {
        "date": "2026-11-02",
        "model": "openai/gpt-6.1-sol",
        "model_permaslug": "openai/gpt-6.1-sol-2026-10-01",
        "usage": 0.5,
        "byok_usage_inference": 0,
        "requests": 3,
        "prompt_tokens": 10,
        "completion_tokens": 5,
    }
    bill = read("a", json.dumps({"data": [day]}).encode())
    total = next(e for e in bill.entries if e.meter == TOTAL)
    assert (total.amount, total.model) == (Decimal("0.5"), "openai/gpt-6.1-sol-2026-10-01")
    one = read(
        "b",
        lines(
            "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,tokens_cached,model_permaslug",
            "gen-1,2026-11-02T10:00:00Z,0.01,100,20,40,openai/gpt-6.1-sol",
        ),
    )
    assert {e.id for e in one.entries} == {"gen-1"}
    assert figures(one)["2026-11-02", "openai/gpt-6.1-sol", "input"] == (Decimal(100 - 40), None)


def test_a_file_that_is_cut_off_says_where_and_keeps_what_is_whole() -> None:
    bucket = {
        "start_time": 1762041600,
        "end_time": 1762128000,
        "results": [
            {"amount": {"value": 1.5, "currency": "usd"}, "line_item": "gpt-6.1-sol, input"}
        ],
    }
    text = json.dumps({"object": "page", "data": [bucket, bucket]}, indent=1)
    bill = read("costs.json", text[: len(text) - 60].encode())
    assert [e.amount for e in bill.entries] == [Decimal("1.5")]
    (trouble,) = bill.troubles
    assert trouble.where.startswith("costs.json, line ")
    assert "breaks off" in trouble.what


def test_a_line_that_can_not_be_read_is_named_and_the_others_are_kept() -> None:
    bad = OPENAI_CSV.replace(b"0.0125", b"12x") + b"\n1762041600,2025\n"
    bill = read("costs.csv", bad)
    assert [e.meter for e in bill.entries] == ["web_search"]
    assert [(t.where, t.what) for t in bill.troubles] == [
        ("costs.csv, line 2", "left out: amount_value is no number"),
    ]


def test_a_day_that_is_none_and_a_count_below_zero_are_named() -> None:
    head = "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens"
    bill = read(
        "u.csv", lines(head, "yesterday,claude-sonnet-5-5,1,1", "2026-11-02,claude-sonnet-5-5,-1,1")
    )
    assert [t.what for t in bill.troubles] == [
        "left out: usage_date_utc is no day",
        "left out: usage_input_tokens_no_cache is no whole number",
    ]
    assert not bill.entries


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"a,b\n1,2\n", b'{"x": 1}', b"[]", b"\x89PNG\r\n\x1a\n\x00\x00"]
)
def test_what_is_no_bill_says_so(data: bytes) -> None:
    bill = read("photo.png", data)
    assert (bill.layout, bill.entries) == ("", ())
    assert "no usage or cost export" in bill.troubles[-1].what


def test_days_without_use_are_known_from_their_buckets() -> None:
    empty = {"start_time": 1762041600, "end_time": 1762128000, "results": []}
    bill = of_pages("OpenAI", [{"data": [empty]}])
    assert (bill.days, bill.provider, bill.troubles) == (("2025-11-02",), "openai", ())


def test_deep_json_does_not_break_the_reading() -> None:
    bill = read("deep.json", b'{"data": ' + b"[" * 100_000)
    assert isinstance(bill, Bill)
    assert not bill.entries


def test_a_page_of_the_real_form_keeps_where_each_figure_stands() -> None:
    bill = read("costs.csv", OPENAI_CSV)
    assert [e.where for e in bill.entries] == ["costs.csv, line 2", "costs.csv, line 3"]
    assert isinstance(bill.entries[0], Entry)


@pytest.mark.parametrize(
    "amount", ["1e-99999999999999999999", "1e-999999", "0." + "0" * 500 + "1", "1E+999999999999"]
)
def test_a_number_of_digits_without_end_is_named(amount: str) -> None:
    bill = read("x.csv", OPENAI_CSV.replace(b"0.0125", amount.encode()))
    assert [entry.amount for entry in bill.entries if entry.amount] == [Decimal("0.01")]
    assert "amount_value is no number" in bill.troubles[0].what


def test_a_time_outside_of_all_calendars_is_named() -> None:
    early = OPENAI_CSV.replace(b"1762041600,", b",").replace(b"+00:00", b"+09:00")
    bill = read("x.csv", early.replace(b"2025-11-02T00", b"0001-01-01T00"))
    assert bill.entries == ()
    assert "is no day" in bill.troubles[0].what


def test_a_line_of_a_table_is_ended_by_no_other_sign() -> None:
    said = "web\u2028search \x85 twice".encode()
    bill = read("x.csv", OPENAI_CSV.replace(b"web search", said))
    assert len(bill.entries) == 2
    assert bill.troubles == ()
