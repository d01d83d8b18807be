"""What `.name` and `[index]` find on a value: the members that JavaScript's texts, numbers and lists have, no others."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from playground.experiments import js, regex
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget, Function
from playground.experiments.templates.lexing import TemplateError

_INDEX = re.compile(r"0|[1-9]\d{0,9}")


@dataclass(frozen=True, slots=True)
class Regexp:
    """A pattern written as `r/…/flags`."""

    source: str
    flags: str

    def find_all(self, text: str) -> list[tuple[str, regex.Groups]]:
        try:
            return regex.find_all(self.source, text, self.flags.replace("g", "").replace("y", ""))
        except (regex.RegexError, regex.RegexTimeout) as mistake:
            raise TemplateError(f"r/{self.source}/: {mistake}") from None


def member(value: Any, key: Any) -> Any:
    """`value[key]`; undefined where there is none, also of undefined itself."""
    if value is None or value is UNDEFINED:
        return UNDEFINED
    if isinstance(value, Mapping):
        return _property(value, key)
    if isinstance(value, str):
        if (index := _index(key)) is not None:
            found = js.units(value)[index : index + 1]
            return found or UNDEFINED
        return _length_or_method(value, key, _TEXT)
    if isinstance(value, (list, tuple)):
        if (index := _index(key)) is not None:
            return value[index] if index < len(value) else UNDEFINED
        return _length_or_method(value, key, _LIST)
    if isinstance(value, Regexp):
        return _method(value, key, _REGEXP)
    if isinstance(value, bool):
        return _method(value, key, _ANY)
    if isinstance(value, (int, float, Decimal)):
        return _method(value, key, _NUMBER)
    return UNDEFINED


def _property(value: Mapping[Any, Any], key: Any) -> Any:
    name = js.key_text(key)
    if name in value:
        return value[name]
    if key is not None and isinstance(key, (int, float)) and key in value:
        return value[key]
    return _method(value, name, _OBJECT)


def _index(key: Any) -> int | None:
    """A list's index; None for any other name."""
    if isinstance(key, int) and not isinstance(key, bool):
        return key if key >= 0 else None
    name = js.key_text(key)
    return int(name) if _INDEX.fullmatch(name) else None


def _length_or_method(value: Any, key: Any, methods: Mapping[str, Method]) -> Any:
    if key == "length":
        return js.length(value) if isinstance(value, str) else len(value)
    return _method(value, key, methods)


Method = Callable[[Any, "Arguments"], Any]


def _method(value: Any, key: Any, methods: Mapping[str, Method]) -> Any:
    method = methods.get(js.key_text(key))
    if method is None:
        return UNDEFINED

    def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        return method(value, Arguments(budget, [*args, named] if named else args))

    return Function(call)


class Arguments:
    """What a method was called with."""

    __slots__ = ("budget", "values")

    def __init__(self, budget: Budget, values: list[Any]) -> None:
        self.budget = budget
        self.values = values

    def get(self, at: int, otherwise: Any = UNDEFINED) -> Any:
        found = self.values[at] if at < len(self.values) else UNDEFINED
        return otherwise if found is UNDEFINED else found

    def text(self, at: int, otherwise: Any = UNDEFINED) -> str:
        return js.units(js.text(self.get(at, otherwise)))

    def whole(self, at: int, otherwise: float = 0) -> float:
        """As JavaScript makes one of any value: towards zero, NaN is 0."""
        value = js.double(js.number(self.get(at, otherwise)))
        return 0 if math.isnan(value) else value if math.isinf(value) else math.trunc(value)

    def bounds(self, length: int) -> tuple[int, int]:
        """Two places as `slice` takes them: from the end where they are negative."""
        return _place(self.whole(0), length), _place(self.whole(1, math.inf), length)

    def callback(self) -> Callable[..., Any]:
        function = self.get(0)
        if not isinstance(function, Function):
            raise TemplateError("a function is needed here, and a template has only macros")
        return lambda *values: function(self.budget, list(values), {})


def _place(value: float, length: int) -> int:
    return int(max(length + value, 0) if value < 0 else min(value, length))


def _on_units(method: Callable[[str, Arguments], Any]) -> Method:
    """A text's method, which sees and gives UTF-16 units."""

    def call(value: str, args: Arguments) -> Any:
        return _rejoined(method(js.units(value), args))

    return call


def _rejoined(value: Any) -> Any:
    if isinstance(value, str):
        return js.joined(value)
    return [_rejoined(item) for item in value] if isinstance(value, list) else value


def _clamped(value: float, length: int) -> int:
    return int(min(max(value, 0), length))


def _char_at(value: str, args: Arguments) -> str:
    at = args.whole(0)
    return value[int(at) : int(at) + 1] if 0 <= at < len(value) else ""


def _at(value: Any, args: Arguments) -> Any:
    at = args.whole(0)
    at = at + len(value) if at < 0 else at
    return value[int(at)] if 0 <= at < len(value) else UNDEFINED


def _char_code(value: str, args: Arguments) -> float:
    found = _char_at(value, args)
    return ord(found) if found else math.nan


def _code_point(value: str, args: Arguments) -> Any:
    at = args.whole(0)
    if not 0 <= at < len(value):
        return UNDEFINED
    return ord(js.joined(value[int(at) : int(at) + 2])[0])


def _substring(value: str, args: Arguments) -> str:
    one = _clamped(args.whole(0), len(value))
    two = _clamped(args.whole(1, math.inf), len(value))
    return value[min(one, two) : max(one, two)]


def _substr(value: str, args: Arguments) -> str:
    start = _place(args.whole(0), len(value))
    return value[start : start + _clamped(args.whole(1, math.inf), len(value))]


def _slice(value: Any, args: Arguments) -> Any:
    start, stop = args.bounds(len(value))
    return value[start:stop]


def _split(value: str, args: Arguments) -> list[Any]:
    separator, limit = args.get(0), args.get(1)
    if separator is UNDEFINED:
        pieces: list[Any] = [value]
    elif isinstance(separator, Regexp):
        pieces = _split_at(separator, value)
    else:
        mark = js.units(js.text(separator))
        pieces = value.split(mark) if mark else list(value)
    args.budget.step(len(pieces))
    return pieces if limit is UNDEFINED else pieces[: int(args.whole(1))]


def _split_at(separator: Regexp, value: str) -> list[Any]:
    pieces: list[Any] = []
    for before, groups in separator.find_all(value):
        if groups and groups[0] == "" and not before:
            continue
        pieces.append(before)
        pieces += [
            UNDEFINED if group is None else group for group in groups[1 : _groups(separator)]
        ]
    return pieces


def _groups(pattern: Regexp) -> int:
    """How many of `groups` are the pattern's: the whole, and each `(` that captures."""
    return 1 + len(re.findall(r"(?<!\\)\((?!\?)|\(\?<(?![=!])", pattern.source))


def _expanded(groups: regex.Groups, replacement: str, before: str) -> str:
    """The replacement with `$1`, `$&` and `$$` filled in."""

    def fill(match: re.Match[str]) -> str:
        mark = match[1]
        if mark == "$":
            return "$"
        if mark == "&":
            return groups[0] or ""
        number = int(mark)
        return (groups[number] or "") if 0 < number < len(groups) else match[0]

    return re.sub(r"\$(\$|&|\d{1,2})", fill, replacement)


def _replace(value: str, args: Arguments, every: bool = False) -> str:
    old, new = args.get(0), args.get(1)
    if isinstance(new, Function):
        raise TemplateError("`replace` with a function isn't supported; give a text")
    new = js.units(js.text(new))
    if isinstance(old, Regexp):
        return replace_pattern(value, old, new, args.budget)
    mark = js.units(js.text(old))
    count = (value.count(mark) if every else 1) or 1
    args.budget.write(len(value) + count * len(new))
    filled = _expanded((mark,), new, "") if "$" in new else new
    return value.replace(mark, filled, -1 if every else 1)


def replace_pattern(value: str, old: Regexp, new: str, budget: Budget) -> str:
    """The text with the first match, or each with the flag g, replaced."""
    pieces: list[str] = []
    found = old.find_all(value)
    for at, (before, groups) in enumerate(found):
        pieces.append(before)
        if not groups:
            break
        changed = at == 0 or "g" in old.flags
        whole = groups[: _groups(old)]
        pieces.append(_expanded(whole, new, before) if changed else groups[0] or "")
        budget.write(len(pieces[-1]) + len(before))
    return "".join(pieces)


def _match(value: str, args: Arguments) -> Any:
    pattern = args.get(0)
    if not isinstance(pattern, Regexp):
        pattern = Regexp("(?:)" if pattern is UNDEFINED else js.text(pattern), "")
    found = [groups for _, groups in pattern.find_all(value) if groups]
    if not found:
        return None
    if "g" in pattern.flags:
        return [groups[0] for groups in found]
    return [UNDEFINED if group is None else group for group in found[0][: _groups(pattern)]]


def _search(value: str, args: Arguments) -> int:
    pattern = args.get(0)
    if not isinstance(pattern, Regexp):
        pattern = Regexp(js.text(args.get(0, "")), "")
    before, groups = pattern.find_all(value)[0]
    return js.length(before) if groups else -1


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
    return value.find(args.text(0), _clamped(args.whole(1), len(value)))


def _last_index_of(value: str, args: Arguments) -> int:
    mark = args.text(0)
    last = js.double(js.number(args.get(1)))
    at = len(value) if math.isnan(last) else _clamped(last, len(value))
    return value.rfind(mark, 0, at + len(mark))


def _text_includes(value: str, args: Arguments) -> bool:
    _no_pattern(args)
    return args.text(0) in value[_clamped(args.whole(1), len(value)) :]


def _starts_with(value: str, args: Arguments) -> bool:
    _no_pattern(args)
    return value.startswith(args.text(0), _clamped(args.whole(1), len(value)))


def _ends_with(value: str, args: Arguments) -> bool:
    _no_pattern(args)
    return value[: _clamped(args.whole(1, math.inf), len(value))].endswith(args.text(0))


def _no_pattern(args: Arguments) -> None:
    if isinstance(args.get(0), Regexp):
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


def _joined(value: Any, args: Arguments) -> str:
    return join(value, args.get(0, ","), args.budget)


def join(items: Any, separator: Any, budget: Budget) -> str:
    """`join`: null and undefined are nothing."""
    mark = js.text(separator)
    texts = ["" if item is None or item is UNDEFINED else js.text(item) for item in items]
    budget.write(sum(map(len, texts)) + len(mark) * len(texts))
    return mark.join(texts)


def _find(value: Any, args: Arguments) -> int:
    return next((at for at, item in enumerate(value) if js.strictly_equal(item, args.get(0))), -1)


def _find_last(value: Any, args: Arguments) -> int:
    found = [at for at, item in enumerate(value) if js.strictly_equal(item, args.get(0))]
    return found[-1] if found else -1


def _list_includes(value: Any, args: Arguments) -> bool:
    wanted = args.get(0)
    return any(
        js.strictly_equal(item, wanted) or (item != item and wanted != wanted) for item in value
    )


def _list_concat(value: Any, args: Arguments) -> list[Any]:
    joined = list(value)
    for other in args.values:
        joined += other if isinstance(other, (list, tuple)) else [other]
    args.budget.step(len(joined))
    return joined


def _push(value: list[Any], args: Arguments) -> int:
    args.budget.step(len(args.values))
    if any(item is value for item in args.values):
        raise TemplateError("a list can't be put into itself")
    _changeable(value).extend(args.values)
    return len(value)


def _changeable(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TemplateError("this list can't be changed")
    return value


def _pop(at: int) -> Method:
    return lambda value, args: _changeable(value).pop(at) if value else UNDEFINED


def _reverse(value: Any, args: Arguments) -> Any:
    _changeable(value).reverse()
    return value


def _sort(value: Any, args: Arguments) -> Any:
    _changeable(value).sort(key=lambda item: (item is UNDEFINED, js.units(js.text(item))))
    return value


def _flat(value: Any, args: Arguments) -> list[Any]:
    return _flattened(value, int(min(args.whole(0, 1), 20)), args.budget)


def _flattened(value: Any, depth: int, budget: Budget) -> list[Any]:
    flat: list[Any] = []
    budget.step(len(value))
    for item in value:
        if depth > 0 and isinstance(item, (list, tuple)):
            flat += _flattened(item, depth - 1, budget)
        else:
            flat.append(item)
    return flat


def _each(collect: Callable[[list[Any], list[Any]], Any]) -> Method:
    """A method that calls a macro for each item and makes something of what it says."""

    def call(value: Any, args: Arguments) -> Any:
        function = args.callback()
        return collect(list(value), [function(item, at, value) for at, item in enumerate(value)])

    return call


def _kept(items: list[Any], said: list[Any]) -> list[Any]:
    return [item for item, yes in zip(items, said, strict=True) if js.truthy(yes)]


def _fixed(value: Any, args: Arguments) -> str:
    digits = args.whole(0)
    if not 0 <= digits <= 100:
        raise TemplateError("`toFixed` takes 0 to 100 digits")
    number = js.double(js.number(value))
    if not math.isfinite(number) or abs(number) >= 1e21:
        return js.number_text(number)
    shown = f"{Decimal(abs(number)).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP, _CONTEXT):f}"
    return f"-{shown}" if number < 0 and (Decimal(shown) or number < 0) else shown


_CONTEXT: Final = Context(prec=400)


def _precision(value: Any, args: Arguments) -> str:
    number = js.double(js.number(value))
    if args.get(0) is UNDEFINED or not math.isfinite(number):
        return js.number_text(number)
    digits = args.whole(0)
    if not 1 <= digits <= 100:
        raise TemplateError("`toPrecision` takes 1 to 100 digits")
    shown = f"{Decimal(number):.{int(digits) - 1}e}"
    mantissa, exponent = shown.split("e")
    power = int(exponent)
    if -6 <= power < digits:
        return f"{Decimal(shown):.{max(int(digits) - 1 - power, 0)}f}"
    return f"{mantissa}e{'+' if power >= 0 else '-'}{abs(power)}"


def _number_text(value: Any, args: Arguments) -> str:
    base = args.whole(0, 10)
    if not 2 <= base <= 36:
        raise TemplateError("`toString` takes a base from 2 to 36")
    number = js.double(js.number(value))
    if base == 10 or not math.isfinite(number) or number != int(number):
        return js.number_text(value)
    digits, rest = "", abs(int(number))
    while rest:
        rest, digit = divmod(rest, int(base))
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return ("-" if number < 0 else "") + (digits or "0")


def _grouped(value: Any, args: Arguments) -> str:
    """`toLocaleString` as in English: commas, at most three decimals."""
    number = js.double(js.number(value))
    if not math.isfinite(number):
        return {math.inf: "∞", -math.inf: "-∞"}.get(number, "NaN")
    shown = f"{Decimal(repr(number)).quantize(Decimal('0.001'), 'ROUND_HALF_EVEN', _CONTEXT):,f}"
    return shown.rstrip("0").rstrip(".")


_ANY: Final[dict[str, Method]] = {
    "hasOwnProperty": lambda value, args: False,
    "toString": lambda value, args: js.text(value),
    "valueOf": lambda value, args: value,
    "toLocaleString": lambda value, args: js.text(value),
}

_OBJECT: Final[dict[str, Method]] = {
    **_ANY,
    "hasOwnProperty": lambda value, args: js.key_text(args.get(0)) in value,
}

_TEXT: Final[dict[str, Method]] = {
    **_ANY,
    "at": _on_units(_at),
    "charAt": _on_units(_char_at),
    "charCodeAt": _on_units(_char_code),
    "codePointAt": _on_units(_code_point),
    "concat": _on_units(_concat),
    "endsWith": _on_units(_ends_with),
    "includes": _on_units(_text_includes),
    "indexOf": _on_units(_index_of),
    "lastIndexOf": _on_units(_last_index_of),
    "localeCompare": _on_units(_compare),
    "match": lambda value, args: _match(value, args),
    "normalize": _normalized,
    "padEnd": _on_units(_pad(start=False)),
    "padStart": _on_units(_pad(start=True)),
    "repeat": _on_units(_repeat),
    "replace": lambda value, args: _replace(value, args),
    "replaceAll": lambda value, args: _replace(value, args, every=True),
    "search": lambda value, args: _search(value, args),
    "slice": _on_units(_slice),
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

_LIST: Final[dict[str, Method]] = {
    **_ANY,
    "at": _at,
    "concat": _list_concat,
    "every": _each(lambda items, said: all(map(js.truthy, said))),
    "filter": _each(_kept),
    "find": _each(lambda items, said: next(iter(_kept(items, said)), UNDEFINED)),
    "flat": _flat,
    "forEach": _each(lambda items, said: UNDEFINED),
    "includes": _list_includes,
    "indexOf": _find,
    "join": _joined,
    "lastIndexOf": _find_last,
    "map": _each(lambda items, said: said),
    "pop": _pop(-1),
    "push": _push,
    "reverse": _reverse,
    "shift": _pop(0),
    "slice": _slice,
    "some": _each(lambda items, said: any(map(js.truthy, said))),
    "sort": _sort,
}

_NUMBER: Final[dict[str, Method]] = {
    **_ANY,
    "toFixed": _fixed,
    "toLocaleString": _grouped,
    "toPrecision": _precision,
    "toString": _number_text,
}

_REGEXP: Final[dict[str, Method]] = {
    "test": lambda value, args: len(value.find_all(js.text(args.get(0)))) > 1,
    "exec": lambda value, args: _match(js.text(args.get(0)), Arguments(args.budget, [value])),
    "toString": lambda value, args: f"/{value.source}/{value.flags}",
}
