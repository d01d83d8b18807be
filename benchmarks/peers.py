"""The same questions through what people would use instead, side by side: whole processes, one server, one table.

    python -m benchmarks.peers                      every peer that is there
    python -m benchmarks.peers llm litellm --fill   these, installed first, each below --folder
    python -m benchmarks.peers --fill --write       all, and the table into README.md and docs/compared.md

The table is Markdown, with the date, the machine and the versions. `one` is a question on the terminal with its answer streamed,
from the start of the process to its end; `many` is --calls of them, --at-once at a time. Seconds and seconds of CPU are medians
of --rounds, taken in turn. A server on this computer streams the same 200 words to everyone, so that what is compared is the
client. A peer that is not there has a column that says so, and no figure; peers are no dependencies of this project, and the newest
version of each is taken. Exit code 1 where one that is there failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import multiprocessing
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.ask import BARE, serve  # noqa: E402
from benchmarks.marked import put  # noqa: E402
from benchmarks.process import environment, free_port  # noqa: E402
from playground import __version__  # noqa: E402

SDK_MANY = """
import asyncio, sys
from openai import AsyncOpenAI
url, calls, at_once = sys.argv[1], int(sys.argv[2]), asyncio.Semaphore(int(sys.argv[3]))
async def ask(client):
    async with at_once:
        async for _ in await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True):
            pass
async def main():
    async with AsyncOpenAI(base_url=url, api_key="benchmark-key") as client:
        await asyncio.gather(*(ask(client) for _ in range(calls)))
asyncio.run(main())
"""
LITELLM = """
import sys, litellm
asked = [{"role": "user", "content": "hi"}]
for piece in litellm.completion("openai/m", asked, api_base=sys.argv[1], api_key="benchmark-key", stream=True):
    print(piece.choices[0].delta.content or "", end="", flush=True)
"""
LITELLM_MANY = """
import asyncio, sys, litellm
url, calls, at_once = sys.argv[1], int(sys.argv[2]), asyncio.Semaphore(int(sys.argv[3]))
asked = [{"role": "user", "content": "hi"}]
async def ask():
    async with at_once:
        async for _ in await litellm.acompletion("openai/m", asked, api_base=url, api_key="benchmark-key", stream=True):
            pass
async def main():
    await asyncio.gather(*(ask() for _ in range(calls)))
asyncio.run(main())
"""

COMMAND = "python -m benchmarks.peers --fill --write"
WRITTEN = (ROOT / "README.md", ROOT / "docs" / "compared.md")
"""The documents that have a place for the table, and its name there."""

VOCABULARY = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"
"""What aiperf's own counter asks for when it starts."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of whom."""

    url: str
    calls: int
    at_once: int
    home: Path
    """The peer's own folder."""


Command = Callable[[Load], list[str]]


class Peer(NamedTuple):
    """One of them. A row here adds one."""

    packages: tuple[str, ...] = ()
    """What pip, or npm, installs for it; empty = this project's environment has it."""
    one: Command | None = None
    many: Command | None = None
    node: bool = False
    prepare: Callable[[Load], object] = lambda load: None
    """Writes the configuration that it needs."""


def ours(load: Load) -> None:
    """Our server among the endpoints."""
    (load.home / "endpoints.toml").write_text(f'[srv]\nbase_url = "{load.url}"\n')


def of_llm(load: Load) -> None:
    """The server among the models of `llm`."""
    row = f"- model_id: m\n  model_name: m\n  api_base: {load.url}\n"
    (load.home / "extra-openai-models.yaml").write_text(row)


def of_promptfoo(load: Load) -> None:
    """As many tests as calls, of one prompt."""
    rows = "".join(f"  - vars: {{n: {n}}}\n" for n in range(load.calls))
    config = f"apiBaseUrl: {load.url}, apiKey: benchmark-key"
    (load.home / "promptfooconfig.yaml").write_text(
        f"prompts: ['hi {{{{n}}}}']\nproviders:\n  - id: openai:chat:m\n    config: {{{config}}}\ntests:\n{rows}"
    )


def of_aiperf(load: Load) -> None:
    """The vocabulary that it would fetch, out of our own package: where tiktoken looks for what it has fetched before."""
    kept = lzma.decompress((ROOT / "playground/tokens/o200k_base.tiktoken.xz").read_bytes())
    name = hashlib.sha1(VOCABULARY.encode()).hexdigest()
    (load.home / "vocabulary").mkdir(exist_ok=True)
    (load.home / "vocabulary" / name).write_bytes(kept)


def of_guidellm(load: Load) -> None:
    """As many prompts as calls."""
    (load.home / "prompts.jsonl").write_text('{"prompt": "hi"}\n' * load.calls)


def program(load: Load, name: str) -> str:
    """A program in the peer's own environment."""
    folder = load.home / ("Scripts" if os.name == "nt" else "bin")
    return str(folder / name)


def asking(load: Load) -> list[str]:
    return [sys.executable, "-m", "playground", "ask", "hi", "-m", "srv:m", "--no-history"]


def benching(load: Load) -> list[str]:
    shape = ["--repeats", f"{load.calls}", "--concurrency", f"{load.at_once}", "--warm-up", "0"]
    return [sys.executable, "-m", "playground", "bench", "-m", "srv:m", "--prompt", "hi", *shape]


def profiling(load: Load) -> list[str]:
    shape = ["--request-count", f"{load.calls}", "--concurrency", f"{load.at_once}"]
    server = ["--url", load.url.removesuffix("/v1"), "--endpoint-type", "chat", "--streaming"]
    quiet = ["--ui", "none", "--tokenizer", "builtin", "--use-server-token-count"]
    out = ["--artifact-dir", str(load.home / "out")]
    return [program(load, "aiperf"), "profile", "-m", "m", *server, *shape, *quiet, *out]


def guiding(load: Load) -> list[str]:
    target = f"target={load.url.removesuffix('/v1')},model=m,validate_backend=false"
    parts = {
        "backend": f"kind=openai_http,{target}",
        "profile": f"kind=concurrent,streams={load.at_once}",
        "constraint": f"kind=max_requests,count={load.calls}",
        "data": f"kind=json_file,path={load.home / 'prompts.jsonl'}",
        "output": f"kind=json,path={load.home / 'out.json'}",
    }
    told = [word for name, value in parts.items() for word in (f"--{name}", value)]
    return [program(load, "guidellm"), "run", *told, "--disable-console"]


def several(load: Load) -> list[str]:
    return [load.url, f"{load.calls}", f"{load.at_once}"]


PEERS: Mapping[str, Peer] = {
    "playground": Peer(one=asking, many=benching, prepare=ours),
    "openai SDK, a script": Peer(
        one=lambda load: [sys.executable, "-c", BARE, load.url],
        many=lambda load: [sys.executable, "-c", SDK_MANY, *several(load)],
    ),
    "litellm": Peer(
        ("litellm",),
        one=lambda load: [program(load, "python"), "-c", LITELLM, load.url],
        many=lambda load: [program(load, "python"), "-c", LITELLM_MANY, *several(load)],
    ),
    "llm": Peer(
        ("llm",),
        one=lambda load: [program(load, "llm"), "-m", "m", "--no-log", "hi"],
        prepare=of_llm,
    ),
    "promptfoo": Peer(
        ("promptfoo",),
        many=lambda load: [
            *(str(load.home / "node_modules" / ".bin" / "promptfoo"), "eval", "--no-cache"),
            *("--no-progress-bar", "--no-table", "--no-write", "-j", f"{load.at_once}"),
            *("-c", str(load.home / "promptfooconfig.yaml")),
        ],
        node=True,
        prepare=of_promptfoo,
    ),
    "aiperf": Peer(("aiperf",), many=profiling, prepare=of_aiperf),
    "guidellm": Peer(("guidellm",), many=guiding, prepare=of_guidellm),
}


class Took(NamedTuple):
    """One process."""

    seconds: float
    cpu: float


def took(command: Sequence[str], load: Load) -> Took:
    """Seconds and seconds of CPU of a whole process with its children; RuntimeError with its last words where it failed."""
    env = environment(
        PLAYGROUND_DATA_DIR=str(load.home),
        PLAYGROUND_ENDPOINTS=str(load.home / "endpoints.toml"),
        SRV_API_KEY="benchmark-key-0123456789",
        OPENAI_API_KEY="benchmark-key",
        LLM_USER_PATH=str(load.home),
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        PROMPTFOO_CONFIG_DIR=str(load.home / "home"),
        PROMPTFOO_DISABLE_TELEMETRY="1",
        PROMPTFOO_DISABLE_UPDATE="1",
        HF_HUB_OFFLINE="1",
        TIKTOKEN_CACHE_DIR=str(load.home / "vocabulary"),
    )
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip()[-400:])
    return Took(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def filled(name: str, home: Path, fill: bool) -> bool:
    """Whether the peer is there, installed now where that was asked for."""
    peer, done = PEERS[name], home / "filled"
    home.mkdir(parents=True, exist_ok=True)
    if not peer.packages or done.exists():
        return True
    if not fill or (peer.node and not shutil.which("npm")):
        return False
    if peer.node:
        quiet = ("--silent", "--no-audit", "--no-fund", "--prefix", str(home))
        subprocess.run(
            [shutil.which("npm") or "npm", "install", *quiet, *peer.packages], check=True
        )
    else:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        own = program(Load("", 0, 0, home), "python")
        subprocess.run([own, "-m", "pip", "install", "-q", *peer.packages], check=True)
    done.touch()
    return True


def version(name: str, home: Path) -> str:
    """The version of a peer that is there."""
    peer = PEERS[name]
    if peer.node:
        manifest = home / "node_modules" / name / "package.json"
        return str(json.loads(manifest.read_text("utf-8"))["version"])
    if name == "playground":
        return __version__
    own = program(Load("", 0, 0, home), "python") if peer.packages else sys.executable
    package = name.partition(" ")[0]
    say = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([own, "-c", say], capture_output=True, text=True).stdout.strip()


@dataclass(frozen=True, slots=True)
class Line:
    """What was found of one peer."""

    name: str
    version: str = ""
    """Empty = it is not there."""
    one: Took | None = None
    many: Took | None = None
    failure: str = ""


def measured(names: Sequence[str], load: Load, folder: Path, rounds: int) -> Iterator[Line]:
    """Each peer's medians; the peers take turns, so that a busy moment of the machine meets them all."""
    loads = {name: replace(load, home=folder / name.partition(" ")[0]) for name in names}
    took_: dict[tuple[str, str], list[Took]] = {}
    failures: dict[str, str] = {}
    for name, own in loads.items():
        PEERS[name].prepare(own)
    for _ in range(rounds + (rounds > 1)):
        for name, own in loads.items():
            for what in ("one", "many"):
                make = getattr(PEERS[name], what)
                if make is None or name in failures:
                    continue
                try:
                    found = took(make(own), own)
                except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
                    failures[name] = f"{what}: {error}"
                else:
                    took_.setdefault((name, what), []).append(found)
                    took_[name, what] = took_[name, what][-rounds:]  # the first warms the disk
    for name, own in loads.items():
        yield Line(
            name,
            version(name, own.home),
            one=_median(took_.get((name, "one"))),
            many=_median(took_.get((name, "many"))),
            failure=failures.get(name, ""),
        )


def _median(found: Sequence[Took] | None) -> Took | None:
    if not found:
        return None
    return Took(
        statistics.median(t.seconds for t in found), statistics.median(t.cpu for t in found)
    )


def table(lines: Sequence[Line], load: Load, rounds: int) -> str:
    """A column a client, with what it was measured on."""
    rows = [
        ["seconds (of CPU)", *(f"{line.name} {line.version}".strip() for line in lines)],
        ["---"] * (len(lines) + 1),
        ["one call", *(_cell(line, line.one) for line in lines)],
        [
            f"{load.calls} calls, {load.at_once} at once",
            *(_cell(line, line.many) for line in lines),
        ],
    ]
    made = ["| " + " | ".join(row) + " |" for row in rows]
    said = f"{datetime.now(UTC).date()}, {machine()}; medians of {rounds} rounds: `{COMMAND}`."
    return "\n".join([*made, "", said])


def _cell(line: Line, found: Took | None) -> str:
    """– where a client has no such command."""
    if found and not line.failure:
        return f"{found.seconds:.2f} ({found.cpu:.2f})"
    return "failed" if line.failure else "–" if line.version else "not installed"


def machine() -> str:
    """What it was measured on: cores, processor, system and Python."""
    told = Path("/proc/cpuinfo")
    text = told.read_text("utf-8") if told.exists() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    processor = model[1].strip() if model else platform.processor() or platform.machine()
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores of {processor}, {system}, Python {platform.python_version()}"


def run(given: argparse.Namespace) -> int:
    """Measure, print, and say who was not there and who failed."""
    names = given.peers or list(PEERS)
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    there = [n for n in names if filled(n, given.folder / n.partition(" ")[0], given.fill)]
    load = Load(f"http://127.0.0.1:{port}/v1", given.calls, given.at_once, given.folder)
    server.start()
    time.sleep(1)
    try:
        lines = list(measured(there, load, given.folder, given.rounds))
    finally:
        server.terminate()
    found = {line.name: line for line in lines}
    made = table([found.get(name) or Line(name) for name in names], load, given.rounds)
    print(made)
    if missing := [name for name in names if name not in there]:
        print(f"not there (--fill installs them): {', '.join(missing)}")
    if given.write:
        for path in WRITTEN:
            put(path, COMMAND, made)
    failed = [line for line in lines if line.failure]
    for line in failed:
        print(f"FAILED {line.name} {line.version}: {line.failure}")
    return 1 if failed else 0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("peers", nargs="*", choices=[[], *PEERS])
    options.add_argument("--calls", type=int, default=200)
    options.add_argument("--at-once", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--fill", action="store_true", help="install peers that are missing")
    options.add_argument("--write", action="store_true", help="the table of all into the documents")
    options.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "playground-peers"
    )
    given = options.parse_args()
    if given.write and given.peers:
        options.error("--write writes the table of all peers: name none of them")
    sys.exit(run(given))


if __name__ == "__main__":
    main()
