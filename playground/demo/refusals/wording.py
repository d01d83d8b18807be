"""How each door says what is wrong with a body: one sentence a kind of flaw, as its provider's errors read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from playground.demo.ask import Refused
from playground.demo.refusals.kinds import IS, Flaw, Path

A = {
    "string": "a string",
    "integer": "an integer",
    "number": "a decimal",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
}


def quoted(values: Sequence[str]) -> str:
    """`'a', 'b', and 'c'`, as OpenAI lists words."""
    told = [f"'{value}'" for value in values]
    if len(told) < 3:
        return " and ".join(told)
    return f"{', '.join(told[:-1])}, and {told[-1]}"


def dotted(path: Path) -> str:
    """`messages.0.content`, as Anthropic writes a place."""
    return ".".join(str(step) for step in path)


def indexed(path: Path) -> str:
    """`messages[0].content`, as OpenAI and Google write a place."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def snake(path: Path) -> str:
    """The place with Google's field names in snake_case."""
    return re.sub(r"([A-Z])", lambda m: f"_{m[1].lower()}", indexed(path))


def openai(flaw: Flaw) -> Refused:
    """The error of Responses, and of Chat Completions below the first level."""
    name, kind, value = indexed(flaw.path), flaw.kind, flaw.value
    if flaw.what == "type":
        wanted = " or ".join(A[known] for known in kind.types)
        got = next((A[known] for known in ORDER if IS[known](value)), "null")
        text = f"Invalid type for '{name}': expected {wanted}, but got {got} instead."
        return Refused("invalid", text, name, "invalid_type")
    if flaw.what in ("low", "high"):
        sort = "integer" if kind.types == ("integer",) else "decimal"
        which, sign, code, limit = SIDES[flaw.what]
        bound = f"{getattr(kind, limit):g}"
        text = f"Invalid '{name}': {sort} {which} value. Expected a value {sign} {bound}, but got {value} instead."
        return Refused("invalid", text, name, f"{sort}_{code}")
    if flaw.what in ("short", "long"):
        return _array(name, flaw)
    if flaw.what == "value":
        text = f"Invalid value: '{value}'. Supported values are: {quoted(kind.values)}."
        return Refused("invalid", text, name, "invalid_value")
    text, code = {
        "unknown": (f"Unknown parameter: '{name}'.", "unknown_parameter"),
        "missing": (f"Missing required parameter: '{name}'.", "missing_required_parameter"),
    }[flaw.what]
    return Refused("invalid", text, name, code)


ORDER = ("boolean", "integer", "number", "string", "array", "object")
SIDES = {
    "low": ("below minimum", ">=", "below_min_value", "low"),
    "high": ("above maximum", "<=", "above_max_value", "high"),
}


def _array(name: str, flaw: Flaw) -> Refused:
    kind, size = flaw.kind, len(flaw.value)
    if flaw.what == "short":
        text = f"Invalid '{name}': empty array. Expected an array with minimum length {kind.least}, but got an empty array instead."
        return Refused("invalid", text, name, "empty_array")
    text = f"Invalid '{name}': array too long. Expected an array with maximum length {kind.most}, but got an array with length {size} instead."
    return Refused("invalid", text, name, "array_above_max_length")


def openai_chat(flaw: Flaw) -> Refused:
    """The same, but Chat Completions has a sentence of its own for what it does not know at all."""
    if flaw.what == "unknown" and len(flaw.path) == 1:
        return Refused("invalid", f"Unrecognized request argument supplied: {flaw.path[0]}")
    return openai(flaw)


def anthropic(flaw: Flaw) -> Refused:
    """Anthropic's sentence: the place, then what was expected."""
    kind = flaw.kind
    words = [f"'{value}'" for value in kind.values]
    expected = " or ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))
    sort = VALID[kind.types[0]] if kind.types else "value"
    size = len(flaw.value) if isinstance(flaw.value, list) else 0
    said = {
        "unknown": "Extra inputs are not permitted",
        "missing": "Field required",
        "type": f"Input should be a valid {sort}",
        "value": f"Input should be {expected}",
        "low": f"Input should be greater than or equal to {kind.low or 0:g}",
        "high": f"Input should be less than or equal to {kind.high or 0:g}",
        "short": "at least one message is required",
        "long": f"List should have at most {kind.most} items after validation, not {size}",
    }[flaw.what]
    return Refused("invalid", f"{dotted(flaw.path)}: {said}")


VALID = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "object": "dictionary",
    "array": "list",
}


def gemini(flaw: Flaw) -> Refused:
    """Google's sentence for JSON that does not fit its messages."""
    place = snake(flaw.path)
    if flaw.what == "unknown":
        at = f" at '{snake(flaw.path[:-1])}'" if len(flaw.path) > 1 else ""
        text = (
            f'Invalid JSON payload received. Unknown name "{flaw.path[-1]}"{at}: Cannot find field.'
        )
        return Refused("invalid", text, snake(flaw.path[:-1]))
    sort = PROTO.get(flaw.kind.types[0] if flaw.kind.types else "", "TYPE_MESSAGE")
    named = MESSAGES.get(flaw.path[-1], _title(flaw.path[-1]) if flaw.kind.values else "")
    if named:
        sort = f"type.googleapis.com/google.ai.generativelanguage.v1beta.{named}"
    shown = json.dumps(flaw.value, ensure_ascii=False)
    return Refused("invalid", f"Invalid value at '{place}' ({sort}), {shown}", place)


MESSAGES: Mapping[str | int, str] = {
    "threshold": "SafetySetting.HarmBlockThreshold",
    "category": "HarmCategory",
    "systemInstruction": "Content",
}
"""Fields whose messages and enumerations are not named as they are."""


def _title(name: str | int) -> str:
    return f"{str(name)[:1].upper()}{str(name)[1:]}"


PROTO = {
    "string": "TYPE_STRING",
    "integer": "TYPE_INT32",
    "number": "TYPE_FLOAT",
    "boolean": "TYPE_BOOL",
    "object": "TYPE_MESSAGE",
    "array": "TYPE_MESSAGE",
}


def interactions(flaw: Flaw) -> Refused:
    """The newer of Google's doors says it in a code and a sentence."""
    name, kind = indexed(flaw.path), flaw.kind
    if flaw.what == "unknown":
        return Refused("invalid", f"Unknown parameter '{name}'.")
    if flaw.what == "missing":
        return Refused("invalid", f"{name} is required")
    if flaw.what == "value":
        return Refused(
            "invalid",
            f"Invalid value for '{name}': '{flaw.value}'. Allowed values: {', '.join(kind.values)}.",
        )
    wanted = " or ".join(kind.types) or "another value"
    return Refused("invalid", f"Invalid value for '{name}': expected {wanted}.")


Worded = Callable[[Flaw], Refused]
WORDS: Mapping[str, Worded] = {
    "openai_responses": openai,
    "openai_chat": openai_chat,
    "anthropic_messages": anthropic,
    "gemini_generate": gemini,
    "gemini_interactions": interactions,
}
