"""Waiting in a page for what the engine does: for so long, and then in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from playground.engine import get_engine

T = TypeVar("T")


class Late(Exception):
    """There was no answer in time; the message says whose, and what to do."""


def waited(work: Callable[[Any], Awaitable[T]], seconds: float, who: str) -> T:
    """What the work gives, which is told the pool; Late where `who` does not answer within so many seconds."""
    try:
        return get_engine().submit(work).result(seconds)
    except TimeoutError:
        raise Late(
            f"{who} has not answered within {seconds:.0f} seconds. Look in a moment whether it has done it all the same, and try"
            " again."
        ) from None
