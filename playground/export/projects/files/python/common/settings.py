"""Where the model is asked, with which key, and what may be spent: project.json, then .env, then the environment."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT: dict[str, Any] = json.loads((HERE / "project.json").read_text(encoding="utf-8"))
_REQUEST: dict[str, Any] = json.loads((HERE / "request.json").read_text(encoding="utf-8"))


def _read_env(file: Path) -> None:
    """Take NAME=VALUE lines into the environment; what is set there already stays."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


_read_env(HERE / ".env")

MODEL: str = PROJECT["model"]
BASE_URL: str = os.environ.get(PROJECT["base_url_variable"]) or PROJECT["base_url"]
TIMEOUT = float(os.environ.get("TIMEOUT_SECONDS") or 120)
"""Seconds without a byte after which a call is given up."""
TRIES = int(os.environ.get("TRIES") or 4)
"""How often a call is made at most."""
LONGEST_WAIT = 120.0
"""Seconds: a provider that asks to wait longer is not waited for."""
SPENDING_LIMIT_USD = os.environ.get("SPENDING_LIMIT_USD") or PROJECT["spending_limit_usd"]
"""USD a day (UTC); `none` = no limit."""
LOG = Path(os.environ.get("CALLS_LOG") or HERE / "calls.jsonl")


def key() -> str:
    """The API key. It is read here and goes into a header; it is never printed, logged or put into a URL."""
    variable = PROJECT["key_variable"]
    if variable is None:
        return "none"
    found = os.environ.get(variable, "")
    if not found:
        raise SystemExit(f"No key: put it into .env as {variable}=… (see .env.example).")
    return found


def request() -> dict[str, Any]:
    """The request's body, as it stands in request.json."""
    return copy.deepcopy(_REQUEST)
