"""One act of the user: its Requests and their Responses."""

from __future__ import annotations

from dataclasses import dataclass

from playground.domain.request import Request
from playground.domain.response import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Requests and Responses side by side, lane by lane, in the same order."""

    id: str
    created_at: str
    """ISO 8601 UTC."""
    requests: tuple[Request, ...]
    responses: tuple[Response, ...]
    simulated: bool = False

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What answered instead of live models, each once: `simulated`, `recorded on DATE from MODEL`."""
        return tuple(dict.fromkeys(r.stand_in for r in self.responses if r.stand_in))

    @property
    def recorded(self) -> bool:
        """True when every answer that did not come from a live model is a recorded one."""
        return bool(self.stand_ins) and "simulated" not in self.stand_ins
