"""The request through Google's SDK: generateContent."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import settings
from errors import Broken, Refused
from google import genai
from google.genai import errors


@functools.cache
def client(version: str = settings.PROJECT["api_version"]) -> genai.Client:
    """One client for all calls: its own retries are off, calling.py has them."""
    return genai.Client(
        api_key=settings.key(),
        http_options={
            "base_url": settings.BASE_URL,
            "api_version": version,
            "timeout": round(settings.TIMEOUT * 1000),
            "retry_options": {"attempts": 1},
        },
    )


def send(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer's chunks as they come; a body that does not stream is one chunk."""
    models = client().models
    call = models.generate_content_stream if settings.PROJECT["stream"] else models.generate_content
    with mapped():
        answer = call(**arguments(body))
        for chunk in answer if settings.PROJECT["stream"] else [answer]:
            yield chunk.model_dump(mode="json", by_alias=True, exclude_none=True)


@contextlib.contextmanager
def mapped() -> Iterator[None]:
    """The SDK's errors as ours."""
    try:
        yield
    except errors.APIError as error:
        if not error.code or error.code < 400:
            raise Broken("The provider gave up in the middle of the answer.") from None
        raise Refused(error.code, {}, json.dumps(error.details)) from None
    except (httpx2.HTTPError, ValueError) as error:
        raise Broken(f"The connection broke off: {type(error).__name__}.") from error


def arguments(body: dict[str, Any]) -> dict[str, Any]:
    """The body in the three arguments of the SDK."""
    config = {name: value for name, value in body.items() if name != "contents"}
    extra = {name: config.pop(name) for name in settings.PROJECT["extra"] if name in config}
    config |= config.pop("generationConfig", {})
    if extra:
        config["http_options"] = {"extra_body": extra}
    return {"model": settings.MODEL, "contents": body["contents"], "config": config}
