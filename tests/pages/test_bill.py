"""The Costs page's bill check as a script: a file, the simulation's bill, an admin key that is kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.bills import reading
from playground.bills.checking import check
from playground.bills.nouns import Bill
from playground.demo.process import DemoServer, get_demo
from playground.domain import Request
from playground.domain.model import ModelRef
from playground.engine import get_engine
from playground.figures import money
from playground.history import get_store
from playground.history.labels import Labels
from playground.history.writing import put
from playground.settings import endpoints
from playground.ui.costs import bill
from playground.ui.costs.bill_shown import chart
from playground.ui.shell.pages import path
from tests.bills.making import BOOK, Billed, bills, call, day, item, usage

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
SOL = "gpt-6.1-sol"
KEY = "sk-admin-canary-0123456789abcdef"


def opened() -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state["costs_tab"] = "Bill check"
    app.switch_page(path("costs.py"))
    page = app.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "success")
    elements: list[Any] = [element for kind in kinds for element in page.get(kind)]
    return "\n".join(element.value for element in elements)


def test_before_there_is_a_bill_it_says_what_to_give() -> None:
    page = opened()
    assert "Give an export of usage or costs" in said(page)
    assert not page.dataframe


def test_the_simulations_bill_agrees_but_for_another_programs_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    with DemoServer() as alone:  # the shared one bills what other tests have asked
        monkeypatch.setattr("playground.ui.costs.bill.get_demo", lambda: alone)
        live = get_engine().start([Request.ask(ref, "What is a token?")], alone.endpoints())
        assert live.wait(30)
        put(get_store(), live.run(), Labels(kind="ask"))
        page = opened()
        page.button(key="bill_simulated").click().run()
    assert not page.exception
    differences, lines = page.dataframe[0].value, page.dataframe[1].value
    assert "other keys" in set(differences["Why"])
    assert SOL in set(lines["Model"])
    assert "days and models agree**, once what is not of our calls is taken off" in said(page)
    assert "Could not be read" not in [one.label for one in page.expander]


def test_a_file_is_read_once_however_often_the_page_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: list[str] = []
    read = reading.read

    def counted(name: str, data: bytes) -> Bill:
        names.append(name)
        return read(name, data)

    monkeypatch.setattr(bill, "read", counted)
    page = opened()
    files = [(f"{name}.json", b"[]", "application/json") for name in ("one", "two")]
    page.file_uploader[0].set_value(files[:1]).run()
    page.run()
    assert names == ["one.json"]
    page.file_uploader[0].set_value(files).run()
    page.run()
    assert not page.exception
    assert names.count("two.json") == 1
    page.file_uploader[0].set_value([]).run()
    assert "Give an export of usage or costs" in said(page)


def test_an_admin_key_leaves_its_field_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    address = get_demo().base_urls()["openai"]
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    assert endpoints()["openai"].base_url == address
    page = opened()
    page.text_input(key="bill_key").set_value(KEY)
    page.button(key="bill_fetch").click().run()
    assert not page.exception
    assert page.text_input(key="bill_key").value == ""
    assert "bill_fetched" in page.session_state
    assert KEY not in repr(page.session_state)
    assert KEY not in said(page)


def test_a_key_that_is_refused_says_so() -> None:
    page = opened()
    page.text_input(key="bill_key").set_value("no key at all\n")
    page.button(key="bill_fetch").click().run()
    assert not page.exception
    assert page.error


def test_both_sides_are_drawn_model_by_model_with_words() -> None:
    mine = call("openai", SOL, day(1), usage(input=100_000, output=20_000))
    found = check(bills(Billed([item(mine)])), [mine], BOOK)
    picture = chart(found.lines)
    assert picture is not None
    usd = money(Decimal(100_000 * 2 + 20_000 * 10) / 1_000_000)
    assert picture.told == f"{SOL}, billed: {usd}. {SOL}, our receipts: {usd}."
    assert chart(()) is None


def test_a_receipt_without_a_price_is_not_drawn_as_nothing() -> None:
    mine = call("openai", SOL, day(1), usage(input=100_000, output=20_000))
    (line,) = check(bills(Billed([item(mine)])), [mine], BOOK).lines
    unpriced, usd = replace(line, our_usd=None), line.our_usd
    picture = chart([unpriced])
    assert picture is not None
    assert picture.told.endswith(f"{SOL}, our receipts: not told.")
    picture = chart([line, unpriced])
    assert picture is not None
    assert picture.told.endswith(f"{SOL}, our receipts: ≥ {money(usd)}.")
