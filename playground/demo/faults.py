"""How each vendor says no: status, headers and body of every failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.demo import exhausted
from playground.demo.exhausted import NOT_OVER
from playground.demo.limits import Over

MAX_BODY = 32 * 1024 * 1024
"""Largest request body in bytes."""

BY_STATUS = ("401", "403", "404", "413", "429", "500", "503", "529", "quota", "context")
"""Faults that are answered with an error instead of an answer."""
IN_STREAM = ("cut", "stall", "garbage", "error")
"""Faults that break a stream that has begun."""
IN_ANSWER = ("slow", "refuse", "truncate")
"""Faults that are an answer of a special kind."""
LIMITED = "limited"
"""No fault but the limits of a small account: after a few requests in a minute the model refuses, others go on."""
FAULTS = (*BY_STATUS, *IN_STREAM, *IN_ANSWER, LIMITED)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as one vendor sends it."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    """Besides those of every answer."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What went wrong, in the words that the bodies need."""

    model: str = ""
    door: str = ""
    message: str = ""
    param: str | None = None
    code: str | None = None
    limit: int = 0
    request_id: str = ""
    over: Over = NOT_OVER
    """The rate limit that it is over, where it is one."""


def split(name: str) -> tuple[str, str | None]:
    """A model's name and the fault after `~`; an unknown fault stays part of the name."""
    model, _, fault = name.rpartition("~")
    return (model, fault) if model and fault in FAULTS else (name, None)


def failure(vendor: str, fault: str, wrong: Wrong) -> Failure:
    """The vendor's own answer to a failure; KeyError for a fault that is none."""
    return FAILURES[vendor](fault, wrong)


def _openai(fault: str, wrong: Wrong) -> Failure:
    if fault == "404" and wrong.door == "openai_responses":
        fault = "404_responses"
    if fault == "not_stored" and wrong.door == "openai_chat":
        fault = "not_stored_chat"
    status, kind, code, param, message = OPENAI[fault]
    body = {
        "message": message.format(
            w=wrong,
            key=wrong.message or MASKED,
            unit=exhausted.unit(wrong.over),
            wait=exhausted.seconds(wrong.over.wait),
        ),
        "type": kind,
        "param": wrong.param or param,
        "code": wrong.code or code,
    }
    if fault != "429":
        return Failure(status, {"error": body})
    body["type"] = "requests" if wrong.over.kind == "requests" else "tokens"
    return Failure(status, {"error": body}, exhausted.openai_headers(wrong.over))


INVALID = "invalid_request_error"
MASKED = "demo****key"
"""A refused key as OpenAI repeats it."""
OPENAI: dict[str, tuple[int, str, str | None, str | None, str]] = {
    "401": (
        401,
        INVALID,
        "invalid_api_key",
        None,
        "Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com/account/api-keys.",
    ),
    "no_key": (
        401,
        INVALID,
        None,
        None,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    ),
    "403": (
        403,
        INVALID,
        "missing_scope",
        None,
        "You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have the correct role in your organization and project, and if you're using a restricted API key, that it has the necessary scopes.",
    ),
    "404": (
        404,
        INVALID,
        "model_not_found",
        None,
        "The model `{w.model}` does not exist or you do not have access to it.",
    ),
    "retired": (
        404,
        INVALID,
        "model_not_found",
        None,
        "The model `{w.model}` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations (shut down on {w.message})",
    ),
    "no_such_model": (
        404,
        INVALID,
        "model_not_found",
        "model",
        "The model '{w.model}' does not exist",
    ),
    "404_responses": (
        400,
        INVALID,
        "model_not_found",
        "model",
        "The requested model '{w.model}' does not exist.",
    ),
    "413": (
        413,
        INVALID,
        "request_too_large",
        None,
        "Request body is too large: at most 32 MB are accepted.",
    ),
    "429": (
        429,
        "requests",
        "rate_limit_exceeded",
        None,
        "Rate limit reached for {w.model} in organization org-demo on {unit}: Limit {w.over.limit}, Used {w.over.used}, Requested {w.over.requested}. Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more.",
    ),
    "quota": (
        429,
        "insufficient_quota",
        "insufficient_quota",
        None,
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
    ),
    "500": (
        500,
        "server_error",
        "server_error",
        None,
        "The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists.",
    ),
    "503": (
        503,
        "service_unavailable_error",
        "server_is_overloaded",
        None,
        "Our servers are currently overloaded. Please try again later.",
    ),
    "context": (
        400,
        INVALID,
        "context_length_exceeded",
        "input",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
    ),
    "invalid": (400, INVALID, None, None, "{w.message}"),
    "invalid_404": (404, INVALID, None, None, "{w.message}"),
    "effort": (
        400,
        INVALID,
        "unsupported_value",
        None,
        "Unsupported value: '{w.param}' does not support '{w.message}' with this model. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.",
    ),
    "no_model": (400, INVALID, None, "model", "you must provide a model parameter"),
    "no_conversation": (
        400,
        INVALID,
        "previous_response_not_found",
        "previous_response_id",
        "Previous response with id '{w.message}' not found.",
    ),
    "no_route": (404, INVALID, None, None, "Invalid URL ({w.message})"),
    "not_stored": (404, INVALID, None, None, "Response with id '{w.message}' not found."),
    "not_stored_chat": (
        404,
        INVALID,
        "not_found",
        "completion_id",
        "Completion {w.message} not found",
    ),
}
OPENAI["529"] = OPENAI["503"]
OPENAI["no_thing"] = (404, INVALID, None, "id", "{w.message}")


def _anthropic(fault: str, wrong: Wrong) -> Failure:
    status, kind, message = ANTHROPIC[fault]
    unit = wrong.over.kind.replace("_", " ")
    error = {"type": kind, "message": message.format(w=wrong, unit=unit)}
    body = {"type": "error", "error": error, "request_id": wrong.request_id}
    if fault != "429":
        return Failure(status, body)
    return Failure(status, body, exhausted.anthropic_headers(wrong.over))


ANTHROPIC: dict[str, tuple[int, str, str]] = {
    "401": (401, "authentication_error", "invalid x-api-key"),
    "no_key": (401, "authentication_error", "x-api-key header is required"),
    "403": (
        403,
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
    ),
    "404": (404, "not_found_error", "model: {w.model}"),
    "retired": (404, "not_found_error", "model: {w.model} (retired on {w.message})"),
    "413": (413, "request_too_large", "Request exceeds the maximum size"),
    "429": (
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of {w.over.limit:,} {unit} per minute (org: org-demo, model: {w.model}). For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later.",
    ),
    "quota": (
        400,
        INVALID,
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    ),
    "500": (500, "api_error", "Internal server error"),
    "503": (503, "api_error", "Service temporarily unavailable"),
    "529": (529, "overloaded_error", "Overloaded"),
    "context": (400, INVALID, "prompt is too long: {w.message} tokens > {w.limit} maximum"),
    "invalid": (400, INVALID, "{w.message}"),
    "effort": (
        400,
        INVALID,
        "This model does not support effort level '{w.message}'. Supported levels: high, low, max, medium, xhigh.",
    ),
    "no_model": (400, INVALID, "model: Field required"),
    "no_conversation": (400, INVALID, "{w.message}"),
    "no_route": (404, "not_found_error", "Not found"),
}


ANTHROPIC["no_such_model"] = ANTHROPIC["404"]
ANTHROPIC["no_thing"] = (404, "not_found_error", "{w.message}")


def _gemini(fault: str, wrong: Wrong) -> Failure:
    status, word, message, details = GEMINI[fault]
    if fault == "429":
        message, details = exhausted.gemini(wrong.over, wrong.model)
    error: dict[str, Any] = {"code": status, "message": message.format(w=wrong), "status": word}
    if wrong.param is not None:
        violation = {"field": wrong.param} if wrong.param else {}
        violation["description"] = error["message"]
        details = [{"@type": BAD_REQUEST, "fieldViolations": [violation]}]
    if details:
        error["details"] = details
    if wrong.door == "gemini_interactions":
        error = {"message": error["message"], "code": INTERACTION_CODES.get(word, "internal_error")}
    return Failure(status, {"error": error})


BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


def _info(reason: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }


INTERACTION_CODES = {
    "INVALID_ARGUMENT": "invalid_request",
    "PERMISSION_DENIED": "permission_denied",
    "NOT_FOUND": "not_found",
    "RESOURCE_EXHAUSTED": "too_many_requests",
    "UNAVAILABLE": "service_unavailable",
}
GEMINI: dict[str, tuple[int, str, str, list[dict[str, Any]]]] = {
    "401": (
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        [_info("API_KEY_INVALID")],
    ),
    "403": (
        403,
        "PERMISSION_DENIED",
        "Permission denied on resource project demo-project.",
        [_info("CONSUMER_INVALID")],
    ),
    "retired": (
        404,
        "NOT_FOUND",
        "This model models/{w.model} is no longer available. Please update your code to use a newer model for the latest features and improvements. (Shut down on {w.message}.)",
        [],
    ),
    "404": (
        404,
        "NOT_FOUND",
        "models/{w.model} is not found for API version v1, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.",
        [],
    ),
    "413": (
        413,
        "INVALID_ARGUMENT",
        "Request payload size exceeds the limit: 33554432 bytes.",
        [],
    ),
    "429": (
        429,
        "RESOURCE_EXHAUSTED",
        "",
        [],
    ),
    "quota": (
        429,
        "RESOURCE_EXHAUSTED",
        "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.",
        [],
    ),
    "500": (
        500,
        "INTERNAL",
        "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
        [],
    ),
    "503": (
        503,
        "UNAVAILABLE",
        "The model is overloaded. Please try again later.",
        [],
    ),
    "context": (
        400,
        "INVALID_ARGUMENT",
        "The input token count ({w.message}) exceeds the maximum number of tokens allowed ({w.limit}).",
        [],
    ),
    "invalid": (400, "INVALID_ARGUMENT", "{w.message}", []),
    "effort": (
        400,
        "INVALID_ARGUMENT",
        "Invalid value at 'generation_config.thinking_config.thinking_level': \"{w.message}\"",
        [],
    ),
    "no_model": (400, "INVALID_ARGUMENT", "model is required", []),
    "no_conversation": (404, "NOT_FOUND", "Interaction {w.message} not found.", []),
    "no_route": (404, "NOT_FOUND", "Requested entity was not found.", []),
}
GEMINI["not_stored"] = GEMINI["no_conversation"]
GEMINI["no_thing"] = (404, "NOT_FOUND", "{w.message}", [])
GEMINI["no_file"] = (
    403,
    "PERMISSION_DENIED",
    "You do not have permission to access the File or it may not exist.",
    [],
)
GEMINI["no_cache"] = (403, "PERMISSION_DENIED", "{w.message}", [])
GEMINI["no_such_model"] = GEMINI["404"]
GEMINI["529"] = GEMINI["503"]
GEMINI["no_key"] = GEMINI["401"]

FAILURES: dict[str, Callable[[str, Wrong], Failure]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "compatible": _openai,
}
