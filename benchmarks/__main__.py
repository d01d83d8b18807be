"""Every benchmark in one run, each in a process of its own; then one table of all figures that have a limit.

    python -m benchmarks [--soak] [NAME ...] [--write]

In at most ten minutes: what a call, a click, an experiment and a page cost. `--soak` runs those that need their minutes
instead: crowds, hours, kills, answers without end and broken input.

Exit code 1 where a figure is past its limit, one that no machine changes (a ratio, frames, kB, MB) is worse by 30 % than in
docs/exact.md, or a benchmark failed.
`--write` writes the rows of what was run into the table between the two markers there, and the figures that the README
shows into the README.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.marked import place, put
from benchmarks.process import environment
from benchmarks.rows import Row, read

HERE = Path(__file__).parent
TABLE = HERE.parent / "docs" / "exact.md"
README = HERE.parent / "README.md"


class Benchmark(NamedTuple):
    """One file of this folder, with arguments that keep its part to ten minutes."""

    file: str
    arguments: tuple[str, ...] = ()
    soak: bool = False
    """What takes minutes to show: `make soak` runs it, not `make bench`."""

    @property
    def name(self) -> str:
        return self.file.removesuffix(".py")

    @property
    def command(self) -> str:
        return " ".join(("python", f"benchmarks/{self.file}", *self.arguments))


ENDLESS = ("text_in_tokens", "swelling_gzip_of_events", "whole_body")
"""One of each kind of answer without end."""
BENCHMARKS = (
    Benchmark("start.py", ("--rounds", "5")),
    Benchmark("ask.py"),
    Benchmark("clicks.py", ("--rounds", "3")),
    Benchmark("in_use.py"),
    Benchmark("throughput.py", ("--requests", "500")),
    Benchmark("time_to_first_text.py"),
    Benchmark("cpu_per_request.py", ("--requests", "210")),
    Benchmark("fan_out.py", ("--rounds", "2")),
    Benchmark("bench.py", ("--rounds", "2")),
    Benchmark("differences.py", ("--experiments", "200")),
    Benchmark("many_cells.py", ("--cases", "700")),
    Benchmark("screen.py"),
    Benchmark("tokens.py", ("--no-browser", "--longest", "1000000")),
    Benchmark("history.py", ("--runs", "20000")),
    Benchmark("chats.py", ("--gigabytes", "0.1")),
    Benchmark("load.py", ("--seconds", "15", "--spread", "8", "--settle", "11"), soak=True),
    Benchmark("soak.py", ("--minutes", "2"), soak=True),
    Benchmark("restart.py", ("--sessions", "8"), soak=True),
    Benchmark("strangers.py", soak=True),
    Benchmark("endless.py", ("--only", *ENDLESS), soak=True),
    Benchmark("fuzz.py", ("--inputs", "1000"), soak=True),
)
"""A new benchmark is a new row; what it prints with `rows.show` comes into the table."""


class Ran(NamedTuple):
    """What came of one benchmark."""

    benchmark: Benchmark
    code: int
    rows: list[Row]
    seconds: float


def run(benchmark: Benchmark) -> Ran:
    """Run one, its output shown as it comes."""
    print(f"\n$ {benchmark.command}", flush=True)
    begun, found = time.perf_counter(), []
    command = [sys.executable, "-u", str(HERE / benchmark.file), *benchmark.arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent, env=environment()
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if row := read(line):
                found.append(row)
    seconds = time.perf_counter() - begun
    print(f"({seconds:.0f} s)", flush=True)
    return Ran(benchmark, process.returncode, found, seconds)


HEAD = ("| what | measured | must be | command |", "| --- | --- | --- | --- |")


def lines(ran: list[Ran]) -> dict[str, str]:
    """Command → its row of the table in Markdown, with all its figures that have a limit."""
    return {each.benchmark.command: _line(each) for each in ran if each.rows}


def _line(ran: Ran) -> str:
    cells = zip(*map(_cells, ran.rows), strict=True)
    return f"| {' | '.join(map('<br>'.join, cells))} | `{ran.benchmark.command}` |"


def _cells(row: Row) -> tuple[str, str, str]:
    return row.what, f"{row.figure:g} {row.unit}".strip(), f"{row.sign} {row.limit:g}"


TELLING = (
    "total time, p95 error at 32",
    "time to first text, 1 at once, worst door, p95 error",
    "first text, p95 error, 8 lanes, after 30 kept runs, pages rerun",
    "failed lanes of 3,000",
    "CPU of `ask`, kept, ÷ a script of OpenAI's SDK",
    "200 experiments of a model against itself: called different",
    "two processes, sqlite: killed, runs not found again",
    "fuzz: crashes, hangs and strange exceptions",
)
"""The figures that the README shows, each a row with its command."""

MARKED = place("python -m benchmarks --write")
"""Where the table stands in docs/exact.md."""


def write(made: dict[str, str]) -> None:
    """Put the rows into the table, where a command that was not run keeps its row, and the choice into the README."""
    found = MARKED.search(TABLE.read_text("utf-8"))
    assert found is not None
    kept = {command: line for line in found[0].splitlines() if (command := _command(line))}
    commands = [benchmark.command for benchmark in BENCHMARKS]
    rows = [row for command in commands if (row := made.get(command) or kept.get(command))]
    put(TABLE, "python -m benchmarks --write", "\n".join((*HEAD, *rows)))
    put(README, "chosen by python -m benchmarks --write", chosen(rows))


def chosen(rows: list[str]) -> str:
    """The table of TELLING out of the rows of all figures."""
    lines = {}
    for row in rows:
        *cells, command = (cell.split("<br>") for cell in row.strip("| ").split(" | "))
        for what, measured, must_be in zip(*cells, strict=True):
            lines[what] = f"| {what} | {measured} | {must_be} | {command[0]} |"
    return "\n".join((*HEAD, *(lines[what] for what in TELLING if what in lines)))


def written() -> dict[tuple[str, str], float]:
    """(command, what) → the figure as it was measured last."""
    found = MARKED.search(TABLE.read_text("utf-8"))
    assert found is not None
    figures: dict[tuple[str, str], float] = {}
    for line in found[0].splitlines():
        if command := _command(line):
            whats, measured, *_ = (cell.split("<br>") for cell in line.strip("| ").split(" | "))
            pairs = zip(whats, measured, strict=True)
            figures |= {(command, what): float(each.split()[0]) for what, each in pairs}
    return figures


SAME_EVERYWHERE = ("", "kB", "MB")
"""Units of what is counted: frames, bytes. Seconds are those of another machine; what a soak leaves behind differs each time."""


def regressions(ran: Sequence[Ran], before: Mapping[tuple[str, str], float]) -> Iterator[str]:
    """Ratios, and what is counted, that have become worse by 30 %, within their limits too."""
    for each in ran:
        units = ("×",) if each.benchmark.soak else ("×", *SAME_EVERYWHERE)
        for row in each.rows:
            last = before.get((each.benchmark.command, row.what))
            if last is not None and row.unit in units and row.worse_than(last):
                now, then = f"{row.figure:g} {row.unit}".strip(), f"{last:g}"
                yield f"{row.what}: {now}, and was {then}"


def _command(line: str) -> str | None:
    """The command of a row; None for a line that is none."""
    found = re.search(r"\| `([^`]+)` \|$", line)
    return found[1] if found else None


def asked(names: Sequence[str], *, soak: bool) -> list[Benchmark]:
    """Those that are named; without a name all of `make bench`, or of `make soak`."""
    return [
        benchmark
        for benchmark in BENCHMARKS
        if (benchmark.name in names if names else benchmark.soak == soak)
    ]


def main() -> None:
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *names])
    parser.add_argument("--soak", action="store_true", help="those that need their minutes")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    ran = [run(benchmark) for benchmark in asked(given.names, soak=given.soak)]
    made = lines(ran)
    print("", *HEAD, *made.values(), sep="\n")
    print(f"\n{sum(each.seconds for each in ran):.0f} s in all", flush=True)
    worse = list(regressions(ran, written()))
    if given.write:
        write(made)
    print(*worse, sep="\n", end="\n" if worse else "")
    wrong = [each for each in ran if each.code]
    for each in wrong:
        print(f"{each.benchmark.file}: past a limit, or failed (exit code {each.code})")
    sys.exit(1 if wrong or worse else 0)


if __name__ == "__main__":
    main()
