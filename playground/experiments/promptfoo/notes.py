"""What an import could not take, and what it took otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from playground.experiments.positions import Node


class LeftOut(NamedTuple):
    """One thing of a file: where it stands, what it is, and what to do."""

    file: str
    line: int
    """From 1; 0 = the file as a whole."""
    what: str
    next_step: str


@dataclass(slots=True)
class Notes:
    """What is to be said of an import, each thing once."""

    left_out: dict[LeftOut, None] = field(default_factory=dict)
    remarks: dict[LeftOut, None] = field(default_factory=dict)
    """What was imported, but means something else here, or is worth a look."""

    def leave_out(
        self, at: Node | tuple[str, int], what: str, next_step: str = "", *, key: str = ""
    ) -> None:
        self.left_out[_made(at, what, next_step, key)] = None

    def remark(
        self, at: Node | tuple[str, int], what: str, next_step: str = "", *, key: str = ""
    ) -> None:
        self.remarks[_made(at, what, next_step, key)] = None


def _made(at: Node | tuple[str, int], what: str, next_step: str, key: str) -> LeftOut:
    if isinstance(at, Node):
        at = (at.file, at.line_of(key) if key else at.line)
    return LeftOut(*at, what, next_step or "Nothing is needed for the rest to run.")


def listed(notes: Sequence[LeftOut]) -> list[dict[str, object]]:
    """The notes as JSON has them, in the order of the files."""
    return [note._asdict() for note in sorted(notes, key=lambda note: (note.file, note.line))]
