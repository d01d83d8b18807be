"""Checks of XML: strictly for a whole answer, leniently for what stands in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from playground.experiments import js
from playground.experiments.checks.asked import Asked, Found

_START: Final = (
    ":A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}\\-.0-9\xb7\u0300-\u036f\u203f\u2040]*")
_EVERYWHERE: Final = frozenset(
    ("constructor", "hasOwnProperty", "isPrototypeOf", "toLocaleString", "toString", "valueOf")
)
"""Paths that promptfoo finds in every element, since every object of JavaScript has them."""
_MAX_NESTED: Final = 100
_MAX_CANDIDATES: Final = 2_000


class XmlError(ValueError):
    """Text that is no XML, and why."""


def is_xml(asked: Asked) -> Found:
    required = _required(asked)
    try:
        _well_formed(asked.text)
        missing = _missing(_tree(asked.text), required)
    except XmlError as mistake:
        return asked.yes(False, f"the answer is no XML: {mistake}")
    return asked.yes(
        not missing, f"missing: {', '.join(missing)}" if missing else "the answer is XML"
    )


def contains_xml(asked: Asked) -> Found:
    required = _required(asked)
    whole: list[tuple[int, int]] = []
    for start, end in _candidates(asked.text):
        if any(first <= start and end <= last for first, last in whole):
            continue
        try:
            missing = _missing(_tree(asked.text[start:end]), required)
        except XmlError:
            continue
        if not missing:
            return asked.yes(True, "there is XML in the answer")
        whole.append((start, end))
    return asked.yes(
        False, "there is no such XML in the answer" if whole else "there is no XML in the answer"
    )


def _required(asked: Asked) -> list[str]:
    """The paths that must be there: `a.b, a.c`, a list or `{requiredElements}`."""
    value = asked.value
    if isinstance(value, str):
        return [js.trim(path) for path in value.split(",")]
    if isinstance(value, list):
        return [js.text(path) for path in value]
    if isinstance(value, Mapping) and value:
        paths = value.get("requiredElements")
        if not isinstance(paths, list):
            raise asked.wrong("paths as its value: a text with commas, a list, or none at all")
        return [js.text(path) for path in paths]
    return []


def _well_formed(text: str) -> None:
    """Raises XmlError where a strict parser with namespaces does."""
    parser = expat.ParserCreate("utf-8", " ")
    problem = ""

    def doctype(name: str, system: str | None, public: str | None, has_subset: bool) -> None:
        nonlocal problem
        if has_subset:
            problem = "a DOCTYPE with definitions in it is not supported"
        elif system is not None and "#" in system:
            problem = "the DOCTYPE is malformed"

    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as mistake:
        raise XmlError(problem or str(mistake)) from None
    if problem:
        raise XmlError(problem)


class _Element:
    """A tag with what is in it; `text` is all text right inside."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""
        self.attributes: dict[str, Any] = {}
        self.children: list[_Element] = []

    def value(self) -> Any:
        """Its text where it has nothing else, else a mapping; what stands there more than once is a list."""
        if not self.children and not self.attributes:
            return self.text
        found: dict[str, Any] = dict(self.attributes)
        groups: dict[str, list[Any]] = {}
        for child in self.children:
            groups.setdefault(child.name, []).append(child.value())
        for name, values in groups.items():
            found[name] = values if len(values) > 1 else values[0]
        if self.text:
            found["#text"] = self.text
        return found


_ATTRIBUTE = re.compile(
    f"([^{js.SPACES}=]+)[{js.SPACES}]*(=[{js.SPACES}]*(?:\"([^\"]*)\"|'([^']*)'))?"
)
_DELIMITED: Final = (("<!--", "-->", 4), ("<![", "]]>", 3), ("<?", "?>", 2))


def _tree(text: str) -> Any:
    """What a lenient parser makes of it: tags need not match. Raises XmlError for a tag that has no end."""
    root = _Element("")
    open_ = [root]
    at = 0
    while at < len(text):
        start = text.find("<", at)
        if start < 0:
            break
        open_[-1].text += js.trim(text[at:start]) if len(open_) > 1 else ""
        at = _tag(text, start, open_)
    value = root.value()
    return value if isinstance(value, Mapping) else {}


def _tag(text: str, start: int, open_: list[_Element]) -> int:
    """Takes the tag at `start`; where it ends."""
    for opening, closing, skipped in _DELIMITED:
        if text.startswith(opening, start):
            end = text.find(closing, start + skipped)
            if end < 0:
                raise XmlError(f"`{opening}` is never closed")
            if opening == "<![":
                open_[-1].text += text[start + 9 : end]
            elif opening == "<?":
                open_[-1].children.append(_Element(text[start + 1 : end].split(None, 1)[0]))
            return end + len(closing)
    if text.startswith("<!D", start):
        end = text.find(">", start)
        if end < 0:
            raise XmlError("the DOCTYPE is never closed")
        return end + 1
    if text.startswith("</", start):
        end = text.find(">", start)
        if end < 0:
            raise XmlError("a closing tag has no end")
        if len(open_) > 1:
            open_.pop()
        return end + 1
    end = _tag_end(text, start, forbidden="")
    if end < 0:
        raise XmlError("a tag has no end")
    _opened(text[start + 1 : end], open_)
    return end + 1


def _opened(tag: str, open_: list[_Element]) -> None:
    closes = tag.endswith("/")
    tag = tag.removesuffix("/")
    parts = re.split(f"[{js.SPACES}]", tag, maxsplit=1)
    element = _Element(parts[0])
    for name, has_value, double, single in _ATTRIBUTE.findall(parts[1] if len(parts) > 1 else ""):
        element.attributes[f"@_{name}"] = js.trim(double or single) if has_value else True
    open_[-1].children.append(element)
    if not closes:
        if len(open_) > _MAX_NESTED:
            raise XmlError("tags are nested too deeply")
        open_.append(element)


def _tag_end(text: str, start: int, forbidden: str = "<") -> int:
    """Where the tag's `>` stands, quotes left out; -1 where it has none."""
    quote = ""
    for at in range(start + 1, len(text)):
        character = text[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == ">":
            return at
        elif character == forbidden:
            return -1
    return -1


def _missing(value: Any, paths: Sequence[str]) -> list[str]:
    return [path for path in paths if not _is_there(value, path.split("."))]


def _is_there(value: Any, steps: Sequence[str]) -> bool:
    for step in steps:
        if isinstance(value, list):
            if not re.fullmatch("0|[1-9][0-9]*", step) or int(step) >= len(value):
                return False
            value = value[int(step)]
        elif isinstance(value, Mapping) and (step in value or step in _EVERYWHERE):
            value = value.get(step, "")
        else:
            return False
    return True


class _Candidate(NamedTuple):
    start: int
    end: int
    parent: int | None


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Where XML may stand: siblings at the top together first, then each by itself."""
    found = _closed(text)
    starts = {candidate.start for candidate in found}
    top = [
        candidate
        for candidate in found
        if candidate.parent is None or candidate.parent not in starts
    ]
    seen: set[tuple[int, int]] = set()
    families: dict[int | None, list[_Candidate]] = {}
    for candidate in top:
        families.setdefault(candidate.parent, []).append(candidate)
    together = [
        (min(one.start for one in family), max(one.end for one in family))
        for family in families.values()
        if len(family) > 1
    ]
    alone = sorted(((one.start, one.end) for one in top), key=lambda span: (span[0], -span[1]))
    for span in [*together, *alone[:_MAX_CANDIDATES]]:
        if span not in seen:
            seen.add(span)
            yield span


def _closed(text: str) -> list[_Candidate]:
    """Each tag that is closed, or closes itself, with its nearest open one."""
    open_: list[tuple[str, int]] = []
    found: list[_Candidate] = []
    at = text.find("<")
    while at >= 0:
        end = _read_tag(text, at, open_, found)
        at = text.find("<", end)
    return found


def _read_tag(text: str, at: int, open_: list[tuple[str, int]], found: list[_Candidate]) -> int:
    """Takes the tag at `at`, if it is one; where to look on."""
    following = text[at + 1 : at + 2]
    if following in ("!", "?") and following:
        return _declaration_end(text, at) + 1
    is_closing = following == "/"
    name = _NAME.match(text, at + (2 if is_closing else 1))
    end = _tag_end(text, at) if name else -1
    if name is None or end < 0:
        return at + 1
    parent = open_[-1][1] if open_ else None
    if not is_closing:
        if text[at:end].rstrip(js.SPACES).endswith("/"):
            found.append(_Candidate(at, end + 1, parent))
        else:
            open_.append((name[0], at))
    elif open_ and open_[-1][0] == name[0]:
        start = open_.pop()[1]
        found.append(_Candidate(start, end + 1, open_[-1][1] if open_ else None))
    else:
        open_.clear()
    return end + 1


def _declaration_end(text: str, at: int) -> int:
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")):
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            return len(text) - 1 if end < 0 else end + len(closing) - 1
    quote, depth = "", 0
    for place in range(at + 2, len(text)):
        character = text[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= depth > 0
        elif character == ">" and not depth:
            return place
    return len(text) - 1
