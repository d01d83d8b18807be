"""Whether an answer is right, and why: a number may be off a little, a choice says what is behind it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from playground.lab.questions import Own
from playground.lessons.figures import told
from playground.lessons.lesson import ChoiceCheck, Lesson, NumberCheck

UNKNOWN = "This can't be judged: no price is known for the model, so that nobody knows the answer."


class Verdict(NamedTuple):
    """What becomes of an answer."""

    right: bool
    why: str
    """Sentences with figures, for right and wrong alike."""


def expected(check: NumberCheck, lesson: Lesson, own: Own) -> Decimal | None:
    """The number that is right: the figure that the check names, as it is written; None where it is not known."""
    written = told(check.answer, own, lesson.title)
    try:
        return Decimal(written.replace(",", "").strip("$≥ "))
    except InvalidOperation:
        return None


def judge_number(check: NumberCheck, given: Decimal, lesson: Lesson, own: Own) -> Verdict:
    """Right where it is near enough."""
    right = expected(check, lesson, own)
    if right is None:
        return Verdict(False, UNKNOWN)
    near = abs(given - right) <= abs(right) * Decimal(str(check.within))
    return Verdict(near, told(check.why, own, lesson.title))


def judge_choice(check: ChoiceCheck, place: int, lesson: Lesson, own: Own) -> Verdict:
    """What is said of the choice at this place."""
    choice = check.choices[place]
    return Verdict(choice.right, told(choice.why, own, lesson.title))
