"""What is wrong with the shape of a spec, in words and with the line of the nearest value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from playground.experiments.positions import Mistake, Node
from playground.experiments.settings import did_you_mean
from playground.experiments.spec import (
    Case,
    CaseFile,
    Check,
    Defaults,
    History,
    Model,
    Pick,
    Piece,
    Prompt,
    Spec,
    Turn,
)

PARTS: Mapping[str, type[BaseModel]] = {
    "": Spec,
    "prompts": Prompt,
    "models": Model,
    "cases": Case,
    "(case)": Case,
    "(case file)": CaseFile,
    "(case history)": History,
    "defaults": Defaults,
    "checks": Check,
    "messages": Turn,
    "(pick)": Pick,
    "(piece)": Piece,
}
"""The last name on the way to a part of a spec → what is expected there."""
KINDS = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "finite_number": "a number",
}
"""pydantic's kind of error → what is expected in words."""
BOUNDS = {
    "greater_than_equal": ("ge", "at least {}"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "at most {}"),
    "less_than": ("lt", "less than {}"),
}
SHOWN = 60
"""Characters of a wrong value that are repeated."""


def mistakes(shape: TypeAdapter[Any], node: Node, part: str = "") -> Iterator[Mistake]:
    """What in this value does not fit to the shape, each with its line; `part` is the name under which it stands."""
    try:
        shape.validate_python(node.plain())
    except ValidationError as error:
        said = set()
        for one in error.errors(include_url=False):
            made = _mistake(node, part, one)
            if made is not None and made not in said:
                said.add(made)
                yield made


def _mistake(root: Node, part: str, error: Any) -> Mistake | None:
    node, line, inside = root, root.line, [part]
    path: list[str] = []
    for step in error["loc"]:
        if isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
            path.append(f"[{step}]" if path else f"item {step + 1}")
        elif step in node.entries:
            line, node = node.line_of(step), node.entries[step]
            path.append(f".{step}" if path else step)
            inside.append(step)
        elif step in PARTS:
            inside.append(step)
    what, expected = _words(error, node, "".join(path), _part(inside))
    return Mistake(root.file, line, what, expected) if what else None


def _part(inside: Sequence[str]) -> type[BaseModel]:
    return next((PARTS[name] for name in reversed(inside) if name in PARTS), Spec)


def _words(error: Any, node: Node, path: str, part: type[BaseModel]) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx") or {}
    last = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        field = part.model_fields.get(last)
        said = (field.description or "") if field else ""
        return f"`{last}` is missing{f' in {path}' if path else ''}.", said
    if kind == "extra_forbidden":
        known = tuple(part.model_fields)
        more = did_you_mean(last, known)
        return f"`{last}` is not known here.{more}", "" if more else f"Known: {', '.join(known)}."
    if kind == "too_short":
        return ("", "") if node.value else (f"`{path}` is empty.", "Give one at least.")
    name = f"`{path}`" if path else "The file"
    if kind in KINDS:
        return f"{name} is {_shown(node)}.", f"Expected is {KINDS[kind]}."
    if kind in BOUNDS:
        key, words = BOUNDS[kind]
        return f"{name} is {_shown(node)}.", f"It must be {words.format(context[key])}."
    if kind == "literal_error":
        return f"{name} is {_shown(node)}.", f"Expected is {context['expected']}."
    return f"{name}: {error['msg']}.", ""


def _shown(node: Node) -> str:
    if node.kind in ("list", "mapping"):
        return f"a {node.kind}"
    if node.value is None:
        return "empty"
    text = repr(node.value) if isinstance(node.value, str) else str(node.value).lower()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
