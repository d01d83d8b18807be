"""One call with everything around it: the spending limit before, retries with the wait that was asked for, a line in the log."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import door
import settings
import spending
import wire
from answer import Answer, OnText
from errors import Broken, Refused

Result = TypeVar("Result")
pause = time.sleep
"""Tests put something quicker in its place."""


def ask(body: dict[str, Any], on_text: OnText | None = None) -> Answer:
    """Send a request and return the whole answer.

    A rate limit, an overload or a broken connection is tried again; a stream that broke after `on_text` has shown some of
    it is not, as what was shown can't be taken back. Raises Refused, Broken or OverLimit.
    """
    for attempt in range(1, settings.TRIES + 1):
        worst = spending.worst_case(body)
        spending.check(worst)
        shown = False

        def show(piece: str) -> None:
            nonlocal shown
            if on_text is not None:
                shown = True
                on_text(piece)

        began = time.monotonic()
        try:
            answer = door.read(wire.send(body), show)
        except Refused as error:
            _note(began, error.code, Decimal(0), status=error.status, request_id=error.request_id)
            wait = error.wait
            if not error.again or attempt == settings.TRIES or (wait or 0) > settings.LONGEST_WAIT:
                raise
        except Broken:
            _note(began, "broken", worst)
            wait = None
            if shown or attempt == settings.TRIES:
                raise
        else:
            usage = answer.usage
            usd = spending.cost(usage)
            counted = {"input_tokens": usage.input, "output_tokens": usage.output}
            _note(began, answer.finish, worst if usd is None else usd, status=200, **counted)
            return answer
        pause(wait if wait is not None else 2**attempt * random.uniform(0.5, 1.0))
    raise AssertionError("a last try returns or raises")


def tried(call: Callable[[], Result]) -> Result:
    """What a call gives that changes nothing where it is refused; a rate limit or an overload is tried again."""
    for attempt in range(1, settings.TRIES + 1):
        try:
            return call()
        except Refused as error:
            wait = error.wait
            if not error.again or attempt == settings.TRIES or (wait or 0) > settings.LONGEST_WAIT:
                raise
        pause(wait if wait is not None else 2**attempt * random.uniform(0.5, 1.0))
    raise AssertionError("a last try returns or raises")


def _note(began: float, ended: str, usd: Decimal | None, **more: Any) -> None:
    """What came of a call; one whose cost is not known counts with the most that it may have cost."""
    spending.note(
        model=settings.MODEL,
        seconds=round(time.monotonic() - began, 3),
        ended=ended,
        usd=None if usd is None else f"{usd:f}",
        **more,
    )
