"""What a session has heard: one draft a turn, and what stands beside the turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.providers.draft import Draft, OnDelta


class Heard:
    """The turns of a session in the making. A session's door fills it, message by message."""

    def __init__(self, provider: str, on_delta: OnDelta | None = None) -> None:
        self.provider = provider
        self.on_delta = on_delta
        """Who listens to the turn that is under way."""
        self.turns: list[Draft] = []
        """Those that are over, in order."""
        self.draft = self._new()
        """The turn that is under way, or the next."""
        self.configured = False
        """True once the provider has taken the session's configuration."""
        self.session_id: str | None = None
        self.model: str | None = None
        self.rate_limits: list[list[Mapping[str, Any]]] = []
        self.errors: list[Mapping[str, Any]] = []
        self.handles: list[str] = []
        """By which the session could be resumed (Gemini)."""
        self.time_left: str | None = None
        """What a provider says before it hangs up (Gemini's `goAway`)."""

    def begin(self, on_delta: OnDelta | None) -> Draft:
        """A new turn, told to whoever listens."""
        self.on_delta = on_delta
        self.draft = self._new()
        return self.draft

    def end(self) -> None:
        """The turn is over."""
        self.draft.close()
        self.draft.done = True
        self.turns.append(self.draft)
        self.draft = self._new()

    def _new(self) -> Draft:
        draft = Draft(self.provider, self._tell)
        draft.scratch = dict(_BESIDE)
        return draft

    def _tell(self, kind: Any, piece: str) -> None:
        if self.on_delta is not None:
            self.on_delta(kind, piece)


_BESIDE: Mapping[str, Any] = {
    "written": "",
    "transcript": "",
    "input_transcript": "",
    "audio": 0,
    "interrupted": False,
}
"""What a turn holds beside a response: text and transcript apart, pieces of sound, whether it was interrupted."""


def add(draft: Draft, name: str, piece: str) -> None:
    """A piece of a transcript."""
    draft.scratch[name] += piece
