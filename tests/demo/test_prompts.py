"""Forty ordinary prompts: what is asked is answered, or said in one line not to be; never an essay about something else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openai import OpenAI

from playground.demo import answers
from playground.demo.process import DemoServer
from playground.tokens.paragraphs import shares

Prompt = str | tuple[str, ...]
"""One prompt, or the user's messages of a talk, the last of which is looked at."""
PARAGRAPH = (
    "The river rose by two metres in one night. The old bridge was closed to cars, and the river took its railing. "
    "By Sunday the water had gone down again."
)
PROMPTS: tuple[tuple[Prompt, str], ...] = (
    ("What is a token?", r"piece|fragment|unit|characters"),
    ("What is the Gemini API?", r"HTTP|program"),
    ("Can I use my ChatGPT Plus subscription for the API?", r"separate purchases"),
    ("What is the difference between ChatGPT and the API?", r"Chat product"),
    ("Why do API costs explode?", r"Bills|bill|cost"),
    ("How can I make my API calls cheaper?", r""),
    ("What are reasoning tokens?", r"[Rr]easoning tokens"),
    ("How does prompt caching work?", r"[Cc]ach"),
    ("What does error 429 mean?", r"rate limit"),
    ("Which model is best for summaries?", r""),
    ("Translate 'good morning' into German", r"Guten Morgen"),
    ("Translate good night into French", r"Bonne nuit"),
    ("How do you say 'thank you' in Japanese?", r"ありがとう"),
    ("Translate 'The committee adjourned' into Polish", r"no real answer"),
    ("Classify the sentiment: I love this phone, it is great!", r"^positive"),
    ("Is this positive, negative or neutral? Classify: “The worst service, never again.”", r"^negative"),
    ("Classify this ticket as billing, technical or shipping: My parcel has not arrived.", r"^shipping"),
    ("Extract the e-mail addresses: write to ann@example.org or bob@example.com.", r"ann@example\.org\n- bob@example\.com"),
    ("Extract all dates from: We met on 2026-03-05 and on 2026-04-01.", r"2026-03-05\n- 2026-04-01"),
    (f"Summarise in one sentence: {PARAGRAPH}", r"^The old bridge"),
    (f"TL;DR: {PARAGRAPH}", r"river"),
    ("Rewrite in capitals: tokens are not words", r"^TOKENS ARE NOT WORDS"),
    ("Make this more formal: “hey, I can't come”", r"^Hello, I cannot come"),
    ("How many words are in “one two three four”?", r"^4 words"),
    ("How many r are there in strawberry?", r"3"),
    ("What is 17 * 23?", r"391"),
    ("What is the capital of Portugal?", r"^Lisbon"),
    ("Write a Python function that returns the n-th Fibonacci number", r"def fibonacci"),
    ("Write a function in Python that merges two sorted lists", r"def merge"),
    ("Why is the sky blue?", r"scatter"),
    ("Hello!", r"[Hh]ello"),
    (("My name is Ada.", "What is my name?"), r"Ada"),
    (("What is a token?", "Shorter, please"), r"token"),
    (("What is a token?", "What did I just ask?"), r"“What is a token\?”"),
    (("What is prompt caching?", "And why does it matter?"), r"[Cc]ach"),
    ("Was ist ein Token?", r"Sprachmodell"),
    ("Qu'est-ce qu'un token ?", r"modèle de langue"),
    ("¿Qué es un token?", r"modelo de lenguaje"),
    ("O que é um token?", r"modelo de linguagem"),
    ("Что такое токен?", r"Языковая модель"),
    ("トークンとは何ですか?", r"言語モデル"),
    ("什么是 token?", r"模型"),
    ("토큰이 무엇인가요?", r"모델"),
    ("Write a poem about tokens and caching", r"no real answer"),
    ("How does a CPU cache work?", r"no real answer"),
    ("I lost the key of my house. What can I do?", r"no real answer"),
    ("What is the best model of car for a family?", r"no real answer"),
    ("Who painted the Mona Lisa?", r"no real answer"),
    ("My boss asked me for a token of appreciation for a colleague. Ideas?", r"no real answer"),
)  # fmt: skip
"""Prompt, and what a fitting answer says; an empty form fits whatever is about the subject."""


@pytest.fixture(scope="module")
def told(openai: OpenAI, demo: DemoServer) -> list[tuple[Prompt, str, str]]:
    found = []
    for prompt, fits in PROMPTS:
        talk = (prompt,) if isinstance(prompt, str) else prompt
        before: dict[str, Any] = {}
        for text in talk:
            answer = openai.responses.create(model="gpt-6.1-sol", input=text, **before)
            before = {"previous_response_id": answer.id}
        found.append((prompt, fits, answer.output_text))
    return found


def essay(text: str) -> str | None:
    """The topic whose text an answer is, if it is one."""
    return next(
        (t.name for t in answers.topics() for v in t.voices.values() if v.split("\n\n")[0] in text),
        None,
    )


def test_forty_ordinary_prompts_are_answered(told: list[tuple[Prompt, str, str]]) -> None:
    wrong = {prompt: text[:200] for prompt, fits, text in told if not re.search(fits, text)}
    assert len(told) >= 40
    assert not wrong


ABOUT = {
    "How can I make my API calls cheaper?": {"cost", "cache", "batch"},
    "Which model is best for summaries?": {"compare"},
}


def test_no_answer_is_an_essay_about_something_else(told: list[tuple[Prompt, str, str]]) -> None:
    for prompt, fits, text in told:
        if prompt in ABOUT:
            assert essay(text) in {*ABOUT[prompt], None}, prompt
        if fits == "no real answer":
            assert essay(text) is None, prompt


def test_what_cannot_be_answered_is_one_line(told: list[tuple[Prompt, str, str]]) -> None:
    lines = [text for _, fits, text in told if fits == "no real answer"]
    assert len(lines) >= 5
    for text in lines:
        assert "\n" not in text.partition("\n\n*Simulated")[0]


TAUGHT = "\n".join(v for t in answers.topics() for v in t.voices.values())


def test_nothing_says_that_the_pace_is_the_services() -> None:
    assert "follow the rules of the real service" not in TAUGHT
    assert not re.search(r"\{[a-z ]+\}", TAUGHT.replace("{w", ""))


def test_figures_of_languages_and_caches_are_those_of_the_data() -> None:
    languages = next(t for t in answers.topics() if t.name == "languages")
    for name, share in shares().items():
        if share != 1:
            assert f"| {name} | {share:.2f} |" in languages.voices["gemini"]
            assert f"- {name}: {share - 1:+.0%}" in languages.voices["openai"]
    cache = next(t for t in answers.topics() if t.name == "cache")
    assert "512 to 4,096 tokens" in cache.voices["anthropic"]
    assert "at least 1,024 of them" in cache.voices["openai"]
