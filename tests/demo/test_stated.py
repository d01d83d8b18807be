"""Every figure in the simulation's own texts is made from our data, or is arithmetic that is done again here."""

import re
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files

import pytest

from playground import catalog, pricing
from playground.demo import answers, faults, stated
from playground.demo.faults import Wrong
from playground.domain import clock
from playground.tokens import encode
from playground.tokens.paragraphs import paragraphs

SOURCE = (files("playground.demo") / "answers.md").read_text(encoding="utf-8")
ADDED = 500
"""Tokens that each turn adds in the texts about long chats."""


def sent(turn: int) -> int:
    """Input of one turn."""
    return ADDED * turn


def summed(turns: int) -> int:
    """Input of all turns so far."""
    return sum(sent(turn) for turn in range(1, turns + 1))


def scattered(wavelength: int) -> int:
    """How much more than red light of 700 nm, by the fourth power."""
    return round((700 / wavelength) ** 4)


GROWTH = [1, 5, 10, 20]
RECKONED: dict[str, set[str]] = {
    "token": {"100"},  # how many tokens the words are counted for
    "cost": {"10", "1", "9", "4,000", f"{4_000 * 10:,}"},
    "context": {"1", "10", "500", "5,000"}
    | {f"{number:,}" for turn in GROWTH for number in (turn, sent(turn), summed(turn))},
    "languages": {"1.0"},  # English itself
    "compare": {"20"},  # examples that are to be collected
    "sky": {"700", "530", "450", "1"} | {f"{scattered(nm)}" for nm in (530, 450)},
}
"""Topic → figures that need no data."""
SPOKEN = re.compile(
    r"\b(halved|quarters?|tenths?|a third|thirds|doubled?|dozens?|hundredths?|percent"
    r"|(?:two|three|four|five|six|seven|eight|nine|ten|twenty) (?:times|tokens|seconds|hours|cents|dollars))\b",
    re.IGNORECASE,
)
"""Words for figures of the kind that prices and measurements have."""
SPOKEN_RECKONED = {"six times", "five times"}
"""Blue is scattered six times as much as red; a loop of five steps reads its first result five times."""


def voices() -> Iterator[tuple[str, str, str]]:
    """Topic, vendor and text, as it is written: without code, which is not about us, and without places."""
    for block in SOURCE.split("\n# ")[1:]:
        topic, _, rest = block.partition("\n")
        for voice in rest.split("\n## ")[1:]:
            vendor, _, text = voice.partition("\n")
            text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            text = stated.PLACE.sub("", re.sub(r"`(?!\d{3} )[^`\n]*`", "", text))
            text = re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE)
            yield topic, vendor.strip(), text


def statuses(vendor: str) -> set[str]:
    """The statuses with which this vendor answers, failures included."""
    wrong = Wrong("model", "", "", None)
    return {"200"} | {
        f"{faults.failure(vendor, fault, wrong).status}" for fault in faults.BY_STATUS
    }


@pytest.mark.parametrize(("topic", "vendor", "text"), [*voices()])
def test_a_figure_comes_from_our_data_or_is_arithmetic(topic: str, vendor: str, text: str) -> None:
    if topic == "merge":
        return
    found = set(re.findall(r"\d[\d,.]*\d|\d", text))
    assert found <= RECKONED.get(topic, set()) | statuses(vendor)
    assert {word[0].lower() for word in SPOKEN.finditer(text)} <= SPOKEN_RECKONED
    assert "%" not in text
    assert "$" not in text


def test_every_place_is_filled_and_none_is_left_over() -> None:
    places = set(stated.PLACE.findall(SOURCE))
    assert places <= set(stated.FROM_DATA)
    unused = {name for name in stated.FROM_DATA if name.partition(" ")[0] not in stated.VENDORS}
    assert unused <= places
    for topic in answers.topics():
        for text in topic.voices.values():
            assert not stated.PLACE.search(re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def test_growth_is_a_square() -> None:
    assert (summed(10), summed(20)) == (27_500, 105_000)
    assert scattered(450) == 6


@pytest.mark.parametrize("vendor", stated.VENDORS)
def test_prices_are_those_of_the_price_table(vendor: str) -> None:
    book, today = pricing.load(own=False), clock.today()
    rows = [
        row
        for model in catalog.catalog()
        if model.provider == vendor
        and not model.retired()
        and (row := book.row(vendor, model.id, today)) is not None
        and row.rates.get("input")
    ]
    reads = sorted(
        r.rates["cache_read"] / r.rates["input"] for r in rows if "cache_read" in r.rates
    )
    told = [
        float(n) / 100 for n in re.findall(r"([\d.]+)%", stated.FROM_DATA[f"{vendor} cache read"]())
    ]
    assert told == pytest.approx([float(reads[0]), float(reads[-1])], rel=0.01)
    batch = {float(row.batch) for row in rows if isinstance(row.batch, Decimal)}
    assert stated.FROM_DATA[f"{vendor} batch"]() in {f"{share:.0%}" for share in batch}
    times, cheap, dear = re.findall(
        r"(\d+) times cheaper \(`([^`]+)` beside `([^`]+)`\)",
        stated.FROM_DATA[f"{vendor} spread"](),
    )[0]
    by_name = {row.model: row.rates["output"] for row in rows}
    assert round(by_name[dear] / by_name[cheap]) == int(times)


def test_one_reuse_pays_for_a_five_minute_write() -> None:
    """The text draws this from the rates above it."""
    write, read = (
        max(float(n) / 100 for n in re.findall(r"([\d.]+)%", stated.FROM_DATA[name]()))
        for name in ("anthropic writing for 5m", "anthropic cache read")
    )
    assert write + read < 2


def test_tokens_are_counted() -> None:
    english = next(iter(paragraphs().values()))
    tokens = len(encode(english))
    assert stated.FROM_DATA["words of 100 tokens"]() == f"{100 * len(english.split()) / tokens:.0f}"
    assert stated.FROM_DATA["characters of a token"]() == f"{len(english) / tokens:.1f}"


def test_a_change_of_the_data_changes_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    answers.topics.cache_clear()
    monkeypatch.setitem(stated.FROM_DATA, "openai batch", lambda: "77%")
    try:
        batch = next(topic for topic in answers.topics() if topic.name == "batch")
        assert "**77%** of the price" in batch.voices["openai"]
    finally:
        answers.topics.cache_clear()


FAMILIES = re.compile(
    r"\b(Flash-Lite|Luna|Haiku|Flash|Sol|Terra|Sonnet|Pro|Argon|Astra|Opus|Fable)\b"
)


def test_models_that_are_recommended_are_still_there() -> None:
    compare = next(
        text for topic, vendor, text in voices() if (topic, vendor) == ("compare", "gemini")
    )
    current = [row.id for row in catalog.catalog() if not row.retired()]
    named = set(FAMILIES.findall(compare))
    assert len(named) > 8
    for name in named:
        assert any(name.lower() in id for id in current), name
