"""What can go wrong with a call, and what to tell the person: one table of sentences, for a terminal as for a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

from playground.domain import Failure, FailureType
from playground.domain.provider import Provider, provider_of
from playground.providers.complaint import Complaint, seconds
from playground.providers.meaning import Case, classify


class ProviderError(Exception):
    """A call that is not a Response (models, token counts) failed; `failure` says why in plain words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message or failure.meaning)
        self.failure = failure


_SENTENCES: dict[Case, tuple[str, str]] = {
    "authentication": (
        "{label} does not accept this key.",
        "Check the key, or make a new one{at_keys}, and {set_key}.",
    ),
    "permission": (
        "The key is valid but may not do this at {label}.",
        "Use a key whose project may call this model, or ask the account's owner to allow it.",
    ),
    "not_found": (
        "{label} does not know this model, or there is no API at this address.",
        "{called}Pick a model from the provider's own list, and check the base URL.",
    ),
    "invalid_request": (
        "{label} understood the request but does not accept it as it is.",
        "Change what the message names; what was sent is kept with the run.",
    ),
    "unsupported_parameter": (
        "This model does not take one of the settings.",
        "Leave that setting empty for this model, or choose another model.",
    ),
    "context_length": (
        "The prompt is longer than this model can read.",
        "Shorten the prompt or its attachments, ask for less output, or choose a model with a larger context window.",
    ),
    "rate_limited": (
        "Too many requests or tokens for this key at {label} in a minute, or a day.",
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
        "Try again; if it stays, look at {state}.",
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
    "no_model": ("{label} does not know this model.", "Pick a model from the list of {label}."),
    "no_api": ("At the address that was called there is no such API.", "{called}"),
    "redirect": ("This address sends whoever calls it to another one.", "{called}"),
    "web_page": (
        "A web page answered, not an API.",
        "{called}In the network of a hotel or an office, sign in to it in a browser first.",
    ),
    "sign_in": (
        "The network that this computer is in wants a sign-in first.",
        "Open any page in a browser, sign in, and run again.",
    ),
    "blocked": (
        "{label}, or a firewall in front of it, turned the request away.",
        "Try from another network, or ask whoever runs the firewall.",
    ),
    "key_wanted": (
        "{label} asks for a key, and none was sent.",
        "Get a key{at_keys}, and {set_key}.",
    ),
    "hung_up": (
        "{label} hung up before it answered.",
        "Try again. A server that takes only https hangs up on http: then write https:// in the base URL.",
    ),
    "not_http": (
        "What answered at {label} does not speak HTTP.",
        "Check the host and port in the base URL; a server that takes only https needs https:// there.",
    ),
    "tls_trust": (
        "Whoever signed the certificate of {label} is not trusted by this computer.",
        "Where a company or a server of your own signs its certificates, name the file that holds its certificate"
        " authority (PEM) in SSL_CERT_FILE and start again; in any other case do not send a key there.",
    ),
    "tls_name": (
        "The certificate that came belongs to another name.",
        "Write the name that stands in the certificate into the base URL, or have the certificate renewed.",
    ),
    "tls_date": (
        "The certificate that came is not valid today.",
        "Check this computer's date, or have the certificate renewed.",
    ),
    "tls_broken": (
        "No encrypted connection to {label} came about.",
        "Check the host and port in the base URL.",
    ),
    "speaks_http": (
        "{label} takes only plain http at this port.",
        "Write http:// instead of https:// in the base URL, if the server is your own.",
    ),
    "wants_https": (
        "{label} takes only https at this port.",
        "Write https:// instead of http:// in the base URL.",
    ),
}
"""Type, or case of one → what it means, what to do next."""

_TYPE_OF: dict[Case, FailureType] = {
    "no_api": "not_found",
    "no_model": "not_found",
    "redirect": "not_found",
    "key_wanted": "authentication",
    "hung_up": "connection",
    "not_http": "connection",
    "web_page": "server",
    "blocked": "permission",
    "sign_in": "connection",
    "tls_trust": "connection",
    "tls_name": "connection",
    "tls_date": "connection",
    "tls_broken": "connection",
    "speaks_http": "connection",
    "wants_https": "connection",
}
"""Case with sentences of its own → the type that it is one of."""

_TRY_AGAIN = re.compile(
    r"(?:(?:try again|retry) (?:in|after)|wait(?= \d)) (?:(\d+) ?h(?:ours?)?)? ?(?:(\d+) ?m(?:in(?:ute)?s?)?(?!s))?"
    r" ?(?:(\d+(?:\.\d+)?) ?(ms|s))?",
    re.IGNORECASE,
)


def failure_of(
    case: Case,
    provider: str,
    *,
    message: str = "",
    status: int | None = None,
    code: str | None = None,
    param: str | None = None,
    retry_after: float | None = None,
    next_step: str | None = None,
) -> Failure:
    """A Failure of this type, or case of one, with its sentences filled in."""
    said = Failure(
        type=_TYPE_OF.get(case) or cast(FailureType, case),
        status=status,
        code=code,
        message=message,
        param=param,
        retry_after=retry_after,
    )
    said = in_words(said, case, provider_of(provider))
    return replace(said, next_step=next_step) if next_step else said


def in_words(failure: Failure, case: Case, row: Provider, called: str = "") -> Failure:
    """The failure with the sentences of its case, as they are for this provider; `called` says which address was."""
    meaning, step = _SENTENCES[case]
    variable = f"set {row.key_variables[0]} or enter it" if row.key_variables else "enter it"
    words = {
        "label": row.label,
        "at_keys": f" at {row.key_page}" if row.key_page else "",
        "at_billing": f" at {row.billing_page}" if row.billing_page else "",
        "set_key": f"{variable} in the app",
        "state": "the provider's status page" if row.key_page else "the log of the server",
        "wait": f"{failure.retry_after:.0f} s " if failure.retry_after else "a little ",
        "called": f"{called} " if called else "",
    }
    return replace(
        failure,
        meaning=meaning.format_map(words),
        next_step=step.format_map(words).strip(),
    )


def provider_failure(
    provider: str, status: int | None, complaint: Complaint, headers: Mapping[str, str]
) -> Failure:
    """The Failure for an error that the provider sent, as a status or inside the stream."""
    wait = complaint.retry_after
    if wait is None:
        wait = retry_after(headers)
    case = classify(status, complaint)
    return failure_of(
        _TYPE_OF.get(case, case),
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
    where = f"{variable}enter one in the app"
    at = f" Keys are made at {row.key_page}." if row.key_page else ""
    return Failure(
        type="authentication",
        message=f"No key for {row.label}: {where}.",
        meaning=f"There is no key for {row.label}, so nothing was sent.",
        next_step=f"{where[0].upper()}{where[1:]}.{at}",
    )


def unusable(problem: str) -> Failure:
    """The Failure for a base URL or a key that is set, but is none: known before anything is sent."""
    return Failure(
        type="invalid_request",
        message=problem,
        meaning="What is set for this endpoint can't be used, so nothing was sent.",
        next_step="Change what the message names.",
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `retry-after` (seconds or a date); None when not said."""
    if (wait := seconds(headers.get("retry-after-ms"))) is not None:
        return wait / 1000
    value = headers.get("retry-after", "")
    if (wait := seconds(value)) is not None:
        return wait
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _wait_in_words(message: str) -> float | None:
    """Seconds in OpenAI's `Please try again in 1m18.6s` (or `6ms`, `2 minutes`), which no header repeats."""
    found = _TRY_AGAIN.search(message)
    if not found:
        return None
    hours, minutes, amount, unit = found.groups()
    wait = 3600 * float(hours or 0) + 60 * float(minutes or 0)
    return wait + float(amount or 0) / (1000 if unit == "ms" else 1) or None
