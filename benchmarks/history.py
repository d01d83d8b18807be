"""How quick the history is with 100,000 runs: `python benchmarks/history.py [--runs N] [--keep FILE]`.

Makes the runs (two lanes each, a prompt and answers of some hundred words from a fixed vocabulary), then times what the
page does: first screen, search, filter, pivot. Prints milliseconds, median and worst of several goes, and the memory.
"""

from __future__ import annotations

import argparse
import functools
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from benchmarks.rows import Rows  # noqa: E402
from playground.domain import (  # noqa: E402
    Cost,
    Failure,
    ModelRef,
    PriceSource,
    Request,
    Response,
    Run,
    Timing,
    Usage,
)
from playground.history.labels import Labels  # noqa: E402
from playground.history.pivot import pivot  # noqa: E402
from playground.history.queries import Filter, find, options  # noqa: E402
from playground.history.reading import read_run  # noqa: E402
from playground.history.rows import begun, ended, searched  # noqa: E402
from playground.history.writing import begin, end, settle  # noqa: E402
from playground.store.database import sqlite_url, writing  # noqa: E402
from playground.store.store import Store  # noqa: E402

MODELS = [
    ModelRef.parse(spelling)
    for spelling in (
        "openai:gpt-6.1-sol",
        "openai:gpt-6-luna",
        "openai/chat:gpt-6.1-terra",
        "anthropic:claude-sonnet-5-5",
        "anthropic:claude-haiku-5-5",
        "gemini:gemini-3.8-flash",
        "gemini:gemini-3.5-flash-lite",
        "ollama:llama3:8b",
    )
]
TAGS = ("demo", "evaluation", "support", "nightly", "draft")
DEPARTMENTS = ("", "research", "sales", "support", "platform")
PRICE = PriceSource(model="x", source="benchmark", as_of="2026-11-21")
LIMIT_MS = 300
GOES = 7
BATCH = 500


@functools.cache
def vocabulary() -> list[str]:
    """Words, the same in every run of the benchmark; the first ones are used most."""
    generator = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(generator.choices(letters, k=generator.randint(3, 10))) for _ in range(20_000)]


@functools.cache
def sentences() -> list[str]:
    """Ten words each, common words more often than rare ones."""
    generator, words = random.Random(8), vocabulary()
    return [
        " ".join(words[int(generator.paretovariate(0.6)) % len(words)] for _ in range(10))
        for _ in range(30_000)
    ]


def made(number: int, generator: random.Random, start: datetime) -> tuple[Run, Labels]:
    """One plausible run."""

    def say(count: int) -> str:
        return ". ".join(generator.choices(sentences(), k=count // 10))

    at = start + timedelta(seconds=number * 300)
    prompt = say(30)
    chosen = generator.sample(MODELS, 2)
    run = Run(
        id=f"run-{number:07d}",
        created_at=at.isoformat(timespec="milliseconds"),
        requests=tuple(Request.ask(ref, prompt) for ref in chosen),
        responses=tuple(response(ref, say(120), generator) for ref in chosen),
        simulated=number % 4 == 0,
    )
    labels = Labels(
        tags=tuple(generator.sample(TAGS, generator.randint(0, 2))),
        department=generator.choice(DEPARTMENTS),
        starred=number % 50 == 0,
    )
    return run, labels


def response(ref: ModelRef, text: str, generator: random.Random) -> Response:
    if generator.random() < 0.03:
        return Response(model=ref, failure=Failure(type="rate_limited", status=429))
    total = Decimal(generator.randint(10_000, 9_000_000)).scaleb(-9)
    return Response(
        model=ref,
        text=text,
        usage=Usage(
            input_tokens=generator.randint(20, 4_000), output_tokens=generator.randint(20, 900)
        ),
        timing=Timing(first_text=0.4, last_text=1.5, last_chunk=1.6),
        cost=Cost(total=total, lines=(), price=PRICE),
    )


def fill(store: Store, count: int) -> float:
    """Write so many runs; seconds that it took."""
    generator = random.Random(9)
    start = datetime.now(UTC) - timedelta(seconds=count * 300)
    began = time.perf_counter()
    for first in range(0, count, BATCH):
        runs = [made(i, generator, start) for i in range(first, min(first + BATCH, count))]
        with writing(store.engine) as connection:
            begin(
                store, [begun(r, labels, owner="", writer=None) for r, labels in runs], connection
            )
            answers = [
                ended(run.id, lane, answer, request)
                for run, _ in runs
                for lane, (request, answer) in enumerate(
                    zip(run.requests, run.responses, strict=True)
                )
            ]
            seqs = end(store, answers, connection)
            settle(
                {seqs[r.id]: searched(r, labels) for r, labels in runs if r.id in seqs}, connection
            )
        print(f"\r{first + len(runs):,} runs", end="", file=sys.stderr)
    print(file=sys.stderr)
    return time.perf_counter() - began


def timed(what: Callable[[], object]) -> list[float]:
    """Milliseconds of each go, the first one included."""
    goes = []
    for _ in range(GOES):
        began = time.perf_counter()
        what()
        goes.append((time.perf_counter() - began) * 1000)
    return goes


def measures(store: Store) -> dict[str, Callable[[], object]]:
    """What is timed."""
    month = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    dear = Filter(least_cost=Decimal("0.012"))
    return {
        "first screen": lambda: (find(store, Filter()), options(store)),
        "search, a rare word": lambda: find(store, Filter(search=_word(9_000))),
        "search, a word of every run": lambda: find(store, Filter(search=_word(1))),
        "search, three words and a filter": lambda: find(
            store, Filter(search=f"{_word(1)} {_word(2)} {_word(3)}", provider="openai")
        ),
        "search, a part of a rare word": lambda: find(store, Filter(search=_part(9_000))),
        "search, a part of no word": lambda: find(store, Filter(search="qqqzzzqqq")),
        "filter by model": lambda: find(store, Filter(model="gpt-6.1-sol")),
        "filter by provider": lambda: find(store, Filter(provider="openai")),
        "filter by tag": lambda: find(store, Filter(tag="nightly")),
        "filter by department": lambda: find(store, Filter(department="sales")),
        "filter by date": lambda: find(store, Filter(since=month)),
        "filter by failure": lambda: find(store, Filter(failure="rate_limited")),
        "filter by cost": lambda: find(store, dear),
        "last screen": lambda: find(store, Filter(), start=99_950),
        **{
            f"pivot by {by}": lambda by=by: pivot(store, by, Filter(simulated=False))  # type: ignore[misc]
            for by in ("day", "model", "provider", "tag", "department")
        },
        "pivot by day of a model": lambda: pivot(
            store, "day", Filter(model="gpt-6.1-sol", simulated=False)
        ),
        "open a run": lambda: read_run(store, "run-0000500"),
    }


def _word(rank: int) -> str:
    return vocabulary()[rank]


def _part(rank: int) -> str:
    """The end of the first long word from this rank on that no word begins with."""
    words = vocabulary()
    ends = (word[2:] for word in words[rank:] if len(word) > 8)
    return next(end for end in ends if not any(word.startswith(end) for word in words))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument(
        "--keep", type=Path, help="make the database here, or use the one that is there"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.keep or Path(folder, "history.sqlite3")
        fresh = not path.exists()
        store = Store(sqlite_url(path))
        if fresh:
            seconds = fill(store, chosen.runs)
            print(
                f"{chosen.runs:,} runs written in {seconds:.0f} s ({seconds / chosen.runs * 1000:.1f} ms a run)"
            )
        print(f"{path.stat().st_size / 1e6:,.0f} MB")
        worst: dict[str, float] = {}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for name, what in measures(store).items():
            goes = timed(what)
            print(f"{name:36} median {statistics.median(goes):7.1f} ms   worst {max(goes):7.1f} ms")
            kind = name.split(",")[0].partition(" by ")[0]
            worst[kind] = max(worst.get(kind, 0.0), *goes)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"memory at most {after / 1000:,.0f} MB, {(after - before) / 1000:,.0f} MB more than before"
        )
        store.close()
    rows = Rows()
    for kind, longest in worst.items():
        rows.show(f"{chosen.runs:,} stored runs: {kind}, at the worst", longest, LIMIT_MS, "ms")
    return 0 if rows.good else 1


if __name__ == "__main__":
    sys.exit(main())
