"""The filters of nunjucks 3.2.4 that take a text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from playground.experiments import js
from playground.experiments.js import UNDEFINED, RegExp
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.filter_values import (
    Filter,
    kind_of,
    needed,
    needed_text,
    number_of,
    or_nothing,
    plain,
)
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.members import member
from playground.experiments.templates.patterns import replace_pattern


def _capitalize(budget: Budget, value: Any) -> str:
    text = js.lower(needed_text(or_nothing(value), "capitalize"))
    return (
        js.upper(text[:1] if text[:1] <= "\uffff" else "")
        + text[1 if text[:1] <= "\uffff" else 0 :]
    )


def _center(budget: Budget, value: Any, width: Any = UNDEFINED) -> Any:
    value = or_nothing(value)
    wanted = number_of(width) if js.truthy(width) else 80.0
    size = number_of(member(value, "length"))
    if size >= wanted or math.isnan(size):
        return value if size >= wanted else js.text(value)
    spaces = wanted - size
    budget.write(spaces)
    before = math.ceil(spaces / 2 - js.remainder(spaces, 2))
    return " " * max(before, 0) + js.text(value) + " " * math.ceil(spaces / 2)


_ESCAPES: Final = {
    "&": "&amp;",
    '"': "&quot;",
    "'": "&#39;",
    "<": "&lt;",
    ">": "&gt;",
    "\\": "&#92;",
}


class Safe(str):
    """Text that `escape` has been over."""

    __slots__ = ()


def _escape(budget: Budget, value: Any) -> Any:
    return value if isinstance(value, Safe) else _forceescape(budget, value)


def _forceescape(budget: Budget, value: Any) -> Any:
    text = "" if value is None or value is UNDEFINED else js.text(value)
    budget.write(len(text) * 6)
    return Safe(re.sub(r"[&\"'<>\\]", lambda found: _ESCAPES[found[0]], text))


def _safe(budget: Budget, value: Any) -> Any:
    if isinstance(value, Safe):
        return value
    return Safe("" if value is None or value is UNDEFINED else js.text(value))


def _indent(budget: Budget, value: Any, width: Any = UNDEFINED, first: Any = UNDEFINED) -> Any:
    value = or_nothing(value)
    if value == "":
        return ""
    lines = needed_text(value, "indent").split("\n")
    size = number_of(width) if js.truthy(width) else 4
    margin_size = 0 if math.isnan(size) else size
    budget.write(max(margin_size, 0) * len(lines) + len(value))
    margin = " " * max(math.ceil(margin_size), 0)
    return "\n".join(
        line if at == 0 and not js.truthy(first) else margin + line for at, line in enumerate(lines)
    )


def _lower(budget: Budget, value: Any) -> str:
    return js.lower(needed_text(or_nothing(value), "lower"))


def _nl2br(budget: Budget, value: Any) -> str:
    if value is None or value is UNDEFINED:
        return ""
    return re.sub(r"\r\n|\n", "<br />\n", needed_text(value, "nl2br"))


def _replace(
    budget: Budget,
    value: Any,
    old: Any = UNDEFINED,
    new: Any = UNDEFINED,
    count: Any = UNDEFINED,
) -> Any:
    if isinstance(old, RegExp):
        return replace_pattern(needed_text(value, "replace"), old, js.text(new), budget)
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
    limit = -1 if count is UNDEFINED else number_of(count)
    if limit == 0 or old not in text:
        return text
    budget.write(len(text) + text.count(old) * len(mark))
    if limit == -1:
        return text.replace(old, mark)
    return text.replace(old, mark, max(math.ceil(limit), 0) if limit == limit else 0)


def _string(budget: Budget, value: Any) -> str:
    return js.text(needed(value, "string"))


_TAGS = re.compile(r"</?([a-z][a-z0-9]*)\b[^>]*>|<!--[\s\S]*?-->", re.IGNORECASE | re.ASCII)


def _striptags(budget: Budget, value: Any, keep_lines: Any = UNDEFINED) -> str:
    text = js.trim(_TAGS.sub("", needed_text(or_nothing(value), "striptags")))
    if not js.truthy(keep_lines):
        return js.SPACE_RUN.sub(" ", text)
    text = re.sub(r"^ +| +$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n\n\n+", "\n\n", re.sub(r" +", " ", text).replace("\r\n", "\n"))


def _title(budget: Budget, value: Any) -> str:
    words = needed_text(or_nothing(value), "title").split(" ")
    return " ".join(_capitalize(budget, word) for word in words)


def _trim(budget: Budget, value: Any) -> str:
    return js.trim(needed_text(value, "trim"))


def _truncate(
    budget: Budget,
    value: Any,
    size: Any = UNDEFINED,
    cut_words: Any = UNDEFINED,
    end: Any = UNDEFINED,
) -> Any:
    value = or_nothing(value)
    limit = number_of(size) if js.truthy(size) else 255.0
    if not isinstance(value, str):
        if isinstance(value, (list, tuple)) and len(value) <= limit:
            return value
        raise TemplateError(f"`truncate` needs a text, not {kind_of(value)}")
    text = js.units(value)
    if len(text) <= limit:
        return value
    at = int(limit) if limit > 0 else 0
    if not js.truthy(cut_words):
        blank = text.rfind(" ", 0, at + 1)
        at = at if blank < 0 else blank
    return js.joined(text[:at]) + ("..." if end is None or end is UNDEFINED else js.text(end))


def _upper(budget: Budget, value: Any) -> str:
    return js.upper(needed_text(or_nothing(value), "upper"))


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
    limit = number_of(size)
    relation = ' rel="nofollow"' if nofollow is True else ""
    pieces = re.split(f"([{js.SPACES}]+)", needed_text(value, "urlize"))
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
    value = or_nothing(value)
    if not js.truthy(value):
        return None
    return len(re.findall(r"\w+", needed_text(value, "wordcount"), re.ASCII)) or None


TEXT_FILTERS: Final[dict[str, Filter]] = {
    "capitalize": plain(_capitalize),
    "center": plain(_center),
    "e": plain(_escape),
    "escape": plain(_escape),
    "forceescape": plain(_forceescape),
    "indent": plain(_indent),
    "lower": plain(_lower),
    "nl2br": plain(_nl2br),
    "replace": plain(_replace),
    "safe": plain(_safe),
    "string": plain(_string),
    "striptags": plain(_striptags),
    "title": plain(_title),
    "trim": plain(_trim),
    "truncate": plain(_truncate),
    "upper": plain(_upper),
    "urlencode": plain(_urlencode),
    "urlize": plain(_urlize),
    "wordcount": plain(_wordcount),
}
