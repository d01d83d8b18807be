"""What figures in lessons are made of, on one day."""

from __future__ import annotations

from datetime import date

import pytest

from playground.lab import breakeven
from playground.lab.questions import Own
from playground.pricing import load


@pytest.fixture(scope="session")
def own() -> Own:
    conversation = breakeven.HABITS["medium"].conversation()
    return Own(conversation=conversation, book=load(), on=date(2026, 11, 27))
