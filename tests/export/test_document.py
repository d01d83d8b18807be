"""The JSON document that scripts read has exactly the fields, order and units that were promised."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from playground.domain import Run, Secret, Usage
from playground.domain.nouns import jsonable
from playground.export import document, from_json, to_csv, to_html, to_json, to_markdown
from playground.export.document import dumps

RESPONSE = [
    "provider",
    "api",
    "model",
    "response_model",
    "text",
    "reasoning_text",
    "tool_calls",
    "finish_reason",
    "usage",
    "timing",
    "cost",
    "failure",
    "request_id",
    "refusal",
    "notes",
    "state",
    "source",
]


def test_the_fields_are_the_promised_ones_in_their_order(run: Run) -> None:
    doc = document(run)
    assert list(doc) == ["run_id", "simulated", "responses"]
    first, second = doc["responses"]
    assert list(first) == list(second) == RESPONSE
    assert list(first["usage"]) == [
        "input_tokens",
        "cache_read_input_tokens",
        "cache_write_input_tokens",
        "output_tokens",
        "reasoning_output_tokens",
        "compute_seconds",
    ]
    assert list(first["cost"]) == [
        "currency",
        "total",
        "lines",
        "price",
        "estimate",
        "lower_bound",
        "upper_bound",
        "range",
        "notes",
    ]
    assert list(first["cost"]["price"]) == ["source", "as_of"]
    assert list(second["failure"]) == ["type", "status", "code", "message", "next_step"]


def test_an_answer_is_told_as_it_is(run: Run) -> None:
    first = document(run)["responses"][0]
    assert first["tool_calls"] == [{"id": "c1", "name": "look", "arguments": {"q": "x"}}]
    assert first["timing"] == {
        "time_to_first_chunk": 0.1,
        "time_to_first_text": 0.25,
        "duration": 0.8,
        "output_tokens_per_second": None,  # the 30 tokens count the call as well
    }
    assert first["failure"] is None


def test_unknown_is_null_and_a_reported_zero_is_zero(run: Run) -> None:
    first, second = document(run)["responses"]
    assert first["usage"]["cache_read_input_tokens"] == 0
    assert first["usage"]["cache_write_input_tokens"] is None
    assert set(second["usage"].values()) == {None}
    assert set(second["timing"].values()) == {None}
    assert second["cost"] is None
    assert second["response_model"] is None


def test_money_is_a_plain_decimal_string(run: Run) -> None:
    cost = document(run)["responses"][0]["cost"]
    assert cost["total"] == "0.00025"
    line = cost["lines"][0]
    assert Decimal(line["rate"]) * line["quantity"] / line["per"] == Decimal(line["amount"])


def test_a_bill_that_is_only_a_guess_says_so(run: Run) -> None:
    first = run.responses[0]
    assert first.cost is not None
    guessed = replace(first, cost=replace(first.cost, estimate=True, lower_bound=True))
    cost = document(replace(run, responses=(guessed,)))["responses"][0]["cost"]
    assert (cost["estimate"], cost["lower_bound"]) == (True, True)
    exact = document(run)["responses"][0]["cost"]
    assert (exact["estimate"], exact["lower_bound"]) == (False, False)


def test_the_download_starts_as_the_document_and_tells_the_rest_behind_it(run: Run) -> None:
    short, full = document(run), json.loads(to_json(run))
    assert list(full)[:3] == list(short)
    for little, much in zip(short["responses"], full["responses"], strict=True):
        assert list(much)[: len(RESPONSE)] == RESPONSE
        _holds(much, little)
    assert full["responses"][1]["failure"]["meaning"] == "The server could not be reached."
    assert full["responses"][0]["timing"]["last_text"] == 0.75


def _holds(much: Any, little: Any) -> None:
    """Everything in `little` is in `much` with the same value."""
    if isinstance(little, dict):
        for key, value in little.items():
            _holds(much[key], value)
    elif isinstance(little, list):
        for more, less in zip(much, little, strict=True):
            _holds(more, less)
    else:
        assert much == little


def test_the_download_holds_the_requests_with_files_as_base64(run: Run) -> None:
    first = json.loads(to_json(run))["requests"][0]
    assert first["model"] == "openai:gpt-x"
    assert first["settings"]["effort"] == "low"
    part = first["messages"][0]["parts"][1]
    assert base64.b64decode(part["data"]) == b"\x89PNG"


def test_a_key_can_not_be_exported() -> None:
    with pytest.raises(TypeError, match="never exported"):
        jsonable({"deep": [Secret("sk-canary")]})


@pytest.mark.parametrize("text", ["\ud800", "é\u2028\x00\x1b", '"\\'])
def test_any_text_becomes_json_that_utf8_can_carry(run: Run, text: str) -> None:
    odd = replace(run, responses=(replace(run.responses[0], text=text),), requests=run.requests[:1])
    assert json.loads(to_json(odd).encode())["responses"][0]["text"] == text


def test_numbers_that_json_has_no_word_for_become_text() -> None:
    assert json.loads(dumps(jsonable([float("nan"), float("inf")]))) == ["nan", "inf"]


def test_what_was_odd_about_an_answer_is_in_every_export(run: Run) -> None:
    usage = Usage(input_tokens=1, cache_read_input_tokens=2)
    odd = replace(run.responses[0], notes=("A word stood there.",), usage=usage)
    changed = replace(run, responses=(odd, *run.responses[1:]))
    assert document(changed)["responses"][0]["notes"] == ["A word stood there."]
    assert from_json(to_json(changed))[0].responses[0].notes == odd.notes
    for text in (to_csv(changed), to_markdown(changed), to_html(changed)):
        assert "A word stood there." in text
        assert "contradicts itself" in text
