"""Proxies of the environment: chosen as the SDKs' own client does, and used on real ones."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpcore2
import httpx2
import pytest

from playground.domain import Endpoint, Failure, ModelRef, Request, Response
from playground.providers import Call
from playground.wire import Recorder, guard, open_pool
from playground.wire.proxies import Proxies, Proxy, of_environment
from tests import loopback
from tests.loopback import Loopback, sse, stream, whole
from tests.providers.calling import KEY, Serve
from tests.tinyproxy import BINARY, Authority, Tinyproxy, authority, tinyproxy

MODEL = ModelRef.parse("openai/chat:m")
HELLO = [
    {"id": "r", "choices": [{"index": 0, "delta": {"content": "Hello"}}]},
    {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
needs_tinyproxy = pytest.mark.skipif(
    BINARY is None, reason="tinyproxy is not installed: apt-get install tinyproxy"
)

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "none": {},
    "http only": {"HTTP_PROXY": "http://p:1"},
    "https only": {"HTTPS_PROXY": "http://p:1"},
    "small letters": {"https_proxy": "http://p:1", "no_proxy": "openai.com"},
    "all": {"ALL_PROXY": "http://a:1"},
    "each its own": {
        "HTTP_PROXY": "http://h:1",
        "HTTPS_PROXY": "http://s:1",
        "ALL_PROXY": "http://a:1",
    },
    "without a scheme": {"HTTPS_PROXY": "p:3128"},
    "everything direct": {"ALL_PROXY": "http://a:1", "NO_PROXY": "x.example, *"},
    "a name and below": {"ALL_PROXY": "http://a:1", "NO_PROXY": "openai.com, LOCALHOST"},
    "only below": {"ALL_PROXY": "http://a:1", "NO_PROXY": ".openai.com"},
    "only below, with a star": {"ALL_PROXY": "http://a:1", "NO_PROXY": "*.openai.com"},
    "numbers": {"ALL_PROXY": "http://a:1", "NO_PROXY": "127.0.0.1,::1,10.0.0.0/8,fd00::/8"},
    "with a port": {"ALL_PROXY": "http://a:1", "NO_PROXY": "api.openai.com:8443,localhost:11434"},
    "one scheme": {"ALL_PROXY": "http://a:1", "NO_PROXY": "http://api.openai.com"},
    "nonsense": {"ALL_PROXY": "http://a:1", "NO_PROXY": ",, 10.0.0.0/99, /, :"},
}
ADDRESSES = (
    "https://api.openai.com/v1",
    "http://api.openai.com/v1",
    "https://openai.com",
    "https://notopenai.com",
    "https://api.openai.com:8443/v1",
    "http://localhost:11434/v1",
    "http://127.0.0.1:1234/v1",
    "http://[::1]:1234/v1",
    "http://10.1.2.3/v1",
    "http://[fd00::5]/v1",
)


@pytest.fixture(autouse=True)
def _trusted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests name certificates of their own: none of the environment's, none that was read before."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    plain = getattr(httpx2.create_ssl_context, "__wrapped__", httpx2.create_ssl_context)
    monkeypatch.setattr(httpx2, "create_ssl_context", plain)


LEADS_TO = {"metadata.test": ["169.254.169.254"]}
"""What this computer knows of names below .test; any other is not known here, and nobody is asked."""


@pytest.fixture(autouse=True)
def _names_without_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    real = guard._resolve

    async def resolve(host: str, port: int, patience: float | None) -> list[str]:
        if not host.endswith(".test"):
            return await real(host, port, patience)
        if host not in LEADS_TO:
            raise httpcore2.ConnectError(f"{host} was not found")
        return LEADS_TO[host]

    monkeypatch.setattr(guard, "_resolve", resolve)


@pytest.mark.parametrize("name", ENVIRONMENTS)
async def test_the_same_proxy_is_chosen_as_by_the_sdks_client(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable, value in ENVIRONMENTS[name].items():
        monkeypatch.setenv(variable, value)
    ours = of_environment()
    async with httpx2.AsyncClient() as client:
        for address in ADDRESSES:
            transport: Any = client._transport_for_url(httpx2.URL(address))
            theirs = getattr(transport._pool, "_proxy_url", None)
            want = f"{theirs.scheme.decode()}://{theirs.host.decode()}" if theirs else None
            found = ours.to(address)
            assert (found.name.rsplit(":", 1)[0] if found else None) == want, address


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:p%40ss@proxy.example:3128/")
    found = of_environment().to("https://api.openai.com/v1")
    assert found is not None
    assert (found.variable, found.name) == ("https_proxy", "http://proxy.example:3128")
    assert found.spoken().auth == (b"user", b"p@ss")


@pytest.mark.parametrize("url", ["socks5://p:1080", "http://", "http://p:port", "ftp://p"])
def test_what_can_not_be_used_is_said(url: str) -> None:
    proxy = Proxy("ALL_PROXY", url)
    assert "ALL_PROXY" in (proxy.problem or "")
    assert proxy.name  # whatever it is, naming it never fails
    assert Proxies({"all": proxy}).to("https://x.example") == proxy


async def asked(url: str, *, hosted: bool = False, **more: Any) -> Response:
    """What a call to this address comes to, in a process that has just been started."""
    pool = open_pool(hosted=hosted)
    where = Endpoint(provider="openai", base_url=f"{url}/v1", key=KEY, **more)
    pool.allow(where)
    try:
        call = Call(Request.ask(MODEL, "Hi"), where, pool=pool, hosted=hosted)
        await call.run()
        return call.response()
    finally:
        await pool.aclose()


def failed(response: Response) -> Failure:
    assert response.failure is not None
    return response.failure


async def test_a_name_that_only_the_proxy_knows_is_asked_for_there(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(stream([sse(*HELLO)]))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    response = await asked("http://api.nowhere.test")
    assert (response.text, response.timing.proxy) == ("Hello", proxy.url)
    assert proxy.requests[0].path == "http://api.nowhere.test/v1/chat/completions"


@needs_tinyproxy
async def test_through_a_real_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    provider = await serve(stream([sse(*HELLO)]))
    with tinyproxy(tmp_path) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        response = await asked(provider.url)
        assert (response.text, response.timing.proxy) == ("Hello", f"http://{proxy.address}")
        assert proxy.asked == [f"POST {provider.url}/v1/chat/completions HTTP/1.1"]
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        direct = await asked(provider.url)
        assert (direct.text, direct.timing.proxy) == ("Hello", None)
        assert len(proxy.asked) == 1


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def secure(own: Authority) -> AsyncIterator[Loopback]:
    """A provider behind TLS, whose certificate comes from an authority of its own."""
    provider, server = await loopback.start(stream([sse(*HELLO)]), tls=own.server)
    provider.url = provider.url.replace("127.0.0.1", "localhost")
    yield provider
    server.close()


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tinyproxy]:
    """A real proxy that the environment names, and that wants a password."""
    if BINARY is None:
        pytest.skip("tinyproxy is not installed: apt-get install tinyproxy")
    with tinyproxy(tmp_path, "BasicAuth ann pass-canary") as running:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:pass-canary@{running.address}")
        yield running


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
async def test_an_authority_of_ones_own_is_trusted_where_the_environment_names_it(
    secure: Loopback, own: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    assert failed(await asked(secure.url)).type == "connection"
    monkeypatch.setenv(variable, str(own.certificate))
    assert (await asked(secure.url)).text == "Hello"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
async def test_certificates_that_are_not_there_are_named_and_stop_no_other_call(
    serve: Serve, secure: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "gone.pem"))
    failure = failed(await asked(secure.url))
    assert f"{variable} names {tmp_path / 'gone.pem'}" in failure.message
    plain = await serve(stream([sse(*HELLO)]))
    assert (await asked(plain.url)).text == "Hello"


async def test_a_tunnel_is_timed_as_connecting_and_no_one_else_reads_the_key(
    secure: Loopback, own: Authority, proxy: Tinyproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
    response = await asked(secure.url)
    assert response.text == "Hello"
    assert proxy.asked == [f"CONNECT {secure.url.removeprefix('https://')} HTTP/1.1"]
    assert KEY.reveal() not in proxy.log.read_text()
    (seen,) = secure.requests
    assert "proxy-authorization" not in seen.headers
    timing = response.timing
    assert timing.proxy == f"http://{proxy.address}"
    assert timing.connect is not None
    assert timing.tls is not None
    assert timing.queued is not None
    assert timing.queued >= timing.connect + timing.tls  # all of it before the clock starts
    assert 0 <= (timing.request_sent or -1) <= (timing.headers or -1)
    assert response.exchange is not None
    assert "canary" not in repr(response.exchange).replace(KEY.reveal(), "")


async def test_the_clock_starts_once_with_the_request_and_not_with_the_tunnel(
    secure: Loopback, own: Authority, proxy: Tinyproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
    pool, began = open_pool(), []
    for _ in range(2):  # the second call goes through the same tunnel
        seen = len(secure.requests)

        async def gate(seen: int = seen) -> None:
            began.append(len(secure.requests) - seen)

        recorder = Recorder(pool, base_url=secure.url, gate=gate)
        client = httpx2.AsyncClient(transport=recorder, trust_env=False)
        await client.post(f"{secure.url}/v1/x", json={})
        assert b"Hello" in b"".join([piece async for piece in recorder.chunks()])
        await recorder.aclose()
    await pool.aclose()
    assert began == [0, 0]
    assert len(proxy.asked) == 1
    assert recorder.timing().connect is None


async def test_a_proxy_that_refuses_is_named_without_its_password(
    secure: Loopback, proxy: Tinyproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://ann:wrong-canary@{proxy.address}")
    response = await asked(secure.url)
    failure = failed(response)
    assert failure.type == "connection"
    assert "The proxy did not let the call through: 40" in failure.message
    assert f"http://{proxy.address} of HTTPS_PROXY" in failure.message
    assert "NO_PROXY" in (failure.next_step or "")
    assert "canary" not in repr(response).replace(KEY.reveal(), "")
    assert secure.requests == []


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://127.0.0.1:9", "could not be reached"), ("socks5://127.0.0.1:9", "only proxies at")],
)
async def test_a_proxy_that_is_not_there_or_not_for_us_is_named(
    monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", address)
    failure = failed(await asked("http://api.nowhere.test"))
    assert failure.type == "connection"
    assert words in failure.message
    assert f"{address} of ALL_PROXY" in failure.message
    assert "Check the proxy that ALL_PROXY names" in (failure.next_step or "")


async def test_what_the_proxy_itself_answers_says_so(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(whole(502, b"cannot resolve", content_type="text/plain"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    failure = failed(await asked("http://api.nowhere.test"))
    assert (failure.status, "Through the proxy" in failure.message) == (502, True)


async def test_the_target_is_still_looked_at(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = await serve(stream([sse(*HELLO)]))
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    for address in ("http://169.254.169.254", "http://metadata.test", "http://100.100.100.200"):
        assert failed(await asked(address)).type == "permission"
    assert proxy.requests == []


async def test_a_proxy_at_a_forbidden_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://169.254.169.254:80")
    assert failed(await asked("http://api.nowhere.test")).type == "permission"


async def test_hosted_a_proxy_is_refused_by_name_and_the_simulation_needs_none(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(whole(200, b"{}"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    failure = failed(await asked("https://api.nowhere.test", hosted=True))
    assert failure.type == "permission"
    assert "HTTPS_PROXY names a proxy" in failure.message
    assert proxy.url not in repr(failure)
    simulated = await serve(stream([sse(*HELLO)]))
    assert (await asked(simulated.url, hosted=True, simulated=True)).text == "Hello"
    assert proxy.requests == []


async def test_a_name_that_is_not_known_here_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookups: list[str] = []

    async def resolve(host: str, port: int, patience: float | None) -> list[str]:
        lookups.append(host)
        raise httpcore2.ConnectTimeout("nobody answers")

    monkeypatch.setattr(guard, "_resolve", resolve)
    backend = guard.GuardedBackend(hosted=False)
    for _ in range(3):
        await backend.check("api.nowhere.test")
    assert lookups == ["api.nowhere.test"]


def test_these_tests_see_no_proxy_of_whoever_runs_them() -> None:
    assert not [name for name in os.environ if name.upper().endswith("_PROXY")]
