"""The JSON that a prompt asks for in words: clients without a field for a schema write it into the prompt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

ORDER = re.compile(
    r"\b(?:respond|answer|return|reply|output|provide|formatted|conforms?|match(?:es|ing)?)\b.{0,160}\bjson\b"
    r"|\bjson\b.{0,160}\b(?:respond|answer|return|reply|output|conforms?|match(?:es|ing)?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""An instruction to answer in JSON; a schema that is only talked about has none."""
NAMED = re.compile(
    r"\bjson\b[^.\n]{0,40}?\b(?:with|keys|fields)\b(?: the)?(?: keys| fields| properties)?:?\s+"
    r"((?:[`\"']?\w+[`\"']?(?:,\s*(?:and\s+)?|\s+and\s+)?)+)",
    re.IGNORECASE,
)
NUMBERS = re.compile(r"^(age|year|count|number|quantity|total|price|amount|score)", re.IGNORECASE)
FENCE = "```json"
MOST_BRACES = 200


def schema(text: str) -> Mapping[str, Any] | None:
    """The JSON Schema in a text that tells the model to answer by it; None where there is none."""
    if '"properties"' not in text or not ORDER.search(text):
        return None
    reader = json.JSONDecoder()
    for start in [found.start() for found in re.finditer(r"\{", text)][:MOST_BRACES]:
        try:
            value, _ = reader.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and isinstance(value.get("properties"), dict):
            return value
    return None


def named(text: str) -> Mapping[str, Any]:
    """A schema of the keys that a text names: `as JSON with name, age and city`; empty where it names none."""
    found = NAMED.search(text)
    keys = [key for key in re.findall(r"\w+", found[1]) if key != "and"] if found else []
    if not keys:
        return {}
    kinds = {key: {"type": "integer" if NUMBERS.match(key) else "string"} for key in keys}
    return {"type": "object", "properties": kinds, "required": keys}


def fenced(made: str, text: str) -> str:
    """The JSON as it is, or in a Markdown fence where the text asks for one."""
    return f"{FENCE}\n{made}\n```" if FENCE in text else made
