"""The app of `benchmarks/screen.py`: the real shell and live text around a page with a synthetic run."""

import sys
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from benchmarks.synthetic import the_run  # noqa: E402
from playground.ui.shell.serving import parts as app_parts  # noqa: E402


async def report(request: Request) -> JSONResponse:
    return JSONResponse(the_run().report())


settings = app_parts(Path(__file__).with_name("screen_page.py"))
settings["routes"] += [Route("/bench", report)]
app = st.App(**settings)
