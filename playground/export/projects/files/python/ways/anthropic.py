"""The request through Anthropic's SDK."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import settings
from errors import Broken, Refused


@functools.cache
def client() -> anthropic.Anthropic:
    """One client for all calls: its own retries are off, calling.py has them."""
    return anthropic.Anthropic(
        api_key=settings.key(),
        base_url=settings.BASE_URL,
        timeout=settings.TIMEOUT,
        max_retries=0,
    )


def send(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer's events as they come; a body that does not stream is one event."""
    extra = {name: body[name] for name in settings.PROJECT["extra"] if name in body}
    arguments = {name: value for name, value in body.items() if name not in extra}
    with mapped():
        answer = client().messages.create(**arguments, extra_body=extra or None)
        for event in answer if body.get("stream") else [answer]:
            yield event.to_dict(mode="json")


@contextlib.contextmanager
def mapped() -> Iterator[None]:
    """The SDK's errors as ours."""
    try:
        yield
    except anthropic.APIStatusError as error:
        if error.response.is_success:  # an error in the middle of a stream
            raise Broken("The provider gave up in the middle of the answer.") from None
        headers = dict(error.response.headers)
        raise Refused(error.status_code, headers, error.response.text) from None
    except (anthropic.APIError, httpx2.HTTPError, ValueError) as error:
        raise Broken(f"The connection broke off: {type(error).__name__}.") from error
