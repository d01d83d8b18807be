"""CPU time of one streamed request of 200 tokens through each door, against a bare httpx2 + json loop in the same run.

    python benchmarks/cpu_per_request.py [--requests 200] [--interval 0]

Needs ../shared/perf/mock.py, which does not speak Interactions: that door is built by the Gemini SDK in about 8 ms,
before the clock starts, most of it two pydantic models that the SDK generates anew for every request. The client is pinned to one core and the mock provider to another, where there are two.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2

from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import settle
from playground.providers import Call, warm
from playground.wire import Pool, open_pool

MOCK = Path(__file__).parents[1].parent / "shared" / "perf" / "mock.py"
DOORS = {
    "openai": ("/v1", "/v1/responses"),
    "openai/chat": ("/v1", "/v1/chat/completions"),
    "anthropic": ("", "/v1/messages"),
    "gemini": ("", "/v1/models/{model}:streamGenerateContent?alt=sse"),
}
ROUNDS = 21
TOKENS = 200


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


async def ours(pool: Pool, spelling: str, base_url: str) -> int:
    """The same through the official SDK, the recorder and the adapter, the finished Response included."""
    ref = ModelRef.parse(spelling)
    endpoint = Endpoint(provider=ref.provider, base_url=base_url, key=Secret("benchmark-key"))
    call = Call(Request.ask(ref, "hi"), endpoint, pool=pool, on_delta=lambda kind, piece: None)
    await call.run()
    response = call.response()
    if response.failure is not None:
        raise SystemExit(f"{spelling}: {response.failure.message}")
    return len(response.text)


async def cpu(one: Callable[[], Awaitable[int]], requests: int) -> float:
    """CPU milliseconds of one request, mean over `requests` of them."""
    before = time.process_time()
    for _ in range(requests):
        if await one() < TOKENS:
            raise SystemExit("the answer came short")
    return (time.process_time() - before) / requests * 1000


async def measure(port: int, requests: int, interval: str) -> None:
    """Print the ratio of each door, rounds of bare and ours taking turns."""
    server, model = f"http://127.0.0.1:{port}", f"mock-t0-i{interval}-n{TOKENS}-w1"
    pool, client = open_pool(), httpx2.AsyncClient(trust_env=False)
    print(f"{'door':14}{'bare ms':>10}{'ours ms':>10}{'ratio':>8}")
    for door, (version, path) in DOORS.items():

        async def one_bare(url: str = server + path.format(model=model)) -> int:
            return await bare(client, url, model)

        async def one_ours(door: str = door, base: str = server + version) -> int:
            return await ours(pool, f"{door}:{model}", base)

        await cpu(one_bare, 5), await cpu(one_ours, 5)
        rounds = [
            (await cpu(one_bare, requests // ROUNDS), await cpu(one_ours, requests // ROUNDS))
            for _ in range(ROUNDS)
        ]
        plain = statistics.median(b for b, _ in rounds)
        full = statistics.median(o for _, o in rounds)
        ratio = statistics.median(o / b for b, o in rounds)
        print(f"{door:14}{plain:10.2f}{full:10.2f}{ratio:8.2f}", flush=True)
    await client.aclose()
    await pool.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=420)
    parser.add_argument("--interval", default="0", help="milliseconds between tokens; 0p5 is 0.5")
    parser.add_argument("--port", type=int, default=18081)
    given = parser.parse_args()
    if not MOCK.exists():
        raise SystemExit(f"this benchmark needs {MOCK}")
    mock = subprocess.Popen(
        [sys.executable, str(MOCK), "--port", str(given.port)],
        stdout=subprocess.PIPE,
    )
    try:
        assert mock.stdout is not None
        mock.stdout.readline()
        pin(mock.pid, 1)
        pin(0, 0)
        warm()
        settle()  # as the app does when it is warm
        asyncio.run(measure(given.port, given.requests, given.interval))
    finally:
        mock.terminate()
        mock.wait()
        if mock.stdout:
            mock.stdout.close()


if __name__ == "__main__":
    main()
