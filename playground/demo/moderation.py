"""What OpenAI's moderation says beside an answer: the simulation flags nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
NEXT_TO_NOTHING = 1e-06


def results(asked: Mapping[str, Any]) -> dict[str, Any]:
    """One result in which no category is flagged."""
    model = asked.get("model") or "omni-moderation-latest"
    result = {
        "type": "moderation_result",
        "model": model,
        "flagged": False,
        "categories": dict.fromkeys(CATEGORIES, False),
        "category_scores": dict.fromkeys(CATEGORIES, NEXT_TO_NOTHING),
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
    return {"type": "moderation_results", "model": model, "results": [result]}
