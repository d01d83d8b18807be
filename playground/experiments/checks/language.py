"""Which language a text is in: by its letters, and by the small words that each language is full of."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Language(NamedTuple):
    """`code` is its two letters in ISO 639-1."""

    code: str
    name: str
    letters: str
    """The letters that it alone, or nearly, is written with, as in a regular expression; empty for Latin ones."""
    words: str
    """Small words that are frequent."""


LANGUAGES: Final = (
    Language("en", "English", "", "the and of to in is that it you for with this are was be have not on as at by from or an they we his her which will can has but"),
    Language("de", "German", "", "der die das und ist nicht ein eine zu den mit sich von dem auf für im des wird als auch es an werden aus er hat dass sie nach bei um am sind noch wie einen über ich"),
    Language("fr", "French", "", "le la les de des et est un une dans que pour qui pas sur avec ce il elle au du ne se sont plus par cette vous nous mais ou aux été son sa ses je être"),
    Language("es", "Spanish", "", "el la los las de que y en un una es por con para no se del al lo como más pero sus su le ya este sí porque esta son entre cuando muy sin sobre también me hasta hay"),
    Language("it", "Italian", "", "il lo la gli le di che e è un una per non con del della sono si da come più nel ma anche alla ha questo nella dei al suo sua essere ci ho delle"),
    Language("pt", "Portuguese", "", "o a os as de que e do da em um uma para com não por mais dos como mas ao das à seu sua ou quando muito nos já eu também só pelo pela até isso ela entre são é"),
    Language("nl", "Dutch", "", "de het een en van in is dat op te zijn met voor niet aan er om ook als maar bij door ze nog naar dan uit wat worden hij wordt kan of hebben deze"),
    Language("pl", "Polish", "", "i w na z do się nie to jest że jak po co ale od za przez tak był o są dla może przy jego czy tylko jej być już także oraz"),
    Language("sv", "Swedish", "", "och i att det som en på är av för med till den inte har de om ett men var jag sig från vi kan så när man han hon eller"),
    Language("da", "Danish", "", "og i at det som en på er af for med til den ikke har de om et men var jeg sig fra vi kan så når man han hun eller blev"),
    Language("tr", "Turkish", "", "ve bir bu için ile da de çok olarak daha en gibi olan kadar ama ne var değil sonra o ki her mi şey ben"),
    Language("cs", "Czech", "", "a v na se je že to s z do i o ve pro jsou by jako za ale k po od které jeho si který být"),
    Language("ru", "Russian", "[ыэъё]|[а-я]", ""),
    Language("uk", "Ukrainian", "[іїєґ]", ""),
    Language("el", "Greek", "[α-ωά-ώ]", ""),
    Language("ar", "Arabic", "[\u0621-\u064a]", ""),
    Language("fa", "Persian", "[پچژگکی]", ""),
    Language("he", "Hebrew", "[\u05d0-\u05ea]", ""),
    Language("hi", "Hindi", "[\u0900-\u097f]", ""),
    Language("th", "Thai", "[\u0e00-\u0e7f]", ""),
    Language("ko", "Korean", "[\uac00-\ud7a3]", ""),
    Language("ja", "Japanese", "[\u3040-\u30ff]", ""),
    Language("zh", "Chinese", "[\u4e00-\u9fff]", ""),
)  # fmt: skip

_WORDS = {
    language.code: frozenset(language.words.split()) for language in LANGUAGES if language.words
}
_LETTERS = {
    language.code: re.compile(language.letters) for language in LANGUAGES if language.letters
}
_NAMED = {language.code: language for language in LANGUAGES}
_FIRST: Final = (("ja", 0.05), ("uk", 0.03), ("fa", 0.12))
"""Which wins from this share of letters on, though another language has more: both are written with the other's too."""
_LATIN = re.compile("[a-zà-ž]")


def spoken(text: str) -> Language | None:
    """The language of a text; None where it is too short, or in none of these."""
    text = text.lower()
    letters = sum(map(str.isalpha, text))
    if not letters:
        return None
    shares = {code: len(pattern.findall(text)) / letters for code, pattern in _LETTERS.items()}
    for code, enough in _FIRST:
        if shares[code] >= enough:
            return _NAMED[code]
    best = max(shares, key=lambda code: shares[code])
    if shares[best] > 0.4:
        return _NAMED[best]
    words = re.findall(r"[^\W\d_]+", text)
    if len(_LATIN.findall(text)) < 0.5 * letters or not words:
        return None
    counts = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    found = max(counts, key=lambda code: counts[code])
    rest = max(count for code, count in counts.items() if code != found)
    return _NAMED[found] if counts[found] > rest else None
