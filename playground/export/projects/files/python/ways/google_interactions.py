"""The request through Google's SDK: Interactions."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import settings
from errors import Broken, Refused
from google import genai
from google.genai import _interactions_errors as errors  # not public: another version may move it


@functools.cache
def client() -> genai.Client:
    """One client for all calls: its own retries are off, calling.py has them."""
    return genai.Client(
        api_key=settings.key(),
        http_options={
            "base_url": settings.BASE_URL,
            "api_version": settings.PROJECT["api_version"],
            "timeout": round(settings.TIMEOUT * 1000),
            "retry_options": {"attempts": 1},
        },
    )


def send(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer's events as they come; a body that does not stream is one event."""
    extra = {name: body[name] for name in settings.PROJECT["extra"] if name in body}
    arguments = {name: value for name, value in body.items() if name not in extra}
    try:
        answer = client().interactions.create(**arguments, extra_body=extra or None)
        for event in answer if body.get("stream") else [answer]:
            yield event.model_dump(mode="json", by_alias=True, exclude_none=True)
    except errors.APIStatusError as error:
        headers = dict(error.response.headers)
        raise Refused(error.status_code, headers, json.dumps(error.body)) from None
    except (errors.APIError, httpx2.HTTPError, ValueError) as error:
        raise Broken(f"The connection broke off: {type(error).__name__}.") from error
