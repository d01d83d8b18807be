"""The app of test_live_component.py: the real shell, and routes by which the test plays the models' part."""

import secrets
import sys
from pathlib import Path

import streamlit as st
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
sys.modules.setdefault("tests.ui.live.live_app", sys.modules[__name__])

from playground.domain import Failure, ModelRef, Request, Response  # noqa: E402
from playground.engine.live import LiveRun  # noqa: E402
from playground.ui.shell.serving import parts as app_parts  # noqa: E402

MODEL = ModelRef("openai", "responses", "gpt-6.1-sol")
STOPPED = Failure(type="cancelled", meaning="You stopped this lane.", next_step="Run again.")


def end(run: LiveRun, lane: int | None, failure: Failure | None = None) -> None:
    for index in range(len(run.lanes)) if lane is None else [lane]:
        if not run.lanes[index].ended:
            run.lanes[index].end(Response(model=MODEL, failure=failure))


def new_run() -> LiveRun:
    requests = tuple(Request.ask(MODEL, "Hello") for _ in range(2))
    return LiveRun(
        secrets.token_hex(8),
        "",
        requests,
        simulations=(True,) * len(requests),
        cancel=lambda run, lane: end(run, lane, STOPPED),
    )


stage = {"run": new_run()}
"""The run that the page shows; the test may put a new one there."""


async def feed(request: HttpRequest) -> JSONResponse:
    """Append what the test sends: `[lane, kind, text]`; kind `end` ends the lane, `new` starts all over."""
    for lane, kind, text in await request.json():
        if kind == "new":
            stage["run"] = new_run()
        elif kind == "end":
            end(stage["run"], lane)
        else:
            stage["run"].lanes[lane].receive(kind, text)
    return JSONResponse({})


parts = app_parts(Path(__file__).with_name("live_page.py"))
parts["routes"] += [Route("/feed", feed, methods=["POST"])]
app = st.App(**parts)
