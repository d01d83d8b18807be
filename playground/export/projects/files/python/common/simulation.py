"""What the tests share: they ask the simulation only, never the provider.

README.md says how to start it; DEMO_URL says where it is, if not on port 8600.
"""

from __future__ import annotations

import copy
import json
import os
import socket
import tempfile
import unittest
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import calling
import settings

PROJECT = settings.PROJECT
DEMO_URL = os.environ.get("DEMO_URL") or "http://127.0.0.1:8600"
KEY = "a-key-that-must-not-be-seen"
os.environ[PROJECT["key_variable"] or "NO_KEY"] = KEY
settings.BASE_URL = DEMO_URL + PROJECT["demo_path"]
settings.SPENDING_LIMIT_USD = "none" if PROJECT["spending_limit_usd"] == "none" else "100000"


def named(body: dict[str, Any], model: str) -> dict[str, Any]:
    """The request to another model: on the simulation, `~429` and others after a name make it fail that way."""
    settings.MODEL = model
    return {**body, "model": model} if "model" in body else body


def unseen(body: dict[str, Any]) -> dict[str, Any]:
    """The request with a word of its own at its end: the simulation remembers whom it has told to wait."""
    body = copy.deepcopy(body)
    turns = body.get("input") or body.get("messages") or body["contents"]
    place = "parts" if "parts" in turns[-1] else "content"
    said, word = turns[-1][place], f" ({uuid.uuid4().hex})"
    if isinstance(said, str):
        turns[-1][place] = said + word
    else:
        next(part for part in reversed(said) if "text" in part)["text"] += word
    return body


class Simulated(unittest.TestCase):
    """A log of its own for each test, and no real waiting."""

    @classmethod
    def setUpClass(cls) -> None:
        """Without the simulation no test says anything: one sentence in place of as many failures."""
        at = urlsplit(DEMO_URL)
        try:
            socket.create_connection((at.hostname or "", at.port or 80), timeout=10).close()
        except OSError:
            raise SystemExit(
                f"No simulation answers at {DEMO_URL}. Start it in another terminal, in the playground's folder: "
                ".venv/bin/playground demo --port 8600"
            ) from None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        settings.LOG = Path(folder.name) / "calls.jsonl"
        settings.MODEL = PROJECT["model"]
        self.waited: list[float] = []
        calling.pause = self.waited.append

    def log(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        if not settings.LOG.exists():
            return []
        return [json.loads(line) for line in settings.LOG.read_text().splitlines()]
