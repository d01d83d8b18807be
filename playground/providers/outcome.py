"""What came of a request on the wire, when it was not an answer: the Failure for it, masked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpcore2
import httpx2

from playground.domain import Endpoint, Failure, FailureType
from playground.domain.provider import provider_of
from playground.providers.door import Door
from playground.providers.failures import failure_of, no_key
from playground.providers.mapping import read_json
from playground.wire import ForbiddenHost, Recorder, check_endpoint
from playground.wire.limits import Endless

_BROKEN: tuple[tuple[type[Exception], FailureType, str], ...] = (
    (ForbiddenHost, "permission", "{error}"),
    (httpcore2.ProxyError, "connection", "The proxy did not let the call through: {error}"),
    (httpcore2.ConnectTimeout, "timeout", "No connection to {host} in time."),
    (httpcore2.PoolTimeout, "timeout", "No free connection to {host} in time."),
    (httpcore2.TimeoutException, "timeout", "{host} sent nothing for {silence:g} s."),
    (httpcore2.ConnectError, "connection", "{host} could not be reached: {error}"),
    (httpcore2.LocalProtocolError, "invalid_request", "The request could not be sent: {error}"),
    (httpcore2.NetworkError, "connection", "The connection to {host} broke: {error}"),
    (httpcore2.ProtocolError, "connection", "{host} hung up: {error}"),
    (Endless, "stream_truncated", "Reading stopped: {error}."),
    (httpx2.DecodingError, "server", "{host} sent a body that does not decompress: {error}"),
    (httpx2.InvalidURL, "invalid_request", "The base URL cannot be used: {error}"),
)
"""What breaks below the SDK → our type and message; the first row that fits."""


def refused_here(endpoint: Endpoint, *, hosted: bool) -> Failure | None:
    """What can be known to fail before anything is sent: no key, or an address that may not be called."""
    needs_key = provider_of(endpoint.provider).needs_key
    if needs_key and not endpoint.key and not endpoint.simulated:
        return no_key(endpoint.provider)
    try:
        check_endpoint(endpoint, hosted=hosted)
    except ForbiddenHost as error:
        return failure_of(
            "permission", endpoint.provider, message=str(error), next_step="Use another base URL."
        )
    return None


def fail(
    recorder: Recorder, provider: str, type_: FailureType, message: str, **more: Any
) -> Failure:
    """A Failure of our own words, with the status that came, masked."""
    made = failure_of(type_, provider, message=message, **{"status": recorder.status, **more})
    return masked(recorder, made)


def masked(recorder: Recorder, failure: Failure) -> Failure:
    """The same without the call's secrets in the provider's words, and with the proxy that may have spoken them."""
    failure = replace(failure, message=recorder.redactor.text(failure.message))
    proxy = recorder.proxy
    if proxy is None or (recorder.status is not None and recorder.tunnelled):
        return failure
    said = f"{failure.message} (Through the proxy {proxy.name} of {proxy.variable}.)"
    if recorder.status is not None:
        return replace(failure, message=said)
    step = f"Check the proxy that {proxy.variable} names, or name {recorder.host} in NO_PROXY."
    return replace(failure, message=said, next_step=step)


def broken(recorder: Recorder, provider: str, error: Exception, *, silence: float) -> Failure:
    """Map what broke below the SDK, or in it, or in our own code."""
    cause = recorder.error or error
    if recorder.streaming and cut(cause):
        return truncated(recorder, provider)
    for kind, type_, message in _BROKEN:
        if isinstance(cause, kind):
            text = message.format(host=recorder.host, error=cause, silence=silence)
            return fail(recorder, provider, type_, text)
    if recorder.request is None:
        message = f"The request for {provider_of(provider).label} could not be built: {cause}"
        return fail(recorder, provider, "invalid_request", message)
    return fail(recorder, provider, "server", f"{type(cause).__name__}: {cause}")


def truncated(recorder: Recorder, provider: str) -> Failure:
    """The stream is over and the provider never said so."""
    message = f"{recorder.host} ended the stream without its last event."
    return fail(recorder, provider, "stream_truncated", message)


def endless(recorder: Recorder, provider: str, what: str) -> Failure:
    """The answer went past a limit; `what` says which, and what came is kept."""
    return fail(recorder, provider, "stream_truncated", f"Reading stopped: {what}.")


def unreadable(recorder: Recorder, provider: str, data: bytes) -> Failure:
    """An answer that is not JSON, or not the JSON that this API sends."""
    if is_json(data):
        message = f"The answer could not be read, it is not shaped as this API's: {excerpt(data)}"
    else:
        kind = recorder.headers.get("content-type", "of no named type")
        message = f"{recorder.host} sent something that is not JSON ({kind}): {excerpt(data)}"
    return fail(recorder, provider, "server", message)


def of_status(recorder: Recorder, provider: str, adapter: Door) -> Failure:
    """Map an answer with an error status, as the door's own error object says or else by what was sent instead."""
    status, body = recorder.status or 0, recorder.body or b""
    try:
        value = read_json(body)
    except ValueError:
        value = {"error": {"message": _instead_of_json(recorder, status, body)}}
    return masked(recorder, adapter.failure(provider, status, recorder.headers, value))


def _instead_of_json(recorder: Recorder, status: int, body: bytes) -> str:
    target = recorder.headers.get("location")
    if 300 <= status < 400 and target:
        return (
            f"{recorder.host} redirects to {target}; redirects are not followed, so that keys stay "
            "where they belong."
        )
    return excerpt(body) or f"{recorder.host} answered with status {status} and nothing else."


def cut(error: Exception) -> bool:
    """True for a connection that broke (and did not merely fall silent)."""
    return isinstance(error, httpcore2.NetworkError | httpcore2.ProtocolError)


def is_json(data: bytes) -> bool:
    """True when the bytes are a JSON value, or the `[DONE]` that stands for none."""
    try:
        read_json(data)
    except ValueError:
        return data == b"[DONE]"
    except Endless:
        return False
    return True


def excerpt(data: bytes) -> str:
    """The first words of a body, on one line."""
    text = " ".join(data[:600].decode("utf-8", "replace").split())
    return text if len(text) <= 200 else f"{text[:200]}…"
