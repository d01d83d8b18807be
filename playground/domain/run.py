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
