"""What the simulation's texts say of figures that stand in our data: a place `{name}` in answers.md → its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

from playground import catalog
from playground.catalog import Model as Row
from playground.demo import counting, models
from playground.demo.reasoning import EFFORTS, measured
from playground.domain import clock
from playground.tokens import encode
from playground.tokens.paragraphs import paragraphs, shares

VENDORS = ("openai", "anthropic", "gemini")
PLACE = re.compile(r"\{([a-z][^{}\n]*)\}")
SAID, WRITTEN = 1_000, 300
"""Input and output tokens of a message whose price is told."""


def filled(text: str) -> str:
    """The text with every place filled; KeyError for one that nobody fills."""
    return PLACE.sub(lambda place: FROM_DATA[place[1]](), text)


def _current(vendor: str) -> list[Row]:
    return [r for r in catalog.catalog() if r.provider == vendor and not r.retired()]


def _span(found: list[str]) -> str:
    """The first, or `the first to the last` where they differ."""
    return found[0] if found[0] == found[-1] else f"{found[0]} to {found[-1]}"


def _percent(share: float) -> str:
    """`2.5%`, `125%`."""
    return f"{share * 100:.3g}%"


def _minimums(vendor: str) -> str:
    """The shortest prefixes that this vendor's current models cache: `512` or `512 to 4,096`."""
    found = sorted({row.cache_minimum for row in _current(vendor)})
    return _span([f"{tokens:,}" for tokens in found])


def _prices(vendor: str) -> list[Any]:
    """The price rows of today of this vendor's current models; a user's own prices are not looked at."""
    from playground import pricing  # a fifth of a second that only a text about prices needs

    book, today = pricing.load(own=False), clock.today()
    found = (book.row(vendor, row.id, today) for row in _current(vendor))
    return [row for row in found if row is not None and row.rates.get("input")]


def _rate(vendor: str, rate: str) -> str:
    """What a rate is of that of fresh input, over the vendor's models: `10%` or `10% to 50%`."""
    rows = [row for row in _prices(vendor) if rate in row.rates]
    found = sorted(float(row.rates[rate] / row.rates["input"]) for row in rows)
    return _span([_percent(share) for share in found])


def _dearer_output(vendor: str) -> str:
    return f"{median(row.rates['output'] / row.rates['input'] for row in _prices(vendor)):.0f}"


def _batch(vendor: str) -> str:
    """What a batch costs of the usual price: `50%`."""
    found = sorted({float(r.batch) for r in _prices(vendor) if isinstance(r.batch, Decimal)})
    return _span([_percent(share) for share in found])


def _spread(vendor: str) -> str:
    """How much less the cheapest of the vendor's models that are offered first costs than the dearest, with their names."""
    names = {ref.model for ref in catalog.defaults() if ref.provider == vendor} | set(models.FEELS)
    rows = [row for row in _prices(vendor) if row.model in names and models.FEELS.get(row.model)]
    cheap, dear = (pick(rows, key=lambda row: row.rates["output"]) for pick in (min, max))
    times = dear.rates["output"] / cheap.rates["output"]
    return f"{times:.0f} times cheaper (`{cheap.model}` beside `{dear.model}`)"


def _message(vendor: str) -> str:
    model = next(ref.model for ref in catalog.defaults() if ref.provider == vendor)
    rates = next(row.rates for row in _prices(vendor) if row.model == model)
    usd = (SAID * rates["input"] + WRITTEN * rates["output"]) / 1_000_000
    return f"about ${usd:.4f} (`{model}`, {SAID:,} tokens in, {WRITTEN} out)"


def _window(vendor: str) -> str:
    return f"{max(row.context_window or 0 for row in _current(vendor)):,}"


def _reasoned(vendor: str) -> str:
    """What was measured of this vendor's current models with short tasks: `gpt-5 512 (43 answers until 2026-08-05)`."""
    current = {row.id for row in _current(vendor)}
    known = {
        r.model: r for r in sorted(measured(), key=lambda r: r.answers) if r.kind == "ordinary"
    }
    return ", ".join(
        f"`{r.model}` {r.tokens:,} ({r.answers} answers until {r.until})"
        for r in known.values()
        if r.model in current
    )


def _hard() -> str:
    tokens = sorted(row.tokens for row in measured() if row.kind == "hard")
    return f"{tokens[0]:,} to {tokens[-1]:,}, by model"


def _by_effort() -> str:
    """The model whose reasoning was measured at most levels: its medians, the least first."""
    levels = Counter(row.model for row in measured() if row.kind == "ordinary")
    model = levels.most_common(1)[0][0]
    rows = [row for row in measured() if (row.model, row.kind) == (model, "ordinary")]
    told = (f"{r.tokens:,} at *{r.at}*" for r in sorted(rows, key=lambda r: EFFORTS[r.at]))
    return f"for `{model}` the medians of recorded answers are {', '.join(told)}"


def _others() -> list[tuple[str, float]]:
    return [(name, share) for name, share in shares().items() if share != 1]


def _english(count: Callable[[str], int]) -> float:
    """So many to a token in our English paragraph."""
    text = next(iter(paragraphs().values()))
    return count(text) / len(encode(text))


OF_VENDORS: Mapping[str, Callable[[str], str]] = {
    "minimum": _minimums,
    "reasoning": _reasoned,
    "cache read": partial(_rate, rate="cache_read"),
    "dearer output": _dearer_output,
    "batch": _batch,
    "spread": _spread,
    "window": _window,
}
FROM_DATA: dict[str, Callable[[], str]] = {
    "languages as list": lambda: "\n".join(f"- {n}: {share - 1:+.0%}" for n, share in _others()),
    "languages as table": lambda: "\n".join(f"| {n} | {share:.2f} |" for n, share in _others()),
    "languages near": lambda: " and ".join(name for name, _ in _others()[:2]),
    "nearest": lambda: f"{_others()[1][1] - 1:.0%}",
    "languages at the end": lambda: " and ".join(name for name, _ in _others()[-2:]),
    "most": lambda: f"{_others()[-1][1]:.1f}",
    "words of 100 tokens": lambda: f"{100 * _english(lambda text: len(text.split())):.0f}",
    "characters of a token": lambda: f"{_english(len):.1f}",
    "tokens of chat": lambda: f"{len(encode('chat'))}",
    "tokens of tokenization": lambda: f"{len(encode('tokenization'))}",
    "tokens of Hello": lambda: f"{len(encode('Hello'))}",
    "gemini image": lambda: f"{counting.IMAGE_TOKENS['gemini']:,}",
    "anthropic finer": lambda: f"{models.PER_MILLE['anthropic'] / models.OLDER_CLAUDE - 1:.0%}",
    "effort measured": _by_effort,
    "hard reasoning": _hard,
    "gemini efforts": lambda: "\n".join(
        f"| {level} | {EFFORTS[level]:g} |" for level in ("minimal", "low", "medium", "high")
    ),
    "anthropic writing for 5m": partial(_rate, "anthropic", "cache_write_5m"),
    "anthropic writing for 1h": partial(_rate, "anthropic", "cache_write_1h"),
    "gemini message": partial(_message, "gemini"),
    **{
        f"{vendor} {what}": partial(make, vendor)
        for vendor in VENDORS
        for what, make in OF_VENDORS.items()
    },
}
