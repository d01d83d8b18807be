"""A provider whose every token is the time at which it was made, at an even pace; `serve` is a process of its own."""

from __future__ import annotations

import asyncio
import json
import re

from benchmarks.tabs import stamp

MODEL = re.compile(r"t(\d+)-r(\d+)")
"""`t200-r20`: so many tokens, so many a second."""
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
USAGE = {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6}


def _event(**choice: object) -> bytes:
    made = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**made, "choices": [{"index": 0, **choice}]}).encode() + b"\n\n"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
    except asyncio.IncompleteReadError:  # a connection that was not needed
        return
    body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    asked = MODEL.search(json.loads(body)["model"])
    tokens, rate = (int(asked[1]), int(asked[2])) if asked else (10, 100)
    loop = asyncio.get_running_loop()
    due = loop.time()
    writer.write(HEAD)
    try:
        for _ in range(tokens):
            writer.write(_event(delta={"content": stamp()}))
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            if writer.is_closing():  # stopped, as people do
                return
        writer.write(_event(delta={}, finish_reason="stop"))
        writer.write(b"data: " + json.dumps({"id": "c", "choices": [], "usage": USAGE}).encode())
        writer.write(b"\n\ndata: [DONE]\n\n")
        await writer.drain()
    except ConnectionError:
        pass
    writer.close()


def serve(port: int) -> None:
    """Answer until the process is ended."""

    async def run() -> None:
        await (await asyncio.start_server(_answer, "127.0.0.1", port, backlog=1024)).serve_forever()

    import uvloop

    uvloop.run(run())
