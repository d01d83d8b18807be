"""The way back: JSON that this project wrote → the same nouns."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from playground.domain import ModelRef, Request, Response, Run
from playground.domain.nouns import NotARun, noun

LINE_END = re.compile(r"\r\n?|\n")
"""Others write U+2028 and U+0085 as they are inside a line's strings: only these end a line."""


def from_json(text: str) -> list[Run]:
    """The runs in a JSON export: one document, a list of them, or JSONL with one on each line."""
    return [run_of(document) for document in documents(text)]


LONGEST_ID = 200


def documents(text: str) -> list[dict[str, Any]]:
    """The JSON objects in the text, unread; NotARun names the line that is no JSON."""
    text = text.removeprefix("\ufeff").strip()
    try:
        whole = _loads(text)
        found = whole if isinstance(whole, list) else [whole]
    except (ValueError, RecursionError):
        found = [
            _line(number, line)
            for number, line in enumerate(LINE_END.split(text), 1)
            if line.strip()
        ]
    if not found or not all(isinstance(item, dict) for item in found):
        raise NotARun(
            "The file holds no run: choose a JSON or JSONL file that was downloaded here."
        )
    return found


def _line(number: int, line: str) -> Any:
    try:
        return _loads(line)
    except (ValueError, RecursionError):
        raise NotARun(
            f"Line {number} is not JSON: choose a JSON or JSONL file that was downloaded here."
        ) from None


def _loads(text: str) -> Any:
    """JSON without what Python takes beside it: NaN and Infinity."""
    return json.loads(text, parse_constant=_no_number)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def run_of(document: Mapping[str, Any]) -> Run:
    """The run that `full_document` wrote; NotARun when the document holds none."""
    if not isinstance(document.get("requests"), list):
        raise NotARun(
            "This JSON holds no requests, so it is no whole run: export it with the app or with"
            " `playground history export --format json`; what `ask --json` prints is shorter."
        )
    if not document["requests"]:
        raise NotARun("This JSON has no request, so it is no run.")
    responses = [_with_model(item) for item in _list(document, "responses")]
    if len(responses) != len(document["requests"]):
        raise NotARun("This JSON has not as many responses as requests.")
    return Run(
        id=_id(noun(str, document.get("run_id"), "run_id")),
        created_at=_moment(noun(str, document.get("created_at"), "created_at")),
        requests=tuple(
            noun(Request, item, f"requests[{i}]") for i, item in enumerate(document["requests"])
        ),
        responses=tuple(
            noun(Response, item, f"responses[{i}]") for i, item in enumerate(responses)
        ),
        simulated=noun(bool, document.get("simulated", False), "simulated"),
    )


def _id(text: str) -> str:
    if not (text.isprintable() and text.strip() and len(text) <= LONGEST_ID):
        raise NotARun(f"run_id is not 1 to {LONGEST_ID} characters of text.")
    return text


def _moment(text: str) -> str:
    """In UTC, as the history sorts and filters it."""
    try:
        moment = datetime.fromisoformat(text)
        whole = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotARun(f"created_at is no moment (ISO 8601): {text[:40]!r}.") from None
    return (
        text
        if text.endswith("+00:00") and len(text) > 20
        else whole.isoformat(timespec="milliseconds")
    )


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name)
    if not isinstance(value, list):
        raise NotARun(f"{name} is not a list.")
    return value


def _with_model(response: Any) -> Any:
    """The document spells provider, api and model apart."""
    if not isinstance(response, dict) or "api" not in response:
        return response
    ref = ModelRef(*(str(response.get(name)) for name in ("provider", "api", "model")))
    return response | {"model": str(ref)}
