"""Three ways to pay for the same request: sources with dates, and what the ChatGPT path refuses of a request of ours."""

from __future__ import annotations

from datetime import date

from playground.domain import ModelRef, Request, Settings
from playground.lab.products import Fact
from playground.lab.wallets import Rule, wallets
from playground.providers import openai_responses

KEY, CHATGPT, CLAUDE = wallets()


def test_every_fact_has_a_dated_source() -> None:
    for wallet in wallets():
        own = (wallet.pays, wallet.limits, wallet.here)
        facts: tuple[Fact | Rule, ...] = (*own, *wallet.rules)
        assert all(fact.url.startswith("https://") for fact in facts)
        assert all(date(2026, 1, 1) < fact.as_of <= date.today() for fact in facts)
        assert wallet.here.says.endswith(".")


def test_a_plain_request_of_ours_is_what_the_chatgpt_path_needs_and_a_limit_is_refused() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    plain = openai_responses.arguments(Request.ask(ref, "Hi"))
    assert plain["store"] is False
    assert plain["stream"] is True
    assert isinstance(plain["input"], list)
    refused = CHATGPT.all_of("refused")
    assert not set(refused) & set(plain)
    limited = Request.ask(ref, "Hi", settings=Settings(max_output_tokens=100))
    assert set(refused) & set(openai_responses.arguments(limited)) == {"max_output_tokens"}


def test_what_can_be_done_from_here_says_how_and_where_not() -> None:
    assert [wallet.here.works for wallet in wallets()] == [True, True, True]
    assert "127.0.0.1" in CHATGPT.here.says
    assert "hosted copy of this app may not" in CHATGPT.here.says
    assert CHATGPT.here.url.endswith("/token-sharing-open-source/sign-in")
    assert KEY.rules == ()
    assert "Claude Code" in CLAUDE.all_of("missing")[0]
