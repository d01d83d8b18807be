"""The price table over HTTP, and MCP's tools beside it under /mcp."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.domain.endpoint import LOOPBACK
from playground.price_service import answering, over_mcp, published
from playground.price_service.answering import LONGEST, CostQuestion, Unanswerable
from playground.pricing import PriceBook

Books = Callable[[], PriceBook]
Handler = Callable[[Books, Request], Awaitable[Any]]
TEXTS = ("model", "on", "response_model", "service_tier", "processing")
"""What may stand in an address beside the counts."""


def app(books: Books, host: str = "127.0.0.1") -> Starlette:
    """The server for this address; on loopback it answers under no other name, so that no web page can ask it."""
    made = over_mcp.server(books).streamable_http_app(
        stateless_http=True, json_response=True, host=host
    )
    paths: Mapping[str, tuple[Handler, list[str]]] = {
        "/": (_index, ["GET"]),
        "/prices.json": (_table, ["GET"]),
        f"/{published.SCHEMA_NAME}": (_schema, ["GET"]),
        "/models": (_models, ["GET"]),
        "/price": (_price, ["GET"]),
        "/cost": (_cost, ["GET", "POST"]),
    }
    for path, (handler, methods) in paths.items():
        made.router.routes.append(Route(path, _answering(handler, books), methods=methods))
    if host in LOOPBACK:
        made.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, "[::1]"])
    return made


def _answering(handler: Handler, books: Books) -> Any:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await handler(books, request))
        except Unanswerable as why:
            return JSONResponse({"error": str(why)}, 404 if why.unknown else 400)

    return answer


async def _index(books: Books, request: Request) -> Any:
    root = str(request.base_url)
    return {
        "prices": f"{root}prices.json",
        "schema": f"{root}{published.SCHEMA_NAME}",
        "models": f"{root}models?words=sonnet",
        "price": f"{root}price?model=openai:gpt-6.1-sol&on=2026-11-27",
        "cost": f"{root}cost?model=openai:gpt-6.1-sol&input_tokens=1000&output_tokens=200",
        "mcp": f"{root}mcp",
    }


async def _table(books: Books, request: Request) -> Any:
    return published.document(books())


async def _schema(books: Books, request: Request) -> Any:
    return published.json_schema()


async def _models(books: Books, request: Request) -> Any:
    return answering.models(books(), request.query_params.get("words", ""))


async def _price(books: Books, request: Request) -> Any:
    asked = _of_address(request, ("model", "on"))
    return answering.price(books(), asked.get("model", ""), asked.get("on"))


async def _cost(books: Books, request: Request) -> Any:
    if request.method == "POST":
        return answering.cost(books(), answering.question(await _body(request)))
    asked = _of_address(request, (*TEXTS, "regional", *answering.counts()))
    usage = {name: _number(name, asked.pop(name)) for name in answering.counts() if name in asked}
    regional = asked.pop("regional", "false").lower() in ("1", "true", "yes")
    question = CostQuestion(**{"model": ""} | asked, usage=usage, regional=regional)
    return answering.cost(books(), question)


async def _body(request: Request) -> Any:
    """The JSON of a body; Unanswerable where it is none, or too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            raise Unanswerable(f"The question is longer than {LONGEST:,} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unanswerable("The body is not JSON.") from None


def _of_address(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    given = dict(request.query_params)
    if unknown := sorted(given.keys() - set(known)):
        raise Unanswerable(f"{unknown[0]!r} means nothing here: use {', '.join(known)}.")
    return given


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Unanswerable(f"{name} is not a whole number: {text!r}.")
    return int(text)
