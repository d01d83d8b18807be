"""The request over plain HTTP, with nothing but Python's standard library."""

from __future__ import annotations

import contextlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import settings
from errors import Broken, Refused


def send(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer's events as they come; a body that does not stream is one event."""
    path = settings.PROJECT["path"].replace("{model}", quote(settings.MODEL, safe="/:@~"))
    with opened("POST", path, json.dumps(body).encode()) as response:
        if "event-stream" in response.headers.get("content-type", ""):
            yield from _events(response)
        else:
            yield json.load(response)


@contextlib.contextmanager
def opened(
    method: str, path: str, data: bytes | None = None, kind: str = "application/json"
) -> Iterator[Any]:
    """The response to a call of any address below the base URL; raises Refused or Broken, also while it is read."""
    headers = {"accept-encoding": "identity"} | ({} if data is None else {"content-type": kind})
    for name, value in settings.PROJECT["headers"].items():
        headers[name] = value.replace("{key}", settings.key())
    request = urllib.request.Request(settings.BASE_URL + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=settings.TIMEOUT) as response:
            yield response
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
