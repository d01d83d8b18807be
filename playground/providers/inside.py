"""Errors that come as an answer: with status 200, in whatever place and shape, as the error body that a door reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NUMBERS = ("status_code", "statusCode", "code", "status", "error_code", "errorCode", "errcode")
"""Where an error's number may stand at the top."""
_CODES = ("code", "error_code", "errorCode", "errcode")
"""Those of them that no answer has."""
_FAILED = frozenset({"error", "fail", "failed", "failure"})
_FINE = frozenset({"", "0", "200", "null", "none", "ok", "success", "succeeded", "no error"})
_SAID = ("message", "msg", "Message", "error_msg", "errorMessage", "errmsg", "detail", "title")
_ANSWERS = (
    "choices",
    "content",
    "candidates",
    "output",
    "output_text",
    "steps",
    "response",
    "interaction",
    "completion",
    "delta",
    "usage",
    "usageMetadata",
)
"""What an answer has, of any door."""
_MINIMAX = {
    1001: "timeout_error",
    1002: "rate_limit_error",
    1004: "authentication_error",
    1008: "billing_error",
    1024: "server_error",
    1026: "content_filter",
    1027: "content_filter",
    1033: "server_error",
    1039: "rate_limit_error",
    1041: "rate_limit_error",
    2013: "invalid_request_error",
    2045: "rate_limit_error",
    2049: "authentication_error",
    2056: "rate_limit_error",
}
"""MiniMax's `base_resp.status_code` → the error type that means the same (platform.minimax.io, error codes)."""


def real(error: Any) -> bool:
    """Whether an `error` is one: null, empty, all of its fields empty, or "success" is none."""
    if isinstance(error, Mapping):
        said = [error.get(name) for name in (*_SAID, "type", "code", "status", "error")]
        known = [value for value in said if value is not None] or list(error.values())
        return any(map(real, known))
    if isinstance(error, list | tuple):
        return any(map(real, error))
    return error is not False and str(error or "").strip().lower() not in _FINE


def error_in(value: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any] | None:
    """The error that an event, or with `whole` the body of an answer, tells of, as an error body; None where there is none."""
    if real(value.get("error")):
        return dict(value)
    status = value.get("base_resp")
    if isinstance(status, Mapping) and real(status.get("status_code")):
        code = status["status_code"]
        kind = _MINIMAX.get(code) if isinstance(code, int) else None
        message = status.get("status_msg")
        return {"error": {"message": message, "code": code, "type": kind}}
    if any(value.get(name) for name in _ANSWERS):
        return None
    rest = {name: inner for name, inner in value.items() if name != "error"}
    if real(value.get("errors")) or _failed(value) or (whole and _complains(value)):
        return rest | _numbered(value)
    return None


def _failed(value: Mapping[str, Any]) -> bool:
    """Whether what has no answer in it says itself that it is an error."""
    words = (value.get(name) for name in ("status", "object", "type", "result", "code"))
    if any(isinstance(word, str) and word.lower() in _FAILED for word in words):
        return True
    if value.get("success") is False or value.get("ok") is False:
        return True
    if any(number >= 400 for number in _numbers(value)):
        return True
    return any(real(value.get(name)) for name in _CODES) and any(
        isinstance(value.get(name), str) for name in _SAID
    )


def _complains(value: Mapping[str, Any]) -> bool:
    return any(value.get(name) for name in _SAID)


def _numbered(value: Mapping[str, Any]) -> dict[str, Any]:
    """The error's number as its code, where only another field has it."""
    found = next((n for n in _numbers(value) if 400 <= n < 600), None)
    return {} if found is None or real(value.get("code")) else {"code": found}


def _numbers(value: Mapping[str, Any]) -> list[int]:
    found = (str(value.get(name)) for name in _NUMBERS)
    return [int(n) for n in found if n.isascii() and n.isdigit() and len(n) < 9]
