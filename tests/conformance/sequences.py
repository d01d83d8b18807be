"""Recorded sequences of other endpoints than single calls, replayed step by step on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playground.domain import Endpoint, Secret
from tests.conformance.conftest import SHARED
from tests.loopback import Handler, Loopback, Seen, head

SEQUENCES = SHARED / "lab_exchanges"
KEY = Secret("canary-7f3a9c-canary")
VERSION = {"openai": "/v1", "anthropic": "", "gemini": ""}
"""What an endpoint's address has after the host, as its SDK wants it."""
Serve = Callable[[Handler], Awaitable[Loopback]]


def sequences(kind: str) -> list[Path]:
    """Every recorded sequence of this kind; none where the folder is absent."""
    return sorted(SEQUENCES.glob(f"{kind}-*.json"))


def load(path: Path) -> dict[str, Any]:
    """One recorded sequence."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


class Replay:
    """A provider that answers with the steps of a sequence, in their order, and keeps what it was asked."""

    def __init__(self, steps: list[dict[str, Any]]) -> None:
        self.left = list(steps)
        self.asked: list[str] = []

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        self.asked.append(f"{seen.method} {urlsplit(seen.path).path}")
        step = self.left.pop(0)["response"]
        body = (step["body"] or "").encode()
        headers = {"content-type": "application/json", **(step.get("headers") or {})}
        headers["content-length"] = str(len(body))
        writer.write(head(step["status"], headers) + body)


def recorded(step: dict[str, Any]) -> str:
    """Method and path of a step."""
    request = step["request"]
    return f"{request['method']} {urlsplit(request['url']).path}"


async def endpoint(serve: Serve, provider: str, replay: Replay) -> Endpoint:
    """The sequence's provider on loopback."""
    there = await serve(replay)
    return Endpoint(provider=provider, base_url=there.url + VERSION[provider], key=KEY)
