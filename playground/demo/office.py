"""Office work that needs no model: a reply to a form, the minutes of a meeting, a sentence out of an attached PDF."""

from __future__ import annotations

import re

from playground.demo.ask import Ask

FIELD = r"^{name}[^:\n]{{0,20}}:[ \t]*(.+)$"
SHOWN = re.compile(rb"\(((?:[^()\\]|\\.)*)\) ?Tj")
"""A piece of text in a PDF whose content is not packed."""
WORD = re.compile(r"[a-z]{4,}|\d{2,}")
MOST_TEXT = 20_000
SENTENCE = re.compile(r"(?<=[.!?])\s+")
MINUTES = (
    ("Decisions", re.compile(r"\b(decided|agreed|stays?)\b", re.IGNORECASE)),
    ("Tasks", re.compile(r"\bwill\b", re.IGNORECASE)),
    ("Open questions", re.compile(r"\?|\bopen question", re.IGNORECASE)),
)
"""Heading → which sentences stand under it."""


def labelled(name: str, text: str) -> str:
    """What stands behind this label on a line of its own; empty where there is none."""
    label = re.escape(name).replace("_", "[ _-]?")
    found = re.search(FIELD.format(name=label), text, re.IGNORECASE | re.MULTILINE)
    return found[1].strip() if found else ""


def reply(asked: str, text: str) -> str | None:
    """A polite reply that takes up the form's name and subject; None where no name is given."""
    name = labelled("name", text)
    if not name:
        return None
    about = labelled("subject", text) or labelled("class", text) or "your message"
    double = re.search(r"twice|double", text, re.IGNORECASE)
    promise = (
        "I have asked for the refund of one payment; it is on your card within 5 working days."
        if double
        else "I am looking into it and come back to you today."
    )
    return (
        f"Dear {name.split()[0]},\n\nthank you for writing to us ({about}). I am sorry for the trouble."
        f" {promise}\n\nKind regards\nCustomer service"
    )


def minutes(asked: str, text: str) -> str | None:
    """The sentences of a meeting under decisions, tasks and open questions, each under the first that fits."""
    rows: dict[str, list[str]] = {name: [] for name, _ in MINUTES}
    for sentence in SENTENCE.split(" ".join(text.split())):
        name = next((name for name, form in reversed(MINUTES) if form.search(sentence)), None)
        if name:
            rows[name].append(sentence)
    if not any(rows.values()):
        return None
    blocks = [
        "\n".join([f"**{name}**", *(f"- {one}" for one in found)])
        for name, found in rows.items()
        if found
    ]
    return "\n\n".join(blocks)


def from_document(ask: Ask) -> str | None:
    """The line of an attached PDF that shares most words with the question; None without a PDF that can be read."""
    parts = [part for turn in ask.turns for part in turn.parts if part.kind == "document"]
    lines = [
        re.sub(rb"\\(.)", rb"\1", shown).decode("cp1252", "replace")
        for part in parts
        for shown in SHOWN.findall(part.data[:MOST_TEXT])
    ]
    wanted = set(WORD.findall(ask.prompt.lower()))
    best = max(lines, key=lambda line: len(wanted & set(WORD.findall(line.lower()))), default="")
    shared = wanted & set(WORD.findall(best.lower()))
    return f"According to the document: {best}" if len(shared) > 1 else None
