"""ROUGE, BLEU and GLEU: how much of a reference's wording is in the answer."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from playground.experiments import js
from playground.experiments.checks.asked import Asked, CheckError, Found

_GAPS = re.compile(f"[{js.SPACES}\x85]+")
_QUOTES = re.compile("``|''|\"")
_LAST_DOT = re.compile(r"([^.])(?<!\b[A-Za-z]\.[A-Za-z])(\.)([\])}>'\s]*)\Z", re.ASCII)
_STEPS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\.{3}"), " ... "),
    (re.compile(r"[:,](?!\d)"), r" \g<0> "),
    (re.compile(r"[;@#$%&]"), r" \g<0> "),
    (_LAST_DOT, r"\1 \2\3 "),
    (re.compile(r"[?!]"), r" \g<0> "),
    (re.compile(r"[\]\[(){}<>]"), r" \g<0> "),
    (re.compile(r"--"), " -- "),
)
_ENDINGS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"([^'])' "), r"\1 ' "),
    (re.compile(r"'([sSmMdD]) "), r" '\1 "),
    (re.compile(r"('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) "), r" \1 "),
    *(
        (re.compile(rf"(?<![\w\u200c\u200d]){pair}(?![\w\u200c\u200d])", re.IGNORECASE), r" \1 \2 ")
        for pair in (
            "(can)(not)",
            "(d)('ye)",
            "(gim)(me)",
            "(gon)(na)",
            "(got)(ta)",
            "(lem)(me)",
            "(more)('n)",
            "(wan)(na)(?= )",
            "('t)(is)",
            "('t)(was)",
        )
    ),
)


def tokens(text: str) -> list[str]:
    """The text's words and marks as the Penn Treebank divides them."""
    text = js.trim(_GAPS.sub(" ", text))
    if not text:
        return []
    text = _named_quotes(text)
    for pattern, written in _STEPS:
        text = pattern.sub(written, text)
    text = f" {text} "
    for pattern, written in _ENDINGS:
        text = pattern.sub(written, text)
    return [token for token in text.split(" ") if token]


def _named_quotes(text: str) -> str:
    """Quotation marks as `` and '': which of the two depends on what stands around."""
    open_ = False

    def name(match: re.Match[str]) -> str:
        nonlocal open_
        open_ = match[0] == "``" or (not open_ and _opens(text, match))
        return " `` " if open_ else " '' "

    return _QUOTES.sub(name, text)


def _opens(text: str, match: re.Match[str]) -> bool:
    at, before = match.start(), text[match.start() - 1 : match.start()]
    if not (
        match.end() < len(text) or at == 0 or before in js.SPACES + "<" or _kind(before) == "Ps"
    ):
        return False
    if not (
        at == 0 or before in js.SPACES + "<" or _kind(before)[0] == "P" or text[at - 2 : at] == "``"
    ):
        return False
    if before in (".", "!", "?"):
        return False
    if match[0] == '"':
        return True
    after = text[at + 2 : at + 3]
    if not at or not after or not (_kind(after)[0] in "LN" or _kind(after) in ("Sc", "Ps")):
        return False
    closing = _QUOTES.search(text, at + 2)
    return closing is not None and closing[0] == "''"


def _kind(character: str) -> str:
    return unicodedata.category(character) if character else "--"


def _f1(precision: float, recall: float) -> float:
    """As js-rouge counts it, to the last digit."""
    if precision == recall:
        return precision
    low, high = sorted((precision, recall))
    return min(high, low * (2 / (1 + low / high)))


def rouge_1(candidate: str, reference: str) -> float:
    """F1 over single tokens, each counted as often as in both."""
    got, wanted = tokens(candidate), tokens(reference)
    overlap = (Counter(got) & Counter(wanted)).total()
    return _f1(overlap / len(got), overlap / len(wanted)) if overlap else 0.0


def rouge_n(asked: Asked) -> Found:
    reference = asked.needed_text()
    return asked.at_least(rouge_1(js.lower(asked.text), js.lower(reference)), 0.75, "ROUGE-1")


def _words(text: str) -> list[str]:
    return js.SPACE_RUN.split(js.trim(js.lower(text)))


def _grams(words: Sequence[str], size: int) -> Counter[str]:
    return Counter(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))


def bleu_score(candidate: str, references: Sequence[str]) -> float:
    """Orders 1 to 4 that the candidate has, smoothed with 1e-7, against the best reference of each."""
    if not js.trim(candidate):
        return 0.0
    words, wanted = _words(candidate), [_words(reference) for reference in references]
    closest = min((abs(len(other) - len(words)), len(other)) for other in wanted)[1]
    orders: list[float] = []
    for size in range(1, 5):
        grams = _grams(words, size)
        if grams:
            best = max((grams & _grams(other, size)).total() for other in wanted)
            orders.append(best / grams.total() or 1e-7)
    weight = 0.25 / (0.25 * len(orders))
    total = 0.0
    for precision in orders:
        total += weight * math.log(precision)
    penalty = 1.0 if len(words) > closest else math.exp(1 - closest / len(words))
    return penalty * math.exp(total)


def bleu(asked: Asked) -> Found:
    return asked.at_least(bleu_score(asked.text, _references(asked)), 0.5, "BLEU")


def _references(asked: Asked) -> list[str]:
    texts = asked.texts()
    if not texts:
        raise CheckError(f"`{asked.check.type}` needs at least one text to compare with")
    return texts


def gleu_score(candidate: str, references: Sequence[str]) -> float:
    """The smaller of precision and recall over all orders 1 to 4, against the best reference."""
    words = _gleu_words(candidate)
    if not words:
        return 0.0
    return max(_gleu_against(words, _gleu_words(reference)) for reference in references)


def _gleu_words(text: str) -> list[str]:
    words = [word.rstrip(".") for word in _words(text)]
    return words if any(words) else []


def _gleu_against(words: Sequence[str], reference: Sequence[str]) -> float:
    if words == reference:
        return 1.0
    matching = got = wanted = 0
    for size in range(1, 5):
        grams, others = _grams(words, size), _grams(reference, size)
        matching += (grams & others).total()
        got += grams.total()
        wanted += others.total()
    return min(matching / got, matching / wanted) if got and wanted else 0.0


def gleu(asked: Asked) -> Found:
    return asked.at_least(gleu_score(asked.text, _references(asked)), 0.5, "GLEU")
