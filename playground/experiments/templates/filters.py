"""The filters of nunjucks 3.2.4, and `load`."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any, Final
from urllib.parse import quote

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.members import Regexp, join, member, replace_pattern
from playground.experiments.templates.tests import TESTS

Filter = Callable[[Budget, list[Any], dict[str, Any]], Any]


class Safe(str):
    """Text that `escape` has been over."""

    __slots__ = ()


def _plain(run: Callable[..., Any]) -> Filter:
    """A filter whose named arguments are one mapping at the end, as nunjucks hands them on."""

    def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        given = [*args, named] if named else args
        return run(budget, *given[: run.__code__.co_argcount - 1])

    return call


def _named(names: tuple[str, ...], run: Callable[..., Any]) -> Filter:
    """A filter that takes arguments by place or by name."""

    def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        given = [
            args[at] if at < len(args) else named.get(name, UNDEFINED)
            for at, name in enumerate(names)
        ]
        return run(budget, *given)

    return call


def _kept(value: Any) -> Any:
    """Nothing for null, undefined and false."""
    return "" if value is None or value is UNDEFINED or value is False else value


def _text(value: Any, filter_: str) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"`{filter_}` needs a text, not {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    if value is None or value is UNDEFINED:
        return js.text(value)
    if isinstance(value, bool):
        return f"`{js.text(value)}`"
    if js.is_number(value):
        return "a number"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def _items(value: Any, filter_: str) -> list[Any]:
    """What is walked through by index; a mapping has nothing there."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str):
        return list(js.units(value))
    if value is None or value is UNDEFINED:
        raise TemplateError(f"`{filter_}` needs a list, not {js.text(value)}")
    return []


def _number(value: Any) -> float:
    return js.double(js.number(value))


def _abs(budget: Budget, value: Any = UNDEFINED) -> Any:
    return js.tidy(abs(_number(value)))


def _batch(budget: Budget, value: Any, size: Any = UNDEFINED, filling: Any = UNDEFINED) -> Any:
    count, rows, row = _number(size), list[Any](), list[Any]()
    items = _items(value, "batch")
    budget.step(len(items))
    for at, item in enumerate(items):
        if row and js.remainder(at, count) == 0:
            rows.append(row)
            row = []
        row.append(item)
    if row:
        if js.truthy(filling) and count > len(row):
            budget.step(count - len(row))
            row += [filling] * math.ceil(count - len(row))
        rows.append(row)
    return rows


def _capitalize(budget: Budget, value: Any) -> str:
    text = js.lower(_text(_kept(value), "capitalize"))
    return (
        js.upper(text[:1] if text[:1] <= "\uffff" else "")
        + text[1 if text[:1] <= "\uffff" else 0 :]
    )


def _center(budget: Budget, value: Any, width: Any = UNDEFINED) -> Any:
    value = _kept(value)
    wanted = _number(width) if js.truthy(width) else 80.0
    size = _number(member(value, "length"))
    if size >= wanted or math.isnan(size):
        return value if size >= wanted else js.text(value)
    spaces = wanted - size
    budget.write(spaces)
    before = math.ceil(spaces / 2 - js.remainder(spaces, 2))
    return " " * max(before, 0) + js.text(value) + " " * math.ceil(spaces / 2)


def _default(budget: Budget, value: Any, other: Any = UNDEFINED, falsy: Any = UNDEFINED) -> Any:
    if js.truthy(falsy):
        return value if js.truthy(value) else other
    return other if value is UNDEFINED else value


def _dictsort(
    budget: Budget, value: Any, case_sensitive: Any = UNDEFINED, by: Any = UNDEFINED
) -> list[Any]:
    if not isinstance(value, Mapping):
        raise TemplateError("`dictsort` needs a mapping")
    if by not in (UNDEFINED, "key", "value"):
        raise TemplateError("`dictsort` sorts by key or by value")
    at = 1 if by == "value" else 0

    def compare(one: list[Any], two: list[Any]) -> int:
        left, right = one[at], two[at]
        if not js.truthy(case_sensitive):
            left, right = _upper_text(left), _upper_text(right)
        return 1 if js.less(right, left) else 0 if js.strictly_equal(left, right) else -1

    budget.step(len(value))
    return sorted(([key, item] for key, item in js.ordered(value)), key=cmp_to_key(compare))


def _upper_text(value: Any) -> Any:
    return js.upper(value) if isinstance(value, str) else value


def _dump(budget: Budget, value: Any, indent: Any = UNDEFINED) -> Any:
    if js.skipped(value):
        return UNDEFINED
    if js.is_number(indent):
        margin = " " * int(min(max(indent, 0), 10))
    else:
        margin = indent[:10] if isinstance(indent, str) else ""
    text = js.to_json(value, margin)
    budget.write(len(text))
    return text


_ESCAPES: Final = {
    "&": "&amp;",
    '"': "&quot;",
    "'": "&#39;",
    "<": "&lt;",
    ">": "&gt;",
    "\\": "&#92;",
}


def _escape(budget: Budget, value: Any) -> Any:
    return value if isinstance(value, Safe) else _forceescape(budget, value)


def _forceescape(budget: Budget, value: Any) -> Any:
    text = "" if value is None or value is UNDEFINED else js.text(value)
    budget.write(len(text) * 6)
    return Safe(re.sub(r"[&\"'<>\\]", lambda found: _ESCAPES[found[0]], text))


def _first(budget: Budget, value: Any) -> Any:
    return member(_there(value, "first"), 0)


def _there(value: Any, filter_: str) -> Any:
    if value is None or value is UNDEFINED:
        raise TemplateError(f"`{filter_}` can't be used on {js.text(value)}")
    return value


def _float(budget: Budget, value: Any, other: Any = UNDEFINED) -> Any:
    found = re.match(
        r"[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", js.trim(js.text(value))
    )
    return js.tidy(float(found[0])) if found else other


_WHOLE = re.compile(r"([+-]?)(0x)?([0-9a-z]*)")


def _int(budget: Budget, value: Any, other: Any, base: Any) -> Any:
    radix = 10 if base is UNDEFINED else int(_number(base)) if math.isfinite(_number(base)) else 0
    text = js.trim(js.text(value)).lower()
    found = _WHOLE.match(text)
    if found is None:
        return other
    digits = found[3]
    if found[2] and radix in (0, 16):
        radix = 16
    elif found[2]:
        digits = "0"
    radix = radix or 10
    if not 2 <= radix <= 36:
        return other
    size = 0
    while size < len(digits) and digits[size].isascii() and int(digits[size], 36) < radix:
        size += 1
    if not size:
        return other
    return js.tidy(
        (-1 if found[1] == "-" else 1) * js.double(int(digits[: min(size, 1200)], radix))
    )


def _groupby(budget: Budget, value: Any, attribute: Any = UNDEFINED) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    items = _items(value, "groupby")
    budget.step(len(items))
    for item in items:
        groups.setdefault(js.key_text(_attribute(item, attribute)), []).append(item)
    return groups


def _attribute(item: Any, path: Any) -> Any:
    """A member by its path `a.b`; undefined where a step has none of its own."""
    steps = (path.split(".") if isinstance(path, str) else [path]) if js.truthy(path) else []
    for step in steps:
        if item is None or item is UNDEFINED:
            raise TemplateError(f"`{js.text(path)}` can't be looked up on {js.text(item)}")
        if isinstance(item, Mapping) and js.key_text(step) not in item:
            return UNDEFINED
        item = member(item, step)
    return item


def _indent(budget: Budget, value: Any, width: Any = UNDEFINED, first: Any = UNDEFINED) -> Any:
    value = _kept(value)
    if value == "":
        return ""
    lines = _text(value, "indent").split("\n")
    size = _number(width) if js.truthy(width) else 4
    margin_size = 0 if math.isnan(size) else size
    budget.write(max(margin_size, 0) * len(lines) + len(value))
    margin = " " * max(math.ceil(margin_size), 0)
    return "\n".join(
        line if at == 0 and not js.truthy(first) else margin + line for at, line in enumerate(lines)
    )


def _join(budget: Budget, value: Any, mark: Any = UNDEFINED, attribute: Any = UNDEFINED) -> str:
    if js.truthy(attribute):
        value = [member(_there(item, "join"), attribute) for item in _items(value or [], "join")]
    if not isinstance(value, (list, tuple)):
        raise TemplateError(
            f"`join` needs a list, not {_kind(value) if not isinstance(value, str) else 'a text'}"
        )
    return join(value, mark if js.truthy(mark) else "", budget)


def _last(budget: Budget, value: Any) -> Any:
    value = _there(value, "last")
    items = js.units(value) if isinstance(value, str) else value
    return items[-1] if isinstance(items, (str, list, tuple)) and items else UNDEFINED


def _length(budget: Budget, value: Any) -> Any:
    value = _kept(value)
    if isinstance(value, Mapping):
        return len(value)
    return member(value, "length")


def _list(budget: Budget, value: Any) -> Any:
    if isinstance(value, Mapping):
        return [{"key": key, "value": item} for key, item in js.ordered(value)]
    if isinstance(value, (str, list, tuple)):
        items = _items(value, "list")
        budget.step(len(items))
        return items
    raise TemplateError(f"`list` can't make one of {_kind(value)}")


def _load(budget: Budget, value: Any) -> Any:
    try:
        return js.from_json(js.text(value))
    except js.JsError as mistake:
        raise TemplateError(f"`load` needs JSON: {mistake}") from None


def _lower(budget: Budget, value: Any) -> str:
    return js.lower(_text(_kept(value), "lower"))


def _nl2br(budget: Budget, value: Any) -> str:
    if value is None or value is UNDEFINED:
        return ""
    return re.sub(r"\r\n|\n", "<br />\n", _text(value, "nl2br"))


def _random(budget: Budget, value: Any) -> Any:
    items = _items(value, "random")
    return random.choice(items) if items else UNDEFINED  # noqa: S311 - not for secrets


def _sifted(wanted: bool) -> Callable[..., Any]:
    def sift(budget: Budget, value: Any, test: Any = UNDEFINED, other: Any = UNDEFINED) -> Any:
        name = "truthy" if test is UNDEFINED else js.text(test)
        if name not in TESTS:
            raise TemplateError(f"unknown test `{name}`")
        items = _items(value, "select")
        budget.step(len(items))
        return [item for item in items if (TESTS[name](item, other)) is wanted]

    return sift


def _sifted_by(wanted: bool) -> Callable[..., Any]:
    def sift(budget: Budget, value: Any, attribute: Any = UNDEFINED) -> Any:
        if not isinstance(value, (list, tuple)):
            raise TemplateError(f"`selectattr` needs a list, not {_kind(value)}")
        budget.step(len(value))
        return [
            item
            for item in value
            if js.truthy(member(_there(item, "selectattr"), attribute)) is wanted
        ]

    return sift


def _replace(
    budget: Budget,
    value: Any,
    old: Any = UNDEFINED,
    new: Any = UNDEFINED,
    count: Any = UNDEFINED,
) -> Any:
    if isinstance(old, Regexp):
        return replace_pattern(_text(value, "replace"), old, js.text(new), budget)
    if js.is_number(old):
        old = js.text(old)
    if not isinstance(old, str):
        return value
    text = js.text(value) if js.is_number(value) else value
    if not isinstance(text, str):
        return text
    mark = js.text(new)
    if old == "":
        budget.write((len(text) + 1) * (len(mark) + 1))
        return js.joined(mark + mark.join(js.units(text)) + mark)
    limit = -1 if count is UNDEFINED else _number(count)
    if limit == 0 or old not in text:
        return text
    budget.write(len(text) + text.count(old) * len(mark))
    if limit == -1:
        return text.replace(old, mark)
    return text.replace(old, mark, max(math.ceil(limit), 0) if limit == limit else 0)


def _reverse(budget: Budget, value: Any) -> Any:
    if isinstance(value, str):
        return js.joined(js.units(value)[::-1])
    if value is None or value is UNDEFINED:
        return []
    return _items(value, "reverse")[::-1]


def _round(budget: Budget, value: Any, digits: Any = UNDEFINED, method: Any = UNDEFINED) -> Any:
    factor = js.power(10.0, _number(digits) if js.truthy(digits) else 0.0)
    scaled = _number(value) * factor
    if not math.isfinite(scaled):
        return js.tidy(js.divide(scaled, factor))
    chosen = (
        {"ceil": math.ceil, "floor": math.floor}.get(method) if isinstance(method, str) else None
    )
    return js.tidy(js.divide(float((chosen or js.round_half_up)(scaled)), factor))


def _safe(budget: Budget, value: Any) -> Any:
    if isinstance(value, Safe):
        return value
    return Safe("" if value is None or value is UNDEFINED else js.text(value))


def _slice(budget: Budget, value: Any, slices: Any = UNDEFINED, filling: Any = UNDEFINED) -> Any:
    count = _number(slices)
    items = _items(value, "slice")
    if not count > 0:
        return []
    if not isinstance(value, (str, list, tuple)):
        raise TemplateError(f"`slice` needs a list, not {_kind(value)}")
    budget.step(count + len(items))
    size, extra, rows, offset = (
        math.floor(len(items) / count),
        js.remainder(len(items), count),
        [],
        0,
    )
    for at in range(math.ceil(count)):
        start = offset + at * size
        if at < extra:
            offset += 1
        row: Any = items[start : offset + (at + 1) * size]
        if js.truthy(filling) and at >= extra:
            if isinstance(value, str):
                raise TemplateError("`slice` can't fill up a text")
            row.append(filling)
        rows.append(js.joined("".join(row)) if isinstance(value, str) else row)
    return rows


def _sort(budget: Budget, value: Any, backwards: Any, case_sensitive: Any, attribute: Any) -> Any:
    items = [] if value is None or value is UNDEFINED else _items(value, "sort")
    budget.step(len(items))
    down = js.truthy(backwards)

    def compare(one: Any, two: Any) -> int:
        left = _attribute(one, attribute) if js.truthy(attribute) else one
        right = _attribute(two, attribute) if js.truthy(attribute) else two
        if not js.truthy(case_sensitive) and isinstance(left, str) and isinstance(right, str):
            left, right = js.lower(left), js.lower(right)
        if js.less(left, right):
            return 1 if down else -1
        return (-1 if down else 1) if js.less(right, left) else 0

    defined = [item for item in items if item is not UNDEFINED]
    return sorted(defined, key=cmp_to_key(compare)) + [UNDEFINED] * (len(items) - len(defined))


def _string(budget: Budget, value: Any) -> str:
    return js.text(_there(value, "string"))


_TAGS = re.compile(r"</?([a-z][a-z0-9]*)\b[^>]*>|<!--[\s\S]*?-->", re.IGNORECASE | re.ASCII)


def _striptags(budget: Budget, value: Any, keep_lines: Any = UNDEFINED) -> str:
    text = js.trim(_TAGS.sub("", _text(_kept(value), "striptags")))
    if not js.truthy(keep_lines):
        return js.SPACE_RUN.sub(" ", text)
    text = re.sub(r"^ +| +$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n\n\n+", "\n\n", re.sub(r" +", " ", text).replace("\r\n", "\n"))


def _sum(budget: Budget, value: Any, attribute: Any = UNDEFINED, start: Any = UNDEFINED) -> Any:
    if js.truthy(attribute):
        value = [] if value is None or value is UNDEFINED else _items(value, "sum")
    if not isinstance(value, (list, tuple)):
        raise TemplateError(f"`sum` needs a list, not {_kind(value)}")
    items: list[Any] = list(value)
    if js.truthy(attribute):
        items = [member(_there(item, "sum"), attribute) for item in items]
    budget.step(len(items))
    total: Any = 0
    for item in items:
        total = js.add(total, item)
        if isinstance(total, str):
            budget.write(len(total))
    return js.add(0 if start is UNDEFINED else start, total)


def _title(budget: Budget, value: Any) -> str:
    words = _text(_kept(value), "title").split(" ")
    return " ".join(_capitalize(budget, word) for word in words)


def _trim(budget: Budget, value: Any) -> str:
    return js.trim(_text(value, "trim"))


def _truncate(
    budget: Budget,
    value: Any,
    size: Any = UNDEFINED,
    cut_words: Any = UNDEFINED,
    end: Any = UNDEFINED,
) -> Any:
    value = _kept(value)
    limit = _number(size) if js.truthy(size) else 255.0
    if not isinstance(value, str):
        if isinstance(value, (list, tuple)) and len(value) <= limit:
            return value
        raise TemplateError(f"`truncate` needs a text, not {_kind(value)}")
    text = js.units(value)
    if len(text) <= limit:
        return value
    at = int(limit) if limit > 0 else 0
    if not js.truthy(cut_words):
        blank = text.rfind(" ", 0, at + 1)
        at = at if blank < 0 else blank
    return js.joined(text[:at]) + ("..." if end is None or end is UNDEFINED else js.text(end))


def _upper(budget: Budget, value: Any) -> str:
    return js.upper(_text(_kept(value), "upper"))


def _encoded(value: Any) -> str:
    try:
        return quote(js.text(value), safe="!'()*~")
    except UnicodeEncodeError:
        raise TemplateError("`urlencode` can't write half a character") from None


def _urlencode(budget: Budget, value: Any) -> str:
    if isinstance(value, str):
        return _encoded(value)
    if isinstance(value, (list, tuple)):
        pairs = [_pair(item) for item in value]
    else:
        pairs = [list(pair) for pair in js.ordered(value)] if isinstance(value, Mapping) else []
    return "&".join(f"{_encoded(key)}={_encoded(item)}" for key, item in pairs)


def _pair(item: Any) -> list[Any]:
    if isinstance(item, Mapping) or not isinstance(item, (str, list, tuple)):
        raise TemplateError("`urlencode` needs pairs in a list")
    return [member(item, 0), member(item, 1)]


_AROUND = re.compile(r"^(?:\(|<|&lt;)?(.*?)(?:\.|,|\)|\n|&gt;)?$")
_MAIL = re.compile(
    r"^[\w.!#$%&'*+\-/=?\^`{|}~]+@[a-z\d\-]+(\.[a-z\d\-]+)+$", re.IGNORECASE | re.ASCII
)


def _urlize(budget: Budget, value: Any, size: Any = UNDEFINED, nofollow: Any = UNDEFINED) -> str:
    limit = _number(size)
    relation = ' rel="nofollow"' if nofollow is True else ""
    pieces = re.split(f"([{js.SPACES}]+)", _text(value, "urlize"))
    words = [_linked(word, limit, relation) for word in pieces if word]
    budget.write(sum(map(len, words)))
    return "".join(words)


def _linked(word: str, limit: float, relation: str) -> str:
    match = _AROUND.match(word)
    url = match[1] if match else word
    shown = url if math.isnan(limit) or math.isinf(limit) else url[: max(int(limit), 0)]
    if re.match(r"^https?://.*$", url):
        return f'<a href="{url}"{relation}>{shown}</a>'
    if url.startswith("www."):
        return f'<a href="http://{url}"{relation}>{shown}</a>'
    if _MAIL.match(url):
        return f'<a href="mailto:{url}">{url}</a>'
    if re.search(r"\.(?:org|net|com)(?::|/|$)", url):
        return f'<a href="http://{url}"{relation}>{shown}</a>'
    return word


def _wordcount(budget: Budget, value: Any) -> Any:
    value = _kept(value)
    if not js.truthy(value):
        return None
    return len(re.findall(r"\w+", _text(value, "wordcount"), re.ASCII)) or None


FILTERS: Final[dict[str, Filter]] = {
    "abs": _plain(_abs),
    "batch": _plain(_batch),
    "capitalize": _plain(_capitalize),
    "center": _plain(_center),
    "d": _plain(_default),
    "default": _plain(_default),
    "dictsort": _plain(_dictsort),
    "dump": _plain(_dump),
    "e": _plain(_escape),
    "escape": _plain(_escape),
    "first": _plain(_first),
    "float": _plain(_float),
    "forceescape": _plain(_forceescape),
    "groupby": _plain(_groupby),
    "indent": _plain(_indent),
    "int": _named(("value", "default", "base"), _int),
    "join": _plain(_join),
    "last": _plain(_last),
    "length": _plain(_length),
    "list": _plain(_list),
    "load": _plain(_load),
    "lower": _plain(_lower),
    "nl2br": _plain(_nl2br),
    "random": _plain(_random),
    "reject": _plain(_sifted(False)),
    "rejectattr": _plain(_sifted_by(False)),
    "replace": _plain(_replace),
    "reverse": _plain(_reverse),
    "round": _plain(_round),
    "safe": _plain(_safe),
    "select": _plain(_sifted(True)),
    "selectattr": _plain(_sifted_by(True)),
    "slice": _plain(_slice),
    "sort": _named(("value", "reverse", "case_sensitive", "attribute"), _sort),
    "string": _plain(_string),
    "striptags": _plain(_striptags),
    "sum": _plain(_sum),
    "title": _plain(_title),
    "trim": _plain(_trim),
    "truncate": _plain(_truncate),
    "upper": _plain(_upper),
    "urlencode": _plain(_urlencode),
    "urlize": _plain(_urlize),
    "wordcount": _plain(_wordcount),
}
