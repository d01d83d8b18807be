"""Nouns survive being packed; money in sums is exact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.domain import Message, Request, Response, Text
from playground.store.packing import (
    attachments,
    digests,
    pack_request,
    pack_response,
    storable,
    units,
    unpack_request,
    unpack_response,
    usd,
)
from tests.history.runs import PICTURE, SOL, full_request, full_response


def test_a_request_and_a_response_come_back_the_same() -> None:
    request, response = full_request(), full_response()
    apart = digests(attachments(request, response))
    assert list(apart.values()) == [PICTURE.data]
    assert unpack_request(pack_request(request, apart), apart) == request
    assert unpack_response(pack_response(response, apart), apart) == response


@given(st.text(), st.text(st.characters()))
def test_any_text_comes_back_the_same(prompt: str, answer: str) -> None:
    request = Request(model=SOL, messages=(Message(role="user", parts=(Text(text=prompt),)),))
    response = Response(model=SOL, text=answer)
    assert unpack_request(pack_request(request, {}), {}) == request
    assert unpack_response(pack_response(response, {}), {}) == response


@given(st.decimals(0, 1_000_000, places=12))
def test_money_is_exact_to_a_millionth_of_a_millionth(amount: Decimal) -> None:
    assert usd(units(amount)) == amount


def test_unknown_money_stays_unknown() -> None:
    assert units(None) is None
    assert usd(None) is None


@pytest.mark.parametrize(("text", "kept"), [("a\x00b", "a�b"), ("\ud800", "?"), ("é", "é")])
def test_text_is_made_fit_for_both_databases(text: str, kept: str) -> None:
    assert storable(text) == kept
