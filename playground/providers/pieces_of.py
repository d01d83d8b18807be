"""Which event of a kept answer brought which words: the adapter reads its events once more."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from playground.domain import APIS, Response
from playground.providers.doors import door
from playground.providers.draft import Draft, Kind
from playground.providers.mapping import read_json


class Piece(NamedTuple):
    """Words of an answer."""

    event: int
    """The event's place in the exchange."""
    kind: Kind
    text: str


def pieces_of(response: Response) -> list[Piece]:
    """The words of the answer event by event; none for an answer that came whole."""
    if response.exchange is None or not response.exchange.events:
        return []
    found = list(_read(response))
    last = max((at for at, piece in enumerate(found) if piece.kind == "thought"), default=0)
    return [
        piece._replace(kind="reasoning") if at < last and piece.kind == "text" else piece
        for at, piece in enumerate(found)
    ]


def _read(response: Response) -> Iterator[Piece]:
    assert response.exchange is not None  # noqa: S101 - only called with one
    heard: list[tuple[Kind, str]] = []
    draft = Draft(response.model.provider, lambda kind, text: heard.append((kind, text)))
    adapter, named = door(response.model), APIS[response.model.api].event_type
    for index, event in enumerate(response.exchange.events):
        with contextlib.suppress(Exception):  # what it stumbled over, it stumbled over then too
            value = read_json(event.data.encode("utf-8", "replace"))
            for one in value if isinstance(value, list) else (value,):
                if event.name is not None and named and named not in one:
                    one = {**one, named: event.name}
                adapter.read_event(draft, one)
        yield from (Piece(index, kind, text) for kind, text in heard)
        heard.clear()
