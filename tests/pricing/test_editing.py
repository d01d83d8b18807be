"""Rows that the program writes into a price file: nothing else in it changes."""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.domain import ModelRef, Usage
from playground.pricing import LongContext, Price, PriceBook, load
from playground.pricing.editing import added, own_file, remove, save, without, written
from playground.pricing.loading import PROJECT
from playground.pricing.reading import Unreadable, read

TODAY = date(2026, 11, 21)
FILE = """\
# ours
prices:
  acme:
    - {model: one, input: 1, output: 2, source: a, as_of: 2026-01-01}   # kept
    # about two
    - model: two
      input: 3

      output: 4
      source: b
      as_of: 2026-01-01

  # the other one
  zeta:
    - {model: one, input: 5, output: 6, source: c, as_of: 2026-01-01}

plans: []
"""


def price(provider: str = "acme", model: str = "one", **more: object) -> Price:
    rates = {"input": Decimal("7"), "output": Decimal("8")}
    given = {"rates": rates, "source": "me", "as_of": TODAY, **more}
    return Price(provider=provider, model=model, **given)  # type: ignore[arg-type]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own file, in a folder of the test's own."""
    file = tmp_path / "mine.yaml"
    monkeypatch.setenv("PLAYGROUND_PRICES", str(file))
    return file


@pytest.mark.parametrize(
    ("row", "above"),
    [
        (price(model="one"), "# kept"),
        (price(model="two"), "      as_of: 2026-01-01"),
        (price(model="three"), "      as_of: 2026-01-01"),
        (price(provider="zeta", model="two"), "    - {model: one, input: 5,"),
    ],
)
def test_a_row_goes_behind_the_last_of_its_model_or_provider(row: Price, above: str) -> None:
    new = added(FILE, row).splitlines()
    place = new.index(f"    - {written(row)}")
    assert above in new[place - 1]
    assert new[:place] + new[place + 1 :] == FILE.splitlines()


def test_a_new_provider_goes_to_the_end_of_the_prices(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(added(FILE, price(provider="ollama", model="llama3:8b")))
    table = read(file)
    assert table.problems == ()
    assert [(p.provider, p.model) for p in table.prices][-1] == ("ollama", "llama3:8b")
    assert set(FILE.splitlines()) <= set(file.read_text().splitlines())


def test_a_row_is_taken_out_without_its_neighbours() -> None:
    assert "model: two" not in without(FILE, "acme", "two")
    assert "# kept" in without(FILE, "acme", "two")
    left = without(FILE, "zeta", "one")
    assert "zeta:" not in left
    assert "model: two" in left
    assert without(FILE, "acme", "none") == FILE


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
RATES = st.decimals(0, 1000, places=4)


@settings(deadline=None)  # it writes files
@given(NAMES, NAMES, RATES, RATES, st.booleans(), st.none() | st.dates())
def test_what_is_written_is_read_back(
    provider: str, model: str, given: Decimal, out: Decimal, free: bool, day: date | None
) -> None:
    row = price(
        provider,
        model,
        rates={"input": given, "cache_write_5m": given, "output": out},
        long_context=LongContext(above=10, input=Decimal(2), output=Decimal("1.5")),
        tiers={"flex": Decimal("0.5"), "fast": {"input": out}},
        free_tier=free,
        valid_from=day,
        note="50 % off: until it ends, #1",
    )
    text = added("prices: {}\n", row)
    assert _read(text) == (row,)
    assert _read(without(text, provider, model)) == ()


def _read(text: str) -> tuple[Price, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "p.yaml")
        file.write_text(text, encoding="utf-8")
        table = read(file)
    assert table.problems == ()
    return table.prices


def test_an_own_price_is_used_marked_and_taken_back(own: Path) -> None:
    ref, usage = ModelRef.parse("openai:gpt-6.1-sol"), Usage(input_tokens=1000, output_tokens=0)
    save(price("openai", "gpt-6.1-sol", note="contract 7"))
    cost = load().price(ref, None, usage, on=TODAY)
    assert cost is not None
    assert cost.total == 1000 * Decimal(7) / 1_000_000
    assert cost.price.override
    assert cost.notes == ("your own price, not the list price", "contract 7")
    assert remove("openai", "gpt-6.1-sol")
    cost = load().price(ref, None, usage, on=TODAY)
    assert cost is not None
    assert cost.total == 1000 * Decimal(2) / 1_000_000
    assert not cost.price.override
    assert not remove("openai", "gpt-6.1-sol")
    assert own.exists()


@pytest.mark.usefixtures("own")
def test_an_own_price_from_a_day_on_leaves_what_was_before() -> None:
    save(price("openai", "gpt-6.1-sol", valid_from=date(2026, 12, 1)))
    book = load()
    assert _input(book, "gpt-6.1-sol", date(2026, 11, 30)) == 2
    assert _input(book, "gpt-6.1-sol", date(2026, 12, 1)) == 7


@pytest.mark.usefixtures("own")
def test_saving_again_replaces_the_own_row_of_that_day() -> None:
    save(price("acme", "one"))
    save(price("acme", "one", rates={"input": Decimal(9), "output": Decimal(9)}))
    assert _input(load(), "one", TODAY, "acme") == 9
    assert own_file().read_text().count("model: one") == 1


@pytest.mark.usefixtures("own")
def test_other_names_of_a_model_have_its_own_price_too() -> None:
    save(price("gemini", "gemini-3.8-flash"))
    assert _input(load(), "gemini-flash-latest", TODAY, "gemini") == 7
    save(price("gemini", "gemini-flash-latest", rates={"input": Decimal(3), "output": Decimal(3)}))
    book = load()
    assert _input(book, "gemini-flash-latest", TODAY, "gemini") == 3
    assert book.problems == ()


def test_a_broken_own_file_is_named_and_the_list_prices_stand(own: Path) -> None:
    own.write_text("prices:\n  openai:\n    - {model: gpt-6.1-sol, input: dear, output: 1}\n")
    book = load()
    (problem,) = book.problems
    assert problem.startswith("mine.yaml, line 3 (gpt-6.1-sol): ")
    assert _input(book, "gpt-6.1-sol", TODAY) == 2


SOON = "prices:\n  acme:\n    - {model: one, valid_from: soon, input: 1}\n"


@pytest.mark.parametrize("text", ["", "plans: []\n", "prices:\n", "prices: [\n", SOON])
def test_a_file_that_is_no_price_file_is_not_touched(own: Path, text: str) -> None:
    own.write_text(text)
    with pytest.raises(Unreadable):
        save(price())
    assert own.read_text() == text


def test_without_a_variable_the_file_is_beside_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_PRICES", raising=False)
    assert own_file() == PROJECT.with_name("pricing.overrides.yaml")


def _input(book: PriceBook, model: str, on: date, provider: str = "openai") -> Decimal:
    row = book.find(provider, model, on)
    assert row is not None
    return row.rates["input"]
