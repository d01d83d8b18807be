"""What a server without end does to everyone else: how long the engine's loop stood still, how soon a Stop was obeyed.

    python benchmarks/endless.py [--limit 50] [--stop 200] [--memory 300]

Each attack is served by a process of its own and read by the real engine; a second lane streams beside it. The loop's
longest standstill is seen from a timer on it, in CPU time of this process and by the wall clock; the first row has no attack,
only the second lane: what this computer does to an engine that is left alone. Exit 1 where a limit (milliseconds) is not kept:
a standstill in CPU time, a Stop by the wall clock beyond the idle row's standstill; over all attacks together, the p99.9 of the
times between two turns of the loop's timer, and the most memory that
one of them takes above what the idle process held before it (Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import json
import multiprocessing
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.rows import Rows
from playground import tokens
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import Engine, settle
from playground.providers import warm

MB = 2**20
PATIENCE = 30.0
"""Seconds after which an attack that goes on and on is stopped."""
KEY = Secret("benchmark-key-0123456789")


def _event(value: Any) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _delta(text: str) -> bytes:
    return _event({"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]})


def text_100_mb() -> Iterator[bytes]:
    piece = _delta("hello, world. " * 70) * 16
    for _ in range(100 * MB // (16 * 980)):
        yield piece


def text_in_tokens() -> Iterator[bytes]:
    piece = _delta(" word") * 200
    while True:
        yield piece


def million_events() -> Iterator[bytes]:
    piece = b"data: {}\n\n" * 1000
    for _ in range(1000):
        yield piece


def one_byte_chunks() -> Iterator[bytes]:
    yield b"data: "
    while True:
        yield b"x"


def words_that_are_none() -> Iterator[bytes]:
    piece = b"data: x\n\n" * 1000
    while True:
        yield piece


def comments() -> Iterator[bytes]:
    while True:
        yield b":\n\n" * 10_000


def one_event_without_end() -> Iterator[bytes]:
    yield b'data: {"id": "c", "choices": [{"index": 0, "delta": {"content": "'
    while True:
        yield b"hello, world. " * 1000


def one_event_of_many_values() -> Iterator[bytes]:
    yield b'data: {"id": "c", "choices": ['
    for _ in range(900):
        yield b"[[]],[{}]," * 1000
    yield b"0]}\n\n"


def tool_call_without_end() -> Iterator[bytes]:
    call = {"index": 0, "id": "1", "function": {"name": "f", "arguments": "x" * 500}}
    piece = _event({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}) * 32
    while True:
        yield piece


def key_everywhere() -> Iterator[bytes]:
    piece = _delta(f"{KEY.reveal()} ") * 200
    while True:
        yield piece


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed


def swelling_gzip() -> Iterator[bytes]:
    yield from _packed(iter([b"data: ", *[b"x" * MB] * 2000]))


def swelling_gzip_of_events() -> Iterator[bytes]:
    yield from _packed(piece for _ in range(20) for piece in million_events())


def whole_body() -> Iterator[bytes]:
    yield b'{"id": "c", "choices": [{"message": {"content": "'
    for _ in range(100):
        yield b"hello, wo\\n" * (MB // 11)


def whole_body_of_values() -> Iterator[bytes]:
    yield b'{"id": "c", "choices": ['
    for _ in range(60):
        yield b"{},[]," * (MB // 6)
    yield b"{}]}"


ATTACKS: dict[str, tuple[Callable[[], Iterator[bytes]], dict[str, str]]] = {
    made.__name__: (made, headers)
    for made, headers in (
        (text_100_mb, {}),
        (text_in_tokens, {}),
        (million_events, {}),
        (one_byte_chunks, {}),
        (words_that_are_none, {}),
        (comments, {}),
        (one_event_without_end, {}),
        (one_event_of_many_values, {}),
        (tool_call_without_end, {}),
        (key_everywhere, {}),
        (swelling_gzip, {"content-encoding": "gzip"}),
        (swelling_gzip_of_events, {"content-encoding": "gzip"}),
        (whole_body, {"content-type": "application/json"}),
        (whole_body_of_values, {"content-type": "application/json"}),
    )
}


def serve(port: int) -> None:
    """Answer a POST with the attack that its model's name says, or with a calm stream."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        model = json.loads(await reader.readexactly(length))["model"]
        made, more = ATTACKS.get(model, (None, {}))
        fields = {"content-type": "text/event-stream", "transfer-encoding": "chunked", **more}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 200 OK\r\nconnection: close\r\n{lines}\r\n".encode())
        try:
            if made is None:
                for _ in range(2000):
                    writer.write(_chunk(_delta(" calm")))
                    await writer.drain()
                    await asyncio.sleep(0.02)
            else:
                for piece in made():
                    writer.write(_chunk(piece))
                    await writer.drain()
                writer.write(b"0\r\n\r\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def run() -> None:
        await (await asyncio.start_server(answer, "127.0.0.1", port)).serve_forever()

    asyncio.run(run())


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class Standstill:
    """The longest time, in seconds, in which the engine's loop did not come to its timer.

    In CPU time of this process, since what other processes take of a busy machine is not the engine's; and by the wall clock.
    """

    def __init__(self, engine: Engine) -> None:
        self.longest = 0.0
        self.by_the_wall = 0.0
        self.all: list[float] = []
        """Every time between two turns, seconds of CPU."""
        self._stopped = False
        engine.submit(self._watch)

    async def _watch(self, _: Any) -> None:
        last, last_wall = time.process_time(), time.perf_counter()
        while not self._stopped:
            await asyncio.sleep(0.001)
            now, wall = time.process_time(), time.perf_counter()
            self.all.append(now - last)
            self.longest = max(self.longest, now - last)
            self.by_the_wall = max(self.by_the_wall, wall - last_wall)
            last, last_wall = now, wall

    def stop(self) -> None:
        self._stopped = True


def attack(engine: Engine, port: int, name: str, stop_after: float | None) -> dict[str, Any]:
    """Let one attack run to its end, or stop it; what came of it."""
    endpoint = Endpoint(provider="srv", base_url=f"http://127.0.0.1:{port}", key=KEY)
    calm = engine.start([Request.ask(ModelRef.parse("srv:calm"), "hi")], {"srv": endpoint})
    time.sleep(0.2)
    watch = Standstill(engine)
    asked = Request.ask(ModelRef.parse(f"srv:{name}"), "hi")
    begun = time.perf_counter()
    run = engine.start([asked], {"srv": endpoint})
    stopped = 0.0
    if stop_after is not None:
        run.wait(stop_after)
        begun_stopping = time.perf_counter()
        run.stop()
        run.wait(60)
        stopped = time.perf_counter() - begun_stopping
    if not run.wait(PATIENCE):
        run.stop()
        run.wait(60)
    took = time.perf_counter() - begun
    watch.stop()
    response = run.lanes[0].response
    calm.stop()
    calm.wait(10)
    found = {
        "took": took,
        "all": list(watch.all),
        "longest": watch.longest * 1000,
        "wall": watch.by_the_wall * 1000,
        "stop": stopped * 1000,
        "failure": response.failure.type if response and response.failure else None,
        "message": response.failure.message if response and response.failure else "",
        "text": len(response.text) if response else None,
    }
    for ended in (run, calm):  # else it is kept for who comes back to it, within a limit of its own
        engine.forget(ended)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=float, default=50, help="ms that the loop may stand still")
    parser.add_argument("--stop", type=float, default=200, help="ms until a Stop is obeyed")
    parser.add_argument("--memory", type=float, default=300, help="MB above an idle engine")
    parser.add_argument("--port", type=int, default=18087)
    parser.add_argument("--only", nargs="+", default=list(ATTACKS), choices=list(ATTACKS))
    given = parser.parse_args()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(given.port,), daemon=True
    )
    server.start()
    time.sleep(1)
    warm()
    tokens.count("once, so that no attack pays for the tokenizer")
    settle()
    engine = Engine()
    print(
        f"{'attack':26}{'to its end s':>13}{'still ms':>9}{'(wall)':>8}{'stop ms':>9}{'still ms':>9}{'(wall)':>8}{'MB':>6}  end"
    )
    idle = attack(engine, given.port, "calm", 2.0)
    print(f"{'none: idle':26}{'':13}{'':9}{'':8}{_cut(idle)}", flush=True)
    blocks, most, rows = list[float](), list[float](), Rows()
    wrong = [
        name for name in given.only if not _kept(engine, name, given, idle["wall"], blocks, most)
    ]
    engine.close()
    server.terminate()
    share = sorted(blocks)[int(len(blocks) * 0.999)] * 1000
    rows.show("endless: the loop stands still, p99.9", share, given.limit, "ms")
    rows.show("endless: memory above idle", max(most), given.memory, "MB")
    sys.exit(bool(wrong) or not rows.good)


def _held() -> float:
    """MB that this process holds when what is free has been given back; the most is counted from here on."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _most_memory()


def _most_memory() -> float:
    """MB that this process has held at most."""
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def _kept(
    engine: Engine,
    name: str,
    given: argparse.Namespace,
    idle: float,
    blocks: list[float],
    above: list[float],
) -> bool:
    """Print a row; True where the limits are kept."""
    before = _held()
    whole = attack(engine, given.port, name, None)
    cut = attack(engine, given.port, name, 0.7)
    blocks += [*whole["all"], *cut["all"]]
    most = _most_memory()
    above.append(most - before)
    longest = max(whole["longest"], cut["longest"])
    rows = Rows()
    print(
        f"{name:26}{whole['took']:13.1f}{whole['longest']:9.0f}{whole['wall']:8.0f}{_cut(cut)}"
        f"{above[-1]:6.0f}  {whole['failure']}: {whole['message'][:90]}",
        flush=True,
    )
    rows.show(f"endless, {name}: the loop stands still", longest, given.limit, "ms")
    rows.show(f"endless, {name}: Stop is obeyed", max(0, cut["stop"] - idle), given.stop, "ms")
    return rows.good


def _cut(row: dict[str, Any]) -> str:
    return f"{row['stop']:9.0f}{row['longest']:9.0f}{row['wall']:8.0f}"


if __name__ == "__main__":
    main()
