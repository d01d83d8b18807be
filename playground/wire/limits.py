"""How much of one answer is read. No answer of an API comes near these; a server that never ends meets them."""

from __future__ import annotations

MAX_BYTES = 64 * 2**20
"""Bytes of one body, as received and again as decoded."""
MAX_EVENTS = 500_000
MAX_SECONDS = 2 * 60 * 60.0
"""Seconds from the head of an answer to its end."""
MAX_TEXT = 8 * 2**20
"""Characters of answer, reasoning and tool calls together: ten times what any model writes at once."""
MAX_VALUES = 200_000
"""Commas, objects and lists in one JSON document: parsing more would hold the event loop for longer than 50 ms."""


class Endless(RuntimeError):
    """The answer went past a limit; the message says which."""
