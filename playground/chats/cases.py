"""A test set from a conversation's own turns: an experiment's YAML, a case a question, held to what was answered then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from playground.chats.structure import proposed
from playground.chats.talk import Talk, Turn
from playground.domain import ModelRef

MOST_CASES = 100
REFUSED = {"type": "not-is-refusal"}
LENGTHS = 3
"""An answer may have so many times the words of the one that was given, or so many times fewer."""


def spec(
    talk: Talk,
    models: Sequence[ModelRef],
    *,
    system: str = "",
    max_output_tokens: int | None = None,
    whole: bool = True,
) -> dict[str, Any]:
    """The experiment as the values of its YAML: `playground experiment validate` takes it.

    With `whole` each question is asked with all turns before it, as the chat sent them.
    """
    settings = {"max_output_tokens": max_output_tokens} if max_output_tokens else {}
    prompt: dict[str, Any] = {"label": "as in the chat", "text": "{{ turns }}", "as_messages": True}
    if system.strip():
        prompt["system"] = "{{ system }}"
    return {
        "name": talk.title.strip()[:60] or "My chat",
        "description": "The questions of a chat, each held to what was answered then.",
        "prompts": [prompt],
        "models": [
            {"model": str(model), "settings": settings} if settings else str(model)
            for model in models
        ],
        "cases": list(_cases(talk, whole=whole)),
        "defaults": {
            "checks": [REFUSED],
            **({"vars": {"system": system.strip()}} if system.strip() else {}),
        },
        "repeats": 1,
    }


def text(made: dict[str, Any]) -> str:
    """The YAML."""
    import yaml

    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=100)


def _cases(talk: Talk, *, whole: bool) -> Iterator[dict[str, Any]]:
    number = 0
    for place, turn in enumerate(talk.turns[:-1]):
        if turn.role != "user" or number == MOST_CASES:
            continue
        number += 1
        turns = talk.turns[: place + 1] if whole else (turn,)
        answer = talk.turns[place + 1].text
        yield {
            "description": f"question {number}",
            "vars": {"turns": _messages(turns), "question": turn.text},
            "checks": _checks(answer),
        }


def _messages(turns: Sequence[Turn]) -> str:
    said = [{"role": turn.role, "content": turn.text} for turn in turns]
    return json.dumps(said, ensure_ascii=False)


def _checks(answer: str) -> list[dict[str, Any]]:
    """What can be told without a judge: the same structure, about the same length; likeness is a figure that fails nothing."""
    like = {
        "type": "rouge-n",
        "value": answer,
        "threshold": 0.3,
        "weight": 0,
        "metric": "like the chat",
    }
    made = proposed([answer])
    if made and made.kind == "JSON":
        return [{"type": "contains-json", "value": dict(made.schema)}, like]
    words = len(answer.split())
    least, most = max(1, words // LENGTHS), max(20, words * LENGTHS)
    return [{"type": "word-count", "value": {"min": least, "max": most}}, like]


def cases(talk: Talk) -> int:
    """How many questions have an answer to be held to."""
    return sum(1 for turn in talk.turns[:-1] if turn.role == "user")
