"""Checks that look for a text in the answer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from playground.experiments import js, regex
from playground.experiments.checks.asked import Asked, CheckError, Found, shortened
from playground.experiments.checks.language import spoken
from playground.experiments.comma_lists import comma_list


def _within(part: str, text: str) -> bool:
    """Whether it is in the text, where half a character is in a whole one too."""
    if part.isascii() or not _HALF.search(part):
        return part in text
    return js.units(part) in js.units(text)


_HALF = re.compile("[\ud800-\udfff]")


def _wanted(asked: Asked) -> list[str]:
    value = asked.value
    if isinstance(value, str) and value:
        try:
            return comma_list(value)
        except ValueError as mistake:
            raise CheckError(f"`{asked.check.type}`: {mistake}") from None
    if not isinstance(value, list):
        raise asked.wrong("a list, or a text with commas, as its value")
    return [js.text(item) for item in value]


def _contains_value(asked: Asked) -> str:
    value = asked.value
    if (isinstance(value, str) and value) or (js.is_number(value) and value == value):
        return js.text(value)
    raise asked.wrong("a text that isn't empty, or a number, as its value")


def contains(asked: Asked) -> Found:
    wanted = _contains_value(asked)
    there = _within(wanted, asked.text)
    return asked.yes(there, _said(wanted, there))


def _said(wanted: str, there: bool) -> str:
    return f"{shortened(wanted)} is {'' if there else 'not '}in the answer"


def icontains(asked: Asked) -> Found:
    wanted = _contains_value(asked)
    there = _within(js.lower(wanted), js.lower(asked.text))
    return asked.yes(there, _said(wanted, there))


def contains_any(asked: Asked) -> Found:
    found = [wanted for wanted in _wanted(asked) if _within(wanted, asked.text)]
    return asked.yes(
        bool(found), _said(found[0], True) if found else "none of them is in the answer"
    )


def icontains_any(asked: Asked) -> Found:
    text = js.lower(asked.text)
    found = [wanted for wanted in _wanted(asked) if _within(js.lower(wanted), text)]
    return asked.yes(
        bool(found), _said(found[0], True) if found else "none of them is in the answer"
    )


def contains_all(asked: Asked) -> Found:
    missing = [wanted for wanted in _wanted(asked) if not _within(wanted, asked.text)]
    return asked.yes(
        not missing, _said(missing[0], False) if missing else "all of them are in the answer"
    )


def icontains_all(asked: Asked) -> Found:
    text = js.lower(asked.text)
    missing = [wanted for wanted in _wanted(asked) if not _within(js.lower(wanted), text)]
    return asked.yes(
        not missing, _said(missing[0], False) if missing else "all of them are in the answer"
    )


def equals(asked: Asked) -> Found:
    value = asked.value
    if isinstance(value, (Mapping, list)) or value is None:
        try:
            same = js.deeply_equal(value, js.from_json(asked.text))
        except js.JsError as mistake:
            return asked.yes(False, f"the answer is no JSON: {mistake}")
        return asked.yes(same, f"the answer is {'the same' if same else 'another'} JSON value")
    wanted = js.text(value)
    same = wanted == asked.text
    said = (
        "the answer is exactly it"
        if same
        else f"{shortened(asked.text)} is not {shortened(wanted)}"
    )
    return asked.yes(same, said)


def starts_with(asked: Asked) -> Found:
    wanted = asked.needed_text(empty=False)
    there = js.units(asked.text).startswith(js.units(wanted))
    return asked.yes(there, f"the answer starts with {shortened(asked.text[: len(wanted)])}")


def ends_with(asked: Asked) -> Found:
    wanted = asked.needed_text(empty=False)
    return asked.yes(
        asked.text.endswith(wanted), f"the answer ends with {shortened(asked.text[-len(wanted) :])}"
    )


def matches(asked: Asked) -> Found:
    pattern = asked.needed_text(empty=False)
    try:
        there = regex.search(pattern, asked.text)
    except regex.RegexError as mistake:
        return Found(False, 0.0, f"the pattern is none, as JavaScript sees it: {mistake}")
    except regex.RegexTimeout as mistake:
        raise CheckError(f"`{asked.check.type}`: {mistake}") from None
    return asked.yes(there, f"the pattern is {'' if there else 'not '}found")


def levenshtein(asked: Asked) -> Found:
    wanted = js.units(asked.needed_text())
    bound = asked.check.threshold if asked.check.threshold is not None else 5.0
    distance = Levenshtein.distance(js.units(asked.text), wanted)
    return asked.yes(distance <= bound, f"{distance} changes apart, threshold {bound:g}")


def fuzzy(asked: Asked) -> Found:
    wanted = asked.needed_text()
    return asked.at_least(fuzz.ratio(asked.text, wanted) / 100, 0.75, "similarity")


def word_count(asked: Asked) -> Found:
    return _counted(
        asked, len(js.SPACE_RUN.split(words)) if (words := js.trim(asked.text)) else 0, "words"
    )


def character_count(asked: Asked) -> Found:
    return _counted(asked, js.length(asked.text), "characters")


def _counted(asked: Asked, count: int, unit: str) -> Found:
    value = asked.value
    said = f"{count} {unit}"
    if isinstance(value, Mapping):
        low, high = value.get("min", js.UNDEFINED), value.get("max", js.UNDEFINED)
        if low is js.UNDEFINED and high is js.UNDEFINED:
            raise asked.wrong("`min` or `max` in its value")
        if low is js.UNDEFINED:
            return asked.yes(
                js.less(count, high, or_equal=True), f"{said}, at most {js.text(high)}"
            )
        enough = js.less(low, count, or_equal=True)
        if high is js.UNDEFINED:
            return asked.yes(enough, f"{said}, at least {js.text(low)}")
        if not js.less(low, high, or_equal=True):
            raise asked.wrong("a `min` that is not above its `max`")
        fits = enough and js.less(count, high, or_equal=True)
        return asked.yes(fits, f"{said}, wanted {js.text(low)} to {js.text(high)}")
    number = (
        js.double(js.number(value)) if js.is_number(value) or isinstance(value, str) else math.nan
    )
    if math.isnan(number):
        raise asked.wrong("a number, or `min` and `max`, as its value")
    return asked.yes(count == number, f"{said}, wanted {js.number_text(number)}")


def language(asked: Asked) -> Found:
    wanted = [item.strip().lower() for text in asked.texts() for item in text.split(",")]
    found = spoken(asked.text)
    if found is None:
        return asked.yes(False, "the language can't be told from so little text")
    return asked.yes(
        found.code in wanted or found.name.lower() in wanted,
        f"the answer is in {found.name} ({found.code})",
    )
