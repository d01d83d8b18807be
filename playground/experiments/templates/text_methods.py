"""The methods of a text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED, RegExp
from playground.experiments.templates.arguments import (
    ANY,
    Arguments,
    Method,
    at_place,
    clamped,
    place,
    slice_of,
)
from playground.experiments.templates.budget import Function
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.patterns import (
    expanded,
    match,
    replace_pattern,
    search,
    split_at,
)


def _on_units(method: Callable[[str, Arguments], Any]) -> Method:
    """A text's method, which sees and gives UTF-16 units."""

    def call(value: str, args: Arguments) -> Any:
        return _rejoined(method(js.units(value), args))

    return call


def _rejoined(value: Any) -> Any:
    if isinstance(value, str):
        return js.joined(value)
    return [_rejoined(item) for item in value] if isinstance(value, list) else value


def _char_at(value: str, args: Arguments) -> str:
    at = args.whole(0)
    return value[int(at) : int(at) + 1] if 0 <= at < len(value) else ""


def _char_code(value: str, args: Arguments) -> float:
    found = _char_at(value, args)
    return ord(found) if found else math.nan


def _code_point(value: str, args: Arguments) -> Any:
    at = args.whole(0)
    if not 0 <= at < len(value):
        return UNDEFINED
    return ord(js.joined(value[int(at) : int(at) + 2])[0])


def _substring(value: str, args: Arguments) -> str:
    one = clamped(args.whole(0), len(value))
    two = clamped(args.whole(1, math.inf), len(value))
    return value[min(one, two) : max(one, two)]


def _substr(value: str, args: Arguments) -> str:
    start = place(args.whole(0), len(value))
    return value[start : start + clamped(args.whole(1, math.inf), len(value))]


def _split(value: str, args: Arguments) -> list[Any]:
    separator, limit = args.get(0), args.get(1)
    if separator is UNDEFINED:
        pieces: list[Any] = [value]
    elif isinstance(separator, RegExp):
        pieces = split_at(separator, value)
    else:
        mark = js.units(js.text(separator))
        pieces = value.split(mark) if mark else list(value)
    args.budget.step(len(pieces))
    return pieces if limit is UNDEFINED else pieces[: int(args.whole(1))]


def _replace(value: str, args: Arguments, every: bool = False) -> str:
    old, new = args.get(0), args.get(1)
    if isinstance(new, Function):
        raise TemplateError("`replace` with a function isn't supported; give a text")
    new = js.units(js.text(new))
    if isinstance(old, RegExp):
        return replace_pattern(value, old, new, args.budget)
    mark = js.units(js.text(old))
    count = (value.count(mark) if every else 1) or 1
    args.budget.write(len(value) + count * len(new))
    filled = expanded((mark,), new, "") if "$" in new else new
    return value.replace(mark, filled, -1 if every else 1)


def _repeat(value: str, args: Arguments) -> str:
    count = args.whole(0)
    if count < 0 or math.isinf(count):
        raise TemplateError("`repeat` needs a count from 0 on")
    args.budget.write(count * len(value))
    return value * int(count)


def _pad(start: bool) -> Method:
    def pad(value: str, args: Arguments) -> str:
        missing = args.whole(0) - len(value)
        filling = args.text(1, " ")
        if missing <= 0 or not filling:
            return value
        args.budget.write(missing)
        added = (filling * (int(missing) // len(filling) + 1))[: int(missing)]
        return added + value if start else value + added

    return pad


def _index_of(value: str, args: Arguments) -> int:
    return value.find(args.text(0), clamped(args.whole(1), len(value)))


def _last_index_of(value: str, args: Arguments) -> int:
    mark = args.text(0)
    last = js.double(js.number(args.get(1)))
    at = len(value) if math.isnan(last) else clamped(last, len(value))
    return value.rfind(mark, 0, at + len(mark))


def _text_includes(value: str, args: Arguments) -> bool:
    _no_pattern(args)
    return args.text(0) in value[clamped(args.whole(1), len(value)) :]


def _starts_with(value: str, args: Arguments) -> bool:
    _no_pattern(args)
    return value.startswith(args.text(0), clamped(args.whole(1), len(value)))


def _ends_with(value: str, args: Arguments) -> bool:
    _no_pattern(args)
    return value[: clamped(args.whole(1, math.inf), len(value))].endswith(args.text(0))


def _no_pattern(args: Arguments) -> None:
    if isinstance(args.get(0), RegExp):
        raise TemplateError("a text is needed here, not a pattern")


def _concat(value: str, args: Arguments) -> str:
    parts = [value, *(args.text(at) for at in range(len(args.values)))]
    args.budget.write(sum(map(len, parts)))
    return "".join(parts)


def _normalized(value: str, args: Arguments) -> str:
    form = args.get(0, "NFC")
    if form not in ("NFC", "NFD", "NFKC", "NFKD"):
        raise TemplateError("`normalize` takes NFC, NFD, NFKC or NFKD")
    return unicodedata.normalize(form, value)


def _compare(value: str, args: Arguments) -> int:
    other = args.text(0)
    one, two = (value.casefold(), value.swapcase()), (other.casefold(), other.swapcase())
    return (one > two) - (one < two)


TEXT: Final[dict[str, Method]] = {
    **ANY,
    "at": _on_units(at_place),
    "charAt": _on_units(_char_at),
    "charCodeAt": _on_units(_char_code),
    "codePointAt": _on_units(_code_point),
    "concat": _on_units(_concat),
    "endsWith": _on_units(_ends_with),
    "includes": _on_units(_text_includes),
    "indexOf": _on_units(_index_of),
    "lastIndexOf": _on_units(_last_index_of),
    "localeCompare": _on_units(_compare),
    "match": lambda value, args: match(value, args),
    "normalize": _normalized,
    "padEnd": _on_units(_pad(start=False)),
    "padStart": _on_units(_pad(start=True)),
    "repeat": _on_units(_repeat),
    "replace": lambda value, args: _replace(value, args),
    "replaceAll": lambda value, args: _replace(value, args, every=True),
    "search": lambda value, args: search(value, args),
    "slice": _on_units(slice_of),
    "split": _on_units(_split),
    "startsWith": _on_units(_starts_with),
    "substr": _on_units(_substr),
    "substring": _on_units(_substring),
    "toLocaleLowerCase": lambda value, args: js.lower(value),
    "toLocaleUpperCase": lambda value, args: js.upper(value),
    "toLowerCase": lambda value, args: js.lower(value),
    "toUpperCase": lambda value, args: js.upper(value),
    "trim": lambda value, args: js.trim(value),
    "trimEnd": lambda value, args: value.rstrip(js.SPACES),
    "trimStart": lambda value, args: value.lstrip(js.SPACES),
}
