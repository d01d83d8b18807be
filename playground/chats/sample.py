"""An export of our own making, in ChatGPT's layout: for whoever has none at hand."""

from __future__ import annotations

import json
from typing import Any

BEGAN = 1_775_000_000.0
"""1 April 2026, about midnight UTC."""
DAY = 86_400.0
NAME = "sample-export.json"

_TALKS = (
    ("Trip to Lisbon", "gpt-5-2-thinking", 3, 12, 95),
    ("Invoice wording", "gpt-4o", 8, 3, 60),
    ("Python script for CSV files", "o3", 34, 9, 120),
    ("Learning for the exam", "gpt-4o", 41, 22, 240),
    ("Dinner for six", "gpt-5-2-instant", 66, 4, 40),
    ("A novel, chapter by chapter", "gpt-5-2-thinking", 70, 30, 400),
)
"""Title, model, day, turns, seconds between two turns."""
_QUESTION = "Thank you, that helps. Please go on with part {n}: keep what we agreed, explain why, and say what I should watch out for."
_ANSWER = (
    "Part {n}. First, what we agreed stays as it is; nothing of it needs to change for this step. Second, the reason: each"
    " choice made so far narrows what fits well now, so the simplest option that keeps them all is the best. Third, three"
    " things to watch: the order of the steps, what happens when one of them fails, and how you will know that it worked."
    " Write down one sentence for each before you begin, and compare it with the result afterwards."
)


def export() -> bytes:
    """The export: six conversations in three months, one with an edited question."""
    return json.dumps([_talk(*talk) for talk in _TALKS]).encode()


def _talk(title: str, model: str, day: int, turns: int, gap: int) -> dict[str, Any]:
    nodes: dict[str, Any] = {}
    before: str | None = None
    at = BEGAN + day * DAY
    for turn in range(1, turns + 1):
        question = f"{title}: where do I begin?" if turn == 1 else _QUESTION.format(n=turn)
        nodes[f"q{turn}"] = _node(f"q{turn}", before, "user", question, at, {})
        meta = {"model_slug": model}
        if turn == 2:  # asked again: both answers were written
            nodes["again"] = _node(
                "again", "q2", "assistant", _ANSWER.format(n="2, again"), at, meta
            )
        nodes[f"a{turn}"] = _node(
            f"a{turn}", f"q{turn}", "assistant", _ANSWER.format(n=turn), at + 8, meta
        )
        before = f"a{turn}"
        at += gap
    return {
        "conversation_id": f"sample-{day}",
        "title": title,
        "create_time": BEGAN + day * DAY,
        "update_time": at,
        "current_node": before,
        "default_model_slug": model,
        "mapping": nodes,
    }


def _node(
    name: str, parent: str | None, role: str, text: str, at: float, meta: dict[str, str]
) -> dict[str, Any]:
    message = {
        "author": {"role": role},
        "create_time": at,
        "content": {"content_type": "text", "parts": [text]},
        "metadata": meta,
    }
    return {"id": name, "parent": parent, "message": message}


SHARED = """You said:
You are a patient bookkeeper. Always answer in plain English. Which of my three subscriptions should I cancel?
Video 12.99 a month, used twice; Music 10.99, used daily; News 8.50, never used.

ChatGPT said:
Cancel the one that costs you most per use.

| subscription | monthly_usd | uses | cancel |
| --- | --- | --- | --- |
| Video | 12.99 | 2 | maybe |
| Music | 10.99 | 30 | no |
| News | 8.50 | 0 | yes |

You said:
And what would that save in a year?

ChatGPT said:
Without News you save 102.00 dollars a year; without Video too, 257.88.

You said:
Put both in a table again, with what I keep.

ChatGPT said:
Here it is.

| subscription | monthly_usd | uses | cancel |
| --- | --- | --- | --- |
| Video | 12.99 | 2 | yes |
| News | 8.50 | 0 | yes |
| Music | 10.99 | 30 | no |
"""
"""The text of a share page, of our own making."""
