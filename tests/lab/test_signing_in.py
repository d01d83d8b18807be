"""Signing in with a plan: the whole way over a loopback, and everything that may come back and is not believed."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from playground.demo.process import DemoServer
from playground.domain import ModelRef, Response, Secret
from playground.engine import Engine
from playground.lab import wallet_trial
from playground.lab.signing_in import Installation, SignIn
from playground.providers import plan_sign_in
from playground.providers.plan_sign_in import FIRST, Account, NotSignedIn

SOL = ModelRef.parse("openai:gpt-6.1-sol")


@pytest.fixture
def issuer(simulation: DemoServer) -> str:
    return f"{simulation.base_url}/openai-sign-in"


@pytest.fixture
def browser() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=20) as made:
        yield made


def press(browser: httpx2.Client, url: str, link: str) -> httpx2.Response:
    """Open the page, press a link, and go where it leads: back to the app."""
    page = browser.get(url)
    assert page.status_code == 200, page.text
    found = re.search(rf'href="([^"]+)">{link}<', page.text)
    assert found
    back = browser.get(found[1].replace("&amp;", "&"))
    assert back.status_code == 302
    return browser.get(back.headers["location"])


def signed_in(
    engine: Engine, issuer: str, browser: httpx2.Client, link: str = "Allow"
) -> tuple[Account, Installation]:
    installation = Installation(None)
    attempt = SignIn(engine, installation, issuer=issuer)
    answer = press(browser, attempt.url, link)
    assert answer.status_code == 200
    return attempt.account(10), installation


def ask(engine: Engine, simulation: DemoServer, account: Account) -> tuple[Account, Response]:
    endpoint = simulation.endpoints()["openai"]
    work = engine.submit(lambda pool: wallet_trial.by_plan(account, SOL, endpoint, pool=pool))
    return work.result(30)


def test_who_allows_it_in_the_browser_is_signed_in_and_the_plan_pays(
    engine: Engine, simulation: DemoServer, issuer: str, browser: httpx2.Client
) -> None:
    account, installation = signed_in(engine, issuer, browser)
    assert account.name == "Sam Simulated"
    assert account.client == installation.client
    assert account.client.startswith("oaiapp_")
    endpoint = simulation.endpoints()["openai"]
    asked = engine.submit(lambda pool: wallet_trial.models_of(account, endpoint, pool=pool))
    held, listed = asked.result(30)
    assert held is account
    assert SOL in listed
    same, response = ask(engine, simulation, account)
    assert same is account
    assert response.ok
    assert response.text


def test_a_token_that_is_renewed_for_the_list_of_models_is_the_one_that_holds(
    engine: Engine, simulation: DemoServer, issuer: str, browser: httpx2.Client
) -> None:
    """It was forgotten, and what had renewed it holds once: the sign-in had ended."""
    account = replace(signed_in(engine, issuer, browser)[0], until=0.0)
    endpoint = simulation.endpoints()["openai"]
    asked = engine.submit(lambda pool: wallet_trial.models_of(account, endpoint, pool=pool))
    held, _ = asked.result(30)
    assert ask(engine, simulation, replace(held, until=0.0))[1].ok


def test_what_is_asked_for_is_what_is_documented(issuer: str) -> None:
    attempt = plan_sign_in.begin(4_711, "6f0c", issuer=plan_sign_in.ISSUER)
    parts = urlsplit(attempt.url)
    query = dict(parse_qsl(parts.query))
    assert attempt.url.startswith("https://auth.openai.com/api/accounts/authorize?")
    assert query["client_id"] == FIRST
    assert query["redirect_uri"] == "http://127.0.0.1:4711/auth/callback"
    assert query["resource"] == "https://api.openai.com/v1"
    assert query["code_challenge_method"] == "S256"
    assert query["ext_agent_host_id"] == "urn:uuid:6f0c"
    assert query["agent_name_hint"] == "AI API playground"
    assert attempt.verifier.reveal() not in attempt.url
    again = plan_sign_in.begin(4_711, "6f0c", client="oaiapp_1", issuer=issuer)
    assert "agent_name_hint" not in again.url


def test_who_refuses_is_told_so(engine: Engine, issuer: str, browser: httpx2.Client) -> None:
    attempt = SignIn(engine, Installation(None), issuer=issuer)
    press(browser, attempt.url, "Refuse")
    with pytest.raises(NotSignedIn, match="refused in the browser"):
        attempt.account(10)


def test_what_belongs_to_another_attempt_changes_nothing(
    engine: Engine, issuer: str, browser: httpx2.Client
) -> None:
    attempt = SignIn(engine, Installation(None), issuer=issuer)
    where = attempt.attempt.redirect
    assert browser.get(f"{where}?state=guessed&code=x&client_id=oaiapp_1").status_code == 404
    assert browser.get(where.replace("127.0.0.1", "localhost")).status_code == 404
    assert browser.get(where.replace("/auth/callback", "/other")).status_code == 404
    with pytest.raises(TimeoutError):
        attempt.account()
    assert press(browser, attempt.url, "Allow").status_code == 200
    assert attempt.account(10).name


def test_an_attempt_that_nobody_ends_is_over(engine: Engine, issuer: str) -> None:
    attempt = SignIn(engine, Installation(None), issuer=issuer)
    attempt.stop()
    with pytest.raises(NotSignedIn, match="in time"):
        attempt.account(1)


def test_a_code_holds_once_and_for_its_own_verifier_only(
    engine: Engine, issuer: str, browser: httpx2.Client
) -> None:
    attempt = plan_sign_in.begin(9, "6f0c", issuer=issuer)
    page = browser.get(attempt.url)
    link = re.search(r'href="([^"]+)">Allow<', page.text)
    assert link
    back = browser.get(link[1].replace("&amp;", "&")).headers["location"]
    code, client = plan_sign_in.called_back(attempt, dict(parse_qsl(urlsplit(back).query)))
    stolen = replace(attempt, verifier=Secret("another"))
    for how in (stolen, attempt):  # the first try used the code up
        work = engine.submit(lambda pool, h=how: plan_sign_in.redeem(h, code, client, pool=pool))  # type: ignore[misc]
        with pytest.raises(NotSignedIn, match="invalid_grant"):
            work.result(30)


@pytest.mark.parametrize("bent", ["signature", "claims", "none"])
def test_an_identity_that_the_issuer_did_not_sign_is_not_believed(bent: str) -> None:
    from playground.demo import authorizing

    numbers = authorizing._key().public_key().public_numbers()
    keys = {"keys": [{
        "kty": "RSA", "kid": "simulated",
        "n": authorizing._encoded(authorizing._bytes(numbers.n)), "e": "AQAB",
    }]}  # fmt: skip
    token = authorizing._signed({"sub": "a"})
    assert plan_sign_in._verified(token, keys)[1]["sub"] == "a"
    head, claims, signature = token.split(".")
    other = authorizing._signed({"sub": "b"})
    wrong = {
        "signature": f"{head}.{claims}.{other.split('.')[2]}",
        "claims": f"{head}.{other.split('.')[1]}.{signature}",
        "none": f"{head}.{claims}.",
    }[bent]
    with pytest.raises(ValueError, match="no key"):
        plan_sign_in._verified(wrong, keys)


def test_a_token_that_ends_is_renewed_once_and_the_old_one_is_worth_nothing(
    engine: Engine, simulation: DemoServer, issuer: str, browser: httpx2.Client
) -> None:
    account, _ = signed_in(engine, issuer, browser)
    old = replace(account, until=0.0)
    fresh, response = ask(engine, simulation, old)
    assert response.ok
    assert fresh.access != old.access
    assert fresh.refresh != old.refresh
    with pytest.raises(NotSignedIn, match="refresh_token_reused"):
        ask(engine, simulation, old)


def test_signing_out_ends_it_at_the_issuer(
    engine: Engine, simulation: DemoServer, issuer: str, browser: httpx2.Client
) -> None:
    account, _ = signed_in(engine, issuer, browser)
    engine.submit(lambda pool: plan_sign_in.revoke(account, pool=pool)).result(30)
    with pytest.raises(NotSignedIn):
        ask(engine, simulation, replace(account, until=0.0))


def test_a_plan_that_is_used_up_is_a_failure_and_no_key_is_tried(
    engine: Engine, simulation: DemoServer, issuer: str, browser: httpx2.Client
) -> None:
    account, _ = signed_in(engine, issuer, browser, "Allow, with a plan that is used up")
    _, response = ask(engine, simulation, account)
    assert response.failure is not None
    assert response.failure.code == "subscription_sharing_usage_limit_exceeded"


def test_no_token_and_no_code_is_kept_or_logged(
    engine: Engine, issuer: str, browser: httpx2.Client, tmp_path: Path,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "kept" / "sign-in.json"
    installation = Installation(file)
    attempt = SignIn(engine, installation, issuer=issuer)
    caplog.clear()  # this test's own browser logs what it opens
    press(browser, attempt.url, "Allow")
    account = attempt.account(10)
    held = json.loads(file.read_text("utf-8"))
    assert held == {"host": installation.host, "client": account.client}
    assert file.stat().st_mode & 0o077 == 0
    assert Installation(file).client == account.client
    assert account.refresh is not None
    told = capfd.readouterr()
    everywhere = repr(account) + caplog.text + told.out + told.err + file.read_text("utf-8")
    for secret in (account.access, account.refresh, attempt.attempt.verifier):
        assert secret.reveal() not in everywhere
