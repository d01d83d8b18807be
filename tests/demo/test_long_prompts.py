"""Long prompts are looked through in linear time, whatever is written in them."""

import time
from collections.abc import Callable

import pytest

from playground.demo import answers, reasoning, talk, tasks
from playground.demo.ask import Part, Turn

FILLER = "The quick brown fox jumps over the lazy dog. "
REPEATED = {
    "plain": FILLER,
    "verbs": "write ",
    "verbs and nouns": "write code ",
    "opened quotes": "“a ",
    "opened angles": "«a ",
    "straight quotes": '"a ',
    "apostrophes": "'a ",
    "fences": "```a ",
    "numbers": "1.",
    "dates": "1.1.",
    "addresses": "extract email: a.",
    "counts": "how many questions ",
    "letters": "how many a in ",
    "names": "my name is ",
    "lists": "list ",
    "greetings": "hi ",
}


def follow(prompt: str) -> object:
    before, now = (Turn("user", (Part("text", text),)) for text in ("What is a token?", prompt))
    return talk.follow(prompt, (before, now), answers.pick)


LOOKING: dict[str, Callable[[str], object]] = {
    "pick": answers.pick,
    "find": tasks.find,
    "follow": follow,
    "elsewhere": talk.elsewhere,
    "kind": reasoning.kind,
    "wanted_words": answers.wanted_words,
}


def spent(look: Callable[[str], object], prompt: str) -> float:
    """Seconds of this process's CPU for one look, the least of a few, never quite nothing."""
    least = float("inf")
    for _ in range(5):
        started = time.process_time()
        look(prompt)
        least = min(least, time.process_time() - started)
    return max(least, 1e-3)


@pytest.mark.parametrize("repeated", REPEATED)
@pytest.mark.parametrize("look", LOOKING)
def test_four_times_the_prompt_takes_no_more_than_about_four_times(
    look: str, repeated: str
) -> None:
    """A search that starts over at every word would take sixteen times."""
    short, long = ((REPEATED[repeated] * size)[:size] for size in (10_000, 40_000))
    assert spent(LOOKING[look], long) <= 8 * spent(LOOKING[look], short)


def test_a_book_in_the_prompt_is_no_hindrance_to_the_question_before_or_behind_it() -> None:
    small, book = "What is a token? ", FILLER * 2_000
    assert len(book) >= 90_000
    for prompt in (small + book, book + small):
        found = answers.pick(prompt)
        assert found is not None
        assert found.name == "token"
    once = spent(lambda prompt: [answers.pick(prompt) for _ in range(200)], small) / 200
    assert spent(answers.pick, small + book) <= 500 * once, "5,000 times as long"


@pytest.mark.parametrize(
    ("prompt", "task"),
    [
        ("Write me a python function that reverses a string", "code"),
        ("Please draft a short poem", "write"),
        ("Extract the e-mail from: ada@example.com is hers", "extract"),
    ],
)
def test_tasks_are_found_as_before(prompt: str, task: str) -> None:
    found = tasks.find(prompt)
    assert found is not None
    assert found[0] == task
