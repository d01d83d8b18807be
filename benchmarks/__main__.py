"""Every benchmark in one run, each in a process of its own; then one table of all figures that have a limit, for the README.

    python -m benchmarks [NAME ...]

Exit code 1 where a figure is past its limit, or a benchmark failed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.process import environment
from benchmarks.rows import Row, read

HERE = Path(__file__).parent


class Benchmark(NamedTuple):
    """One file of this folder, with arguments that keep all of them together below ten minutes."""

    file: str
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        return " ".join(("python", f"benchmarks/{self.file}", *self.arguments))


BENCHMARKS = (
    Benchmark("start.py", ("--rounds", "3")),
    Benchmark("ask.py"),
    Benchmark("in_use.py", ("--runs", "10")),
    Benchmark("throughput.py", ("--requests", "500")),
    Benchmark("time_to_first_text.py"),
    Benchmark("cpu_per_request.py", ("--requests", "210")),
    Benchmark("fan_out.py", ("--rounds", "2")),
    Benchmark("screen.py"),
    Benchmark("tokens.py", ("--no-browser", "--longest", "1000000")),
    Benchmark("history.py", ("--runs", "20000")),
    Benchmark("endless.py", ("--only", "text_in_tokens", "swelling_gzip_of_events", "whole_body")),
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
    return Ran(benchmark, process.returncode, found, time.perf_counter() - begun)


def table(ran: list[Ran]) -> str:
    """The figures with a limit in Markdown, each with the command that measures it."""
    lines = ["| what | measured | limit | command |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {row.what} | {row.figure:g} {row.unit} | {row.limit:g} | `{each.benchmark.command}` |"
        for each in ran
        for row in each.rows
    ]
    return "\n".join(lines)


def main() -> None:
    wanted = sys.argv[1:]
    names = {benchmark.file.removesuffix(".py") for benchmark in BENCHMARKS}
    if unknown := set(wanted) - names:
        raise SystemExit(f"No benchmark {', '.join(sorted(unknown))}: {', '.join(sorted(names))}.")
    ran = [
        run(benchmark)
        for benchmark in BENCHMARKS
        if not wanted or benchmark.file.removesuffix(".py") in wanted
    ]
    print(f"\n{table(ran)}\n\n{sum(each.seconds for each in ran):.0f} s in all")
    wrong = [each for each in ran if each.code]
    for each in wrong:
        print(f"{each.benchmark.file}: past a limit, or failed (exit code {each.code})")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
