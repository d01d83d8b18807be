"""The questions that people ask: found in their words, answered in two sentences, with figures that are computed."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import date

import pytest

from playground import catalog, tokens
from playground import figures as fmt
from playground.lab import breakeven, questions
from playground.lab.conversation_growth import Turn
from playground.lab.questions import FIGURES, Own, Question, answered
from playground.pricing import load

ON = date(2026, 11, 27)
MEDIUM = Own(conversation=breakeven.HABITS["medium"].conversation(), book=load(), on=ON)
EVERY = pytest.mark.parametrize("question", questions.questions(), ids=lambda q: q.question)


def one(words: str) -> Question:
    return questions.search(words)[0]


@EVERY
def test_an_answer_is_two_sentences_and_no_number_in_it_is_typed(question: Question) -> None:
    assert question.question.endswith("?")
    for sentence in question.answer:
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert not re.search(r"\d", sentence)
    names = {name for _, name, _, _ in string.Formatter().parse(" ".join(question.answer)) if name}
    assert names
    assert names <= set(FIGURES)
    assert "{" not in answered(question, MEDIUM)


def test_every_figure_is_used() -> None:
    every = " ".join(sentence for row in questions.questions() for sentence in row.answer)
    assert [name for name in FIGURES if f"{{{name}}}" not in every] == []


@EVERY
def test_a_question_is_found_by_itself_and_by_its_other_words(question: Question) -> None:
    for words in (question.question, *question.also):
        assert question in questions.search(words)[:3], words
    assert one(question.question) == question


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("is gemini api advanced gemini", "Is the Gemini API an advanced version of Gemini?"),
        ("subscribed, use API?", "If I subscribe, can I use the API?"),
        ("cheaper", "Is the API cheaper?"),
        ("is my key a token", "Is a token the key?"),
        ("do you train on my chats", "Is my chat used for training?"),
        ("TRAINING", "Is my chat used for training?"),
        ("does it remember", "Does the API remember what I said?"),
    ],
)
def test_people_find_it_in_their_own_words(words: str, found: str) -> None:
    assert one(words).question == found


def test_words_that_nobody_asks_with_find_nothing_and_none_find_all() -> None:
    assert questions.search("zebra") == []
    assert questions.search("  ") == list(questions.questions())


def test_the_figures_are_those_of_the_arithmetic() -> None:
    ref = next(ref for ref in catalog.defaults() if ref.provider == "openai")
    cost = breakeven.price(MEDIUM.conversation, ref, load(), ON).cost
    plan = next(plan for plan in load().plans if plan.name == "ChatGPT Plus")
    assert cost is not None
    said = answered(one("Is the API cheaper?"), MEDIUM)
    assert f"costs {fmt.money(cost)} with {ref.model}" in said
    assert f"Below {breakeven.told(plan.monthly / cost)} such conversations" in said
    key = answered(one("Is a token the key?"), MEDIUM)
    assert f"{tokens.count('Is a token the key?', 'o200k_base')} tokens long" in key


def test_what_was_resent_is_all_but_what_each_turn_brings() -> None:
    turns, anew = 6, 150  # the medium example: every turn brings a question of 150 tokens
    total = MEDIUM.conversation.input_tokens
    said = answered(one("Why is my API bill so high?"), MEDIUM)
    assert (
        f"Of the {total:,} input tokens of our medium example {total - turns * anew:,} were" in said
    )


def test_what_was_only_thought_is_not_sent_again() -> None:
    """Two turns: 100 tokens, answered with 50 after 200 of thought, then 100 + 50 + 30 new ones."""
    first = Turn(number=1, input_tokens=100, output_tokens=250, reasoning_tokens=200, measured=True)
    second = Turn(number=2, input_tokens=180, output_tokens=40, measured=True)
    talk = replace(MEDIUM.conversation, turns=(first, second))
    said = answered(one("Why is my API bill so high?"), replace(MEDIUM, conversation=talk))
    assert f"Of the {100 + 180} input tokens of our medium example {180 - 30} were" in said


def test_ones_own_conversation_takes_the_place_of_the_example() -> None:
    own = Own(conversation=breakeven.HABITS["light"].conversation(), book=load(), on=ON, mine=True)
    said = answered(one("Is the API cheaper?"), own)
    assert "a conversation like yours" in said
    assert said != answered(one("Is the API cheaper?"), MEDIUM)
