"""What the readers of all products share: text out of whatever stands where text should, and steps in the order of a tree."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from playground.chats.nouns import Step

_CITATIONS = re.compile(
    "\ue200[^\ue200\ue201]*\ue201|[\ue200-\ue206]|【\\d+[^】]{0,80}†[^】]{0,200}】"
)


def written(text: str) -> str:
    """The text without the marks that a product puts in for its sources, which no model was paid for."""
    return _CITATIONS.sub("", text)


def words(value: Any) -> Iterator[str]:
    """All texts inside, in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from words(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from words(inner)


def joined(value: Any) -> str:
    """All texts inside, a line each."""
    return "\n".join(words(value))


def text_of(value: Any) -> str:
    """The value where it is text, nothing otherwise."""
    return value if isinstance(value, str) else ""


def listed(value: Any) -> list[Any]:
    """The value where it is a list, an empty one otherwise."""
    return value if isinstance(value, list) else []


def fields(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, an empty one otherwise."""
    return value if isinstance(value, Mapping) else {}


def in_order(steps: Iterable[Step]) -> tuple[tuple[Step, ...], int]:
    """The steps, each after its parent, and how many hang in a circle and are left out.

    A parent that is not there makes a first step. Without recursion: conversations are thousands of steps deep.
    """
    known = {step.id: step for step in steps}
    children: dict[str | None, list[Step]] = {}
    for step in known.values():
        children.setdefault(step.parent if step.parent in known else None, []).append(step)
    found: list[Step] = []
    waiting = children.get(None, [])[::-1]
    while waiting:
        step = waiting.pop()
        found.append(step)
        waiting += children.get(step.id, [])[::-1]
    return tuple(found), len(known) - len(found)


def behind(node: Any, parents: Mapping[str, str | None], ids: Container[str]) -> str | None:
    """The node, or the nearest one before it that holds a step."""
    seen: set[str] = set()
    while isinstance(node, str) and node not in ids and node not in seen:
        seen.add(node)
        node = parents.get(node)
    return node if isinstance(node, str) and node in ids else None


def newest(steps: Sequence[Step]) -> str | None:
    """The last step that was written, where nothing says which branch was shown."""
    dated = [(step.at, number, step.id) for number, step in enumerate(steps) if step.at]
    return max(dated)[2] if dated else (steps[-1].id if steps else None)
