"""How text of others is shown to people: signs that turn the order of others round are seen, and turn nothing."""

from __future__ import annotations

import json
import re

TURNS = {
    "\u061c": "ALM",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
"""Unicode's controls of direction (Bidi_Control) → what they are called (Unicode Standard Annex 9)."""
_TURN = re.compile(f"[{''.join(TURNS)}\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with controls of direction spelled out (`⟦RLO⟧`): what is read is what is there, in its order.

    Code can be made to read as other code by them (CVE-2021-42574), an address or an amount as another. Half an emoji,
    which no browser takes, is U+FFFD.
    """
    return _TURN.sub(_spelled_out, text)


def _spelled_out(found: re.Match[str]) -> str:
    return f"⟦{TURNS[found[0]]}⟧" if found[0] in TURNS else "\ufffd"


def fenced(text: str) -> str:
    """Markdown that shows the text as it is: in a fence longer than any run of backticks inside."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def is_json(text: str) -> bool:
    """True for an object or a list and nothing around it."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
