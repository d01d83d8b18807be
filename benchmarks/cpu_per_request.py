"""CPU time of one streamed request of 200 tokens through each door, against a bare httpx2 + json loop in the same run.

    python benchmarks/cpu_per_request.py [--requests 420] [--interval 0]

Needs the mock provider (`process.MOCK`), which does not speak Interactions: that door is answered by a server in this file. Its SDK
creates two pydantic models anew for every request, about 10 ms before the clock starts, and offers no way around it; so
the last row is for knowing, the others are held to 1.5. The client is pinned to one core and the mock provider to
another, where there are two.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2

from benchmarks.process import mock_provider
from benchmarks.rows import Rows
from playground import garbage, history
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import get_engine, settle
from playground.history import Labels
from playground.history.journal import close_writers
from playground.providers import Call, warm
from playground.wire import Pool, open_pool

DOORS = {
    "openai": ("/v1", "/v1/responses"),
    "openai/chat": ("/v1", "/v1/chat/completions"),
    "anthropic": ("", "/v1/messages"),
    "gemini": ("", "/v1/models/{model}:streamGenerateContent?alt=sse"),
    "gemini/interactions": ("", "/v1/interactions"),
}
LIMITS = {
    "openai": 1.3,
    "openai/chat": 1.3,
    "anthropic": 1.3,
    "gemini": 1.5,
    "gemini/interactions": 4,
}
"""Most CPU ÷ that of the bare loop."""
KEPT, MOST_KEPT = "openai/chat", 1.8
"""The door that is measured with the history too, and the most ÷ bare."""
ROUNDS = 21
TOKENS = 200


def _interaction() -> list[bytes]:
    """An answer of TOKENS tokens as Interactions streams it, event by event."""
    usage = {"total_input_tokens": 8, "total_output_tokens": TOKENS, "total_tokens": TOKENS + 8}
    whole = {"id": "v1_x", "model": "mock", "object": "interaction", "role": "model"}
    delta = {"event_type": "step.delta", "index": 0}
    events: list[dict[str, Any]] = [
        {"event_type": "interaction.created", "interaction": {**whole, "status": "in_progress"}},
        {"event_type": "step.start", "index": 0, "step": {"type": "model_output"}},
        *({**delta, "delta": {"type": "text", "text": f" word{i}"}} for i in range(TOKENS)),
        {"event_type": "step.stop", "index": 0},
        {
            "event_type": "interaction.completed",
            "interaction": {**whole, "status": "completed", "usage": usage},
        },
    ]
    return [f"event: {e['event_type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events]


def serve_interactions(port: int) -> None:
    """Answer every POST with the same stream, one event a write, until the process is ended."""
    events = [*_interaction(), b"event: done\ndata: [DONE]\n\n"]
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            length = 0
            while line := (await reader.readline()).strip().lower():
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            await reader.readexactly(length)
            writer.write(head)
            for event in events:
                writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            writer.write(b"0\r\n\r\n")
            await writer.drain()

    async def serve() -> None:
        await (await asyncio.start_server(answer, "127.0.0.1", port)).serve_forever()

    asyncio.run(serve())


def pin(process: int, core: int) -> None:
    """Keep a process (0 = this one) on one core, where the system can."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, {core})


async def bare(client: httpx2.AsyncClient, url: str, model: str) -> int:
    """What the fastest sensible client does: send, split lines, json.loads, join the text."""
    text: list[str] = []
    body = {"model": model, "stream": True, "input": "hi", "messages": []}
    async with client.stream("POST", url, json=body) as response:
        async for line in response.aiter_lines():
            if not line.startswith("data: ") or line == "data: [DONE]":
                continue
            event = json.loads(line[6:])
            if "choices" in event:
                text.extend(c["delta"].get("content") or "" for c in event["choices"])
            elif "candidates" in event:
                parts = event["candidates"][0]["content"]["parts"]
                text.extend(p.get("text", "") for p in parts)
            elif "delta" in event:
                delta = event["delta"]
                text.append(delta if isinstance(delta, str) else delta.get("text", ""))
    return len("".join(text))


async def ours(pool: Pool, ref: ModelRef, endpoint: Endpoint) -> int:
    """The same through the official SDK, the recorder and the adapter, the finished Response included."""
    call = Call(Request.ask(ref, "hi"), endpoint, pool=pool, on_delta=lambda kind, piece: None)
    await call.run()
    response = call.response()
    if response.failure is not None:
        raise SystemExit(f"{ref}: {response.failure.message}")
    return len(response.text)


def kept(ref: ModelRef, endpoint: Endpoint) -> int:
    """The same through the engine, as a run that the history keeps."""
    run = get_engine().start(
        [Request.ask(ref, "hi")], {ref.provider: endpoint}, journal=history.keep(Labels())
    )
    run.wait()
    return len(run.run().responses[0].text)


async def cpu(
    one: Callable[[], Awaitable[int]], requests: int, after: Callable[[], object] = lambda: None
) -> float:
    """CPU milliseconds of one request, mean over `requests` of them; `after`: what belongs to it and may come late."""
    before = time.process_time()
    for _ in range(requests):
        if await one() < TOKENS:
            raise SystemExit("the answer came short")
    after()
    return (time.process_time() - before) / requests * 1000


async def measure(port: int, requests: int, interval: str) -> Rows:
    """Print the ratio of each door, rounds of bare and ours taking turns."""
    rows = Rows()
    model = f"mock-t0-i{interval}-n{TOKENS}-w1"
    pool, client = open_pool(), httpx2.AsyncClient(trust_env=False)
    key = Secret("benchmark-key")
    for door, (version, path) in DOORS.items():
        server = f"http://127.0.0.1:{port + ('interactions' in door)}"

        async def one_bare(url: str = server + path.format(model=model)) -> int:
            return await bare(client, url, model)

        ref = ModelRef.parse(f"{door}:{model}")
        endpoint = Endpoint(provider=ref.provider, base_url=server + version, key=key)

        async def one_ours(ref: ModelRef = ref, endpoint: Endpoint = endpoint) -> int:
            return await ours(pool, ref, endpoint)

        await cpu(one_bare, 5), await cpu(one_ours, 5)
        rounds = [
            (await cpu(one_bare, requests // ROUNDS), await cpu(one_ours, requests // ROUNDS))
            for _ in range(ROUNDS)
        ]
        ratio = statistics.median(o / b for b, o in rounds)
        rows.show(f"CPU of a stream of {TOKENS} tokens ÷ bare: {door}", ratio, LIMITS[door])
        if door == KEPT:
            rounds = [
                (
                    await cpu(one_bare, requests // ROUNDS),
                    await cpu(
                        lambda ref=ref, endpoint=endpoint: asyncio.to_thread(kept, ref, endpoint),  # type: ignore[misc]
                        requests // ROUNDS,
                        history.get_writer().flush,
                    ),
                )
                for _ in range(ROUNDS + 1)
            ]
            ratio = statistics.median(o / b for b, o in rounds[1:])
            rows.show(f"the same, kept in the history: {door}", ratio, MOST_KEPT)
    await client.aclose()
    await pool.aclose()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=420)
    parser.add_argument("--interval", default="0", help="milliseconds between tokens; 0p5 is 0.5")
    parser.add_argument("--port", type=int, default=18081)
    given = parser.parse_args()
    interactions = multiprocessing.get_context("spawn").Process(
        target=serve_interactions, args=(given.port + 1,), daemon=True
    )
    interactions.start()
    try:
        with mock_provider(given.port) as pid:
            for server in (pid, interactions.pid):
                pin(server or 0, 1)
            pin(0, 0)
            warm()
            settle()  # as the app does when it is warm
            with tempfile.TemporaryDirectory() as folder:
                os.environ["PLAYGROUND_DATA_DIR"] = folder
                with garbage.when_idle(lambda: True):  # as in the app while a run is under way
                    rows = asyncio.run(measure(given.port, given.requests, given.interval))
                close_writers()
    finally:
        interactions.terminate()
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
