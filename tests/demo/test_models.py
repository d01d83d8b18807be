"""The demo's models are the catalog's rows: what a row says is what the server does and lists, row by row."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from playground import catalog
from playground.catalog import Model as Row
from playground.demo import models

VENDORS = ("openai", "anthropic", "gemini")
KEYS = {"authorization": "Bearer demo", "x-api-key": "demo", "x-goog-api-key": "demo"}
HEADERS = {**KEYS, "anthropic-version": "2023-06-01"}
CURRENT = [row for row in catalog.catalog() if not row.retired()]
GONE = [row for row in catalog.catalog() if row.retired()]


def send(http: httpx2.Client, row: Row, name: str, door: str = "") -> httpx2.Response:
    """The shortest request for this model, through its usual door or the one that is named."""
    door = door or row.ref.api
    said = [{"role": "user", "content": "Hi"}]
    path, body = {
        "responses": ("/openai/v1/responses", {"model": name, "input": "Hi"}),
        "chat": ("/openai/v1/chat/completions", {"model": name, "messages": said}),
        "messages": (
            "/anthropic/v1/messages",
            {"model": name, "max_tokens": 64, "messages": said},
        ),
        "generate_content": (
            f"/gemini/v1/models/{name}:generateContent",
            {"contents": [{"parts": [{"text": "Hi"}]}]},
        ),
    }[door]
    return http.post(path, json=body, headers=HEADERS)


def test_every_row_of_the_catalog_is_a_row_of_the_demo() -> None:
    for vendor in VENDORS:
        mine = {model.row for model in models.of(vendor)}
        assert mine == {row for row in CURRENT if row.provider == vendor}


@pytest.mark.parametrize("row", CURRENT, ids=lambda row: row.id)
def test_every_current_model_answers_under_all_its_names(http: httpx2.Client, row: Row) -> None:
    for name in (row.id, *row.aliases):
        assert send(http, row, name).status_code == 200, name


@pytest.mark.parametrize("row", GONE, ids=lambda row: row.id)
def test_a_retired_model_is_refused_with_its_day(http: httpx2.Client, row: Row) -> None:
    answer = send(http, row, row.id)
    assert answer.status_code == 404
    assert f"{row.retires}" in answer.text


def test_a_model_answers_until_the_day_on_which_it_is_switched_off() -> None:
    row = next(row for row in CURRENT if row.retires)
    assert row.retires is not None
    before = models.find(row.provider, row.id, row.retires - timedelta(days=1))
    assert before is not None
    with pytest.raises(models.Gone):
        models.find(row.provider, row.id, row.retires)


@pytest.mark.parametrize(
    ("vendor", "name", "found"),
    [
        ("openai", "gpt-6.1-sol", True),
        ("openai", "gpt-5.5-2026-04-23", True),
        ("openai", "gpt-5.5-2126-04-23", False),
        ("openai", "gpt-5.5-2026-13-45", False),
        ("openai", "gpt-5.5-latest", False),
        ("openai", "ft:gpt-4.1:acme::7p4l", True),
        ("openai", "o9-nova", False),
        ("openai", "GPT-6.1-Sol", False),
        ("openai", "gpt-6.1-so", False),
        ("openai", "gpt-6.1-sol-mini", False),
        ("openai", "no-such-model", False),
        ("openai", "gemini-3.8-flash", False),
        ("anthropic", "claude-mythos-5-2", True),
        ("anthropic", "claude-haiku-4-5-20251001", True),
        ("anthropic", "claude-sonnet-5-5-latest", False),
        ("anthropic", "claude-sonet-5-5", False),
        ("anthropic", "gpt-6.1-sol", False),
        ("gemini", "models/gemini-3.8-flash", True),
        ("gemini", "gemini-3.5-flash-001", True),
        ("gemini", "gemini-9-flash", False),
        ("gemini", "gemma-4-27b-it", False),
        ("compatible", "mixtral:8x7b", True),
        ("compatible", "no-such-model", False),
    ],
)
def test_only_names_of_the_catalog_are_known(vendor: str, name: str, found: bool) -> None:
    assert (models.find(vendor, name) is not None) == found


def test_a_dated_name_is_the_model_without_the_date() -> None:
    dated, plain = models.find("openai", "gpt-5.5-2026-04-23"), models.find("openai", "gpt-5.5")
    assert dated is not None
    assert plain is not None
    assert (dated.id, dated.row, dated.feel) == ("gpt-5.5-2026-04-23", plain.row, plain.feel)


def pages(http: httpx2.Client, path: str, **query: str) -> list[dict[str, Any]]:
    """All pages of a models endpoint, in the way of its vendor."""
    found: list[dict[str, Any]] = []
    while True:
        page = http.get(path, params=query, headers=HEADERS).json()
        found += page.get("data") or page.get("models")
        if page.get("has_more"):
            query["after_id"] = page["last_id"]
        elif page.get("nextPageToken"):
            query["pageToken"] = page["nextPageToken"]
        else:
            return found


@pytest.mark.parametrize(
    ("vendor", "path", "query"),
    [
        ("openai", "/openai/v1/models", {}),
        ("anthropic", "/anthropic/v1/models", {}),
        ("anthropic", "/anthropic/v1/models", {"limit": "3"}),
        ("gemini", "/gemini/v1beta/models", {}),
        ("gemini", "/gemini/v1beta/models", {"pageSize": "4"}),
    ],
)
def test_the_lists_hold_every_current_model_once_page_by_page(
    http: httpx2.Client, vendor: str, path: str, query: dict[str, str]
) -> None:
    listed = [
        str(row.get("id") or row["name"]).removeprefix("models/")
        for row in pages(http, path, **query)
    ]
    assert listed == [row.id for row in CURRENT if row.provider == vendor]


def test_what_the_lists_say_is_what_the_catalog_says(http: httpx2.Client) -> None:
    rows = {row.id: row for row in CURRENT}
    for listed in pages(http, "/openai/v1/models"):
        day = rows[listed["id"]].retires
        assert listed["shutdown_date"] == (f"{day}" if day else None)
    for listed in pages(http, "/anthropic/v1/models"):
        row, able = rows[listed["id"]], listed["capabilities"]
        assert (listed["max_input_tokens"], listed["max_tokens"]) == (
            row.context_window,
            row.max_output,
        )
        levels = {name for name, told in able["effort"].items() if told is not True and told}
        levels = {name for name in levels - {"supported"} if able["effort"][name]["supported"]}
        assert levels == {level for level in row.efforts if level.isalpha()} - {"none"}
        assert able["structured_outputs"]["supported"] == row.response_schema
    for listed in pages(http, "/gemini/v1beta/models"):
        row = rows[listed["name"].removeprefix("models/")]
        assert (listed["inputTokenLimit"], listed["outputTokenLimit"]) == (
            row.context_window,
            row.max_output,
        )
        assert listed["thinking"] == bool(row.efforts)


@pytest.mark.parametrize(
    "path",
    [
        "/anthropic/v1/models?limit=0",
        "/anthropic/v1/models?after_id=no-such",
        "/gemini/v1beta/models?pageToken=x",
    ],
)
def test_a_page_that_is_none_is_refused(http: httpx2.Client, path: str) -> None:
    assert http.get(path, headers=HEADERS).status_code == 400


def test_one_model_can_be_asked_for_and_a_retired_one_is_not_there(http: httpx2.Client) -> None:
    assert http.get("/openai/v1/models/gpt-6.1-sol", headers=HEADERS).json()["id"] == "gpt-6.1-sol"
    for name in ("gpt-4-turbo", "fake_id"):
        gone = http.get(f"/openai/v1/models/{name}", headers=HEADERS)
        assert gone.status_code == 404
        assert gone.json()["error"]["message"] == f"The model '{name}' does not exist"
