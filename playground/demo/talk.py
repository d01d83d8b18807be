"""What an answer knows of the talk so far, and of questions in other languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from playground.demo.ask import Turn
from playground.tokens.paragraphs import paragraphs

SHORT = 10
"""Words up to which a prompt can be a follow-up that leaves its subject out."""


class Said(NamedTuple):
    """What a follow-up makes of the talk."""

    text: str
    """The answer; empty where a topic gives it."""
    about: str
    """The earlier prompt whose subject goes on."""


def follow(prompt: str, turns: Sequence[Turn], pick: Callable[[str], Any]) -> Said | None:
    """The answer to a prompt that is about the talk itself; None for any other, or where there was none before."""
    asked = [turn.text for turn in turns if turn.role == "user" and turn.text]
    told = [turn.text for turn in turns if turn.role == "assistant" and turn.text]
    before = asked[:-1]
    if not before:
        return None
    plain = prompt.lower()
    if re.search(r"\bwhat('s| is) my name\b", plain):
        names = [found[1] for text in before if (found := NAMED.search(text))]
        return Said(f"Your name is {names[-1]}.", "") if names else None
    if re.search(r"\bwhat did i (just )?(ask|say|write)", plain):
        return Said(f"You asked: “{before[-1]}”", "")
    if re.search(r"\bhow many (questions|messages)\b.{0,60}\b(asked|so far|sent|written)", plain):
        return Said(f"{len(before)} before this one.", "")
    if told and re.search(
        r"\b(shorter|shorten|one sentence|tl;?dr|in short|briefly|sum (it|that) up)\b", plain
    ):
        return Said(first_sentence(told[-1]), "")
    if told and re.search(r"\b(again|repeat|once more)\b", plain):
        return Said(told[-1].partition("\n\n*")[0], "")
    if len(prompt.split()) <= SHORT and pick(prompt) is None and MORE.search(plain):
        about = next((text for text in reversed(before) if pick(text)), "")
        return Said("", about) if about else None
    return None


NAMED = re.compile(
    r"\b(?:my name is|i am called|i'm called|call me)\s+([A-Z][\w'-]+)", re.IGNORECASE
)
MORE = re.compile(
    r"^\W*(and|why|how so|more|go on|tell me more|continue|what about|how about|another|an example|for example"
    r"|can you explain|explain)\b"
)
"""How a prompt begins that goes on with the subject before it."""


def first_sentence(text: str) -> str:
    """The first sentence of a text, without marks of Markdown."""
    plain = re.sub(r"[*`#|]+", "", text).strip()
    return re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0]


QUESTIONS = {
    "German": re.compile(r"\b(was ist|was sind|erkläre|wie funktioniert)\b", re.IGNORECASE),
    "French": re.compile(r"qu'est-ce qu|c'est quoi|expliqu", re.IGNORECASE),
    "Spanish": re.compile(r"¿|\bqué (es|son)\b|explica", re.IGNORECASE),
    "Portuguese": re.compile(r"\bo que (é|são)\b", re.IGNORECASE),
    "Italian": re.compile(r"\b(che cos'è|cosa (è|sono))\b", re.IGNORECASE),
    "Russian": re.compile(r"\b(что такое|объясни)", re.IGNORECASE),
    "Japanese": re.compile(r"[\u3040-\u30ff]"),
    "Chinese (Simplified)": re.compile(r"什么|解释"),
    "Hindi": re.compile(r"[\u0900-\u097f]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "Korean": re.compile(r"[\uac00-\ud7af]"),
    "Turkish": re.compile(r"\b(nedir|ne demek)\b", re.IGNORECASE),
}
TOKEN = re.compile(
    r"\btokens?\b|\bjetons?\b|токен|トークン|令牌|词元|टोकन|토큰|رمز|توكن", re.IGNORECASE
)


def elsewhere(prompt: str) -> str | None:
    """What a token is, in the language of a question that is not English; None for any other."""
    if not TOKEN.search(prompt):
        return None
    language = next((name for name, form in QUESTIONS.items() if form.search(prompt)), None)
    return paragraphs().get(language) if language else None
