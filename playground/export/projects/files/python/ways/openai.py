"""The request through OpenAI's SDK."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import httpx2
import openai
import settings
from errors import Broken, Refused


@functools.cache
def client() -> openai.OpenAI:
    """One client for all calls: its own retries are off, calling.py has them."""
    return openai.OpenAI(
        api_key=settings.key(),
        base_url=settings.BASE_URL,
        timeout=settings.TIMEOUT,
        max_retries=0,
    )


def send(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer's events as they come; a body that does not stream is one event."""
    create = attrgetter(settings.PROJECT["method"])(client())
    extra = {name: body[name] for name in settings.PROJECT["extra"] if name in body}
    arguments = {name: value for name, value in body.items() if name not in extra}
    with mapped():
        answer = create(**arguments, extra_body=extra or None)
        for event in answer if body.get("stream") else [answer]:
            yield event.to_dict(mode="json")


@contextlib.contextmanager
def mapped() -> Iterator[None]:
    """The SDK's errors as ours."""
    try:
        yield
    except openai.APIStatusError as error:
        headers = dict(error.response.headers)
        raise Refused(error.status_code, headers, error.response.text) from None
    except (openai.APIError, httpx2.HTTPError, ValueError) as error:
        raise Broken(f"The connection broke off: {type(error).__name__}.") from error
