"""`GET /health`: whether the app can do its work, for whoever operates it; Streamlit's own /_stcore/health says only that it runs.

Anybody may ask, so it names no host, no file and no reason, and the database is looked at every few seconds at most.
"""

from __future__ import annotations

import asyncio
import sys
import time

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from playground import __version__, history, settings

PATH = "/health"
FRESH_SECONDS = 5.0
"""So long what is known of the database is good."""
PATIENCE = 3.0
"""Seconds: a database that takes longer to answer is failing."""
OK, FAILING, OFF = "ok", "failing", "off"


class Health:
    """What one server knows of itself."""

    def __init__(self) -> None:
        self._database = FAILING
        self._known_at = float("-inf")
        self._looking: asyncio.Task[str] | None = None

    async def answer(self, request: Request) -> JSONResponse:
        """Status 200, or 503 where runs cannot be kept that should be."""
        database = await self.database()
        told = {
            "status": FAILING if database == FAILING else OK,
            "version": __version__,
            "database": {"kind": kind(), "status": database},
            "demo": demo(),
        }
        status = 503 if database == FAILING else 200
        return JSONResponse(told, status, headers={"Cache-Control": "no-store"})

    async def database(self) -> str:
        """How the database is, at most FRESH_SECONDS ago; never two looks at once."""
        if time.monotonic() - self._known_at > FRESH_SECONDS:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(asyncio.to_thread(look))
            done, _ = await asyncio.wait({self._looking}, timeout=PATIENCE)
            self._database = self._looking.result() if done else FAILING
            self._known_at = time.monotonic()
        return self._database


def routes() -> list[Route]:
    """The route of a server that begins now."""
    return [Route(PATH, Health().answer, methods=["GET"])]


def look() -> str:
    """Ask the database, which is opened and upgraded where nobody has yet."""
    if not settings.keeps_history():
        return OFF
    from sqlalchemy import (
        text,  # it is not there when the server begins: it would hold up the first page
    )

    from playground.store.database import HistoryError, reading

    try:
        with reading(history.get_store().engine) as connection:
            connection.execute(text("SELECT 1"))
    except HistoryError:  # the history's own thread says why in the log
        return FAILING
    return OK


def kind() -> str:
    """Where runs are kept: postgresql, sqlite, or none."""
    if not settings.keeps_history():
        return "none"
    given = settings.database_url()
    return "postgresql" if given.startswith("postgres") else "sqlite"


def demo() -> str:
    """Whether the built-in simulation runs; it is started when first needed."""
    process = sys.modules.get("playground.demo.process")
    started = process is not None and process.get_demo.made
    return "running" if started and process and process.get_demo().running else "not running"
