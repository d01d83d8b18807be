"""Under which names one model may stand in tables: dated snapshots, `-latest`, a gateway's `maker/model`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playground.domain.provider import PROVIDERS, provider_of

SNAPSHOT = re.compile(
    r"[-@](\d{4}-\d{2}-\d{2}|\d{8}|latest|\d{3}|preview-\d{2}-\d{2,4})$", re.IGNORECASE
)
"""What may follow a model's id without making it another model: a date, `-latest`, Gemini's `-001`."""


def spellings(provider: str, model: str) -> Iterator[tuple[str, str]]:
    """Provider and id under which a model may stand in our tables, the most exact first.

    A gateway's id (`maker/model`) is its maker's model, but its variants (`:free`, `:online`, `:nitro`) are not: they
    have prices of their own.
    """
    owner = provider
    if provider_of(provider).gateway:
        yield provider, model
        maker, slash, rest = model.partition("/")
        made_by = next((row.name for row in PROVIDERS.values() if row.maker == maker), None)
        if slash and maker and made_by:
            if ":" in rest:
                return
            owner, model = made_by, rest
    yield from ((owner, name) for name in without_suffix(model))
    if owner != provider and "." in model:
        yield from ((owner, name) for name in without_suffix(model.replace(".", "-")))


def without_suffix(model: str) -> Iterator[str]:
    """The id without what may follow it (a date, `-latest`), the whole one first."""
    name = model.partition("~")[0].removeprefix("models/")
    yield name
    shorter = SNAPSHOT.sub("", name)
    if shorter != name:
        yield shorter
        yield SNAPSHOT.sub("", shorter)
