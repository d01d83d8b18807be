"""The request over plain HTTP, with nothing but Python's standard library."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import settings
from errors import Broken, Refused


def send(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer's events as they come; a body that does not stream is one event."""
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    for name, value in settings.PROJECT["headers"].items():
        headers[name] = value.replace("{key}", settings.key())
    url = settings.BASE_URL + settings.PROJECT["path"].replace("{model}", settings.MODEL)
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=settings.TIMEOUT) as response:
            if "event-stream" in response.headers.get("content-type", ""):
                yield from _events(response)
            else:
                yield json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode("utf-8", "replace")
        raise Refused(error.code, dict(error.headers), text) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Broken(f"The connection broke off: {type(error).__name__}.") from error


def _events(lines: Any) -> Iterator[dict[str, Any]]:
    """Server-sent events: what stands after `data:`, joined until an empty line."""
    data: list[str] = []
    for raw in lines:
        line = raw.decode("utf-8").rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            text = "\n".join(data)
            data = []
            if text == "[DONE]":
                return
            yield json.loads(text)
