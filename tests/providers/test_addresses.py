"""Addresses that are wrong: TLS, redirects, web pages, paths that are not there. The failure says which URL and what to change."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from playground import settings
from playground.domain import Endpoint, Failure, ModelRef, Request, Response
from playground.providers import Call, ProviderError, list_models
from playground.wire import Pool, open_pool
from tests import loopback
from tests.loopback import Handler, Loopback, Seen, answer, head, sse, stream, whole
from tests.providers.calling import KEY, Serve
from tests.providers.test_faults import DOORS, HELLO
from tests.tinyproxy import Authority, authority

NOT_FOUND = whole(404, b"404 page not found", content_type="text/plain")


async def call(pool: Pool, door: str, url: str, **more: Any) -> Response:
    ref = ModelRef.parse(door)
    endpoint = Endpoint(provider=ref.provider, base_url=url, **{"key": KEY, **more})
    made = Call(Request.ask(ref, "Hi"), endpoint, pool=pool)
    await made.run()
    return made.response()


async def failed(pool: Pool, door: str, url: str, **more: Any) -> Failure:
    failure = (await call(pool, door, url, **more)).failure
    assert failure is not None
    assert "_ssl.c" not in failure.message
    assert "SSLError" not in f"{failure.message} {failure.meaning} {failure.next_step}"
    return failure


@pytest.fixture(autouse=True)
def _trusted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    plain = getattr(httpx2.create_ssl_context, "__wrapped__", httpx2.create_ssl_context)
    monkeypatch.setattr(httpx2, "create_ssl_context", plain)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def secure(own: Authority) -> AsyncIterator[Loopback]:
    """A provider behind TLS, whose certificate comes from an authority of its own."""
    provider, server = await loopback.start(stream([sse(*HELLO["openai/chat:m"])]), tls=own.server)
    yield provider
    server.close()


def port(url: str) -> str:
    return url.rpartition(":")[2]


async def test_a_certificate_that_nobody_trusts_names_the_variable(
    pool: Pool, secure: Loopback, own: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = await failed(pool, "openai/chat:m", secure.url)
    assert failure.type == "connection"
    assert "not trusted" in failure.message
    assert "SSL_CERT_FILE" in failure.next_step
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
    anew = open_pool()
    assert (await call(anew, "openai/chat:m", secure.url)).text == "Hello"
    await anew.aclose()


def signed(folder: Path, name: x509.GeneralName, until: datetime) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate for this name, good for the day before `until`, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(until - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    leaf, secret = folder / "leaf.pem", folder / "leaf.key"
    leaf.write_bytes(made.public_bytes(Encoding.PEM))
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf, secret)
    return leaf, context


HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("name", "until", "says", "step"),
    [
        (x509.DNSName("elsewhere.example"), NOW + timedelta(hours=9), "another", "base URL"),
        (HERE, NOW - timedelta(days=9), "not valid now", "date"),
        (HERE, NOW + timedelta(days=9), "not valid now", "date"),
    ],
)
async def test_a_certificate_of_another_name_or_day(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: x509.GeneralName,
    until: datetime,
    says: str,
    step: str,
) -> None:
    leaf, context = signed(tmp_path, name, until)
    provider, server = await loopback.start(NOT_FOUND, tls=context)
    monkeypatch.setenv("SSL_CERT_FILE", str(leaf))
    trusting = open_pool()
    failure = await failed(trusting, "openai/chat:m", provider.url)
    assert failure.type == "connection"
    assert says in failure.message
    assert step in failure.next_step
    await trusting.aclose()
    server.close()


@pytest.mark.parametrize("door", DOORS)
async def test_https_to_a_port_of_plain_http(pool: Pool, door: str) -> None:
    async def bad_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(head(400, {"connection": "close", "content-length": "0"}))
        writer.close()

    server = await asyncio.start_server(bad_request, "127.0.0.1", 0)
    failure = await failed(pool, door, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    assert failure.type == "connection"
    assert "http:// instead of https://" in failure.next_step


@pytest.mark.parametrize("door", DOORS)
async def test_http_to_a_port_of_tls(pool: Pool, secure: Loopback, door: str) -> None:
    failure = await failed(pool, door, secure.url.replace("https://", "http://"))
    assert failure.type == "connection"
    assert "https://" in failure.next_step


TOLD_IN_HTTP = (
    b"Client sent an HTTP request to an HTTPS server.\n",
    b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>",
    b"Bad Request\nThis combination of host and port requires TLS.\n",
    b"Your browser sent a request that this server could not understand. Reason: You're speaking plain HTTP to an SSL-enabled server port.",
)


@pytest.mark.parametrize("body", TOLD_IN_HTTP)
async def test_servers_that_say_in_http_that_they_want_tls(
    serve: Serve, pool: Pool, body: bytes
) -> None:
    provider = await serve(whole(400, body, content_type="text/plain"))
    failure = await failed(pool, "openai/chat:m", provider.url)
    assert (failure.type, failure.status) == ("connection", 400)
    assert "https://" in failure.next_step


async def test_a_tls_alert_is_no_answer(serve: Serve, pool: Pool) -> None:
    async def alert(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")
        writer.close()

    provider = await serve(alert)
    failure = await failed(pool, "openai/chat:m", provider.url)
    assert failure.type == "connection"
    assert "https" in failure.next_step
    assert "bytearray" not in failure.message


PATHS = {
    "openai:m": "/responses",
    "openai/chat:m": "/chat/completions",
    "anthropic:m": "/v1/messages",
    "gemini:m": "/v1/models/m:streamGenerateContent?alt=sse",
    "gemini/interactions:m": "/v1/interactions",
}


def moved(target: Callable[[Seen], str], status: int = 307) -> Handler:
    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, {"location": target(seen), "content-length": "0"}))

    return handler


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("door", DOORS)
async def test_a_redirect_names_the_base_url_that_it_leads_to(
    serve: Serve, pool: Pool, door: str, status: int
) -> None:
    provider = await serve(moved(lambda seen: f"https://new.example/api{seen.path}", status))
    failure = await failed(pool, door, provider.url)
    assert (failure.type, failure.status) == ("not_found", status)
    assert f"redirects to https://new.example/api{PATHS[door]}" in failure.message
    assert "make https://new.example/api the base URL" in failure.next_step
    assert provider.url in failure.next_step


async def test_a_redirect_to_a_path_or_without_a_target(serve: Serve, pool: Pool) -> None:
    provider = await serve(moved(lambda seen: "/login"))
    failure = await failed(pool, "openai/chat:m", provider.url)
    assert "redirects to /login" in failure.message
    assert f"{provider.url}/login" in failure.next_step
    nowhere = await serve(whole(302, b""))
    assert "302" in (await failed(pool, "openai/chat:m", nowhere.url)).message


@pytest.mark.parametrize("target", ["https://[1.2.3.4]/v1", "https://[::1", "http://h:x/", "//["])
async def test_a_redirect_to_what_is_no_address(serve: Serve, pool: Pool, target: str) -> None:
    provider = await serve(moved(lambda seen: target))
    failure = await failed(pool, "openai/chat:m", provider.url)
    assert f"redirects to {target}" in failure.message
    assert failure.next_step


ABSENT: dict[str, Handler] = {
    "Go": NOT_FOUND,
    "FastAPI": answer({"detail": "Not Found"}, status=404),
    "Express": whole(
        404,
        b"<!DOCTYPE html><title>Error</title><pre>Cannot POST /x</pre>",
        content_type="text/html",
    ),
    "nginx": whole(
        404, b"<html><head><title>404 Not Found</title></head></html>", content_type="text/html"
    ),
    "nginx, method": whole(
        405, b"<html><head><title>405 Not Allowed</title></head></html>", content_type="text/html"
    ),
    "Kong": answer({"message": "no Route matched with those values"}, status=404),
    "AWS": answer({"message": "Missing Authentication Token"}, status=403),
    "Cloudflare": answer(
        {"success": False, "errors": [{"code": 7003, "message": "Could not route to /x"}]},
        status=404,
    ),
    "llama.cpp": answer(
        {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}, status=404
    ),
    "LM Studio": answer({"error": "Unexpected endpoint or method. (POST /x)"}),
    "OpenAI": answer(
        {"error": {"message": "Invalid URL (POST /v1/v1/x)", "type": "invalid_request_error"}},
        status=404,
    ),
    "nothing": whole(404, b""),
    "Spring": answer(
        {"timestamp": "t", "status": 404, "error": "Not Found", "path": "/x"}, status=404
    ),
}


@pytest.mark.parametrize("server", ABSENT)
async def test_a_path_that_is_not_there_is_named_with_what_to_change(
    serve: Serve, pool: Pool, server: str
) -> None:
    provider = await serve(ABSENT[server])
    for base, says in (("", f"try {provider.url}/v1"), ("/v1", "stands before /chat/completions")):
        failure = await failed(pool, "openai/chat:m", provider.url + base)
        assert failure.type == "not_found"
        assert failure.message
        assert "no such API" in failure.meaning
        assert f"POST {provider.url}{base}/chat/completions was called" in failure.next_step
        assert says in failure.next_step


@pytest.mark.parametrize("door", DOORS)
async def test_the_url_that_was_called_is_named_at_every_door(
    serve: Serve, pool: Pool, door: str
) -> None:
    provider = await serve(NOT_FOUND)
    failure = await failed(pool, door, provider.url)
    assert f"POST {provider.url}{PATHS[door]} was called" in failure.next_step


async def test_an_unknown_model_is_not_blamed_on_the_address(serve: Serve, pool: Pool) -> None:
    said = {"error": {"message": "The model `m` does not exist.", "code": 404}}
    provider = await serve(answer(said, status=404))
    failure = await failed(pool, "ollama:m", provider.url)
    assert failure.meaning == "Ollama does not know this model."
    assert "was called" not in failure.next_step


PORTAL = b"<html><title>Sign in to the hotel network</title><body>...</body></html>"


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "application/json"])
async def test_a_captive_portal(serve: Serve, pool: Pool, kind: str) -> None:
    provider = await serve(whole(200, PORTAL, content_type=kind))
    failure = await failed(pool, "openai/chat:m", provider.url + "/v1")
    assert "Sign in to the hotel network" in failure.message
    assert "<" not in failure.message
    assert failure.meaning == "A web page answered, not an API."
    assert f"POST {provider.url}/v1/chat/completions was called" in failure.next_step
    assert "sign in to it in a browser" in failure.next_step


async def test_a_network_that_says_that_it_wants_a_sign_in(serve: Serve, pool: Pool) -> None:
    provider = await serve(whole(511, PORTAL, content_type="text/html"))
    failure = await failed(pool, "openai/chat:m", provider.url)
    assert (failure.type, failure.status) == ("connection", 511)
    assert "sign" in failure.meaning


async def test_a_server_of_ones_own_has_no_status_page_and_makes_no_keys(
    serve: Serve, pool: Pool
) -> None:
    bodies = {status: {"error": {"message": "oh"}} for status in (401, 402, 500, 503)}
    for status, body in bodies.items():
        provider = await serve(answer(body, status=status))
        for door in ("ollama:m", "mine:m", "openai/chat:m"):
            failure = await failed(pool, door, provider.url)
            assert "https://" not in failure.next_step
            assert "status page" not in failure.next_step
            official = await failed(pool, "openai/chat:m", provider.url, simulated=True)
            if status != 503:
                assert failure.next_step != official.next_step


async def test_a_server_that_wants_a_key_and_got_none(serve: Serve, pool: Pool) -> None:
    provider = await serve(answer({"error": "Unauthorized"}, status=401))
    failure = await failed(pool, "vllm:m", provider.url, key=None)
    assert failure.meaning == "vLLM asks for a key, and none was sent."
    assert "does not accept" in (await failed(pool, "vllm:m", provider.url)).meaning


NO_LISTS: dict[str, Handler] = {
    **ABSENT,
    "page": whole(404, PORTAL, content_type="text/html"),
    "empty object": answer({}),
    "words": answer("hello"),
    "null": answer(None),
    "number": answer(3),
}


@pytest.mark.parametrize("server", NO_LISTS)
async def test_a_server_without_a_list_of_models_can_be_asked_all_the_same(
    serve: Serve, pool: Pool, server: str
) -> None:
    provider = await serve(NO_LISTS[server])
    where = Endpoint(provider="mine", base_url=f"{provider.url}/v1")
    with pytest.raises(ProviderError) as raised:
        await list_models(where, pool=pool)
    failure = raised.value.failure
    assert failure.type == "not_found"
    assert failure.meaning == "mine has no list of models at its address."
    assert "write mine:MODEL" in failure.next_step


@pytest.mark.parametrize("body", [b"", PORTAL, b"{"])
async def test_a_list_of_models_that_is_none(serve: Serve, pool: Pool, body: bytes) -> None:
    provider = await serve(whole(200, body, content_type="text/html"))
    with pytest.raises(ProviderError) as raised:
        await list_models(Endpoint(provider="mine", base_url=provider.url), pool=pool)
    failure = raised.value.failure
    assert failure.type == "server"
    assert "<" not in failure.message


async def test_a_list_that_is_empty_or_bare_is_a_list(serve: Serve, pool: Pool) -> None:
    lists: tuple[Any, ...] = (
        {"data": []},
        {"object": "list", "data": None},
        {"models": []},
        [],
    )
    for body in lists:
        provider = await serve(answer(body))
        assert await list_models(Endpoint(provider="mine", base_url=provider.url), pool=pool) == []


PASTED = ("{url}/v1/chat/completions", "{host}/v1", ' "{url}/v1/" ', "{url}//v1/responses?x=1")


@pytest.mark.parametrize("pasted", PASTED)
async def test_a_base_url_as_it_is_pasted_reaches_the_api(
    serve: Serve, pool: Pool, pasted: str
) -> None:
    provider = await serve(stream([sse(*HELLO["openai/chat:m"])]))
    url = pasted.format(url=provider.url, host=provider.url.removeprefix("http://"))
    env = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY.reveal(), "HOME": "/nowhere"}
    for endpoint in (settings.endpoints(env)["openai"], settings.custom("openai2", url, KEY)):
        ref = ModelRef.parse(
            "openai/chat:m" if endpoint.provider == "openai" else f"{endpoint.provider}:m"
        )
        made = Call(Request.ask(ref, "Hi"), endpoint, pool=pool)
        await made.run()
        assert made.response().text == "Hello"
    assert {seen.path for seen in provider.requests} == {"/v1/chat/completions"}


async def test_a_redirect_cannot_write_into_the_page(serve: Serve, pool: Pool) -> None:
    target = "https://x.example/![a](https://leak.example/b)`$c$<i>:red[d]"
    provider = await serve(moved(lambda seen: target))
    step = (await failed(pool, "openai/chat:m", provider.url)).next_step
    assert "https://x.example/" in step
    assert not set("()[]<>`$") & set(step)
