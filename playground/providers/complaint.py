"""What a provider says went wrong, in whichever shape it says so.

An error is looked for as people look for it: under which names words, codes and further errors stand is one table each,
and an error may hold another, in a list, in a string of JSON, or behind a few words of a gateway.
"""

from __future__ import annotations

import ast
import html
import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_WORDS = (
    *("message", "msg", "errormessage", "errormsg", "errmsg", "statusmsg", "errordescription"),
    *("faultstring", "usermessage", "detail", "description", "error", "errors", "title"),
)
"""Fields that hold the words, the best first. Names are compared without case, `_` and `-`."""
_CODES = (
    *("code", "errorcode", "errcode", "status", "statuscode", "httpcode", "httpstatus"),
    *("type", "errortype", "reason", "quotaid"),
)
"""Fields that hold a code, a kind or a status."""
_WAITS = ("retrydelay", "retryafter", "retryafterseconds")
"""Fields that hold how long to wait."""
_WITHIN = (
    *("error", "errors", "detail", "details", "fault", "baseresp", "metadata", "raw", "reasons"),
    *("response", "cause", "innererror", "data", "body", "violations", "message", "msg"),
)
"""Fields that may hold an error of their own."""
_SAY_NOTHING = frozenset({"", "error", "none", "null", "fail", "failed", "failure", "about:blank"})
_DEEPEST, _MOST, _LONGEST = 6, 8, 64_000
"""Levels, entries of a list, and characters of a string that are looked into."""
_HEAD = 8_000
"""Characters of a web page in which its title is looked for."""
_ENOUGH = 200
"""Characters of a page without a title that are shown."""
_EMBEDDED = re.compile(r"\[?\{\s*[\"']")
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"<(script|style|head)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)|<[^>]*>?", re.I | re.S)


class Complaint(NamedTuple):
    """A provider's error in its own words."""

    message: str = ""
    code: str | None = None
    type: str | None = None
    param: str | None = None
    reason: str | None = None
    """A finer code, where a provider nests one in the details."""
    retry_after: float | None = None
    """Seconds to wait."""
    codes: tuple[str, ...] = ()
    """Every code, kind and status in the body, the innermost first."""


class _Found:
    """What has been found so far, the innermost first."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.levels: list[dict[str, str]] = []
        self.params: list[str] = []
        self.waits: list[float] = []


def complaint(body: Any) -> Complaint:
    """Read an error body: parsed JSON of any shape, or text."""
    found = _Found()
    message = _said(body, found, 0)
    level: dict[str, str] = {}
    for inner in found.levels:
        level = inner if {"code", "type"} & inner.keys() or not level else level
    return Complaint(
        message=message or _as_it_is(body),
        code=level.get("code"),
        type=level.get("type"),
        param=found.params[-1] if found.params else None,
        reason=next((inner["reason"] for inner in found.levels if "reason" in inner), None),
        retry_after=found.waits[0] if found.waits else None,
        codes=tuple(dict.fromkeys(found.codes)),
    )


def is_page(text: str) -> bool:
    """Whether the text is a web page, or another document in angle brackets."""
    return text.lstrip("\ufeff \t\r\n").startswith("<") and ">" in text


def title(page: str) -> str:
    """What a web page is called, or its first words; never its source."""
    page = page[:_HEAD]
    named = (html.unescape(_UNSEEN.sub(" ", text)) for _, text in _TITLE.findall(page))
    words = next((text for text in named if text.strip()), "")
    if words.strip().lower() in ("", "error"):
        words = html.unescape(_UNSEEN.sub(" ", page))[:_ENOUGH]
    return " ".join(words.split())


def _said(value: Any, found: _Found, depth: int) -> str:
    """The words of an error and of those within it; its codes go to `found`."""
    if depth > _DEEPEST or value is None or isinstance(value, bool):
        return ""
    match value:
        case str():
            return _said_in_text(value, found, depth)
        case list():
            said = [_said(one, found, depth + 1) for one in value[:_MOST]]
            return "; ".join(dict.fromkeys(filter(None, said)))
        case dict():
            return _said_in_object(value, found, depth)
    return str(value)


def _said_in_object(value: Mapping[str, Any], found: _Found, depth: int) -> str:
    fields = {re.sub(r"[_\-\s]", "", str(name)).lower(): one for name, one in value.items()}
    words = [text for name in _WORDS if isinstance(text := fields.get(name), str) and text.strip()]
    own = _said_in_text(words[0], found, depth + 1) if words else ""
    nested = [value for name in _WITHIN if (value := _inner(name, fields)) is not None]
    inner = "; ".join(dict.fromkeys(filter(None, [_said(one, found, depth + 1) for one in nested])))
    if not own and not inner and isinstance(named := fields.get("errors"), dict):
        inner = "; ".join(f"{name}: {_said(one, found, depth + 1)}" for name, one in named.items())
    _keep(fields, found)
    place = [str(p) for p in fields.get("loc") or () if p != "body"] if own else []
    return _joined(f"{'.'.join(place)}: {own}" if place else own, inner)


def _inner(name: str, fields: Mapping[str, Any]) -> Any:
    """What may be an error of its own in a field; None where it holds something else."""
    value = fields.get(name)
    if name == "details" and isinstance(value, list):  # Google's: a bare word there says nothing
        return [one for one in value if isinstance(one, dict)]
    return value if isinstance(value, dict | list) or name == "raw" else None


def _keep(fields: Mapping[str, Any], found: _Found) -> None:
    """Keep an object's codes, parameter and wait."""
    codes = {name: code for name in _CODES if (code := _code(fields.get(name))) is not None}
    found.codes += codes.values()
    if isinstance(error := fields.get("error"), str) and (code := _code(error)) and " " not in code:
        found.codes.append(code)
    names = [codes[name] for name in _CODES[:7] if name in codes]
    level = {"code": next((c for c in names if not c.isdigit()), names[0] if names else None)}
    level |= {"type": codes.get("type") or codes.get("errortype"), "reason": codes.get("reason")}
    found.levels.append({name: code for name, code in level.items() if code is not None})
    if param := _code(fields.get("param")):
        found.params.append(param)
    waits = (seconds(fields.get(name)) for name in _WAITS)
    found.waits += [wait for wait in waits if wait is not None]


def _said_in_text(text: str, found: _Found, depth: int) -> str:
    """The words of a text that may be, or end in, an error of its own."""
    if is_page(text):
        return title(text)
    at = _EMBEDDED.search(text) if len(text) <= _LONGEST else None
    value = _parsed(text[at.start() :]) if at else None
    if at is None or value is None:
        return text.strip()
    front = text[: at.start()].rstrip("b'\" \t\n-:") if at.start() else ""
    return _joined(front, _said(value, found, depth + 1)) or text.strip()


def _parsed(text: str) -> Any:
    """The JSON with which a text begins, or what Python prints for it; None when it is neither."""
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        pass
    end = max(text.rfind("}"), text.rfind("]")) + 1
    try:
        return ast.literal_eval(text[:end])
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _joined(own: str, inner: str) -> str:
    """Both, unless one says the other already."""
    if not inner or inner in own:
        return own
    return inner if own in inner else f"{own.rstrip(' .:')}: {inner}"


def _code(value: Any) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    code = str(value).strip()
    return None if code.lower() in _SAY_NOTHING else code


def _as_it_is(body: Any) -> str:
    """An error without words, as JSON on one line; empty where nothing stands in it."""
    rest = (
        {n: v for n, v in body.items() if v not in (None, {}, [], "")}
        if isinstance(body, dict)
        else body
    )
    if not isinstance(rest, dict | list) or not rest:
        return ""
    text = json.dumps(rest, ensure_ascii=False, default=str)
    return text if len(text) <= 300 else f"{text[:300]}…"


def seconds(value: Any) -> float | None:
    """`34.07s`, `34` or 34 as seconds; None for anything else: no time, or one without an end."""
    try:
        found = float(str(value).removesuffix("s")) if value else -1.0
    except ValueError:
        return None
    return found if 0 <= found < math.inf else None
