"""Small tasks that need no model: counting, extracting, classifying, shortening, a few phrases, a few functions, sums."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from playground.demo import office

QUOTED = re.compile(
    r"```\w*\n?(.+?)```|“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|(?<!\w)'([^']{2,})'(?!\w)", re.S
)
AFTER = re.compile(r":\s*\n?(.+)$", re.S)
END = 2_000
"""Characters at the beginning and at the end of a prompt in which it is looked for what is asked."""


def material(prompt: str) -> str:
    """The text that a prompt is about: what is quoted, or what follows its first colon; empty when there is none."""
    found = [next(filter(None, groups)) for groups in QUOTED.findall(prompt)]
    if found:
        return " ".join(found).strip()
    after = AFTER.search(prompt)
    return after[1].strip() if after else ""


def order(prompt: str) -> str:
    """The prompt without the text that it is about: what is asked for; of a long one its two ends."""
    bare = QUOTED.sub(" … ", prompt)
    after = AFTER.search(bare)
    asked = (bare[: after.start()] if after and len(after[1].split()) > 3 else bare).strip()
    return asked if len(asked) <= 2 * END else f"{asked[:END]} … {asked[-END:]}"


@cache
def data() -> dict[str, Any]:
    """Phrases, capitals, functions and words of feeling, out of tasks.yaml."""
    import yaml

    source = (files("playground.demo") / "tasks.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(source)
    return loaded


def translate(asked: str, text: str) -> str | None:
    """A phrase of the book in the language that is named."""
    language = next((name for name in data()["languages"] if name in asked.lower()), None)
    if language is None:
        return None
    plain = re.sub(r"[^\w' ]", "", text or _inline(asked)).strip().lower()
    phrase: dict[str, str] = data()["phrases"].get(plain) or {}
    known: str | None = phrase.get(language)
    return known


def _inline(asked: str) -> str:
    """`Translate good morning into German` → `good morning`."""
    found = re.search(r"translate (.+?) (?:in)?to \w+", asked, re.IGNORECASE)
    return found[1] if found else ""


LABELS = re.compile(
    r"\b(?:as|into|either|one of|labels?:?|categories:?)\s+((?:[\w-]+,\s*)*[\w-]+,?\s+(?:or|and)\s+[\w-]+)",
    re.I,
)


def classify(asked: str, text: str) -> str | None:
    """The label that fits by its words; of the labels that are named, or positive, negative and neutral."""
    if not text:
        return None
    named = LABELS.search(asked)
    labels: list[str] = (
        re.findall(r"[\w-]+", re.sub(r"\b(or|and)\b", " ", named[1])) if named else []
    )
    lower = text.lower()
    feelings: dict[str, list[str]] = data()["feelings"]
    score = {label: sum(word in lower for word in words) for label, words in feelings.items()}
    best = max(score, key=lambda label: score[label])
    feeling = best if score[best] and list(score.values()).count(score[best]) == 1 else "neutral"
    kinds: dict[str, int] = {
        label: sum(w in lower for w in data()["kinds"].get(label.lower(), [label.lower()]))
        for label in labels
    }
    if kinds and max(kinds.values()):
        return max(kinds, key=lambda label: kinds[label])
    if not labels:
        return feeling
    return next((label for label in labels if label.lower() == feeling), None)


PATTERNS = {
    "e-?mail": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    "url|link": re.compile(r"https?://[^\s<>\")]+"),
    "phone": re.compile(r"\+?\d[\d ()/-]{6,}\d"),
    "date": re.compile(
        r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b(?:\d{1,2} )?(?:January|February|March|April|May|June|July"
        r"|August|September|October|November|December)(?: \d{1,2})?(?:,? \d{4})?"
    ),
    "price|amount|cost": re.compile(r"[$€£]\s?\d[\d.,]*\d|\d[\d.,]*\s?(?:USD|EUR|euros?|dollars?)"),
    "number": re.compile(r"-?\d+(?:[.,]\d+)?"),
    "name|people|person|compan|place|cit(?:y|ies)": re.compile(r"\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)*"),
}


def extract(asked: str, text: str) -> str | None:
    """Everything of the kinds that are named, one a line."""
    wanted = [form for words, form in PATTERNS.items() if re.search(rf"\b(?:{words})", asked, re.I)]
    found = [one.strip(" .,") for form in wanted for one in form.findall(text)]
    return "\n".join(f"- {one}" for one in dict.fromkeys(found)) or None


SENTENCE = re.compile(r"(?<=[.!?。])\s+")


def summarise(asked: str, text: str) -> str | None:
    """The sentence that shares most words with the others, and the first where two are asked for."""
    sentences = [one for one in SENTENCE.split(" ".join(text.split())) if one]
    if not sentences or len(text.split()) < 8:
        return None
    counts = Counter(word for one in sentences for word in re.findall(r"\w{4,}", one.lower()))
    best = max(
        sentences, key=lambda one: sum(counts[w] for w in set(re.findall(r"\w{4,}", one.lower())))
    )
    one_only = re.search(r"\bone (sentence|line)\b", asked, re.I) or best == sentences[0]
    return best if one_only else f"{sentences[0]} {best}"


def rewrite(asked: str, text: str) -> str | None:
    """The text in capitals, in small letters, without contractions, or shorter; None for any other wish."""
    if not text:
        return None
    if re.search(r"upper ?case|capitals", asked, re.I):
        return text.upper()
    if re.search(r"lower ?case|small letters", asked, re.I):
        return text.lower()
    if re.search(r"formal|polite|professional", asked, re.I):
        for short, long in data()["formal"].items():
            text = re.sub(rf"\b{re.escape(short)}\b", long, text, flags=re.I)
        return f"{text[:1].upper()}{text[1:]}"
    if re.search(r"short", asked, re.I):
        return summarise("one sentence", text) or text
    return None


VOWELS = re.compile(r"[aeiou]", re.I)


def count(asked: str, text: str) -> str | None:
    """Words, letters, vowels, sentences, or how often a letter stands in a word."""
    letter = re.search(
        r"\b(?:letters?\s+)?['\"“]?([a-z])['\"”]?(?:s|'s)?\s+(?:are\s+)?(?:there\s+)?in\s+(?:the\s+word\s+)?['\"“]?(\w+)",
        asked,
        re.I,
    )
    if letter:
        times = letter[2].lower().count(letter[1].lower())
        return (
            f"There {'is' if times == 1 else 'are'} {times} “{letter[1].lower()}” in “{letter[2]}”."
        )
    if not text:
        return None
    for words, number in (
        ("words?", len(text.split())),
        ("sentences?", len([s for s in SENTENCE.split(text) if s])),
        ("vowels?", len(VOWELS.findall(text))),
        ("lines?", len(text.splitlines())),
        ("letters?", sum(c.isalpha() for c in text)),
        ("characters?", len(text)),
    ):
        if re.search(rf"\b{words}\b", asked, re.I):
            return f"{number:,} {words.replace('?', '')[:-1] if number == 1 else words.replace('?', '')}"
    return None


SUM = re.compile(
    r"(-?\d+(?:\.\d+)?)\s*([+*/x×÷-]|plus|minus|times|divided by)\s*(-?\d+(?:\.\d+)?)", re.I
)
SIGNS: dict[str, Callable[[float, float], float]] = {
    **dict.fromkeys(("+", "plus"), lambda a, b: a + b),
    **dict.fromkeys(("-", "minus"), lambda a, b: a - b),
    **dict.fromkeys(("*", "x", "×", "times"), lambda a, b: a * b),
    **dict.fromkeys(("/", "÷", "divided by"), lambda a, b: a / b if b else float("nan")),
}


def reckon(asked: str, text: str) -> str | None:
    """The result of one sum of two numbers."""
    found = SUM.search(asked)
    if found is None:
        return None
    value = SIGNS[found[2].lower()](float(found[1]), float(found[3]))
    return f"{found[0].strip()} = {value:,.10g}"


def code(asked: str, text: str) -> str | None:
    """A function of the collection whose words are in the wish."""
    plain = asked.lower()
    for row in data()["functions"]:
        if all(re.search(rf"\b{word}", plain) for word in row["words"]):
            return f"```python\n{row['code'].rstrip()}\n```"
    return None


def fact(asked: str, text: str) -> str | None:
    """The capital of a country of the list."""
    found = re.search(r"capital (?:city )?of (?:the )?([\w ]+?)\W*$", asked.strip(), re.I)
    capital = data()["capitals"].get(found[1].strip().lower()) if found else None
    return f"{capital}." if capital else None


Task = tuple[str, re.Pattern[str], Callable[[str, str], str | None]]
TASKS: tuple[Task, ...] = (
    (
        "reply",
        re.compile(r"\bdraft (?:a|an|the) (?:reply|answer)\b", re.I),
        office.reply,
    ),
    ("minutes", re.compile(r"\bminutes of\b", re.I), office.minutes),
    (
        "translate",
        re.compile(r"\b(translate|how do you say|in (german|french|spanish|italian))\b", re.I),
        translate,
    ),
    (
        "classify",
        re.compile(r"\b(classify|sentiment|categori[sz]e|label (this|the)|spam or)\b", re.I),
        classify,
    ),
    (
        "extract",
        re.compile(r"\b(extract|find all|list (all )?the (names|e-?mails|dates|numbers))\b", re.I),
        extract,
    ),
    ("summarise", re.compile(r"\b(summari[sz]e|summary|tl;?dr|sum up)\b", re.I), summarise),
    (
        "rewrite",
        re.compile(r"\b(rewrite|rephrase|paraphrase|make (this|it)|convert|turn this)\b", re.I),
        rewrite,
    ),
    ("count", re.compile(r"\b(count|how many)\b", re.I), count),
    (
        "code",
        re.compile(
            r"\A(?>.*?\b(?:write|code|implement|create|give me)\b).*\b(function|code|script|program|python|method)\b",
            re.I | re.S,
        ),
        code,
    ),
    (
        "write",
        re.compile(
            r"\A(?>.*?\b(?:write|compose|draft)\b).*\b(poem|story|e-?mail|letter|essay|song|haiku|joke)\b",
            re.I | re.S,
        ),
        lambda asked, text: None,
    ),
    ("reckon", re.compile(r"\d\s*([+*/x×÷-]|plus|minus|times|divided by)\s*-?\d", re.I), reckon),
    ("fact", re.compile(r"\bcapital (city )?of\b", re.I), fact),
)
"""Name, how it is recognised in what is asked, and who does it; the first that is recognised is the one."""


def find(prompt: str) -> tuple[str, str | None] | None:
    """The task and its result, None for a result that needs a real model; None when no task is asked for."""
    asked, text = order(prompt), material(prompt)
    for name, form, do in TASKS:
        if form.search(asked):
            return name, do(asked if name not in ("count", "classify") else prompt, text)
    return None
