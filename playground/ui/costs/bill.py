"""Bill check: a provider's own export, or what its admin key opens, beside the receipts in the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import streamlit as st

from playground import settings
from playground.bills import asking
from playground.bills.checking import check
from playground.bills.nouns import Bill
from playground.bills.reading import read
from playground.bills.receipts import notes, receipts
from playground.demo.process import get_demo
from playground.domain import Endpoint, Secret
from playground.domain.provider import provider_of
from playground.engine import get_engine
from playground.pricing import PriceBook
from playground.settings import SettingsError
from playground.ui import names
from playground.ui.costs.bill_shown import shown
from playground.ui.parts.number_field import number_field
from playground.ui.parts.product import terms
from playground.ui.session import keeping
from playground.ui.session.endpoints import real_endpoints

MOST_MEGABYTES = 200
DAYS = 7
HOW = """
- **OpenAI**: platform.openai.com › Usage › Export (costs), or the answers of `/v1/organization/usage/completions` and `/costs`.
- **Anthropic**: platform.claude.com › Usage › Export, or the answers of the Usage and Cost Admin API.
- **Google**: console.cloud.google.com › Billing › Cost table › Download CSV, or BigQuery's standard export.
- **OpenRouter**: openrouter.ai › Activity › Export, or the answer of `/api/v1/activity`.

Usage and costs together tell most: one has the tokens, the other the money. Days are the provider's own: UTC, at Google those
of Los Angeles.
"""


def bill_check(book: PriceBook) -> None:
    """Take bills, lay them beside our receipts, and show what differs and why."""
    st.caption(
        "What the provider says you used and owe, beside what our receipts say, by day and model. Files are read in memory"
        " and not kept."
    )
    bills = [*_files(), *_fetched()]
    if not bills:
        st.info(
            "Give an export of usage or costs, fetch it with an admin key, or take the simulation's bill.",
            icon=":material/receipt_long:",
        )
        return
    store = keeping.opened()
    if store is None:
        return
    mine, rates = _choices(bills)
    calls = receipts(store, bills, owner=keeping.visitor())
    found = check(bills, calls, book, mine=mine, rates=rates)
    more = () if settings.hosted() else notes(store, bills)
    shown(replace(found, notes=(*found.notes, *more)))


def _files() -> list[Bill]:
    uploads = st.file_uploader(
        "Exports of usage or costs",
        type=["csv", "json", "jsonl", "txt"],
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
        key="bill_files",
    )
    with st.expander("Where to get them", icon=":material/help:"):
        st.markdown(HOW)
        terms(HOW, "bill_how")
    before: dict[str, Bill] = st.session_state.get(names.BILL_READ, {})
    now = {u.file_id: before.get(u.file_id) or read(u.name, u.getvalue()) for u in uploads}
    st.session_state[names.BILL_READ] = now
    return list(now.values())


def _fetched() -> list[Bill]:
    """The bills that were fetched in this tab, and what fetches more."""
    today = datetime.now(UTC).date()
    with st.expander("Fetch it", icon=":material/cloud_download:"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            provider = st.selectbox(
                "Provider",
                asking.KNOWN,
                format_func=lambda name: provider_of(name).label,
                key="bill_provider",
            )
            st.text_input(
                "Admin key",
                type="password",
                key=names.BILL_KEY,
                autocomplete="off",
                placeholder="not the key that asks models",
                help="Used once for this fetch, kept in no file and not in this tab either.",
            )
            first = st.date_input("From", today - timedelta(days=DAYS - 1), key="bill_first")
            last = st.date_input("To", today, key="bill_last")
            span = (first or today, last or today)
            st.button(
                "Fetch",
                icon=":material/cloud_download:",
                key="bill_fetch",
                on_click=_fetch,
                args=(provider, *span),
            )
        if said := st.session_state.get(names.BILL_SAID):
            st.error(said)
    st.button(
        "Take the simulation's bill",
        icon=":material/science:",
        key="bill_simulated",
        on_click=_simulated,
        args=(today,),
        help="For the simulated answers of today. A second program's key is in it, as in a real organisation.",
    )
    kept: dict[str, list[Bill]] = st.session_state.get(names.BILL_FETCHED, {})
    if kept:
        st.button("Put the fetched bills away", key="bill_away", type="tertiary", on_click=_away)
    return [bill for bills in kept.values() for bill in bills]


def _fetch(provider: str, first: date, last: date) -> None:
    """Take the key out of its field and use it once."""
    typed = st.session_state[names.BILL_KEY]
    st.session_state[names.BILL_KEY] = ""
    try:
        key = settings.check_key(typed)
    except SettingsError as error:
        st.session_state[names.BILL_SAID] = str(error)
        return
    endpoint = real_endpoints().get(provider)
    _keep(provider, endpoint or _usual(provider), key, first, last)


def _usual(provider: str) -> Endpoint:
    return Endpoint(provider=provider, base_url=provider_of(provider).base_url)


def _simulated(day: date) -> None:
    for provider, endpoint in asking.simulation(get_demo().endpoints()).items():
        _keep(provider, endpoint, Secret(asking.SIMULATED_KEY), day, day)


def _keep(provider: str, endpoint: Endpoint, key: Secret, first: date, last: date) -> None:
    st.session_state.pop(names.BILL_SAID, None)
    if first > last:
        st.session_state[names.BILL_SAID] = "The first day is after the last."
        return
    try:
        bills = asking.asked(endpoint, key, first, last, get_engine())
    except TimeoutError:
        st.session_state[names.BILL_SAID] = (
            f"{provider_of(provider).label} gave no whole answer in {asking.PATIENCE:.0f} seconds."
        )
        return
    kept = st.session_state.setdefault(names.BILL_FETCHED, {})
    kept[provider] = bills


def _away() -> None:
    st.session_state.pop(names.BILL_FETCHED, None)


def _choices(bills: Sequence[Bill]) -> tuple[frozenset[str], dict[str, Decimal]]:
    """Which keys are ours, where a bill has several; what other currencies are in USD, where it has any."""
    keys = sorted({entry.key for bill in bills for entry in bill.entries if entry.key})
    foreign = sorted(
        {e.currency for b in bills for e in b.entries if e.currency != "USD" and e.amount}
    )
    mine: list[str] = []
    rates: dict[str, Decimal] = {}
    if len(keys) > 1:
        mine = st.multiselect(
            "Keys of this app",
            keys,
            key="bill_mine",
            placeholder="found out by what fits",
            help="As the bill names them. Without a choice the key that fits our receipts counts as ours.",
        )
    for currency in foreign:
        rate = number_field(
            f"USD for 1 {currency}",
            f"bill_rate_{currency}",
            most=1_000_000,
            whole=False,
            needed=False,
        ).value
        if rate:
            rates[currency] = rate
    return frozenset(mine), rates
