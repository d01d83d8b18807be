"""What `playground bench` asks: one prompt, again and again, of every model in turn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from playground.experiments.spec import Case, Model, Prompt, Spec

PROMPT = "Explain in about 100 words how a lighthouse works."
"""Where nothing is said of what to ask."""
WORDS = (
    "time year people way day man thing woman life child world school state family student group country problem hand part"
    " place case week company system program question work government number night point home water room mother area money"
    " story fact month lot right study book eye job word business issue side kind head house service friend father power"
)
"""Each is one token of OpenAI's vocabulary, with the blank before it."""


def spec(
    models: Sequence[str],
    prompt: str,
    *,
    repeats: int,
    concurrency: int,
    warm_up: int = 0,
    output_tokens: int | None = None,
    effort: str | None = None,
    fresh_prefix: bool = False,
) -> Spec:
    """The experiment; `output_tokens` is the longest answer. A label is what tells a model that is there twice."""
    settings: dict[str, Any] = {}
    if output_tokens is not None:
        settings["max_output_tokens"] = output_tokens
    if effort is not None:
        settings["effort"] = effort
    return Spec(
        name="bench",
        prompts=(Prompt(text="{{ prompt }}"),),  # what is asked may hold braces: it is no template
        models=tuple(Model(model=model, settings=settings) for model in models),
        cases=(Case(vars={"prompt": prompt}),),
        repeats=repeats,
        concurrency=concurrency,
        warm_up=warm_up,
        fresh_prefix=fresh_prefix,
        exchanges="none",
    )


def prompt(input_tokens: int | None, output_tokens: int | None) -> str:
    """A prompt of so many tokens by OpenAI's vocabulary, that asks for an answer of so many."""
    asked = PROMPT if output_tokens is None else f"Write a story of {output_tokens:,} words."
    if input_tokens is None:
        return asked
    from playground import tokens  # its vocabulary takes a tenth of a second to read

    left = input_tokens - tokens.count(f"\n\n{asked}")
    return f"{_words(left)}\n\n{asked}" if left > 0 else _words(input_tokens)


def _words(count: int) -> str:
    """So many tokens of words that mean nothing together, the same each time."""
    drawn = random.Random(count).choices(WORDS.split(), k=count)  # noqa: S311 - not a secret
    return " ".join(drawn)
