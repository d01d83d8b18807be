"""The lessons: whole, plain, without a fact that ages, and adding one is adding one file."""

from __future__ import annotations

import re
import shutil
import string
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from playground.lab.questions import Own, answered, questions
from playground.lessons import glossary
from playground.lessons.checking import expected, judge_choice, judge_number
from playground.lessons.figures import FIGURES, known, told
from playground.lessons.lesson import (
    FOLDER,
    Ask,
    ChoiceCheck,
    Lesson,
    LessonError,
    NumberCheck,
    lessons,
)
from playground.pricing import PriceBook, load
from playground.ui.shell.pages import PAGES
from tests.lessons.written import aging, texts

EVERY = pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
TITLES = (
    "What a token is",
    "Words and tokens across languages",
    "Token, key and login are three things",
    "A request and a response on the wire",
    "Input, output, cached and reasoning prices",
    "Why turn 10 costs more than turn 1",
    "Streaming and latency",
    "Rate limits",
    "Structured output and tools",
    "Prompt caching and batch",
    "One run proves nothing",
    "Chat product or API, and what a subscription includes",
    "Errors and how to handle them",
    "From a chat to working code",
)


def read(lesson: Lesson) -> list[str]:
    """All that a class reads of a lesson: what is sent to a model is none of it."""
    held = lesson.model_dump()
    held.pop("experiment")
    return list(texts(held))


def test_the_first_fourteen_stand_in_this_order() -> None:
    assert tuple(lesson.title for lesson in lessons().values())[: len(TITLES)] == TITLES
    assert [lesson.number for lesson in lessons().values()] == [*range(1, len(lessons()) + 1)]


@EVERY
def test_nothing_that_ages_is_written_by_hand(lesson: Lesson) -> None:
    assert {text: found for text in read(lesson) if (found := aging(text))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs $3 for a million.", "a price"),
        ("It costs 3 cents.", "a price"),
        ("A cache is read at half the price.", "a share of a price"),
        ("Ask gpt-6.1 for it.", "a model"),
        ("Sonnet is the middle one.", "a model"),
        ("You pay for ChatGPT Plus.", "a plan"),
        ("The limit is 40 messages every 3 hours.", "a number"),
        ("A batch takes up to 24 hours.", "a number"),
    ],
)
def test_what_ages_is_found(text: str, found: str) -> None:
    assert any(each.startswith(f"{found}:") for each in aging(text))


def test_status_codes_turns_and_figures_of_tables_are_no_such_thing() -> None:
    assert aging("Status 429 in turn 10 at {input_rate} for {model}.") == []


@EVERY
def test_every_name_in_braces_is_a_figure_that_is_there(lesson: Lesson, own: Own) -> None:
    for text in read(lesson):
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert used <= known() - {"question_tokens", "question_cost"}
        assert not re.search(r"[{}]|n/a|no price|not reported", told(text, own, lesson.title))


@EVERY
def test_a_lesson_is_short_and_says_what_to_do(lesson: Lesson) -> None:
    assert 5 <= lesson.minutes <= 30
    assert len(told_words(lesson.text)) <= 130
    assert 2 <= len(lesson.do) <= 4
    assert len(lesson.teacher) >= 2
    assert lesson.further
    pages = {Path(row.file).stem for row in PAGES}
    assert {link.page for link in lesson.further} <= pages
    assert [word for word in lesson.words if glossary.find(word) is None] == []


def told_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


@EVERY
def test_a_question_has_one_right_answer_that_is_told_from_wrong_ones(
    lesson: Lesson, own: Own
) -> None:
    check = lesson.check
    if isinstance(check, NumberCheck):
        right = expected(check, lesson, own)
        assert right is not None
        assert judge_number(check, right, lesson, own).right
        assert not judge_number(check, right * 2, lesson, own).right
        assert not judge_number(check, Decimal(0), lesson, own).right
        assert len(judge_number(check, right, lesson, own).why) > 40
    else:
        verdicts = [judge_choice(check, i, lesson, own) for i in range(len(check.choices))]
        assert sum(verdict.right for verdict in verdicts) == 1
        assert len({verdict.why for verdict in verdicts}) == len(verdicts)


def test_a_number_may_be_a_little_off_where_the_lesson_allows_it(own: Own) -> None:
    lesson = lessons()["limits"]  # a whole minute's requests ÷ 60, to 3 %
    check = lesson.check
    assert isinstance(check, NumberCheck)
    right = expected(check, lesson, own)
    assert right is not None
    assert judge_number(check, right * Decimal("1.02"), lesson, own).right
    assert not judge_number(check, right * Decimal("1.04"), lesson, own).right


def test_what_is_right_follows_the_dated_table(own: Own) -> None:
    lesson = lessons()["prices"]
    check = lesson.check
    assert isinstance(check, NumberCheck)
    row = load().find("openai", own.of("openai").model, own.on)
    assert row is not None
    sum_of_lines = (1_000 * row.rates["input"] + 500 * row.rates["output"]) / 1_000_000
    assert expected(check, lesson, own) == sum_of_lines


def test_where_no_price_is_known_a_sum_is_judged_wrong_and_says_so(own: Own) -> None:
    lesson = lessons()["prices"]
    check = lesson.check
    assert isinstance(check, NumberCheck)
    check = check.model_copy(update={"answer": "{input_rate}"})
    unpriced = replace(own, book=PriceBook(rows={}))
    assert expected(check, lesson, unpriced) is None
    verdict = judge_number(check, Decimal("0.007"), lesson, unpriced)
    assert not verdict.right
    assert "no price is known" in verdict.why


def test_every_figure_is_used() -> None:
    every = " ".join(
        [text for lesson in lessons().values() for text in texts(lesson.model_dump())]
        + [" ".join(row.says) for row in glossary.terms().values()]
    )
    assert [name for name in FIGURES if f"{{{name}}}" not in every] == []


def test_an_experiment_names_providers_and_never_a_model() -> None:
    asks = [e for lesson in lessons().values() if isinstance(e := lesson.experiment, Ask)]
    assert {lane.provider for ask in asks for lane in ask.lanes} <= {"openai", "anthropic", "gemini"}  # fmt: skip


def test_adding_a_lesson_is_adding_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    shutil.copytree(FOLDER, folder)
    number = len(lessons()) + 1
    (folder / f"{number:02}_pictures.yaml").write_text(
        """
title: What a picture costs
minutes: 10
aim: You can say that pictures are counted too.
text: A picture is cut into tiles.
do: [Ask about one., Compare.]
experiment: {kind: ask, prompt: Hello, lanes: [{provider: gemini}], shows: [Answer]}
look: The receipt.
check:
  kind: choice
  ask: Is a picture free?
  choices: [{says: "Yes", why: It is counted.}, {says: "No", right: true, why: It is counted.}]
teacher: [Bring pictures.]
""",
        "utf-8",
    )
    found = lessons(folder)
    assert list(found) == [*lessons(), "pictures"]
    assert found["pictures"].heading == f"{number} · What a picture costs"


def test_a_file_that_is_no_lesson_is_named(tmp_path: Path) -> None:
    (tmp_path / "01_bad.yaml").write_text("title: Only a title", "utf-8")
    with pytest.raises(LessonError, match=r"01_bad\.yaml is no lesson"):
        lessons(tmp_path)


def test_a_choice_has_just_one_right_answer() -> None:
    one = {"says": "a", "why": "b", "right": True}
    with pytest.raises(ValueError, match="exactly one choice is right"):
        ChoiceCheck.model_validate({"kind": "choice", "ask": "?", "choices": [one, one]})


def test_what_is_told_of_ones_own_conversation_is_not_said_of_the_example(own: Own) -> None:
    mine = replace(own, mine=True)
    said = [told(text, mine, each.title) for each in lessons().values() for text in read(each)]
    said += [glossary.answered(row, mine) for row in glossary.terms().values()]
    said += [answered(question, mine) for question in questions()]
    assert [text for text in said if "our medium" in text] == []
