"""Real faults on a real connection: each becomes a Failure in plain words, and what had come is kept."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from playground.domain import Endpoint, Failure, ModelRef, Request
from playground.providers import Call
from playground.wire import Pool
from tests.loopback import END, STREAM, Handler, Seen, chunk, head, sse, stream, whole
from tests.providers.calling import KEY, Serve, endpoint, respond

DOORS = ("openai:m", "openai/chat:m", "anthropic:m", "gemini:m", "gemini/interactions:m")
HELLO: dict[str, list[dict[str, Any]]] = {
    "openai:m": [
        {"type": "response.output_text.delta", "delta": "Hello", "output_index": 0},
        {
            "type": "response.completed",
            "response": {"id": "r", "model": "m", "status": "completed"},
        },
    ],
    "openai/chat:m": [
        {"id": "r", "choices": [{"index": 0, "delta": {"content": "Hello"}}]},
        {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ],
    "anthropic:m": [
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "text", "text": "Hello"},
        },
        {"type": "message_stop"},
    ],
    "gemini:m": [
        {"candidates": [{"content": {"parts": [{"text": "Hello"}]}}]},
        {"candidates": [{"finishReason": "STOP"}]},
    ],
    "gemini/interactions:m": [
        {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": "Hello"}},
        {"event_type": "interaction.completed", "interaction": {"status": "completed"}},
    ],
}
"""The shortest whole stream of each door: its text, then its end."""


async def failing(
    serve: Serve, pool: Pool, door: str, handler: Handler, **more: Any
) -> tuple[Failure, str]:
    response = await respond(serve, pool, door, handler, **more)
    assert response.failure is not None
    assert response.failure.meaning
    assert response.failure.next_step
    return response.failure, response.text


@pytest.mark.parametrize("door", DOORS)
async def test_nobody_listens(pool: Pool, door: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        call = Call(Request.ask(ModelRef.parse(door), "Hi"), endpoint(door, url), pool=pool)
        await call.run()
    assert call.failure is not None
    assert (call.failure.type, call.failure.status) == ("connection", None)
    assert "127.0.0.1 could not be reached" in call.failure.message


@pytest.mark.parametrize("door", DOORS)
async def test_the_name_is_unknown(pool: Pool, door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    call = Call(
        Request.ask(ModelRef.parse(door), "Hi"),
        endpoint(door, "https://no.such.example"),
        pool=pool,
    )
    await call.run()
    assert call.failure is not None
    assert call.failure.type == "connection"
    assert "no.such.example was not found" in call.failure.message


@pytest.mark.parametrize("door", DOORS)
async def test_silence_before_the_head(serve: Serve, pool: Pool, door: str) -> None:
    async def silent(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    failure, _ = await failing(serve, pool, door, silent, timeout=0.1)
    assert (failure.type, failure.status) == ("timeout", None)
    assert "sent nothing for 0.1 s" in failure.message


@pytest.mark.parametrize("door", DOORS)
async def test_silence_in_mid_stream_keeps_the_text(serve: Serve, pool: Pool, door: str) -> None:
    async def stalls(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(sse(HELLO[door][0])))
        await writer.drain()
        await asyncio.sleep(5)

    failure, text = await failing(serve, pool, door, stalls, timeout=0.1)
    assert (failure.type, failure.status, text) == ("timeout", 200, "Hello")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("clean", [True, False])
async def test_a_stream_that_is_cut_keeps_the_text(
    serve: Serve, pool: Pool, door: str, clean: bool
) -> None:
    handler = stream([sse(HELLO[door][0])], end=clean)
    failure, text = await failing(serve, pool, door, handler)
    assert (failure.type, failure.status, text) == ("stream_truncated", 200, "Hello")


@pytest.mark.parametrize("door", DOORS)
async def test_a_stream_that_is_cut_within_an_event(serve: Serve, pool: Pool, door: str) -> None:
    handler = stream([sse(*HELLO[door])[:-10]], end=False)
    failure, text = await failing(serve, pool, door, handler)
    assert (failure.type, text) == ("stream_truncated", "Hello")


@pytest.mark.parametrize("door", DOORS)
async def test_an_end_that_breaks_after_the_last_word_is_whole(
    serve: Serve, pool: Pool, door: str
) -> None:
    response = await respond(serve, pool, door, stream([sse(*HELLO[door])], end=False))
    assert (response.failure, response.text) == (None, "Hello")


@pytest.mark.parametrize("door", DOORS)
async def test_a_hang_up_before_the_head(serve: Serve, pool: Pool, door: str) -> None:
    async def hangs_up(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.close()

    failure, _ = await failing(serve, pool, door, hangs_up)
    assert (failure.type, failure.status) == ("connection", None)


@pytest.mark.parametrize("door", DOORS)
async def test_garbage_among_the_events_fails_and_the_rest_is_read(
    serve: Serve, pool: Pool, door: str
) -> None:
    first, last = HELLO[door]
    failure, text = await failing(
        serve, pool, door, stream([sse(first), sse('{"broken": '), sse(last)])
    )
    assert (failure.type, text) == ("server", "Hello")
    assert '{"broken":' in failure.message
    assert "not JSON" in failure.message


@pytest.mark.parametrize("door", DOORS)
async def test_events_of_an_unknown_shape_never_raise(serve: Serve, pool: Pool, door: str) -> None:
    shapes = ["null", "3", '"text"', "[]", "[1]", "{}", '{"type": 1}', '{"choices": 5}']
    shapes += ['{"candidates": "x"}', '{"event_type": "step.delta"}', '{"type": "error"}']
    response = await respond(
        serve, pool, door, stream([sse(HELLO[door][0]), *(sse(s) for s in shapes)])
    )
    assert response.failure is not None
    assert response.text == "Hello"


@pytest.mark.parametrize("door", DOORS)
async def test_binary_garbage(serve: Serve, pool: Pool, door: str) -> None:
    garbage = bytes(range(256)) * 8
    failure, _ = await failing(serve, pool, door, stream([garbage]))
    assert failure.type in ("stream_truncated", "server")
    failure, _ = await failing(serve, pool, door, whole(200, garbage), stream=False)
    assert failure.type == "server"

    async def not_http(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)
        writer.close()

    failure, _ = await failing(serve, pool, door, not_http)
    assert failure.type == "connection"


@pytest.mark.parametrize("door", DOORS)
async def test_a_web_page_instead_of_an_api(serve: Serve, pool: Pool, door: str) -> None:
    page = b"<html><title>Sign in to the hotel network</title></html>"
    failure, _ = await failing(serve, pool, door, whole(200, page, content_type="text/html"))
    assert failure.type == "server"
    assert "not JSON (text/html)" in failure.message
    assert "Sign in to the hotel" in failure.message
    failure, _ = await failing(serve, pool, door, whole(502, page, content_type="text/html"))
    assert (failure.type, failure.status) == ("server", 502)
    assert "Sign in to the hotel" in failure.message


@pytest.mark.parametrize("door", DOORS)
async def test_a_redirect_is_told_and_not_followed(serve: Serve, pool: Pool, door: str) -> None:
    seen_paths: list[str] = []

    async def moved(seen: Seen, writer: asyncio.StreamWriter) -> None:
        seen_paths.append(seen.path)
        writer.write(head(308, {"location": "https://evil.example/", "content-length": "0"}))

    failure, _ = await failing(serve, pool, door, moved)
    assert failure.type == "not_found"
    assert "redirects to https://evil.example/" in failure.message
    assert len(seen_paths) == 1


@pytest.mark.parametrize("door", DOORS)
async def test_a_compressed_stream(serve: Serve, pool: Pool, door: str) -> None:
    packed = gzip.compress(sse(*HELLO[door]))

    async def zipped(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM.replace(b"x-request-id", b"content-encoding: gzip\r\nx-request-id"))
        writer.write(chunk(packed) + END)

    response = await respond(serve, pool, door, zipped)
    assert (response.failure, response.text) == (None, "Hello")

    async def broken(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM.replace(b"x-request-id", b"content-encoding: gzip\r\nx-request-id"))
        writer.write(chunk(b"this is not gzip") + END)

    failure, _ = await failing(serve, pool, door, broken)
    assert failure.type == "server"
    assert "does not decompress" in failure.message


async def test_one_huge_event(serve: Serve, pool: Pool) -> None:
    text = "x" * 5_000_000
    events = [
        {"id": "r", "choices": [{"index": 0, "delta": {"content": text}}]},
        HELLO["openai/chat:m"][1],
    ]
    body = sse(*events)
    pieces = [body[i : i + 65_536] for i in range(0, len(body), 65_536)]
    response = await respond(serve, pool, "openai/chat:m", stream(pieces))
    assert (response.failure, len(response.text)) == (None, len(text))


async def test_a_huge_prompt(serve: Serve, pool: Pool) -> None:
    provider = await serve(stream([sse(*HELLO["openai:m"])]))
    asked = Request.ask(ModelRef.parse("openai:m"), "x" * 5_000_000)
    call = Call(asked, endpoint("openai:m", provider.url), pool=pool)
    await call.run()
    assert call.failure is None
    assert len(provider.requests[0].json["input"][0]["content"]) == 5_000_000


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("after_text", [True, False])
async def test_stopping_closes_the_connection_at_once_and_keeps_the_text(
    serve: Serve, pool: Pool, door: str, after_text: bool
) -> None:
    begun = asyncio.Event()

    async def endless(seen: Seen, writer: asyncio.StreamWriter) -> None:
        if after_text:
            writer.write(STREAM + chunk(sse(HELLO[door][0])))
            await writer.drain()
        begun.set()
        await asyncio.sleep(30)

    provider = await serve(endless)
    heard = asyncio.Event()
    call = Call(
        Request.ask(ModelRef.parse(door), "Hi"),
        endpoint(door, provider.url),
        pool=pool,
        on_delta=lambda kind, piece: heard.set() if kind == "text" else None,
    )
    task = asyncio.create_task(call.run())
    await asyncio.wait_for(begun.wait(), 5)
    if after_text:
        await asyncio.wait_for(heard.wait(), 5)
    stopped = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(provider.hung_up.wait(), 5)
    assert time.perf_counter() - stopped < 2
    cancelled = Failure(type="cancelled")
    response = call.response(cancelled)
    assert response.failure == cancelled
    assert response.text == ("Hello" if after_text else "")
    assert response.usage.output_tokens is None


async def test_a_response_may_be_asked_for_before_and_while_a_call_runs(
    serve: Serve, pool: Pool
) -> None:
    halfway = asyncio.Event()
    go_on = asyncio.Event()
    first, last = HELLO["openai/chat:m"]

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(sse(first)))
        await writer.drain()
        await go_on.wait()
        writer.write(chunk(sse(last)) + END)

    provider = await serve(handler)
    asked = Request.ask(ModelRef.parse("openai/chat:m"), "Hi")
    call = Call(
        asked,
        endpoint("openai/chat:m", provider.url),
        pool=pool,
        on_delta=lambda kind, piece: halfway.set() if kind == "text" else None,
    )
    before = call.response()
    assert (before.text, before.exchange, before.failure) == ("", None, None)
    task = asyncio.create_task(call.run())
    await asyncio.wait_for(halfway.wait(), 5)
    during = call.response()
    assert (during.text, during.finish_reason, during.failure) == ("Hello", None, None)
    go_on.set()
    await task
    assert call.response().finish_reason == "stop"


@pytest.mark.parametrize("door", DOORS)
async def test_deltas_come_in_order_and_sent_comes_first(
    serve: Serve, pool: Pool, door: str
) -> None:
    provider = await serve(stream([sse(event) for event in HELLO[door]]))
    heard: list[tuple[str, str]] = []
    call = Call(
        Request.ask(ModelRef.parse(door), "Hi"),
        endpoint(door, provider.url),
        pool=pool,
        on_delta=lambda kind, piece: heard.append((kind, piece)),
    )
    await call.run()
    assert heard == [("sent", ""), ("text", "Hello")]


@pytest.mark.parametrize("door", DOORS)
async def test_times_fit_what_happened(serve: Serve, pool: Pool, door: str) -> None:
    first, last = HELLO[door]

    async def paced(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(STREAM)
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(chunk(sse(first)))
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(chunk(sse(last)) + END)

    timing = (await respond(serve, pool, door, paced)).timing
    assert timing.headers is not None
    assert timing.first_text is not None
    assert timing.duration is not None
    assert (
        timing.headers >= 0.09
    )  # all from the beginning: what one of them is late, the next one is nearer to it
    assert timing.first_text >= max(0.19, timing.headers)
    assert timing.first_text == timing.first_chunk == timing.last_text
    assert timing.duration >= max(0.29, timing.first_text)


async def test_an_adapter_that_trips_is_a_failure_and_no_traceback(
    serve: Serve, pool: Pool
) -> None:
    body = {"id": "r", "status": "completed", "output": [{"type": "message", "content": [7]}]}
    failure, _ = await failing(
        serve, pool, "openai:m", whole(200, json.dumps(body).encode()), stream=False
    )
    assert failure.type == "server"
    assert "could not be read" in failure.message


async def test_a_request_that_the_sdk_cannot_build_is_a_failure(pool: Pool) -> None:
    from playground.domain import Settings

    asked = Request.ask(ModelRef.parse("openai:m"), "Hi", settings=Settings(extra={"odd": {1, 2}}))
    call = Call(asked, endpoint("openai:m", "http://127.0.0.1:9"), pool=pool)
    await call.run()
    assert call.failure is not None
    assert (call.failure.type, call.failure.status) == ("invalid_request", None)
    assert "could not be built" in call.failure.message


@pytest.mark.parametrize("door", DOORS)
async def test_no_key_is_told_before_anything_is_sent(serve: Serve, pool: Pool, door: str) -> None:
    provider = await serve(stream([]))
    ref = ModelRef.parse(door)
    call = Call(
        Request.ask(ref, "Hi"), Endpoint(provider=ref.provider, base_url=provider.url), pool=pool
    )
    await call.run()
    assert call.failure is not None
    assert call.failure.type == "authentication"
    variable = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
    name = variable.get(ref.provider, "GEMINI_API_KEY")
    assert f"set {name} or enter one in the app" in call.failure.message
    assert provider.requests == []


async def test_a_compatible_server_needs_no_key_and_is_sent_none(serve: Serve, pool: Pool) -> None:
    provider = await serve(stream([sse(*HELLO["openai/chat:m"])]))
    call = Call(
        Request.ask(ModelRef.parse("ollama:llama3:8b"), "Hi"),
        Endpoint(provider="ollama", base_url=f"{provider.url}/v1"),
        pool=pool,
    )
    await call.run()
    assert call.failure is None
    assert "authorization" not in provider.requests[0].headers
    assert provider.requests[0].json["model"] == "llama3:8b"


FAULTS: dict[str, Callable[[str], Handler]] = {
    "echoed in an error": lambda key: whole(401, json.dumps({"error": {"message": key}}).encode()),
    "echoed in a page": lambda key: whole(500, f"<p>{key}</p>".encode(), content_type="text/html"),
    "echoed in a header": lambda key: whole(400, b"{}", x_debug=key),
    "echoed in a redirect": lambda key: whole(302, b"", location=f"https://x.example/?key={key}"),
    "echoed in an event": lambda key: stream([sse({"error": {"message": key, "type": key}})]),
    "echoed in garbage": lambda key: stream([sse(f"{{{key}")]),
    "echoed in the text": lambda key: stream(
        [sse({"id": "r", "choices": [{"index": 0, "delta": {"content": key}}]})]
    ),
    "echoed whole": lambda key: whole(200, key.encode(), content_type="text/plain"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("door", DOORS)
async def test_the_key_is_nowhere_in_what_remains(
    serve: Serve, pool: Pool, door: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = KEY.reveal()
    response = await respond(serve, pool, door, FAULTS[fault](secret))
    assert secret not in repr(response)
    assert secret not in repr(endpoint(door, "http://x"))
    assert secret not in caplog.text


async def test_the_environment_changes_neither_address_nor_key_nor_headers(
    serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = await serve(whole(200, b"{}"))
    leaks = {
        "OPENAI_API_KEY": "leak-1",
        "OPENAI_ADMIN_KEY": "leak-2",
        "OPENAI_ORG_ID": "leak-3",
        "OPENAI_PROJECT_ID": "leak-4",
        "OPENAI_CUSTOM_HEADERS": "x-leak: leak-5\nauthorization: Bearer leak-6",
        "OPENAI_BASE_URL": elsewhere.url,
        "ANTHROPIC_API_KEY": "leak-7",
        "ANTHROPIC_AUTH_TOKEN": "leak-8",
        "ANTHROPIC_CUSTOM_HEADERS": "x-leak: leak-9\nauthorization: Bearer leak-10",
        "ANTHROPIC_BASE_URL": elsewhere.url,
        "GOOGLE_API_KEY": "leak-11",
        "GEMINI_API_KEY": "leak-12",
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_GENAI_API_VERSION": "leak-13",
        "GOOGLE_CLOUD_PROJECT": "leak-14",
        "GOOGLE_GEMINI_BASE_URL": elsewhere.url,
        "HTTP_PROXY": elsewhere.url,
        "HTTPS_PROXY": elsewhere.url,
        "ALL_PROXY": elsewhere.url,
    }
    for name, value in leaks.items():
        monkeypatch.setenv(name, value)
    for door in DOORS:
        provider = await serve(stream([sse(*HELLO[door])]))
        call = Call(
            Request.ask(ModelRef.parse(door), "Hi"), endpoint(door, provider.url), pool=pool
        )
        await call.run()
        assert call.failure is None
        (seen,) = provider.requests
        assert "leak" not in f"{seen.path} {seen.headers} {seen.body!r}"
        assert KEY.reveal() in " ".join(seen.headers.values())
    assert elsewhere.requests == []


async def test_hosted_mode_calls_nothing_on_loopback_but_the_demo(serve: Serve, pool: Pool) -> None:
    from playground.wire import open_pool

    provider = await serve(stream([sse(*HELLO["openai/chat:m"])]))
    hosted = open_pool(hosted=True)
    asked = Request.ask(ModelRef.parse("openai/chat:m"), "Hi")
    results: dict[bool, Failure | None] = {}
    for simulated in (False, True):
        where = endpoint("openai/chat:m", provider.url, simulated=simulated)
        call = Call(asked, where, pool=hosted, hosted=True)
        await call.run()
        results[simulated] = call.failure
    await hosted.aclose()
    assert results[True] is None
    refused = results[False]
    assert refused is not None
    assert refused.type == "permission"
    with pytest.raises(ValueError, match="hosted=True"):
        Call(asked, endpoint("openai/chat:m", provider.url), pool=pool, hosted=True)


async def test_the_gate_holds_the_request_back(serve: Serve, pool: Pool) -> None:
    provider = await serve(stream([sse(*HELLO["openai:m"])]))
    opened = asyncio.Event()

    async def gate() -> None:
        await opened.wait()

    call = Call(
        Request.ask(ModelRef.parse("openai:m"), "Hi"),
        endpoint("openai:m", provider.url),
        pool=pool,
        gate=gate,
    )
    task = asyncio.create_task(call.run())
    await asyncio.sleep(0.1)
    assert provider.requests == []
    opened.set()
    await task
    assert call.failure is None
    assert len(provider.requests) == 1
