"""What Chat Completions streams in pieces: tool calls put together, and reasoning wherever it stands.

Servers number no tool call, or every call 0, or a call's pieces otherwise than its start; they repeat what they said, or send
a call's id or name late. Ids, names and what is whole already tell where a piece belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.domain import ToolCall
from playground.providers.mapping import dumps, parse_arguments

_LARGE = 2**14
"""Characters of arguments above which nobody looks whether they are whole: it takes too long to do at every piece."""


class Written:
    """A text that comes in pieces."""

    __slots__ = ("_object", "_pieces", "_seen", "size")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.size = 0
        self._seen = 0
        self._object = False

    def __iter__(self) -> Iterator[str]:
        return iter(self._pieces)

    def append(self, piece: str) -> None:
        """Take one piece; TypeError for what is no text."""
        self.size += len(piece)
        self._pieces.append(piece)

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def whole(self) -> bool:
        """True when it is a whole JSON object: more can't belong to it."""
        if self._seen != self.size:
            self._seen = self.size
            text = self.text if self.size <= _LARGE else ""
            self._object = text.endswith("}") and isinstance(parse_arguments(text), dict)
        return self._object


class Piecemeal:
    """One call so far."""

    __slots__ = ("arguments", "custom", "id", "name")

    def __init__(self) -> None:
        self.id: Any = None
        self.name = ""
        self.arguments = Written()
        self.custom = False


class Pieces:
    """The calls of one choice, in the order in which they began."""

    __slots__ = ("_by_id", "_by_index", "_calls")

    def __init__(self) -> None:
        self._calls: list[Piecemeal] = []
        self._by_index: dict[Any, Piecemeal] = {}
        self._by_id: dict[Any, Piecemeal] = {}

    def take(self, call: dict[str, Any]) -> str:
        """Take one piece; what is new in it, name and arguments, is returned."""
        function = call.get("function") or call.get("custom") or call
        id, name = call.get("id"), function.get("name") or ""
        piece = dumps(function.get("arguments") or function.get("input") or "")
        known = self._meant(call.get("index"), id, name)
        if known is None or (known.name and _another(known, id, name, piece)):
            known = Piecemeal()
            self._calls.append(known)
            self._by_index[call.get("index")] = known
        elif not (id or name):
            known = self._unfinished(known)
        elif name == known.name:
            piece = _new(known.arguments, piece)
        new = piece if known.name else name + piece
        known.custom = known.custom or "custom" in call
        if id:
            known.id = id
            self._by_id[id] = known
        known.name = known.name or name
        known.arguments.append(piece)
        return new

    def made(self) -> Iterator[ToolCall]:
        """The calls that have a name: what has none can be run by nobody."""
        for call in self._calls:
            if call.name:
                text = call.arguments.text
                value = text if call.custom else parse_arguments(text)
                yield ToolCall(id=call.id or "", name=call.name, arguments=value)

    @property
    def nameless(self) -> int:
        """How many calls with arguments have no name."""
        return sum(not call.name and call.arguments.size > 0 for call in self._calls)

    def _meant(self, index: Any, id: Any, name: str) -> Piecemeal | None:
        """The call that a piece goes on with by its number, else by its id, else the latest; None for a new one."""
        if not self._calls:
            return None
        latest = self._calls[-1]
        if index is not None:
            return self._by_index.get(index, None if (id or name) else latest)
        return self._by_id.get(id, None if latest.id else latest) if id else latest

    def _unfinished(self, known: Piecemeal) -> Piecemeal:
        """The call itself, or the latest where this one is whole and that one is not."""
        latest = self._calls[-1]
        return (
            latest
            if known is not latest and known.arguments.whole and not latest.arguments.whole
            else known
        )


def _another(known: Piecemeal, id: Any, name: str, piece: str) -> bool:
    """Whether a piece that names a call, or has an id, begins one beside the known one."""
    if (id and known.id and id != known.id) or (name and name != known.name):
        return True
    if not name or not piece or (id and id == known.id):
        return False
    return known.arguments.whole and piece != known.arguments.text


def _new(known: Written, piece: str) -> str:
    """What is new in a piece whose name was said before: all of it, or what goes beyond what it repeats."""
    if 0 < known.size < len(piece):
        return piece.removeprefix(known.text)
    return "" if piece and known.whole else piece


THOUGHTS = frozenset({"reasoning_content", "reasoning", "thinking", "reasoning_details"})
"""Where compatible servers put reasoning."""


def thought(delta: Mapping[str, Any]) -> str:
    """The reasoning in a delta: as text, as an object, or in OpenRouter's and MiniMax's list of details."""
    said = delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking")
    said = said or delta.get("reasoning_details") or ""
    if isinstance(said, str):
        return said
    details = said if isinstance(said, list) else [said]
    texts = (d.get("text") or d.get("summary") or d.get("content") for d in _objects(details))
    return "".join(text for text in texts if isinstance(text, str))


def _objects(values: list[Any]) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)]
