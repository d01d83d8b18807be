"""Every run is kept, found, compared and repeated; money can't run away.

What is imported here is quick to import: SQLAlchemy comes with the first call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from playground import settings
from playground.domain import File, Request, Secret, Text
from playground.history.labels import Labels, Row, Stored

if TYPE_CHECKING:
    from playground.engine import Journal
    from playground.history.journal import Writer
    from playground.store.store import Store
    from playground.wire import Redactor


def keep(labels: Labels | None = None, secrets: Iterable[Secret | None] = ()) -> Journal | None:
    """The journal to give to `engine.start`; None where keeping is switched off. `secrets` are masked wherever they stand."""
    if not settings.keeps_history():
        return None
    from playground.history.journal import Keeper
    from playground.wire import Redactor

    return Keeper(get_writer(), labels or Labels(), Redactor(secrets))


HOLDS_KEY = "Not sent: the prompt or a setting holds one of your API keys. Take it out: it would go to every model, and stay in exports."


def holds_secret(request: Request, redactor: Redactor) -> bool:
    """Whether a key stands in what would be sent."""
    texts = list(request_texts(request))
    return bool(redactor.value(texts) != texts)


def request_texts(request: Request) -> Iterator[str]:
    """Every text in a request that a person may have typed."""
    yield request.system or ""
    yield repr(request.settings)
    yield repr(request.tools)
    for message in request.messages:
        for part in message.parts:
            yield repr(part) if not isinstance(part, File | Text) else getattr(part, "text", "")


def get_writer() -> Writer:
    """This process's writer; its `problem` says why the history can't be written, if it can't."""
    from playground.history import journal

    return journal.get_writer()


def get_store() -> Store:
    """The open history; HistoryError when it can't be opened."""
    return get_writer().store()


def warm() -> None:
    """Open the history in the background: upgraded, interrupted runs found, old ones deleted."""
    from playground.history.upkeep import tidy

    if settings.keeps_history():
        tidy(get_writer())


__all__ = [
    "HOLDS_KEY",
    "Labels",
    "Row",
    "Stored",
    "get_store",
    "get_writer",
    "holds_secret",
    "keep",
    "warm",
]
