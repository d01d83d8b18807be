"""A models endpoint's whole answer: every page, every row, and what of it nobody here reads."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from playground.domain import Endpoint
from playground.providers import read_list, read_model
from playground.wire import Pool
from tests.loopback import Handler, Seen, answer, head
from tests.providers.calling import KEY, Serve


def paged(ids: list[str], size: int, field: str, page: Any) -> Handler:
    """Answers with so many rows at a time; `page` makes the body of them, `field` names the next one."""

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        after = parse_qs(urlsplit(seen.path).query).get(field, [""])[0]
        first = ids.index(after) + 1 if after else 0
        rows, more = ids[first : first + size], first + size < len(ids)
        body = json.dumps(page(rows, more)).encode()
        fields = {"content-type": "application/json", "content-length": str(len(body))}
        writer.write(head(200, fields) + body)

    return handler


def of_ids(rows: list[str], more: bool) -> dict[str, Any]:
    return {"data": [{"id": row} for row in rows], "has_more": more, "last_id": rows[-1]}


def of_tokens(rows: list[str], more: bool) -> dict[str, Any]:
    page = {"models": [{"name": f"models/{row}"} for row in rows]}
    return {**page, "nextPageToken": rows[-1]} if more else page


PAGED = [
    ("anthropic", "after_id", of_ids),
    ("vllm", "after", of_ids),
    ("gemini", "pageToken", of_tokens),
]


@pytest.mark.parametrize(("provider", "field", "page"), PAGED, ids=[row[0] for row in PAGED])
async def test_every_page_is_read(
    serve: Serve, pool: Pool, provider: str, field: str, page: Any
) -> None:
    ids = [f"m-{n}" for n in range(7)]
    loopback = await serve(paged(ids, 3, field, page))
    listing = await read_list(
        Endpoint(provider=provider, base_url=loopback.url, key=KEY), pool=pool
    )
    assert [model.id for model in listing.models] == ids
    assert (listing.pages, listing.cut, listing.failure) == (3, False, None)
    assert len(listing.exchanges) == len(loopback.requests) == 3
    assert all(KEY.reveal() not in repr(one) for one in listing.exchanges)


async def test_a_list_that_names_the_same_page_for_ever_is_cut_and_says_so(
    serve: Serve, pool: Pool
) -> None:
    loopback = await serve(answer({"data": [{"id": "a"}], "has_more": True, "last_id": "a"}))
    where = Endpoint(provider="anthropic", base_url=loopback.url, key=KEY)
    listing = await read_list(where, pool=pool)
    assert listing.cut
    assert len(loopback.requests) == 2


async def test_rows_without_an_id_and_fields_that_nobody_reads_are_kept(
    serve: Serve, pool: Pool
) -> None:
    rows = [
        {"id": "c", "capabilities": {"batch": {"supported": True}, "telepathy": 1}, "mood": "good"},
        {"display_name": "nobody"},
    ]
    loopback = await serve(answer({"data": rows, "has_more": False}))
    where = Endpoint(provider="anthropic", base_url=loopback.url, key=KEY)
    listing = await read_list(where, pool=pool)
    (model,) = listing.models
    assert model.row == rows[0]
    assert model.unread == ("capabilities.batch", "capabilities.telepathy", "mood")
    assert listing.nameless == (rows[1],)


ODD: dict[str, dict[str, Any]] = {
    "openrouter": {"id": "odd", "top_provider": "none", "context_length": "8192"},
    "anthropic": {"id": "odd", "capabilities": ["batch"], "max_tokens": "many"},
    "gemini": {"name": "models/odd", "supportedGenerationMethods": 1, "inputTokenLimit": "8192"},
}


@pytest.mark.parametrize("provider", ODD)
async def test_a_row_of_an_odd_shape_breaks_no_list(
    serve: Serve, pool: Pool, provider: str
) -> None:
    """It was an error out of what never raises; a limit that came as text was one, and broke who wrote it."""
    field = "models" if provider == "gemini" else "data"
    loopback = await serve(answer({field: [ODD[provider], {"id": "m", "name": "models/m"}]}))
    listing = await read_list(
        Endpoint(provider=provider, base_url=loopback.url, key=KEY), pool=pool
    )
    odd, plain = listing.models
    assert odd.id.removeprefix("models/") == "odd"
    assert plain.id == "m"
    assert odd.context in (None, 8192)
    assert odd.max_output is None


async def test_what_is_not_said_is_not_told(serve: Serve, pool: Pool) -> None:
    able = {
        "image_input": {"supported": False},
        "thinking": {"supported": True, "types": {}},
        "effort": {"supported": True, "low": {"supported": True}, "max": {"supported": False}},
        "server_tools": {"supported": False},
    }
    rows = [{"id": "said", "capabilities": able}, {"id": "silent"}]
    loopback = await serve(answer({"data": rows}))
    where = Endpoint(provider="anthropic", base_url=loopback.url, key=KEY)
    said, silent = (await read_list(where, pool=pool)).models
    assert said.told == {
        "images": False,
        "efforts": {"low": True, "max": False},
        "server_tools": (),
    }
    assert silent.told == {}
    assert silent.shutdown_date is None


async def test_a_model_that_only_embeds_is_listed_as_one_that_answers_nothing(
    serve: Serve, pool: Pool
) -> None:
    rows = [{"name": "models/e", "supportedGenerationMethods": ["embedContent"]}]
    loopback = await serve(answer({"models": rows}))
    where = Endpoint(provider="gemini", base_url=loopback.url, key=KEY)
    (model,) = (await read_list(where, pool=pool)).models
    assert (model.id, model.answers) == ("e", False)


PATHS = {
    "openai": "/models/m",
    "anthropic": "/v1/models/m",
    "gemini": "/v1/models/m",
}


@pytest.mark.parametrize("provider", PATHS)
async def test_one_model_can_be_asked_for(serve: Serve, pool: Pool, provider: str) -> None:
    loopback = await serve(answer({"id": "m", "name": "models/m"}))
    where = Endpoint(provider=provider, base_url=loopback.url, key=KEY)
    (model,) = (await read_model(where, "m", pool=pool)).models
    assert model.id == "m"
    assert loopback.requests[0].path == PATHS[provider]


async def test_a_failure_is_a_result_with_its_exchange(serve: Serve, pool: Pool) -> None:
    loopback = await serve(answer({"error": {"message": "no"}}, status=401))
    where = Endpoint(provider="openai", base_url=loopback.url, key=KEY)
    listing = await read_list(where, pool=pool)
    assert listing.failure is not None
    assert listing.failure.type == "authentication"
    assert [one.status for one in listing.exchanges] == [401]
    assert (listing.models, listing.pages) == ((), 0)
