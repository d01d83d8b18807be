"""What can go wrong with a call, and what to tell the person: one table of types, one of codes, one of statuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from playground.domain import Failure, FailureType
from playground.domain.provider import provider_of


class ProviderError(Exception):
    """A call that is not a Response (models, token counts) failed; `failure` says why in plain words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message or failure.meaning)
        self.failure = failure


_SENTENCES: dict[FailureType, tuple[str, str]] = {
    "authentication": (
        "{label} does not accept this key.",
        "Check the key, or make a new one{at_keys}, and paste it in the sidebar{or_variable}.",
    ),
    "permission": (
        "The key is valid but may not do this at {label}.",
        "Use a key whose project may call this model, or ask the account's owner to allow it.",
    ),
    "not_found": (
        "{label} does not know this model, or there is no API at this address.",
        "Pick a model from the provider's own list, and check the base URL.",
    ),
    "invalid_request": (
        "{label} understood the request but does not accept it as it is.",
        "Change what the message names; the Request tab shows what was sent.",
    ),
    "unsupported_parameter": (
        "This model does not take one of the settings.",
        "Leave that setting empty for this model, or choose another model.",
    ),
    "context_length": (
        "The prompt is longer than this model can read.",
        "Shorten the prompt or its attachments, or choose a model with a larger context window.",
    ),
    "rate_limited": (
        "Too many requests or tokens per minute for this key at {label}.",
        "Wait {wait}and run again, or ask for fewer at once.",
    ),
    "quota_exceeded": (
        "The account at {label} has no credit or quota left.",
        "Add credit or raise the limit{at_billing}, or use another key.",
    ),
    "overloaded": (
        "{label} has more requests than it can serve right now.",
        "Try again in a moment, or choose another model.",
    ),
    "server": (
        "Something went wrong at {label}, not in your request.",
        "Try again; if it stays, look at the provider's status page.",
    ),
    "timeout": (
        "{label} sent nothing for longer than this request was ready to wait.",
        "Try again, or allow a longer timeout.",
    ),
    "connection": (
        "{label} could not be reached, or hung up before it answered.",
        "Check the network connection and the base URL; for a local server, check that it runs.",
    ),
    "stream_truncated": (
        "The answer broke off before {label} said that it was finished; what came is kept.",
        "Run again to get a whole answer; usage and cost of this one are not known.",
    ),
    "refused": (
        "{label} blocked the prompt or the answer and sent no text.",
        "Change the prompt; running it again unchanged will most likely be refused too.",
    ),
    "cancelled": ("Stopped before the answer was complete; what came is kept.", "Run again."),
    "interrupted": (
        "The program ended before the answer was complete; what had been kept of it is shown.",
        "Run again.",
    ),
    "over_budget": (
        "The budget for this run was used up.",
        "Raise the budget or ask for less output.",
    ),
}
"""Type → what it means, what to do next."""

_BY_CODE: dict[str, FailureType] = {
    # OpenAI and compatible servers
    "invalid_api_key": "authentication",
    "invalid_authentication": "authentication",
    "incorrect_api_key_provided": "authentication",
    "no_api_key_provided": "authentication",
    "missing_scope": "permission",
    "unsupported_country_region_territory": "permission",
    "account_deactivated": "permission",
    "organization_deactivated": "permission",
    "model_not_found": "not_found",
    "model_not_available": "not_found",
    "previous_response_not_found": "not_found",
    "context_length_exceeded": "context_length",
    "string_above_max_length": "context_length",
    "unsupported_parameter": "unsupported_parameter",
    "unsupported_value": "unsupported_parameter",
    "unknown_parameter": "unsupported_parameter",
    "insufficient_quota": "quota_exceeded",
    "billing_hard_limit_reached": "quota_exceeded",
    "billing_not_active": "quota_exceeded",
    "insufficient_balance": "quota_exceeded",
    "rate_limit_exceeded": "rate_limited",
    "tokens_per_min_limit_exceeded": "rate_limited",
    "content_policy_violation": "refused",
    "content_filter": "refused",
    "invalid_prompt": "refused",
    "bio_policy": "refused",
    "cyber_policy": "refused",
    "server_is_overloaded": "overloaded",
    "slow_down": "overloaded",
    "engine_overloaded": "overloaded",
    "server_error": "server",
    "vector_store_timeout": "timeout",
    # Anthropic
    "authentication_error": "authentication",
    "permission_error": "permission",
    "not_found_error": "not_found",
    "request_too_large": "context_length",
    "rate_limit_error": "rate_limited",
    "billing_error": "quota_exceeded",
    "overloaded_error": "overloaded",
    "timeout_error": "timeout",
    # Google
    "API_KEY_INVALID": "authentication",
    "API_KEY_EXPIRED": "authentication",
    "ACCESS_TOKEN_EXPIRED": "authentication",
    "CREDENTIALS_MISSING": "authentication",
    "API_KEY_SERVICE_BLOCKED": "permission",
    "API_KEY_HTTP_REFERRER_BLOCKED": "permission",
    "API_KEY_IP_ADDRESS_BLOCKED": "permission",
    "SERVICE_DISABLED": "permission",
    "BILLING_DISABLED": "quota_exceeded",
    "UNAUTHENTICATED": "authentication",
    "PERMISSION_DENIED": "permission",
    "NOT_FOUND": "not_found",
    "RESOURCE_EXHAUSTED": "rate_limited",
    "UNAVAILABLE": "overloaded",
    "INTERNAL": "server",
    "UNKNOWN": "server",
    "DATA_LOSS": "server",
    "DEADLINE_EXCEEDED": "timeout",
    "CANCELLED": "server",
}
"""The provider's code or error type, exactly as it is written → our type. Codes decide before the status does."""

_BY_STATUS: dict[int, FailureType] = {
    400: "invalid_request",
    401: "authentication",
    402: "quota_exceeded",
    403: "permission",
    404: "not_found",
    405: "not_found",
    408: "timeout",
    410: "not_found",
    413: "context_length",
    422: "invalid_request",
    429: "rate_limited",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "timeout",
    524: "timeout",
    529: "overloaded",
}

_BY_MESSAGE: tuple[tuple[re.Pattern[str], FailureType], ...] = (
    (
        re.compile(
            r"prompt is too long|input is too long|exceeds? (the|this model's) (maximum|context)|context (window|length) (exceeded|of)"
            r"|maximum context length|input token count.*exceeds|exceed context limit|too many (input )?tokens in",
            re.IGNORECASE,
        ),
        "context_length",
    ),
    (re.compile(r"credit balance is too low|prepayment credits", re.IGNORECASE), "quota_exceeded"),
    (re.compile(r"API key (not valid|expired)", re.IGNORECASE), "authentication"),
)
"""Last resort for a 400 that carries no telling code; each was seen in a provider's answer."""


_TRY_AGAIN = re.compile(r"try again in (?:(\d+)m)?([\d.]+)(ms|s)\b")


class Complaint(NamedTuple):
    """A provider's error in its own words."""

    message: str = ""
    code: str | None = None
    type: str | None = None
    param: str | None = None
    reason: str | None = None
    """A finer code, where a provider nests one in the details."""
    retry_after: float | None = None


def classify(status: int | None, complaint: Complaint) -> FailureType:
    """The type of a provider's error: by its codes, then by what a vague 400 says, then by the status."""
    for code in (complaint.reason, complaint.code, complaint.type):
        if code in _BY_CODE:
            return _BY_CODE[code]
    if status is None or status in (200, 400, 413, 422, 429):
        for pattern, found in _BY_MESSAGE:
            if pattern.search(complaint.message):
                return found
    if complaint.type == "invalid_request_error" and status in (None, 200):
        return "invalid_request"
    if status is None or 200 <= status < 300:
        return "server"
    if 300 <= status < 400:
        return "not_found"
    return _BY_STATUS.get(status, "server" if status >= 500 else "invalid_request")


def failure_of(
    type: FailureType,
    provider: str,
    *,
    message: str = "",
    status: int | None = None,
    code: str | None = None,
    param: str | None = None,
    retry_after: float | None = None,
    next_step: str | None = None,
) -> Failure:
    """A Failure with its sentences filled in."""
    meaning, step = _SENTENCES[type]
    words = _words(provider, retry_after)
    return Failure(
        type=type,
        status=status,
        code=code,
        message=message,
        meaning=meaning.format_map(words),
        next_step=next_step or step.format_map(words),
        param=param,
        retry_after=retry_after,
    )


def provider_failure(
    provider: str, status: int | None, complaint: Complaint, headers: Mapping[str, str]
) -> Failure:
    """The Failure for an error that the provider sent, as a status or inside the stream."""
    wait = complaint.retry_after
    if wait is None:
        wait = retry_after(headers)
    return failure_of(
        classify(status, complaint),
        provider,
        message=complaint.message,
        status=status,
        code=complaint.code or complaint.type,
        param=complaint.param,
        retry_after=_wait_in_words(complaint.message) if wait is None else wait,
    )


def no_key(provider: str) -> Failure:
    """The Failure for a missing key, known before anything is sent."""
    row = provider_of(provider)
    variable = f"set {row.key_variables[0]} or " if row.key_variables else ""
    where = f"{variable}paste one in the sidebar"
    at = f" Keys are made at {row.key_page}." if row.key_page else ""
    return Failure(
        type="authentication",
        message=f"No key for {row.label}: {where}.",
        meaning=f"There is no key for {row.label}, so nothing was sent.",
        next_step=f"{where[0].upper()}{where[1:]}.{at}",
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `retry-after` (seconds or a date); None when not said."""
    try:
        if "retry-after-ms" in headers:
            return max(float(headers["retry-after-ms"]) / 1000, 0.0)
        value = headers.get("retry-after", "")
        if not value:
            return None
        if value.replace(".", "", 1).isdigit():
            return float(value)
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _wait_in_words(message: str) -> float | None:
    """Seconds in OpenAI's `Please try again in 1m18.6s` (or `6ms`), which no header repeats."""
    found = _TRY_AGAIN.search(message)
    if not found:
        return None
    minutes, amount, unit = found.groups()
    return 60 * float(minutes or 0) + float(amount) / (1000 if unit == "ms" else 1)


def openai_complaint(body: Any) -> Complaint:
    """Read OpenAI's error object, which compatible servers send in many shapes."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, str):
        return Complaint(message=error)
    if not isinstance(error, dict):
        return Complaint(message="" if error is None else str(error))
    message = error.get("message") or error.get("detail") or body.get("message") or ""
    return Complaint(
        message=message if isinstance(message, str) else str(message),
        code=_text(error.get("code")),
        type=_text(error.get("type")),
        param=_text(error.get("param")),
    )


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _words(provider: str, wait: float | None) -> dict[str, str]:
    row = provider_of(provider)
    return {
        "label": row.label,
        "at_keys": f" at {row.key_page}" if row.key_page else "",
        "at_billing": f" at {row.billing_page}" if row.billing_page else "",
        "or_variable": f" or set {row.key_variables[0]}" if row.key_variables else "",
        "wait": f"{wait:.0f} s " if wait else "a little ",
    }


def google_complaint(body: Any) -> Complaint:
    """Read Google's error object: its status name is the code, the finer reason and the wait are in the details."""
    body = body[0] if isinstance(body, list) and body else body
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return Complaint(message="" if error is None else str(error))
    reason, wait = None, None
    for detail in error.get("details") or ():
        if isinstance(detail, dict):
            reason = detail.get("reason") or reason
            wait = _seconds(detail.get("retryDelay")) or wait
    code = error.get("status") or error.get("code")
    return Complaint(
        message=str(error.get("message") or ""), code=_text(code), reason=reason, retry_after=wait
    )


def _seconds(text: Any) -> float | None:
    """`34.07s` as 34.07."""
    try:
        return float(str(text).removesuffix("s")) if text else None
    except ValueError:
        return None
