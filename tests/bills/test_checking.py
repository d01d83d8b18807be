"""What is said of a bill beside our receipts, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from playground.bills.checking import check, of
from playground.bills.merging import merge
from playground.bills.nouns import Bill, Check
from playground.bills.ours import calls_of_run, day_of, zones
from playground.bills.reading import read
from playground.domain import Failure, Usage
from tests.bills.making import BOOK, OTHER, Billed, Item, bills, call, day, item, run, usage

SOL, CLAUDE = "gpt-6.1-sol", "claude-sonnet-5-5"


def test_a_run_that_the_bill_lacks_is_named_with_its_id() -> None:
    calls = [
        call("openai", SOL, day(1), usage(input=100 + n, output=20), number=n) for n in range(3)
    ]
    found = check(bills(Billed([item(calls[0]), item(calls[2])])), calls, BOOK)
    (one,) = found.differences
    assert (one.reason, one.runs) == ("missing_there", ("00000001-openai",))
    assert one.usd == -(calls[1].usd or 0)
    assert "00000001" in one.said


def test_the_bill_names_dated_models_and_ours_do_not() -> None:
    mine = call("openai", SOL, day(1), usage(input=100, output=20))
    dated = item(mine, model=f"{SOL}-2026-10-01")
    assert check(bills(Billed([dated])), [mine], BOOK).differences == ()


def test_an_answer_just_before_midnight_may_stand_on_the_next_day() -> None:
    late = call("openai", SOL, day(1), usage(input=100, output=20), clock="23:59:58")
    noon = call("openai", SOL, day(1), usage(input=300, output=30), number=2)
    found = check(bills(Billed([item(noon), item(late, day=day(2))])), [noon, late], BOOK)
    (one,) = found.differences
    assert (one.reason, one.day) == ("day_border", day(1))
    assert all(line.agrees for line in found.lines)


def test_each_provider_has_midnight_where_its_own_bill_has_it() -> None:
    """At two in the night of UTC it is still the day before for Google, also where OpenAI's bill lies beside."""
    late = call("openai", SOL, day(1), usage(input=100, output=20), clock="23:59:58")
    noon = call("openai", SOL, day(1), usage(input=300, output=30), number=2)
    made = run("gemini", "gemini-3.8-flash", day(2), usage(input=100, output=20), clock="02:00:00")
    spent = call("gemini", "gemini-3.8-flash", day(2), usage(input=100, output=20)).amounts
    pacific = google(
        f"Gemini API,Gemini 3.8 Flash Input Tokens,{day(1)},100,count,{spent['input']:f},0",
        f"Gemini API,Gemini 3.8 Flash Output Tokens,{day(1)},20,count,{spent['output']:f},0",
    )
    ours = [*bills(Billed([item(noon), item(late, day=day(2))])), pacific]
    (night,) = calls_of_run(made, zones(ours))
    assert night.day == day(1)
    found = check(ours, [noon, late, night], BOOK)
    assert [(one.provider, one.reason) for one in found.differences] == [("openai", "day_border")]


def test_at_noon_there_is_no_border() -> None:
    noon = call("openai", SOL, day(1), usage(input=100, output=20))
    other = call("openai", SOL, day(2), usage(input=500, output=70), number=1)
    found = check(bills(Billed([item(noon, day=day(2)), item(other)])), [noon, other], BOOK)
    assert {d.reason for d in found.differences} == {"missing_there", "missing_here"}


def test_our_keys_may_be_given_and_then_others_are_others() -> None:
    mine = call("openai", SOL, day(1), usage(input=100, output=20))
    theirs = item(call("openai", SOL, day(1), usage(input=7, output=3)), key=OTHER)
    found = check(bills(Billed([item(mine), theirs])), [mine], BOOK, mine=frozenset({OTHER}))
    assert {d.reason for d in found.differences} == {"other_keys", "missing_there"} | {
        d.reason for d in of(found, "missing_here")
    }
    assert any("counted as ours: key_other" in note for note in found.notes)


def test_what_was_asked_in_the_console_has_no_key() -> None:
    mine = call("anthropic", CLAUDE, day(1), usage(input=100, output=20))
    bench = item(call("anthropic", CLAUDE, day(1), usage(input=7, output=3)), key="")
    found = check(bills(Billed([item(mine), bench])), [mine], BOOK)
    (one,) = found.differences
    assert one.reason == "other_keys"
    assert "console" in one.said


def test_without_a_key_that_fits_all_keys_count_and_it_is_said() -> None:
    mine = call("openai", SOL, day(1), usage(input=100, output=20))
    a = item(mine, quantities={"input": 60, "output": 10}, key="a")
    b = item(mine, quantities={"input": 40, "output": 10}, key="b", amounts={})
    found = check(bills(Billed([a, b])), [mine], BOOK)
    assert not {"other_keys", "missing_here", "missing_there"} & {
        d.reason for d in found.differences
    }
    assert any("can't be told" in note for note in found.notes)


def in_euros(rate: Decimal | None) -> Check:
    mine = call("openai", SOL, day(1), usage(input=100_000, output=20_000))
    euros = {meter: usd / 2 for meter, usd in mine.amounts.items()}
    billed = Billed([item(mine, amounts=euros)], currency="EUR")
    return check(bills(billed), [mine], BOOK, rates={"EUR": rate} if rate else None)


def test_another_currency_is_named_and_not_compared() -> None:
    (one,) = in_euros(None).differences
    assert one.reason == "currency"
    assert "not compared" in one.said


def test_another_currency_is_compared_at_a_rate_that_is_given() -> None:
    (one,) = in_euros(Decimal(2)).differences
    assert (one.reason, "2 USD for 1 EUR" in one.said) == ("currency", True)
    assert {d.reason for d in in_euros(Decimal(3)).differences} == {"currency", "price"}


def test_rounded_to_cents_is_rounding_and_no_other_price() -> None:
    mine = [call("openai", SOL, day(n), usage(input=123_457 + n, output=20_001)) for n in (1, 2)]
    found = check(bills(Billed([item(one) for one in mine], digits=2)), mine, BOOK)
    assert [d.reason for d in found.differences] == ["rounding", "rounding"]
    assert all(abs(d.usd or Decimal(1)) <= Decimal("0.01") for d in found.differences)


def test_an_answer_that_was_stopped_here_ran_on_there() -> None:
    part = usage(input=100, output=20)
    stopped = run("openai", SOL, day(1), part)
    broken = replace(stopped.responses[0], failure=Failure(type="cancelled", status=200))
    (mine,) = calls_of_run(replace(stopped, responses=(broken,)), {})
    full = item(call("openai", SOL, day(1), usage(input=100, output=90)))
    (one,) = check(bills(Billed([full])), [mine], BOOK).differences
    assert (one.reason, one.tokens) == ("stopped", 90 - 20)


def test_a_failed_call_that_nobody_bills_is_not_looked_for() -> None:
    made = run("openai", SOL, day(1), usage())
    refused = replace(
        made.responses[0],
        cost=None,
        usage=Usage(),
        failure=Failure(type="rate_limited", status=429),
    )
    assert not list(calls_of_run(replace(made, responses=(refused,)), {}))


def test_costs_alone_tell_a_missing_run_by_their_money() -> None:
    calls = [
        call("anthropic", CLAUDE, day(1), usage(input=100 + n, output=20 + n), number=n)
        for n in range(3)
    ]
    costs = [b for b in bills(Billed([item(calls[0]), item(calls[1])])) if "cost" in b.layout]
    (one,) = check(costs, calls, BOOK).differences
    assert (one.reason, one.runs) == ("missing_there", ("00000002-anthropic",))


def test_usage_alone_tells_what_a_difference_is_worth_at_our_prices() -> None:
    mine = call("openai", SOL, day(1), usage(input=100, output=20))
    more = item(call("openai", SOL, day(1), usage(input=1_000_000)), requests=1)
    counted = [b for b in bills(Billed([item(mine), more])) if "usage" in b.layout]
    (one,) = check(counted, [mine], BOOK).differences
    row = BOOK.find("openai", SOL, date.fromisoformat(day(1)))
    assert row is not None
    assert (one.reason, one.usd) == ("missing_here", row.rates["input"])


def test_the_same_export_twice_counts_once_and_it_is_said() -> None:
    mine = call("openai", SOL, day(1), usage(input=100, output=20))
    once = bills(Billed([item(mine)]))
    again = [replace(b, name=f"again {b.name}") for b in once]
    found = check([*once, *again], [mine], BOOK)
    assert found.differences == ()
    assert len(found.troubles) == 2
    assert all("stands in" in t.what for t in found.troubles)


def test_a_model_without_a_price_is_compared_by_its_tokens_only() -> None:
    made = Item(
        "openai", day(1), "gpt-unknown-9", {"input": 10, "output": 5}, {"input": Decimal(1)}
    )
    mine = replace(
        call("openai", SOL, day(1), usage(input=10, output=5)), model="gpt-unknown-9", amounts={}
    )
    (one,) = check(bills(Billed([made])), [mine], BOOK).differences
    assert one.reason == "no_price"


def test_days_of_google_begin_at_midnight_in_los_angeles() -> None:
    assert day_of("2026-11-03T05:00:00+00:00", "America/Los_Angeles") == "2026-11-02"
    assert day_of("2026-11-03T05:00:00+00:00", "UTC") == "2026-11-03"


def google(*rows: str) -> Bill:
    head = "Service description,SKU description,Usage start date,Usage amount,Usage unit,Unrounded Cost ($),Cost ($)"
    return read("google.csv", "\n".join([head, *rows]).encode())


def test_a_google_sku_that_names_no_model_is_listed() -> None:
    bill = google("Gemini API,Some new thing Tokens,2026-11-02,5,count,1,1")
    (one,) = check([bill], [], BOOK).differences
    assert (one.reason, "Some new thing" in one.said) == ("unmapped", True)


def test_a_google_bill_agrees_by_its_words() -> None:
    at = "2026-11-02"
    row = BOOK.find("gemini", "gemini-3.8-flash", date(2026, 11, 2))
    assert row is not None
    sent, received = row.rates["input"], row.rates["output"] / 5
    bill = google(
        f"Gemini API,Gemini 3.8 Flash Input Tokens,{at},1000000,count,{sent},{sent}",
        f"Gemini API,Gemini 3.8 Flash Output Tokens,{at},200000,count,{received},{received}",
    )
    mine = replace(
        call("openai", SOL, at, usage(input=1_000_000, output=200_000)),
        provider="gemini",
        model="gemini-3.8-flash",
        amounts={"input": sent, "output": received},
    )
    assert check([bill], [mine], BOOK).differences == ()


def openrouter(*rows: str) -> Bill:
    head = "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,tokens_cached,model_permaslug"
    return read("or.csv", "\n".join([head, *rows]).encode())


def test_openrouter_joins_answers_by_their_ids_and_takes_what_they_say_as_ours() -> None:
    base = replace(
        call("openai", SOL, day(1), usage(input=100, output=20)),
        provider="openrouter",
        model="openai/gpt-6.1-sol",
    )
    mine = [
        replace(base, response_id="gen-1", charged=Decimal("0.5")),
        replace(base, response_id="gen-2", charged=Decimal("0.25"), run_id="lost"),
    ]
    bill = openrouter(
        f"gen-1,{day(1)}T10:00:00Z,0.5,100,20,0,openai/gpt-6.1-sol",
        f"gen-3,{day(1)}T10:00:00Z,0.125,50,10,0,openai/gpt-6.1-sol",
    )
    found = check([bill], mine, BOOK)
    assert {(d.reason, d.runs) for d in found.differences if d.reason.startswith("missing")} == {
        ("missing_there", ("lost",)),
        ("missing_here", ()),
    }
    assert any(
        "2 answers say what they were charged, $0.75 together" in note for note in found.notes
    )


def test_a_mistaken_year_does_not_fill_the_days_between() -> None:
    bill = Bill(name="b", layout="l", provider="openai", days=("0001-01-01", "9999-12-31"))
    assert merge([bill], {}).counted == {"openai": {"0001-01-01", "9999-12-31"}}
