"""The list before a product: each line by what was seen, by what the project does, by dated data."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from playground.domain import (
    Cost,
    Exchange,
    Failure,
    ModelRef,
    PriceSource,
    Request,
    Response,
    Settings,
    Usage,
)
from playground.lab.checklist import STATES, Item, Seen, checklist, markdown

MODEL = ModelRef.parse("openai:gpt-6.1-sol")
PRICE = PriceSource(model="gpt-6.1-sol", source="https://x", as_of="2026-11-01")
REQUEST = Request.ask(MODEL, "Hi", settings=Settings(max_output_tokens=500))


def items(request: Request = REQUEST, **seen: object) -> dict[str, Item]:
    return {item.what: item for item in checklist(request, Seen(**seen))}  # type: ignore[arg-type]


def limited() -> Response:
    failure = Failure(type="rate_limited", message="x", meaning="Too many.", next_step="Wait.")
    return Response(model=MODEL, failure=failure)


def answered(**more: object) -> Response:
    found = Response(
        model=MODEL,
        text="Yes.",
        finish_reason="completed",
        usage=Usage(input_tokens=10, output_tokens=20),
        cost=Cost(total=Decimal("0.0123"), lines=(), price=PRICE),
    )
    return replace(found, **more)  # type: ignore[arg-type]


def test_before_anything_was_sent_the_project_and_the_data_fill_it() -> None:
    found = items()
    assert {name: item.state for name, item in found.items()} == {
        "Errors": "ready",
        "Retries": "ready",
        "Limits": "open",
        "Longest answer": "ready",
        "Budget": "ready",
        "Logging": "ready",
        "Last day": "fact",
        "Data use": "fact",
        "Terms": "fact",
        "Who bills": "fact",
    }


def test_what_was_seen_counts() -> None:
    exchange = Exchange(
        method="POST",
        url="https://x",
        request_headers={},
        request_body="",
        response_headers={"X-RateLimit-Remaining-Requests": "99"},
    )
    found = items(responses=[limited(), answered(exchange=exchange)], limits=["$5.00 a day (UTC)"])
    assert {
        item.state for name, item in found.items() if name in ("Errors", "Retries", "Limits")
    } == {"seen"}
    assert "rate limited" in found["Errors"].says
    assert "99 requests left" in found["Limits"].says
    assert "the longest answer here had 20" in found["Longest answer"].says
    assert "$5.00 a day" in found["Budget"].says
    assert "0.0123" in found["Budget"].says


def test_an_answer_that_is_not_whole_is_seen() -> None:
    found = items(responses=[answered(finish_reason="max_output_tokens")])
    assert "max_output_tokens" in found["Errors"].says


def test_what_is_missing_is_to_do() -> None:
    unknown = Request.ask(ModelRef("mine", "chat", "own"), "Hi")
    found = items(unknown)
    for what in ("Longest answer", "Budget", "Last day", "Data use", "Terms"):
        assert found[what].state == "open", what


def test_a_model_that_ends_soon_is_to_do_and_its_successor_is_named() -> None:
    found = items(Request.ask(ModelRef.parse("openai:gpt-5"), "Hi"))
    assert found["Last day"].state == "open"
    assert "2026-12-11" in found["Last day"].says
    assert "is to follow" in found["Last day"].says


def test_every_fact_has_a_source_with_a_date() -> None:
    for spelling in (
        "openai:gpt-6.1-sol",
        "anthropic:claude-sonnet-5-5",
        "gemini:gemini-3.8-flash",
    ):
        for item in checklist(Request.ask(ModelRef.parse(spelling), "Hi"), Seen()):
            if item.state == "fact":
                assert re.search(r"20\d\d-\d\d-\d\d", item.source), item


def test_it_can_be_taken_along_as_markdown() -> None:
    text = markdown(checklist(REQUEST, Seen()))
    assert text.count("\n|") == 11
    assert STATES["open"] in text
