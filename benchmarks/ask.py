"""CPU of `playground ask` to a local server, kept in the history, ÷ a script that asks with OpenAI's SDK and prints what comes.

    python benchmarks/ask.py [--rounds 7] [--limit 1.15]

Both are whole processes, in turn; the ratio is the median of the rounds' ratios. Exit code 1 past the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.process import environment, free_port  # noqa: E402
from benchmarks.rows import Rows  # noqa: E402

TOKENS = 200
BARE = """
import sys
from openai import OpenAI
client = OpenAI(base_url=sys.argv[1], api_key="benchmark-key")
asked = [{"role": "user", "content": "hi"}]
options = {"include_usage": True}
for event in client.chat.completions.create(model="m", messages=asked, stream=True, stream_options=options):
    if event.choices:
        print(event.choices[0].delta.content or "", end="", flush=True)
    elif event.usage:
        print("\\n", event.usage.prompt_tokens, event.usage.completion_tokens)
"""


def events(tokens: int = TOKENS) -> bytes:
    """An answer of so many tokens as Chat Completions streams it."""
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    choices = [{"index": 0, "delta": {"content": f" word{n}"}} for n in range(tokens)]
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": tokens + 5}
    made = [{**head, "choices": [choice]} for choice in (*choices, last)]
    texts = [json.dumps(event) for event in (*made, {**head, "choices": [], "usage": usage})]
    return "".join(f"data: {text}\n\n" for text in (*texts, "[DONE]")).encode()


def whole(tokens: int = TOKENS) -> bytes:
    """The same answer for who asked for no stream."""
    said = "".join(f" word{n}" for n in range(tokens))
    message = {"role": "assistant", "content": said}
    usage = {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": tokens + 5}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    head = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps({**head, "choices": choices, "usage": usage}).encode()


def serve(port: int, tokens: int = TOKENS) -> None:
    """Answer every request with the same words, streamed where it asks for that, until the process is ended."""
    streamed = _http("text/event-stream", events(tokens))
    at_once = _http("application/json", whole(tokens))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, told, length = sent.partition(b"content-length:")
        asked = await reader.readexactly(int(length.split(b"\r\n")[0]) if told else 0)
        writer.write(streamed if asked and json.loads(asked).get("stream") else at_once)
        await writer.drain()
        writer.close()

    async def run() -> None:
        await (await asyncio.start_server(answer, "127.0.0.1", port)).serve_forever()

    asyncio.run(run())


def _http(kind: str, body: bytes) -> bytes:
    head = f"content-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close"
    return f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body


def cpu(command: list[str], env: dict[str, str]) -> float:
    """CPU seconds of a whole process; SystemExit where the answer came short."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if f"word{TOKENS - 1}" not in done.stdout:
        raise SystemExit(f"{command}: {done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(port: int, rounds: int, folder: Path) -> tuple[float, float]:
    """CPU seconds of the script and of `ask`, medians' ratio second: taking turns, after one of each to warm the disk."""
    url = f"http://127.0.0.1:{port}/v1"
    (folder / "endpoints.toml").write_text(f'[srv]\nbase_url = "{url}"\n')
    env = environment(
        PLAYGROUND_DATA_DIR=str(folder),
        PLAYGROUND_ENDPOINTS=str(folder / "endpoints.toml"),
        SRV_API_KEY="benchmark-key-0123456789",
    )
    bare = [sys.executable, "-c", BARE, url]
    ours = [sys.executable, "-m", "playground", "ask", "hi", "-m", "srv:m"]
    cpu(bare, env), cpu(ours, env)  # ours makes the history
    pairs = [(cpu(bare, env), cpu(ours, env)) for _ in range(rounds)]
    return statistics.median(b for b, _ in pairs), statistics.median(o / b for b, o in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--limit", type=float, default=1.15)
    given = parser.parse_args()
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    server.start()
    time.sleep(1)
    rows = Rows()
    try:
        with tempfile.TemporaryDirectory() as folder:
            script, ratio = measure(port, given.rounds, Path(folder))
    finally:
        server.terminate()
    print(f"a script of OpenAI's SDK: {script:.2f} s of CPU")
    rows.show("CPU of `ask`, kept, ÷ a script of OpenAI's SDK", ratio, given.limit)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
