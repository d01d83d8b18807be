"""What a gateway makes of a call: nothing where there is none, all of it where there is one, LiteLLM's own proxy among them."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.demo.process import DemoServer
from playground.domain import ModelRef, Response, Secret
from playground.engine import Engine
from playground.lab import gateway
from playground.lab.gateway import Truth

LITELLM = Path.home() / ".cache/playground-tests/litellm/bin/litellm"
"""Where .ci/run puts it: an environment of its own, no dependency."""
MASTER_KEY = f"sk-{secrets.token_hex(32)}"
MODELS = {
    "openai/chat": "gpt-6.1-sol",
    "openai/responses": "gpt-6.1-sol",
    "anthropic/messages": "claude-sonnet-5-5",
    "gemini/generate_content": "gemini-3.8-flash",
}


def through(
    engine: Engine,
    simulation: DemoServer,
    door: str,
    proxy: str = "",
    token: str = "",
    key: str = "",
) -> tuple[Response, Truth]:
    token = token or secrets.token_urlsafe(16)
    provider, api = door.split("/")
    ref = ModelRef(provider, api, MODELS[door])
    noted = len(simulation.heard(token))
    given = Secret(key) if key else None
    where = {provider: gateway.endpoint(ref, simulation.base_url, token, proxy, given)}
    run = engine.start([gateway.request(ref)], where)
    assert run.wait(60)
    response = run.lanes[0].response
    assert response is not None
    assert response.exchange is not None
    return response, gateway.truth(response.exchange, simulation.heard(token)[noted:])


def test_every_door_of_the_panel_has_a_model_here() -> None:
    assert set(MODELS) == set(gateway.DOORS)


@pytest.mark.parametrize("door", gateway.DOORS)
def test_where_nothing_is_in_between_all_is_the_same_byte_for_byte(
    engine: Engine, simulation: DemoServer, door: str
) -> None:
    token = secrets.token_urlsafe(16)
    straight = gateway.upstreams(simulation.base_url, token)[door.split("/")[0]]
    response, found = through(engine, simulation, door, straight, token)
    assert response.ok, response.failure
    assert found.calls == 1
    parts = {part.name: part for part in found.parts}
    for name in ("Request headers", "Request body", "Status", "Events"):
        assert parts[name].same, parts[name]
    added = [
        c for c in parts["Response headers"].changes if not c.startswith(("+ date", "+ server"))
    ]
    assert all("•••" in c or "x-playground" in c or "transfer" in c for c in added), added


@pytest.mark.parametrize("door", gateway.DOORS)
def test_the_sample_gateway_is_told_by_all_that_it_does(
    engine: Engine, simulation: DemoServer, door: str
) -> None:
    response, found = through(engine, simulation, door)
    parts = {part.name: part for part in found.parts}
    assert "+ via: 1.1 sample-gateway" in parts["Request headers"].changes
    assert any(c.startswith("~ user-agent") for c in parts["Request headers"].changes)
    assert '+ user: "sample-gateway"' in parts["Request body"].changes
    assert parts["Request body"].diff
    if door.startswith("openai"):
        assert response.ok, response.failure
        assert "- store: false" in parts["Request body"].changes
        assert not parts["Events"].same
        assert any("service_tier" in c for c in parts["Events"].changes), parts["Events"]


def test_a_gateway_that_asks_somebody_else_is_told() -> None:
    from playground.domain import Exchange

    sent = Exchange(method="POST", url="http://x/v1", request_headers={}, request_body={})
    assert gateway.truth(sent, []).calls == 0


@pytest.fixture(scope="module")
def litellm(
    simulation: DemoServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """LiteLLM's proxy in front of the demo: its base URL and the token under which the demo notes what arrives."""
    if not LITELLM.is_file():
        pytest.skip(f"LiteLLM is not installed: .ci/run puts it at {LITELLM}")
    token, folder = secrets.token_urlsafe(16), tmp_path_factory.mktemp("litellm")
    upstream = gateway.upstreams(simulation.base_url, token)["openai"]
    (folder / "config.yaml").write_text(
        "model_list:\n  - model_name: gpt-6.1-sol\n    litellm_params:\n"
        f"      model: openai/gpt-6.1-sol\n      api_base: {upstream}\n      api_key: demo-key-of-litellm\n"
        "litellm_settings: {telemetry: false, num_retries: 0}\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "HOME": str(folder),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MASTER_KEY": MASTER_KEY,
        "NO_PROXY": "127.0.0.1,localhost",
    }
    command = [str(LITELLM), "--config", "config.yaml", "--port", str(port), "--host", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health/liveliness", process, folder / "log")
            yield f"http://127.0.0.1:{port}/v1", token
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            direct.open(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"LiteLLM did not start: {log.read_text(errors='replace')[-1500:]}")


def test_litellms_own_proxy_is_seen_through(
    engine: Engine, simulation: DemoServer, litellm: tuple[str, str]
) -> None:
    proxy, token = litellm
    response, found = through(engine, simulation, "openai/chat", proxy, token, MASTER_KEY)
    assert response.ok, response.failure
    assert response.text
    assert found.calls == 1
    parts = {part.name: part for part in found.parts}
    assert not parts["Request headers"].same
    assert any(change.startswith("~ host: ") for change in parts["Request headers"].changes)
    assert not parts["Response headers"].same
    assert any("x-litellm" in change for change in parts["Response headers"].changes), parts[
        "Response headers"
    ]
    assert not parts["Request body"].same
    assert "demo-key-of-litellm" not in str(found) + str(simulation.heard(token))
