"""The three SDKs, imported late and built so that nothing but the endpoint decides where they go and with which key.

Clients are built per call over the call's own recorder: 0.2 ms for OpenAI and Anthropic. What an SDK reads from the
environment beyond that (organisation, extra headers) is dropped by the recorder, which lets only known headers out.
"""

from __future__ import annotations

import functools
import re
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playground.domain import Secret
from playground.wire import CONNECT_TIMEOUT, hush

if TYPE_CHECKING:
    import httpx2

GEMINI_VERSION = "v1"
"""google-genai's own default, named so that the environment cannot change it."""

NO_KEY = "none"
"""The SDKs insist on a key; where the endpoint has none this stands in, and the recorder keeps it off the wire."""


def openai_client(
    *, base_url: str, key: Secret | None, http: httpx2.AsyncClient, silence: float
) -> Any:
    """An AsyncOpenAI without retries; the caller never closes it, it would close the shared transport."""
    from openai import AsyncOpenAI

    _hush("openai")
    revealed = key.reveal() if key else NO_KEY
    return AsyncOpenAI(
        base_url=base_url,
        api_key=revealed,
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        http_client=http,
        max_retries=0,
        timeout=timeout_of(silence),
    )


def anthropic_client(
    *, base_url: str, key: Secret | None, http: httpx2.AsyncClient, silence: float
) -> Any:
    """An AsyncAnthropic without retries and traces; the caller never closes it."""
    from anthropic import AsyncAnthropic

    _hush("anthropic")
    revealed = key.reveal() if key else NO_KEY
    return AsyncAnthropic(
        base_url=base_url.rstrip("/").removesuffix("/v1"),
        api_key=revealed,
        webhook_key="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        open_telemetry=False,
        http_client=http,
        max_retries=0,
        timeout=timeout_of(silence),
    )


def gemini_client(
    *,
    base_url: str,
    key: Secret | None,
    http: httpx2.AsyncClient,
    silence: float,
    extra: Mapping[str, Any] | None = None,
) -> Any:
    """A genai.Client for the Gemini API; the caller keeps it as long as its call runs, and never closes it."""
    from google import genai
    from google.genai import types

    _hush("google_genai")
    base_url, version = _split_version(base_url)
    return genai.Client(
        vertexai=False,
        api_key=key.reveal() if key else NO_KEY,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=version,
            timeout=round(silence * 1000),
            extra_body=dict(extra) if extra else None,
            retry_options=types.HttpRetryOptions(attempts=1),
            httpx_client=_sync_client(),
            httpx_async_client=http,
            async_client_args={"ssl": _no_trust()},
        ),
    )


@functools.cache
def _hush(library: str) -> None:
    """Silence an SDK's log once, after its import: OPENAI_LOG=debug and its like would print answers that echo a key."""
    hush(library)


def _split_version(base_url: str) -> tuple[str, str]:
    """The address without its API version, and the version: the SDK's own unless the address names one."""
    stem, slash, last = base_url.rstrip("/").rpartition("/")
    return (
        (stem, last)
        if slash and re.fullmatch(r"v1(alpha|beta)?", last)
        else (base_url, GEMINI_VERSION)
    )


@functools.cache
def _no_trust() -> ssl.SSLContext:
    """For the Gemini SDK's websockets, which are never opened: without it every client loads all certificates, 18 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _sync_client() -> httpx2.Client:
    """A client that the Gemini SDK wants beside the asynchronous one; it is never used and reaches nothing."""
    import httpx2

    return httpx2.Client(transport=httpx2.MockTransport(_nothing), trust_env=False)


def _nothing(request: httpx2.Request) -> httpx2.Response:
    raise RuntimeError(f"the synchronous client was asked for {request.url.host}")


def timeout_of(silence: float) -> httpx2.Timeout:
    """`silence` seconds between two pieces of the answer; connecting has its own, shorter limit."""
    import httpx2

    return httpx2.Timeout(silence, connect=min(CONNECT_TIMEOUT, silence), pool=silence)


def silent_client(caught: list[httpx2.Request], *, stream: bool) -> httpx2.AsyncClient:
    """A client that keeps what it is asked to send and answers with nothing."""
    import httpx2

    kind = "text/event-stream" if stream else "application/json"

    def answer(request: httpx2.Request) -> httpx2.Response:
        caught.append(request)
        return httpx2.Response(
            200, headers={"content-type": kind}, content=b"" if stream else b"{}"
        )

    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer), trust_env=False)
