"""JSON Schema's formats, as strict as ajv-formats 3 takes them."""

from __future__ import annotations

import ipaddress
import math
import re
from calendar import monthrange
from collections.abc import Callable
from typing import Any, Final

from playground.experiments import js, regex

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d(?:\.\d+)?)(z|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII | re.IGNORECASE
)
_BETWEEN = re.compile(f"[tT{js.SPACES}]")


def _date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if not found:
        return False
    year, month, day = map(int, found.groups())
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 2000, month)[1]


def _time(text: str, zone_needed: bool = True) -> bool:
    found = _TIME.fullmatch(text)
    if not found:
        return False
    hour, minute, second = int(found[1]), int(found[2]), float(found[3])
    zone_hour, zone_minute = int(found[6] or 0), int(found[7] or 0)
    if zone_hour > 23 or zone_minute > 59 or (zone_needed and not found[4]):
        return False
    if hour <= 23 and minute <= 59 and second < 60:
        return True
    sign = -1 if found[5] == "-" else 1
    utc_minute = minute - zone_minute * sign
    utc_hour = hour - zone_hour * sign - (1 if utc_minute < 0 else 0)
    return utc_hour in (23, -1) and utc_minute in (59, -1) and second < 61


def _date_time(text: str, zone_needed: bool = True) -> bool:
    parts = _BETWEEN.split(text)
    return len(parts) == 2 and _date(parts[0]) and _time(parts[1], zone_needed)


def _pattern(source: str, flags: int = 0) -> Callable[[str], bool]:
    compiled = re.compile(source, re.ASCII | flags)
    return lambda text: compiled.fullmatch(text) is not None


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = _pattern(rf"(?:{_OCTET}\.){{3}}{_OCTET}")


def _ipv6(text: str) -> bool:
    try:
        return "%" not in text and bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


_FREE = r"a-z0-9\-._~!$&'()*+,;="
_ESCAPED = "%[0-9a-f]{2}"
_PCHAR = rf"(?:[{_FREE}\":@]|{_ESCAPED})"
_HOST = rf"(?:\[[0-9a-f:.v{_FREE}]+\]|(?:[{_FREE}\"]|{_ESCAPED})*)"
_AUTHORITY = rf"(?:(?:[{_FREE}:]|{_ESCAPED})*@)?{_HOST}(?::\d*)?"
_PATH = rf"(?:/{_PCHAR}*)*"
_HIER = rf"(?:/?/{_AUTHORITY}{_PATH}|/(?:{_PCHAR}+{_PATH})?|{_PCHAR}+{_PATH})"
_TAIL = rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
_SCHEME = r"[a-z][a-z0-9+\-.]*:"
_URI = _pattern(_SCHEME + _HIER + _TAIL, re.IGNORECASE)
_WIDE = "a-z0-9\u00a1-\uffff"
_URL = _pattern(
    r"(?:https?|ftp)://(?:\S+(?::\S*)?@)?(?:"
    r"(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})"
    r"(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2})"
    r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}"
    r"(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))"
    rf"|(?:[{_WIDE}]+-)*[{_WIDE}]+(?:\.(?:[{_WIDE}]+-)*[{_WIDE}]+)*\.[a-z\u00a1-\uffff]{{2,}}"
    r")(?::\d{2,5})?(?:/[^\s]*)?",
    re.IGNORECASE,
)
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_VARSPEC = rf"(?:[a-z0-9_]|{_ESCAPED})+(?::[1-9][0-9]{{0,3}}|\*)?"


def _regex(text: str) -> bool:
    if re.search(r"[^\\]\\Z", text):
        return False
    try:
        return regex.compiled(text) is not None
    except regex.RegexError:
        return False


def _byte(text: str) -> bool:
    lines = re.split("[\n\r\u2028\u2029]", text)
    return any(_BASE64(line) for line in lines)


_BASE64 = _pattern(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

TEXTS: Final[dict[str, Callable[[str], bool]]] = {
    "date": _date,
    "time": _time,
    "date-time": _date_time,
    "iso-time": lambda text: _time(text, zone_needed=False),
    "iso-date-time": lambda text: _date_time(text, zone_needed=False),
    "duration": _pattern(
        r"P(?!\Z)(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|(?:\d+W)?)"
    ),
    "uri": lambda text: ("/" in text or ":" in text) and _URI(text),
    "uri-reference": _pattern(rf"(?:{_SCHEME})?(?:{_HIER})?{_TAIL}", re.IGNORECASE),
    "uri-template": _pattern(
        rf"(?:[^\x00-\x20\"'<>%\\^`{{|}}]|{_ESCAPED}|\{{[+#./;?&=,!@|]?{_VARSPEC}(?:,{_VARSPEC})*\}})*",
        re.IGNORECASE,
    ),
    "url": _URL,
    "email": _pattern(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}", re.IGNORECASE),
    "hostname": _pattern(
        r"(?=.{1,253}\.?\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-0-9a-z]{0,61}[0-9a-z])?)*\.?",
        re.IGNORECASE,
    ),
    "ipv4": _IPV4,
    "ipv6": _ipv6,
    "regex": _regex,
    "uuid": _pattern(r"(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE),
    "json-pointer": _pattern(r"(?:/(?:[^~/]|~0|~1)*)*"),
    "json-pointer-uri-fragment": _pattern(
        rf"#(?:/(?:[a-z0-9_\-.!$&'()*+,;:=@]|{_ESCAPED}|~0|~1)*)*", re.IGNORECASE
    ),
    "relative-json-pointer": _pattern(r"(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)"),
    "byte": _byte,
    "password": lambda text: True,
    "binary": lambda text: True,
}


def _is_whole(number: float) -> bool:
    return math.isfinite(number) and number == int(number)


_NUMBERS: Final[dict[str, Callable[[float], bool]]] = {
    "int32": lambda number: _is_whole(number) and -(2**31) <= number <= 2**31 - 1,
    "int64": _is_whole,
    "float": lambda number: True,
    "double": lambda number: True,
}

NAMES: Final = frozenset(TEXTS) | frozenset(_NUMBERS)


def conforms(value: Any, name: str) -> bool:
    """Whether the value has the format; one of another type always has."""
    if isinstance(value, str):
        return TEXTS[name](value) if name in TEXTS else True
    if js.is_number(value):
        return _NUMBERS[name](value) if name in _NUMBERS else True
    return True
