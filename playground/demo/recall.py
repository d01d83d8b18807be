"""What the simulation remembers of a conversation: notes that stand in what it was sent, and nothing else.

A real model's summary loses what it thinks unimportant; which that is can't be simulated, so this one keeps the newest notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from playground.demo.ask import Ask

NOTE = re.compile(r"\bthe ([a-z][a-z ]{2,40}?) is ([A-Z0-9][A-Za-z0-9-]{2,30})\b")
"""`the budget code is QF-4471`: a name in small letters and a value that begins with a capital or a digit."""
ASKED = re.compile(r"^- the ([a-z][a-z ]{2,40}?)\s*$", re.MULTILINE)
WHICH = "Which of these did I tell you?"
SUMMARISE = "Summarise our conversation so far"
KEPT = 3
"""Notes that a simulated summary keeps."""


def answered(ask: Ask) -> str:
    """The answer to a question for notes or to the wish for a summary; empty for any other, and where there is no note."""
    prompt = ask.prompt
    if prompt.startswith(WHICH):
        known = dict(_notes(ask))
        return "\n".join(
            f"- the {name}: {known.get(name, 'not told')}" for name in ASKED.findall(prompt)
        )
    if prompt.startswith(SUMMARISE) and dict(_notes(ask)):
        return summary(ask)
    return ""


def summary(ask: Ask) -> str:
    """The newest notes of what was sent."""
    kept = list(dict(_notes(ask)).items())[-KEPT:]
    return " ".join(["Simulated summary.", *(f"Note: the {n} is {value}." for n, value in kept)])


def _notes(ask: Ask) -> Iterator[tuple[str, str]]:
    """Name and value of every note in what was sent, the oldest first."""
    for part in ask.system:
        yield from NOTE.findall(part.text)
    for turn in ask.turns:
        for part in turn.parts:
            yield from NOTE.findall(part.text)
