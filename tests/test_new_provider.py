"""A new compatible provider is a row and its prices: everything else finds it there."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from playground import pricing, settings
from playground.cli.commands import playground
from playground.domain import PROVIDERS, Endpoint, ModelRef, Provider, Request, Response, Secret
from playground.export import snippets, telemetry
from playground.providers import Call, list_models
from playground.providers.failures import failure_of
from playground.wire import Pool
from tests.loopback import Handler, Loopback, answer

Serve = Callable[[Handler], Awaitable[Loopback]]
ROW = Provider(
    name="newcomer",
    label="Newcomer AI",
    base_url="https://api.newcomer.example/v1",
    key_variables=("NEWCOMER_API_KEY",),
    key_page="https://newcomer.example/keys",
    billing_page="https://newcomer.example/billing",
    telemetry="newcomer_ai",
)
PRICES = """
prices:
  newcomer:
    - {model: big-1, input: 2, output: 8, source: https://newcomer.example/prices, as_of: 2026-11-20}
"""
BIG = ModelRef("newcomer", "chat", "big-1")
KEY = Secret("canary-5d1e-newcomer")
ROUTER = Path(__file__).parents[1] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(autouse=True)
def _row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(PROVIDERS, ROW.name, ROW)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_ENDPOINTS", str(tmp_path / "endpoints.toml"))


def endpoint(url: str = ROW.base_url) -> Endpoint:
    return Endpoint(provider=ROW.name, base_url=url, key=KEY)


def test_its_name_alone_adds_it_with_its_address_and_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert CliRunner().invoke(playground, ["endpoints", "add", "newcomer"]).exit_code == 0
    monkeypatch.setenv("NEWCOMER_API_KEY", KEY.reveal())
    found = settings.endpoints()["newcomer"]
    assert (found.base_url, found.key) == (ROW.base_url, KEY)
    listed = CliRunner().invoke(playground, ["endpoints", "list", "--json"])
    rows = {row["name"]: row for row in json.loads(listed.stdout)}
    assert rows["newcomer"] == {"name": "newcomer", "base_url": ROW.base_url, "key": "set"}


def test_before_it_is_added_the_command_that_adds_it_is_told() -> None:
    asked = CliRunner().invoke(playground, ["ask", "Hi", "-m", "newcomer:big-1"])
    assert asked.exit_code == 2
    assert "No endpoint is named 'newcomer'" in asked.output
    assert "playground endpoints add newcomer." in asked.output


def test_the_bar_offers_it() -> None:
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    page.selectbox(key="endpoint_preset").set_value("newcomer").run()
    assert page.text_input(key="endpoint_name_newcomer").value == "newcomer"
    assert page.text_input(key="endpoint_url_newcomer").value == ROW.base_url


def test_a_failure_names_it_and_its_pages() -> None:
    refused = failure_of("authentication", "newcomer")
    assert refused.meaning == "Newcomer AI does not accept this key."
    assert "https://newcomer.example/keys" in refused.next_step
    assert "NEWCOMER_API_KEY" in refused.next_step
    assert "https://newcomer.example/billing" in failure_of("quota_exceeded", "newcomer").next_step


async def test_it_answers_lists_its_models_and_is_priced(
    serve: Serve, pool: Pool, tmp_path: Path
) -> None:
    said = {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}
    counted = {"usage": {"prompt_tokens": 1_000, "completion_tokens": 500}}
    server = await serve(answer(said | counted))
    call = Call(Request.ask(BIG, "Hi", stream=False), endpoint(server.url), pool=pool)
    await call.run()
    response = call.response()
    assert (response.text, response.failure) == ("Hello", None)
    (seen,) = server.requests
    assert (seen.path, seen.headers["authorization"]) == (
        "/chat/completions",
        f"Bearer {KEY.reveal()}",
    )

    mine = tmp_path / "prices.yaml"
    mine.write_text(PRICES, encoding="utf-8")
    cost = pricing.load(mine).price(BIG, None, response.usage, on=date(2026, 11, 21))
    assert cost is not None
    assert cost.total == (1_000 * Decimal(2) + 500 * Decimal(8)) / 1_000_000

    models = await serve(answer({"data": [{"id": "big-1"}]}))
    assert [model.id for model in await list_models(endpoint(models.url), pool=pool)] == ["big-1"]


def test_exports_speak_of_it_as_opentelemetry_does_and_code_asks_it() -> None:
    request = Request.ask(BIG, "Hi")
    attributes = telemetry.attributes(request, Response(model=BIG))
    assert attributes["gen_ai.provider.name"] == "newcomer_ai"
    code = snippets(request, endpoint())
    assert f"{ROW.base_url}/chat/completions" in code["curl"]
    assert '"authorization: Bearer $NEWCOMER_API_KEY"' in code["curl"]
    assert f'base_url="{ROW.base_url}"' in code["python-sdk"]
