"""Inputs that nobody would send, to every parser of what others write: none may crash, hang, or fail in other words than its own.

    python benchmarks/fuzz.py [--inputs 20000] [--only NAME ...] [--seed N] [--atheris SECONDS]

Hypothesis makes the inputs from good ones: bytes are cut out and put in, values of a JSON document are exchanged for others,
and some are nothing but bytes. `--atheris` then lets atheris look for more, by the branches that it reaches, for so many seconds a
parser, where it is installed (`pip install atheris`: not a requirement of the project). Exit 1 on a crash, a hang, or any exception
that the parser's row does not name; the input is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import gc
import json
import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, NoReturn

import hypothesis
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fuzz_parsers import PARSERS, Parser, find
from benchmarks.rows import Rows

PATIENCE = 5
"""Seconds after which a parser hangs."""
_TOKENS = (
    *(b"\n", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\t", b" ", b","),
    *(b"{", b"}", b"[", b"]", b'"', b"'", b":", b"{{", b"}}", b"{%", b"%}", b"{#", b"[" * 200, b"{{" * 100),
    *(b"- ", b"!!python/object:os.system", b"&a", b"*a", b"<<: *a", b"|", b">", b"? ", b"---\n", b"data: ", b"event: "),
    *(b"null", b"NaN", b"-1", b"1e999", b"9" * 30, b"true", b"\\ud800", b"0x", b"2026-13-45", b"<!--", b"<script>", b"PK\x03\x04"),
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**30, 1.5, 1e308, float("nan"), float("inf"), "", "x", "\ud800", "9" * 40),
    *([], {}, [[]], [None], {"a": None}, [{}], ["x"], {"": {}}, "2026-01-01", "NaN", "\0"),
)  # fmt: skip
_EDIT = st.tuples(
    st.integers(0, 6000), st.integers(0, 40), st.sampled_from(_TOKENS) | st.binary(max_size=6)
)
_EXCHANGE = st.tuples(st.integers(0, 10_000), st.sampled_from(_VALUES))


class Hangs(BaseException):
    """A parser took too long."""


def inputs(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Inputs like these, and unlike them."""
    seed = st.sampled_from(seeds)
    edited = st.builds(_edited, seed, st.lists(_EDIT, max_size=5))
    exchanged = st.builds(_exchanged, seed, st.lists(_EXCHANGE, min_size=1, max_size=4))
    return edited | exchanged | st.binary(max_size=120)


def _edited(data: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    for at, drop, put in edits:
        at %= len(data) + 1
        data = data[:at] + put + data[at + drop :]
    return data


def _exchanged(data: bytes, exchanges: Sequence[tuple[int, Any]]) -> bytes:
    """With other values in its JSON, line by line where it is several documents; as it is where it is none."""
    lines = data.split(b"\n")
    for number, value in exchanges:
        which = number % len(lines)
        before, begin, text = lines[which].rpartition(b"data: ")
        try:
            document = json.loads(text)
            places = list(_places(document))
            if places:
                holder, key = places[number % len(places)]
                holder[key] = value
            lines[which] = before + begin + json.dumps(document).encode("utf-8", "surrogatepass")
        except ValueError:
            continue
    return b"\n".join(lines)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON document where a value stands."""
    for key in (
        list(value)
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else ()
    ):
        yield value, key
        yield from _places(value[key])


def feed(parser: Parser, data: bytes) -> None:
    """One input; what the parser documents is no failure."""
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        parser.feed(data)
    except parser.raises:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def fuzz(parser: Parser, number: int, seed: int) -> tuple[int, str]:
    """How many inputs it was fed, and what went wrong."""
    fed = 0

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=number,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    )
    @hypothesis.given(inputs(parser.seeds))
    def one(data: bytes) -> None:
        nonlocal fed
        fed += 1
        try:
            feed(parser, data)
        except BaseException as error:
            error.add_note(f"input: {data!r}")
            raise

    previous = signal.signal(signal.SIGALRM, _late)
    try:
        one()
    except (Exception, Hangs) as error:
        return fed, f"{type(error).__name__}: {error} {' '.join(getattr(error, '__notes__', ()))}"
    finally:
        signal.signal(signal.SIGALRM, previous)
    return fed, ""


def _late(*_: Any) -> NoReturn:
    raise Hangs(f"it took more than {PATIENCE} s")


def by_branches(parser: Parser, seconds: int) -> str:
    """Let atheris look for so many seconds, in a process of its own, since it ends the one that it is in; what it found."""
    child = multiprocessing.get_context("fork").Process(target=_look, args=(parser, seconds))
    child.start()
    child.join()
    return (
        "" if child.exitcode == 0 else f"atheris found something (exit {child.exitcode}), see above"
    )


def _look(parser: Parser, seconds: int) -> None:
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and str(thing.__module__).startswith("playground."):
            atheris.instrument_func(thing)

    def one(data: bytes) -> None:
        with contextlib.suppress(*parser.raises):
            parser.feed(data)

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(parser.seeds):
            (Path(folder) / str(number)).write_bytes(seed)
        told = (f"-max_total_time={seconds}", f"-timeout={PATIENCE}", "-max_len=8192")
        atheris.Setup([sys.argv[0], *told, f"-artifact_prefix={folder}.", folder], one)
        atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--only", nargs="+", default=[], choices=[p.name for p in PARSERS])
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--atheris", type=int, default=0, metavar="SECONDS")
    given = parser.parse_args()
    faulthandler.enable()
    print(f"--seed {given.seed}")
    rows, wrong = Rows(), list[str]()
    for each in find(given.only):
        begun = time.perf_counter()
        faulthandler.dump_traceback_later(600, exit=True)  # where even the alarm is not heard
        fed, problem = fuzz(each, given.inputs, given.seed)
        faulthandler.cancel_dump_traceback_later()
        rows.show(f"fuzz, {each.name}: inputs", fed, given.inputs, "", "≥")
        print(f"{'':4}({time.perf_counter() - begun:.0f} s)", flush=True)
        if problem or (given.atheris and (problem := by_branches(each, given.atheris))):
            wrong.append(f"{each.name}: {problem}")
    rows.show("fuzz: crashes, hangs and strange exceptions", len(wrong), 0, "")
    print("\n".join(wrong))
    sys.exit(not rows.good)


if __name__ == "__main__":
    main()
