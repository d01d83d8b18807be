"""The HTTP side: which path leads to which door, for loopback only."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from playground.demo import (
    anthropic_messages,
    batch_routes,
    bill_reports,
    gemini_generate,
    gemini_interactions,
    listing,
    live,
    openai_chat,
    openai_responses,
    plan,
    realtime,
    store_routes,
)
from playground.demo.ask import Refused
from playground.demo.authorizing import Issuer
from playground.demo.call import Call, check_key, sent_key
from playground.demo.door import Door
from playground.demo.heard import Heard
from playground.demo.process import COMPATIBLE
from playground.demo.sample_gateway import SampleGateway
from playground.demo.state import State, now
from playground.domain import PROVIDERS

SIMULATED = (b"x-playground-simulated", b"true")
LOCAL_HOSTS = ("127.0.0.1", "localhost")
STARTS = ("http.response.start", "websocket.accept", "websocket.http.response.start")


class Local:
    """Middleware: answers only to a loopback Host header, and marks every response as simulated."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)

        async def marked(message: Message) -> None:
            if message["type"] in STARTS:
                message["headers"] = [*message.get("headers", ()), SIMULATED]
            await send(message)

        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").partition(":")[0]
        if host not in LOCAL_HOSTS and scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        if host not in LOCAL_HOSTS:
            refused = JSONResponse({"error": "the demo answers on 127.0.0.1 only"}, 403)
            return await refused(scope, receive, marked)
        await self._app(scope, receive, marked)


Handler = Callable[[Request], Awaitable[Response]]


def post(state: State, door: Door, action: str) -> Handler:
    """The handler of one path of a door."""

    async def handle(request: Request) -> Response:
        return await Call(state, door, request).answer("", action)

    return handle


def embedded(state: State, door: Door) -> Handler:
    """The handler of OpenAI's embeddings."""

    async def handle(request: Request) -> Response:
        return await Call(state, door, request).embedded()

    return handle


GEMINI_ACTIONS = {
    "generateContent": "send",
    "streamGenerateContent": "stream",
    "countTokens": "count",
}


def gemini_post(state: State) -> Handler:
    """Gemini's paths name the model and the method in one piece: `models/NAME:METHOD`."""

    async def handle(request: Request) -> Response:
        name, _, method = request.path_params["call"].rpartition(":")
        if method == "batchGenerateContent":
            work = partial(batch_routes.gemini_create, model=name)
            return await batch_routes.handler(state, gemini_generate.DOOR, work)(request)
        call = Call(state, gemini_generate.DOOR, request)
        if method not in GEMINI_ACTIONS:
            return call.failed("no_route")
        return await call.answer(name, GEMINI_ACTIONS[method])

    return handle


def models_of(state: State, vendor: str, door: Door) -> Handler:
    """The handler of a vendor's models endpoint: all, or the one in the path."""

    async def handle(request: Request) -> Response:
        call = Call(state, door, request)
        call.model = request.path_params.get("name", "")
        try:
            check_key(request, vendor)
            if vendor == "openai" and plan.pays(sent_key(request)):
                return call.answered(listing.of_plan())
            if not call.model:
                return call.answered(listing.listing(vendor, request.query_params))
        except Refused as wrong:
            return call.failed(wrong.fault, wrong.message)
        found = listing.one(vendor, call.model)
        return call.answered(found) if found else call.failed("no_such_model")

    return handle


def kept(state: State, door: Door, part: str = "") -> Handler:
    """The handler of a stored answer: GET it or its `input_items`, DELETE it, POST to cancel what is over already."""

    async def handle(request: Request) -> Response:
        call, id = Call(state, door, request), request.path_params["id"]
        try:
            check_key(request, door.vendor)
        except Refused as wrong:
            return call.failed(wrong.fault, wrong.message)
        if request.method == "DELETE":
            gone = {"id": id, "object": DELETED[door.name], "deleted": True}
            return call.answered(gone) if state.stored.delete(id) else call.failed("not_stored", id)
        found = state.stored.input_items(id) if part else state.stored.answer(id)
        return call.failed("not_stored", id) if found is None else call.answered(found)

    return handle


DELETED = {
    "openai_responses": "response.deleted",
    "openai_chat": "chat.completion.deleted",
    "gemini_interactions": "interaction.deleted",
}


def no_admin(state: State) -> Callable[[Request, str], Response | None]:
    """What answers a key that may not see what the organisation used."""

    def refuse(request: Request, vendor: str) -> Response | None:
        call = Call(state, BY_VENDOR[vendor], request)
        try:
            check_key(request, vendor)
        except Refused as wrong:
            return call.failed(wrong.fault, wrong.message)
        return None if bill_reports.ADMIN in sent_key(request) else call.failed("403")

    return refuse


def nothing_here(state: State, vendor: str, door: Door) -> Handler:
    """The vendor's own 404."""

    async def handle(request: Request) -> Response:
        what = f"{request.method} {request.url.path}"
        return Call(state, door, request).failed("no_route", what)

    return handle


def service(state: State) -> list[Route]:
    """What tests ask: what the server saw, and how busy it was."""

    async def log(request: Request) -> Response:
        lines = [dict(line) for line in state.log]
        if "keep" not in request.query_params:
            state.log.clear()
        return JSONResponse(lines)

    async def requests(request: Request) -> Response:
        if not state.record:
            return JSONResponse({"error": "bodies are kept with --record only"}, 404)
        return JSONResponse(state.requests())

    async def cpu(request: Request) -> Response:
        return JSONResponse({"cpu": time.process_time(), "t": now()})

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True, "simulated": True})

    return [
        Route("/_log", log),
        Route("/_requests", requests),
        Route("/_cpu", cpu),
        Route("/_health", health),
    ]


RESPONSES, CHAT = openai_responses.DOOR, openai_chat.DOOR
COMPATIBLE_CHAT, MESSAGES = openai_chat.COMPATIBLE, anthropic_messages.DOOR
GENERATE, INTERACTIONS = gemini_generate.DOOR, gemini_interactions.DOOR
BY_VENDOR = {
    "openai": RESPONSES,
    "anthropic": MESSAGES,
    "gemini": GENERATE,
    "compatible": COMPATIBLE_CHAT,
}
OPENAI, ANTHROPIC, GEMINI = (
    PROVIDERS[name].demo_path for name in ("openai", "anthropic", "gemini")
)
POSTS = (
    (f"{ANTHROPIC}/v1/chat/completions", openai_chat.CLAUDE, "send"),
    (f"{GEMINI}/v1beta/openai/chat/completions", openai_chat.GOOGLE, "send"),
    (f"{OPENAI}/responses", RESPONSES, "send"),
    (f"{OPENAI}/responses/input_tokens", RESPONSES, "count"),
    (f"{OPENAI}/chat/completions", CHAT, "send"),
    (f"{COMPATIBLE}/chat/completions", COMPATIBLE_CHAT, "send"),
    (f"{ANTHROPIC}/v1/messages", MESSAGES, "send"),
    (f"{ANTHROPIC}/v1/messages/count_tokens", MESSAGES, "count"),
    (f"{GEMINI}/v1/interactions", INTERACTIONS, "send"),
    (f"{GEMINI}/v1beta/interactions", INTERACTIONS, "send"),
)
LISTINGS = (
    (f"{OPENAI}/models", RESPONSES),
    (f"{COMPATIBLE}/models", COMPATIBLE_CHAT),
    (f"{ANTHROPIC}/v1/models", MESSAGES),
    (f"{GEMINI}/v1/models", GENERATE),
    (f"{GEMINI}/v1beta/models", GENERATE),
)
STORED = (
    (f"{OPENAI}/responses", RESPONSES),
    (f"{OPENAI}/chat/completions", CHAT),
    (f"{GEMINI}/v1/interactions", INTERACTIONS),
    (f"{GEMINI}/v1beta/interactions", INTERACTIONS),
)

Holder = Callable[[State, WebSocket], Awaitable[None]]
BIDI = "ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContent"
SESSIONS: tuple[tuple[str, Holder], ...] = (
    (f"{OPENAI}/realtime", realtime.serve),
    *((f"{GEMINI}/{BIDI.format(version=v)}", live.serve) for v in ("v1", "v1beta", "v1alpha")),
)


def session(state: State, serve: Holder) -> Callable[[WebSocket], Awaitable[None]]:
    """The handler of a WebSocket."""

    async def handle(socket: WebSocket) -> None:
        await serve(state, socket)

    return handle


def build(
    scale: float = 1.0, record: bool = False, clock: Callable[[], float] = time.monotonic
) -> ASGIApp:
    """The application; `scale` stretches every delay (0 = none), `record` keeps request bodies in memory.

    `clock` is the one of the rate limits, in seconds.
    """
    state = State(scale, record, clock)
    routes: list[BaseRoute] = [WebSocketRoute(p, session(state, s)) for p, s in SESSIONS]
    routes += [*batch_routes.routes(state), *store_routes.routes(state)]
    routes += bill_reports.routes(state.billed, no_admin(state))
    routes += Issuer().routes()
    routes += [Route(path, post(state, door, act), methods=["POST"]) for path, door, act in POSTS]
    for path, door in ((OPENAI, CHAT), (COMPATIBLE, COMPATIBLE_CHAT)):
        routes.append(Route(f"{path}/embeddings", embedded(state, door), methods=["POST"]))
    for path, door in STORED:
        routes.append(Route(path + "/{id}", kept(state, door), methods=["GET", "DELETE"]))
        routes.append(Route(path + "/{id}/cancel", kept(state, door), methods=["POST"]))
    routes.append(
        Route(f"{OPENAI}/responses/{{id}}/input_items", kept(state, RESPONSES, "input_items"))
    )
    for path, door in LISTINGS:
        listed = models_of(state, door.vendor, door)
        routes += [Route(path, listed), Route(path + "/{name:path}", listed)]
    for version in ("v1", "v1beta"):
        path = f"{GEMINI}/{version}/models/{{call:path}}"
        routes.append(Route(path, gemini_post(state), methods=["POST"]))
    for door in (RESPONSES, COMPATIBLE_CHAT, MESSAGES, GENERATE):
        away = nothing_here(state, door.vendor, door)
        path = f"/{door.vendor}/{{rest:path}}"
        routes.append(Route(path, away, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]))
    app = Starlette(routes=[*service(state), *routes])
    heard = Heard(app)
    app.router.routes[:0] = heard.routes()
    return Local(SampleGateway(heard))
