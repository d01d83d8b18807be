"""Reasoning that a server leaves in the text, between tags, told apart from the answer while it comes.

What is certain is taken and nothing else: a block that stands before the answer's first word, closed or not, and what
comes before a lone closing tag (the chat template wrote the opening one). A tag further on, in code or in quotes is text.
"""

from __future__ import annotations

from typing import Literal, Protocol

PAIRS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",  # Gemma, and Gemini's compatible door
    "<seed:think>": "</seed:think>",  # Seed-OSS
    "[THINK]": "[/THINK]",  # Magistral
    "◁think▷": "◁/think▷",  # Kimi-VL
}
"""Opening tag → closing tag."""
LONE = ("</think>", "</thinking>", "</seed:think>")
"""Closing tags whose opening ones stand in chat templates."""
_LONGEST = max(map(len, (*PAIRS, *PAIRS.values())))
_MOST_BLANK = 1_000
"""Blank characters that may stand before a tag."""
_TRIES = 8
"""Lone closing tags that are looked at; who writes more of them writes about them."""
_QUOTES = {*zip("`'\"“‘«", "`'\"”’»", strict=True)}
_OPEN = {opening for opening, _ in _QUOTES}
_AFTER = tuple("`'\"”’»)]}*,.;:?!")


class Answer(Protocol):
    """What is read and written of a draft."""

    now: float
    text_parts: list[str]
    reasoning_parts: list[str]
    first_text: float | None
    last_text: float | None
    first_reasoning: float | None

    def reasoning(self, piece: str) -> None:
        """Take a piece of reasoning."""

    def thought(self, untold: str) -> None:
        """Tell that all text so far was reasoning, and what nobody was told of it."""


class Tags:
    """Where the text of one answer stands, and what of it is held back until it is known what it is."""

    __slots__ = (
        "_at",
        "_closing",
        "_fresh",
        "_held",
        "_prefix",
        "_raw",
        "_tries",
        "found",
        "state",
    )

    def __init__(self) -> None:
        self.state: Literal["before", "inside", "closing", "answer"] = "before"
        """Before the answer's first word, inside a block, at a lone closing tag that may be one, in the answer."""
        self.found = False
        """True once something was told apart."""
        self._closing = ""
        """The closing tag of the block that is open."""
        self._fresh = True
        """True while nothing of the block has come."""
        self._held = ""
        self._at: float | None = None
        """When the first of what is held back came."""
        self._raw: list[str] = []
        """All that came before the answer, as it came."""
        self._prefix = ""
        self._tries = _TRIES

    @property
    def holds(self) -> bool:
        """True while something is held back."""
        return bool(self._held)

    def take(self, draft: Answer, piece: str) -> str:
        """The part of the piece that belongs to the answer; reasoning in it goes to the draft."""
        whole, self._held = self._held + piece, ""
        if self.state in ("before", "inside"):
            self._raw.append(piece)
            self._at = draft.now if self._at is None else self._at
            return self._inside(draft, whole) if self._closing else self._before(draft, whole)
        return self._lone(draft, whole)

    def close(self, draft: Answer) -> str:
        """What was held back and is the answer's after all: nothing more comes."""
        held, self._held = self._held, ""
        state, self.state = self.state, "answer"
        if state == "inside":
            draft.reasoning(self._begun(draft, held.removesuffix(self._closing)).rstrip())
        elif state == "closing":
            return self._lone(draft, held, last=True)
        elif state == "before" and held and not (self.found and not held.strip()):
            return self._answer(draft, held)
        return ""

    def sent(self, text: str) -> str | None:
        """The whole text as it was sent, when the answer alone is `text`; None where that is all of it."""
        return ("".join(self._raw) or self._prefix) + text if self.found else None

    def _before(self, draft: Answer, whole: str) -> str:
        """An opening tag, what may become one, or the answer's first word."""
        self.state = "before"
        text = whole.lstrip()
        for opening, closing in PAIRS.items():
            if text.startswith(opening):
                self._closing, self.found, self._fresh = closing, True, True
                return self._inside(draft, text[len(opening) :])
            if text.startswith(closing) and not self.found:
                self.found = True
                return self._before(draft, text[len(closing) :])
        if len(whole) < _MOST_BLANK and _may_become_one(text):
            self._held = whole
            return ""
        return self._answer(draft, text if self.found else whole)

    def _inside(self, draft: Answer, whole: str) -> str:
        """All is reasoning up to the closing tag, which may come in pieces, and may be quoted before it comes."""
        self.state, closing = "inside", self._closing
        said = "".join(draft.reasoning_parts[-1:])[-1:]
        at = whole.find(closing)
        while at >= 0:
            end = at + len(closing)
            before, after = whole[at - 1] if at else said, whole[end : end + 1]
            if not after and before in _OPEN:
                break  # the next character tells whether it is quoted
            if (before, after) not in _QUOTES:
                draft.reasoning(self._begun(draft, whole[:at]).rstrip())
                self._closing, self._at = "", draft.now
                return self._before(draft, whole[end:])
            at = whole.find(closing, end)
        rest = next((n for n in range(len(closing), 0, -1) if whole.endswith(closing[:n])), 0)
        kept = whole[: len(whole) - rest]
        kept = kept if len(kept) > _MOST_BLANK else kept.rstrip()
        self._held = whole[len(kept) :]
        draft.reasoning(self._begun(draft, kept))
        return ""

    def _begun(self, draft: Answer, text: str) -> str:
        """A piece of reasoning, the first of a block without the blank space that it begins with."""
        text = text.lstrip() if self._fresh else text
        if self._fresh and text:
            self._fresh = False
            return f"\n\n{text}" if draft.reasoning_parts else text
        return text

    def _answer(self, draft: Answer, text: str) -> str:
        """The answer begins with this text."""
        self.state = "answer"
        raw, self._raw = "".join(self._raw), []
        self._prefix = raw[: len(raw) - len(text)]
        if draft.first_text is None and text:
            draft.first_text = draft.now if self.found else self._at
        return self._lone(draft, text)

    def _lone(self, draft: Answer, piece: str, *, last: bool = False) -> str:
        """A piece of the answer that may hold, or end, a closing tag to which no opening one came."""
        self.state = "answer"
        if self.found or self._tries <= 0 or ">" not in piece:
            return piece
        known = "".join(draft.text_parts[-_LONGEST:])[1 - _LONGEST :]
        window = known + piece
        for tag in LONE:
            at = window.find(tag, max(0, len(known) - len(tag) + 1))
            if at < 0:
                continue
            end = at + len(tag)
            if end == len(window) and not last:
                self._held, self.state = piece, "closing"
                return ""
            self._tries -= 1
            before = "".join(draft.text_parts) + piece
            before = before[: len(before) - len(window) + at]
            if _closes(before, window[end : end + 1]):
                return self._thought(draft, before, tag, window[end:])
        return piece

    def _thought(self, draft: Answer, before: str, tag: str, after: str) -> str:
        """All that came before the tag was reasoning: the answer begins behind it."""
        self.found = True
        self._raw = [before, tag, after]
        draft.thought(before.removeprefix("".join(draft.text_parts)).rstrip())
        draft.text_parts.clear()
        began = draft.now if draft.first_text is None else draft.first_text
        draft.first_text = draft.last_text = None
        if before.strip():
            draft.reasoning_parts.append(before.strip())
            draft.first_reasoning = min(began, draft.first_reasoning or began)
        return self._before(draft, after)


def _may_become_one(text: str) -> bool:
    return any(tag.startswith(text) for pair in PAIRS.items() for tag in pair)


def _closes(before: str, after: str) -> bool:
    """Whether a tag between these closes reasoning: at a line's edge or glued to its neighbours, in no code and no quotes."""
    line = before[before.rfind("\n") + 1 :]
    if any(opening in before for opening in PAIRS):
        return False
    if before.count("```") % 2 or before.count("~~~") % 2 or line.count("`") % 2:
        return False
    if (line[-1:], after) in _QUOTES:
        return False
    if not line.strip() or after in ("\n", "\r"):
        return True
    return bool(after) and not (line[-1].isspace() or after.isspace() or after in _AFTER)
