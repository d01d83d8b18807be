"""The three SDKs, imported late and built so that nothing but the endpoint decides where they go and with which key.

Clients are built per call over the call's own recorder: 0.2 ms for OpenAI and Anthropic. What an SDK reads from the
environment beyond that (organisation, extra headers) is dropped by the recorder, which lets only known headers out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.domain import Secret

if TYPE_CHECKING:
    import httpx2

NO_KEY = "none"
"""The SDKs insist on a key; where the endpoint has none this stands in, and the recorder keeps it off the wire."""


def openai_client(
    *, base_url: str, key: Secret | None, http: httpx2.AsyncClient, timeout: float
) -> Any:
    """An AsyncOpenAI without retries; the caller never closes it, it would close the shared transport."""
    from openai import AsyncOpenAI

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
        timeout=timeout_of(timeout),
    )


def timeout_of(silence: float) -> httpx2.Timeout:
    """`silence` seconds between two pieces of the answer; connecting has its own, shorter limit."""
    import httpx2

    from playground.wire import CONNECT_TIMEOUT

    return httpx2.Timeout(silence, connect=min(CONNECT_TIMEOUT, silence), pool=silence)
