"""What Compare's fields held, as a browser or the database gives it back: read only then, for pydantic takes longer than the page."""

from __future__ import annotations

from pydantic import BaseModel, Field, RootModel

from playground.ui.session.state import MOST_LANES


class DraftLane(BaseModel):
    """One lane of a draft."""

    model: str
    api: str | None = None
    fault: str | None = None
    prompt: str | None = None
    system: str | None = None
    version: str | None = None
    settings: dict[str, bool | str | list[str]] = {}


class Draft(BaseModel):
    """What the fields held, as the browser keeps it."""

    prompt: str
    system: str | None = None
    lanes: list[DraftLane] = Field(min_length=1, max_length=MOST_LANES)


class Lanes(RootModel[list[DraftLane]]):
    """Lanes alone, as the database keeps them."""

    root: list[DraftLane] = Field(min_length=1, max_length=MOST_LANES)
