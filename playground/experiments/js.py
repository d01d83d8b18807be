"""JavaScript's values as Python's: how they print, compare and add up.

None is null, `UNDEFINED` undefined, str a string of UTF-16 units, int and float a number, list an array, dict an object.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final


class Undefined:
    """JavaScript's undefined: there is one, `UNDEFINED`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = Undefined()


@dataclass(frozen=True, slots=True)
class RegExp:
    """A pattern written as `/source/flags`."""

    source: str
    flags: str


SPACES: Final = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript's `trim` and `\\s` take for a blank."""

SPACE_RUN: Final = re.compile(f"[{SPACES}]+")

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)")
_PREFIXED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_SAFE = 2**53


class JsError(ValueError):
    """What JavaScript would throw."""


def units(text: str) -> str:
    """The text with two characters for one beyond U+FFFF, so that length and index count UTF-16 units."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(map(chr, memoryview(raw).cast("H")))


def joined(text: str) -> str:
    """The reverse of `units`: surrogates that stand side by side become their character."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(units(text))


def trim(text: str) -> str:
    return text.strip(SPACES)


def lower(text: str) -> str:
    """`toLowerCase`: Unicode's full mapping, the final sigma included."""
    return text.lower()


def upper(text: str) -> str:
    """`toUpperCase`."""
    return text.upper()


def tidy(value: float) -> int | float:
    """A whole number that a double holds exactly as an int, for speed; -0 stays a float."""
    if value == 0 and math.copysign(1, value) < 0:
        return value
    if math.isfinite(value) and abs(value) < _SAFE and value == int(value):
        return int(value)
    return value


def number_text(value: float, exact: bool = False) -> str:
    """`String(number)`: the shortest digits that read back, an exponent from 1e21 on and below 1e-6."""
    if isinstance(value, int) and (exact or abs(value) < _SAFE):
        return str(value)
    value = double(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    shown = Decimal(repr(abs(value))).normalize()
    text = "".join(map(str, shown.as_tuple().digits))
    point = shown.adjusted() + 1
    if len(text) <= point <= 21:
        return sign + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{sign}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    power = point - 1
    mantissa = text if len(text) == 1 else f"{text[0]}.{text[1:]}"
    return f"{sign}{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"


def double(value: float | Decimal) -> float:
    """A number as a double; an int that is too large is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def text(value: Any) -> str:
    """`String(value)`."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, Decimal):
        return number_text(double(value))
    if isinstance(value, RegExp):
        return f"/{value.source}/{value.flags}"
    if isinstance(value, (list, tuple)):
        return ",".join("" if item is None or item is UNDEFINED else text(item) for item in value)
    return "[object Object]"


def number(value: Any) -> float:
    """`Number(value)`; NaN where it is none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Decimal):
        return double(value)
    if value is None:
        return 0
    if isinstance(value, str):
        return _number_of_text(value)
    if isinstance(value, (list, tuple)):
        return _number_of_text(text(value))
    return math.nan


def _number_of_text(value: str) -> float:
    trimmed = trim(value)
    if not trimmed:
        return 0
    if _PREFIXED.fullmatch(trimmed):
        return tidy(double(int(trimmed, 0)))
    if _DECIMAL.fullmatch(trimmed) and trimmed.isascii():
        return tidy(float(trimmed))
    sign = -1 if trimmed[0] == "-" else 1
    return sign * math.inf if trimmed.lstrip("+-") == "Infinity" and len(trimmed) < 10 else math.nan


def truthy(value: Any) -> bool:
    """An empty array and an empty object are true."""
    if isinstance(value, (str, bool)):
        return bool(value)
    if isinstance(value, (int, float, Decimal)):
        return value != 0 and value == value
    return value is not None and value is not UNDEFINED


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def is_object(value: Any) -> bool:
    """Whether `typeof` says object or function."""
    return not (
        value is None or value is UNDEFINED or isinstance(value, (str, bool, int, float, Decimal))
    )


def strictly_equal(one: Any, two: Any) -> bool:
    """`===`."""
    if is_number(one) and is_number(two):
        return double(one) == double(two)
    if isinstance(one, str) and isinstance(two, str):
        return one == two
    if isinstance(one, bool) and isinstance(two, bool):
        return one is two
    return one is two


def loosely_equal(one: Any, two: Any) -> bool:
    """`==`: text and number compare as numbers, null equals undefined, an array its text."""
    if one is None or one is UNDEFINED:
        return two is None or two is UNDEFINED
    if two is None or two is UNDEFINED:
        return False
    if is_object(one) and is_object(two):
        return one is two
    if is_object(one):
        one = text(one)
    if is_object(two):
        two = text(two)
    if isinstance(one, str) and isinstance(two, str):
        return one == two
    return double(number(one)) == double(number(two))


def less(one: Any, two: Any, or_equal: bool = False) -> bool:
    """`<`, or `<=`: two texts by their units, all else as numbers."""
    if is_object(one):
        one = text(one)
    if is_object(two):
        two = text(two)
    if isinstance(one, str) and isinstance(two, str):
        left, right = units(one), units(two)
        return left <= right if or_equal else left < right
    left_number, right_number = double(number(one)), double(number(two))
    return left_number <= right_number if or_equal else left_number < right_number


def add(one: Any, two: Any) -> Any:
    """`+`: joins as soon as one side is a text or an object."""
    if isinstance(one, str) or isinstance(two, str) or is_object(one) or is_object(two):
        return text(one) + text(two)
    return tidy(double(number(one)) + double(number(two)))


def remainder(one: float, two: float) -> float:
    """`%`, with the sign of the first."""
    if two == 0 or math.isinf(one) or math.isnan(one) or math.isnan(two):
        return math.nan
    return math.fmod(one, two)


def divide(one: float, two: float) -> float:
    """`/`, which knows infinity."""
    if two == 0:
        if one == 0 or math.isnan(one):
            return math.nan
        return math.copysign(math.inf, one) * math.copysign(1, two)
    return one / two


def power(one: float, two: float) -> float:
    """`**`."""
    if math.isnan(two) or (abs(one) == 1 and math.isinf(two)):
        return math.nan
    try:
        result = math.pow(one, two)
    except OverflowError:
        return -math.inf if one < 0 and two % 2 == 1 else math.inf
    except ValueError:
        return (
            math.nan if one != 0 else (math.copysign(math.inf, one) if two % 2 == 1 else math.inf)
        )
    return result


def round_half_up(value: float) -> float:
    """`Math.round`."""
    if not math.isfinite(value) or value == math.floor(value):
        return value
    low = math.floor(value)
    return low if value - low < 0.5 else low + 1


def to_json(value: Any, indent: str = "") -> str:
    """`JSON.stringify(value, null, indent)`; undefined and functions in objects are left out, in arrays null."""
    pieces: list[str] = []
    _write(value, pieces, indent, "\n" if indent else "")
    return "".join(pieces)


_UNSAFE = re.compile('["\\\\\x00-\x1f\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(value: str) -> str:
    """A string as JSON; lone surrogates are escaped."""
    return (
        '"' + _UNSAFE.sub(lambda m: _SHORT.get(m[0]) or f"\\u{ord(m[0]):04x}", joined(value)) + '"'
    )


def skipped(value: Any) -> bool:
    """Whether `JSON.stringify` leaves it out."""
    return value is UNDEFINED or callable(value)


def _write(value: Any, pieces: list[str], indent: str, line: str) -> None:
    if isinstance(value, str):
        pieces.append(quoted(value))
    elif value is None or skipped(value):
        pieces.append("null")
    elif isinstance(value, (bool, int, float, Decimal)):
        finite = isinstance(value, bool) or math.isfinite(double(value))
        pieces.append(text(value) if finite else "null")
    elif isinstance(value, Mapping):
        kept = [(key, item) for key, item in ordered(value) if not skipped(item)]
        _write_all(
            [(quoted(key) + (": " if indent else ":"), item) for key, item in kept],
            "{}",
            pieces,
            indent,
            line,
        )
    elif isinstance(value, (list, tuple)):
        _write_all([("", item) for item in value], "[]", pieces, indent, line)
    else:
        pieces.append("{}")


def _write_all(
    items: list[tuple[str, Any]], brackets: str, pieces: list[str], indent: str, line: str
) -> None:
    if not items:
        pieces.append(brackets)
        return
    inner = line + indent
    pieces.append(brackets[0])
    for at, (before, item) in enumerate(items):
        pieces.append(("," if at else "") + inner + before)
        _write(item, pieces, indent, inner)
    pieces.append(line + brackets[1])


_INDEX = re.compile(r"0|[1-9]\d{0,9}")


def ordered(value: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """An object's entries in JavaScript's order: whole numbers first, by size, then as they came."""
    items = [(key if isinstance(key, str) else key_text(key), item) for key, item in value.items()]
    if not any(key[:1].isdigit() and _INDEX.fullmatch(key) for key, _ in items):
        return items
    is_index = [bool(_INDEX.fullmatch(key)) and int(key) < 2**32 - 1 for key, _ in items]
    first = [item for item, index in zip(items, is_index, strict=True) if index]
    first.sort(key=lambda item: int(item[0]))
    return first + [item for item, index in zip(items, is_index, strict=True) if not index]


def key_text(key: Any) -> str:
    """A property's name."""
    return key if isinstance(key, str) else text(key)


def _refuse(name: str) -> Any:
    raise JsError(f"{name} is no JSON")


def _whole(digits: str) -> int | float:
    value = int(digits) if len(digits) < 400 else math.inf
    if value == 0 and digits[0] == "-":
        return -0.0
    return value if abs(value) < _SAFE else double(value)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole)
_BLANKS = " \t\n\r"
MAX_DEPTH: Final = 500


def from_json(value: str) -> Any:
    """`JSON.parse`: no NaN, no mark at the front; whole numbers beyond 2^53 become doubles, a key's last value counts.

    Raises JsError.
    """
    try:
        return _DECODER.decode(value.strip(_BLANKS))
    except RecursionError:
        raise JsError("it is nested too deeply") from None
    except json.JSONDecodeError as mistake:
        raise JsError(f"{mistake.msg} (line {mistake.lineno}, column {mistake.colno})") from None


def deeply_equal(one: Any, two: Any) -> bool:
    """Node's `isDeepStrictEqual` on JSON: types count, 0 and -0 differ, an object's order doesn't."""
    if is_number(one) and is_number(two):
        left, right = double(one), double(two)
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        if len(one) != len(two):
            return False
        other = {key_text(key): item for key, item in two.items()}
        return all(
            key_text(key) in other and deeply_equal(item, other[key_text(key)])
            for key, item in one.items()
        )
    if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        return len(one) == len(two) and all(map(deeply_equal, one, two))
    return type(one) is type(two) and bool(one == two)
