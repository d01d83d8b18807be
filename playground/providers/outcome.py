"""What came of a request on the wire, when it was not an answer: the Failure for it, masked."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore2
import httpx2

from playground.domain import APIS, Endpoint, Failure, FailureType
from playground.domain.provider import provider_of
from playground.providers import masking
from playground.providers.complaint import Complaint, complaint, is_page, title
from playground.providers.failures import failure_of, in_words, no_key, provider_failure, unusable
from playground.providers.mapping import read_json
from playground.providers.meaning import Case, by_words
from playground.wire import (
    ForbiddenHost,
    HeadTimeout,
    NoAddress,
    Recorder,
    SocketRecorder,
    SSEParser,
    check_endpoint,
)
from playground.wire.limits import Endless

Heard = Recorder | SocketRecorder
"""Whoever has heard what was on the wire."""

_BROKEN: tuple[tuple[type[Exception], Case, str], ...] = (
    (ForbiddenHost, "permission", "{error}"),
    (httpcore2.ProxyError, "connection", "The proxy did not let the call through: {error}"),
    (httpcore2.ConnectTimeout, "timeout", "No connection to {host} in time."),
    (httpcore2.PoolTimeout, "timeout", "No free connection to {host} in time."),
    (HeadTimeout, "timeout", "{host} did not end the head of its answer in {silence:g} s."),
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
_TLS: tuple[tuple[str, Case, str], ...] = (
    (
        r"hostname mismatch|not valid for",
        "tls_name",
        "{host} showed another's certificate: {error}",
    ),
    (
        r"expired|not yet valid",
        "tls_date",
        "{host} showed a certificate that is not valid now: {error}",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "tls_trust",
        "{host} showed a certificate that is not trusted: {error}",
    ),
    (
        r"WRONG_VERSION_NUMBER|HTTP_REQUEST|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL",
        "speaks_http",
        "{host} answered https with something else, plain http most likely.",
    ),
    (r"\[SSL|\bTLS\b", "tls_broken", "No TLS with {host}: {error}"),
    (r"^illegal \w+ line", "not_http", "{host} sent something that is not HTTP."),
    (r"^Server disconnected", "hung_up", "{host} hung up before it sent anything."),
)
"""What the words of a broken connection mean; the first row that fits."""
_TECHNICAL = re.compile(r"^\[[^\]]*\] ?|\s*\(_ssl\.c:\d+\)")
_NETLOC = re.compile(r"[\w.:\[\]-]+")
_PLAIN = "/:?#@!&'+,;=%~"
_NOTHING = "and nothing else."
_VERSION = re.compile(r"/(v\d+\w*|openai)(/|$)")
_LONGEST = 8_000
"""Bytes of a body that are looked through for its first words."""


def refused_here(endpoint: Endpoint, *, hosted: bool) -> Failure | None:
    """What can be known to fail before anything is sent: no key, or an address that may not be called."""
    if endpoint.problem and not endpoint.key and not endpoint.simulated:
        return unusable(endpoint.problem)
    needs_key = provider_of(endpoint.provider).needs_key
    if needs_key and not endpoint.key and not endpoint.simulated:
        return no_key(endpoint.provider)
    try:
        check_endpoint(endpoint, hosted=hosted)
    except NoAddress as error:
        return unusable(str(error))
    except ForbiddenHost as error:
        return failure_of(
            "permission", endpoint.provider, message=str(error), next_step="Use another base URL."
        )
    return None


def fail(recorder: Heard, provider: str, case: Case, message: str, **more: Any) -> Failure:
    """A Failure of our own words, with the status that came, masked."""
    made = failure_of(case, provider, message=message, **{"status": recorder.status, **more})
    return masked(recorder, made)


def masked(recorder: Heard, failure: Failure) -> Failure:
    """The same without the call's secrets in what the provider says, and with the proxy that may have said it."""
    failure = masking.masked(failure, recorder.redactor)
    proxy = recorder.proxy
    if proxy is None or (recorder.status is not None and recorder.tunnelled):
        return failure
    said = f"{failure.message} (Through the proxy {proxy.name} of {proxy.variable}.)"
    if recorder.status is not None:
        return replace(failure, message=said)
    step = f"Check the proxy that {proxy.variable} names, or name {recorder.host} in NO_PROXY."
    return replace(failure, message=said, next_step=step)


def broken(recorder: Heard, provider: str, error: Exception, *, silence: float) -> Failure:
    """Map what broke below the SDK, or in it, or in our own code."""
    cause = recorder.error or error
    if recorder.streaming and cut(cause):
        return truncated(recorder, provider)
    why = _TECHNICAL.sub("", str(cause)) or "nothing says why"
    rows = [(c, m) for pattern, c, m in _TLS if re.search(pattern, str(cause))]
    rows = rows if isinstance(cause, httpcore2.NetworkError | httpcore2.ProtocolError) else []
    rows += [(case, message) for kind, case, message in _BROKEN if isinstance(cause, kind)]
    if rows:
        case, message = rows[0]
        text = message.format(host=recorder.host, error=why, silence=silence)
        return fail(recorder, provider, case, text)
    if recorder.request is None:
        message = f"The request for {provider_of(provider).label} could not be built: {why}"
        return fail(recorder, provider, "invalid_request", message)
    return fail(recorder, provider, "server", f"The call broke off: {why}")


def truncated(recorder: Heard, provider: str) -> Failure:
    """The stream is over and the provider never said so."""
    message = f"{recorder.host} ended the stream without its last event."
    return fail(recorder, provider, "stream_truncated", message)


def endless(recorder: Heard, provider: str, what: str) -> Failure:
    """The answer went past a limit; `what` says which, and what came is kept."""
    return fail(recorder, provider, "stream_truncated", f"Reading stopped: {what}.")


def unreadable(recorder: Heard, provider: str, data: bytes) -> Failure:
    """An answer that is not JSON, or not the JSON that this API sends."""
    if not data.strip():
        message = f"{recorder.host} answered with status {recorder.status} {_NOTHING}"
    elif is_json(data):
        message = f"The answer could not be read, it is not shaped as this API's: {excerpt(data)}"
    else:
        kind = recorder.headers.get("content-type", "of no named type")
        message = f"{recorder.host} sent something that is not JSON ({kind}): {excerpt(data)}"
    return fail(recorder, provider, "server", message)


def of_status(recorder: Heard, provider: str) -> Failure:
    """Map an answer with an error status: by the error that it holds, in whichever shape, or else by what was sent instead."""
    said = _complaint(recorder)
    made = provider_failure(provider, recorder.status, said, recorder.headers)
    return masked(recorder, made)


def _complaint(recorder: Heard) -> Complaint:
    status, body, target = (
        recorder.status or 0,
        recorder.body or b"",
        recorder.headers.get("location"),
    )
    if 300 <= status < 400 and target:
        message = f"{recorder.host} redirects to {target}; redirects are not followed, so that keys stay where they belong."
        return Complaint(message=message)
    try:
        said = complaint(read_json(body))
    except ValueError:
        said = complaint(_event(body) or excerpt(body))
    nothing = f"{recorder.host} answered with status {status} {_NOTHING}"
    return said if said.message else said._replace(message=nothing)


def _event(body: bytes) -> Any:
    """The first event with JSON in a body that is an event stream although its status says that it failed."""
    parser = SSEParser()
    for _, data in (*parser.feed(body), *parser.finish()):
        with suppress(ValueError):
            return read_json(data)
    return None


def told(recorder: Heard, endpoint: Endpoint, failure: Failure) -> Failure:
    """The failure in sentences that fit who was called, and where: what the type alone cannot know.

    A server of one's own has no status page and makes no keys, and an address that is wrong is named.
    """
    row = provider_of(endpoint.provider)
    if in_words(failure, failure.type, row) != failure:
        return failure  # it has sentences of its own already
    if urlsplit(row.base_url).hostname != recorder.host and not endpoint.simulated:
        row = replace(row, key_page="", billing_page="")
    return in_words(failure, _case(recorder, endpoint, failure), row, _called(recorder, endpoint))


def _case(recorder: Heard, endpoint: Endpoint, failure: Failure) -> Case:
    """Which case of its type a failure is."""
    status = recorder.status or 0
    page = is_page((recorder.body or b"")[:200].decode("utf-8", "replace"))
    said = by_words(failure.message, filter(None, [failure.code]))
    silent = failure.message.endswith(_NOTHING)
    cases: tuple[tuple[Case, FailureType, bool], ...] = (
        ("redirect", "not_found", 300 <= status < 400),
        ("no_api", "not_found", page or silent or said == "no_api"),
        ("no_model", "not_found", said == "not_found"),
        ("web_page", "server", page and 200 <= status < 300),
        ("blocked", "permission", page),
        ("sign_in", "connection", status == 511),
        ("wants_https", "connection", said == "wants_https"),
        ("key_wanted", "authentication", endpoint.key is None),
    )
    return next((case for case, type_, so in cases if so and type_ == failure.type), failure.type)


def _called(recorder: Heard, endpoint: Endpoint) -> str:
    """Which address was called, and what to change about the base URL where it may be wrong."""
    if recorder.request is None:
        return ""
    url = _shown(recorder.redactor.url(str(recorder.request.url)))
    base = endpoint.base_url.rstrip("/")
    path = url.removeprefix(base) if url.startswith(base) else urlsplit(url).path
    better = _elsewhere(url, recorder.redactor.url(recorder.headers.get("location", "")))
    called = f"{recorder.request.method} {url} was called"
    if better and 300 <= (recorder.status or 0) < 400:
        better = better.removesuffix(path)
        return f"{called}: if you trust that address with your key, make {better} the base URL."
    versioned = APIS[provider_of(endpoint.provider).default_api].path.startswith("/v1")
    if not versioned and not _VERSION.search(base):
        return f"{called}: most servers want a base URL that ends in /v1, so try {base}/v1."
    return f"{called}: check the base URL, which is what stands before {path}."


def _elsewhere(url: str, target: str) -> str:
    """Where a redirect leads; empty where it names none, or what is no address."""
    try:
        return _shown(urljoin(url, target)) if target else ""
    except ValueError:
        return ""


def _shown(url: str) -> str:
    """An address without signs that mean something else where it is shown: it may come from whoever answered."""
    parts = urlsplit(url)
    netloc = parts.netloc if _NETLOC.fullmatch(parts.netloc) else quote(parts.netloc)
    rest = urlunsplit(("", "", *parts[2:]))
    return f"{parts.scheme}://{netloc}{quote(rest, safe=_PLAIN)}"


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
    """The first words of a body, on one line; the title of a web page."""
    text = data[:_LONGEST].decode("utf-8", "replace")
    text = (is_page(text) and title(text)) or " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:200]}…"
