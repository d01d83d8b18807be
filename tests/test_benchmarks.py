"""The table in docs/exact.md and the README's choice of it are what `python -m benchmarks` writes: the same benchmarks, the same commands, figures beside limits."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import playground
from benchmarks import __main__ as bench
from benchmarks import load, peers
from benchmarks.marked import place, put
from benchmarks.rows import Row, Rows, read

ROOT = Path(__file__).parents[1]


def test_the_rows_are_those_of_the_benchmarks_in_their_order() -> None:
    found = bench.MARKED.search(bench.TABLE.read_text("utf-8"))
    assert found
    head, line, *rows = found[0].splitlines()[1:-1]
    assert (head, line) == bench.HEAD
    cells = [[cell.split("<br>") for cell in row.strip("| ").split(" | ")] for row in rows]
    commands = [command for *_, (command,) in cells]
    assert commands == [f"`{b.command}`" for b in bench.BENCHMARKS]
    for what, measured, must_be, _ in cells:
        assert len(what) == len(measured) == len(must_be)
        assert all(re.match(r"-?[\d.]+", figure) for figure in measured)
        assert all(re.match(r"[≤≥] [\d.]+$", limit) for limit in must_be)


def test_the_readme_shows_the_chosen_figures_as_they_were_measured() -> None:
    table = bench.MARKED.search(bench.TABLE.read_text("utf-8"))
    mark = place("chosen by python -m benchmarks --write")
    shown = mark.search(bench.README.read_text("utf-8"))
    assert table
    assert shown
    made = bench.chosen(table[0].splitlines()[3:-1])
    assert [line.split(" | ")[0][2:] for line in made.splitlines()[2:]] == list(bench.TELLING)
    assert shown[0].splitlines()[1:-1] == made.splitlines(), "python -m benchmarks NAME --write"


def test_peers_are_measured_in_one_run_and_those_that_are_not_there_are_named(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "benchmarks.peers", "--folder", str(tmp_path)]
    shape = ["--calls", "3", "--at-once", "2", "--rounds", "1"]
    names = ["playground", "llm"]
    done = subprocess.run([*command, *names, *shape], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    columns = columns_of(done.stdout)
    version = playground.__version__
    assert list(columns) == ["seconds (of CPU)", f"playground {version}", "llm"]
    assert columns["seconds (of CPU)"] == ["one call", "3 calls, 2 at once"]
    for figure in columns[f"playground {version}"]:
        seconds, cpu = figure.rstrip(")").split(" (")
        assert float(seconds) > 0
        assert float(cpu) > 0
    assert columns["llm"] == ["not installed", "not installed"]
    assert "not there (--fill installs them): llm" in done.stdout


def columns_of(text: str) -> dict[str, list[str]]:
    """A table in Markdown, by what stands over its columns."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line[:1] == "|"]
    return {head: cells for head, _, *cells in zip(*rows, strict=True)}


def test_the_readme_and_the_comparison_show_the_same_measured_peers_with_day_and_machine() -> None:
    shown = [place(peers.COMMAND).search(path.read_text("utf-8")) for path in peers.WRITTEN]
    assert all(shown)
    texts = [found[2] for found in shown if found]
    assert texts[0] == texts[1], peers.COMMAND
    assert re.search(r"\n20\d\d-\d\d-\d\d, \d+ cores of .+, Python 3\.\d+", texts[0])
    (_, *clients) = columns_of(texts[0]).items()
    for name, (client, cells) in zip(peers.PEERS, clients, strict=True):
        version = client.removeprefix(name)
        assert version != client, name
        known = r"[\d.]+ \([\d.]+\)|–|failed" if version else "not installed"
        assert all(re.fullmatch(known, cell) for cell in cells), client


def test_what_is_written_stands_between_its_marks_and_leaves_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\n<!-- end -->\nb\n<!-- two -->\nold\n<!-- end -->\nc\n")
    put(page, "one", "1")
    put(page, "two", "2\n22")
    assert page.read_text() == (
        "a\n<!-- one -->\n1\n<!-- end -->\nb\n<!-- two -->\n2\n22\n<!-- end -->\nc\n"
    )
    put(page, "three", "3")
    assert "3" not in page.read_text()


def test_every_file_that_measures_is_run_by_make_bench_or_make_soak() -> None:
    parts = {
        "__main__",
        "fuzz_parsers",
        "rows",
        "process",
        "synthetic",
        "screen_app",
        "screen_page",
    }
    parts |= {"marked", "tabs", "stamped", "served", "soak_app"}
    apart = {"other_clients", "other_clients_calls", "peers"}
    """Clients of others, which are no packages of ours: against the simulation, and side by side with us."""
    files = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - parts - apart
    assert files == {Path(benchmark.file).stem for benchmark in bench.BENCHMARKS}


def test_what_takes_minutes_to_show_is_run_by_make_soak_and_everything_by_its_name() -> None:
    every = [benchmark.name for benchmark in bench.BENCHMARKS]
    short, long = ([b.name for b in bench.asked([], soak=soak)] for soak in (False, True))
    assert short + long == every
    assert long == ["load", "soak", "restart", "strangers", "endless", "fuzz"]
    assert [b.name for b in bench.asked(["fuzz", "start"], soak=False)] == ["start", "fuzz"]


@pytest.mark.parametrize(
    ("figure", "limit", "sign", "good"),
    [
        (1.0, 1.15, "≤", True),
        (1.2, 1.15, "≤", False),
        (0.6, 0.5, "≥", True),
        (0.4, 0.5, "≥", False),
    ],
)
def test_a_figure_is_read_as_it_is_printed(
    figure: float, limit: float, sign: str, good: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = Rows()
    for unit in ("×", "", "ms"):
        rows.show("CPU of `ask`, kept, ÷ a script", figure, limit, unit, sign)
        printed = capsys.readouterr().out
        assert read(printed) == Row("CPU of `ask`, kept, ÷ a script", figure, limit, unit, sign)
        assert ("PAST" in printed) != good
    assert rows.good == good
    assert read("    36 frames, 7 kB") is None


def test_what_no_machine_changes_is_named_when_it_is_worse_by_a_third_though_its_limit_is_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "TABLE", tmp_path / "exact.md")
    monkeypatch.setattr(bench, "README", tmp_path / "README.md")
    bench.TABLE.write_text("<!-- python -m benchmarks --write -->\nold\n<!-- end -->\n")
    bench.README.write_text("")

    def rows(
        cpu: float, speed: float, lag: float, frames: float = 20, sent: float = 6, held: float = 40
    ) -> list[Row]:
        return [
            Row("CPU", cpu, 1.3, "×"),
            Row("speed", speed, 0.7, "×", "≥"),
            Row("lag", lag, 9, "ms"),
            Row("frames", frames, 60, ""),
            Row("sent", sent, 60, "kB"),
            Row("held", held, 600, "MB"),
        ]

    ran = bench.Ran(bench.BENCHMARKS[0], 0, rows(0.5, 1.0, 1.0), 1)
    bench.write(bench.lines([ran]))

    def worse(*figures: float) -> list[str]:
        return list(bench.regressions([ran._replace(rows=rows(*figures))], bench.written()))

    assert worse(0.6, 0.8, 9) == []
    assert worse(0.3, 1.5, 9) == []
    assert worse(0.66, 0.76, 9) == ["CPU: 0.66 ×, and was 0.5", "speed: 0.76 ×, and was 1"]
    assert worse(0.5, 1, 9, 26, 8.9, 70) == []
    assert worse(0.5, 1, 9, 27, 9.1, 71) == [
        "frames: 27, and was 20",
        "sent: 9.1 kB, and was 6",
        "held: 71 MB, and was 40",
    ]
    soaked = next(benchmark for benchmark in bench.BENCHMARKS if benchmark.soak)
    before = {(soaked.command, row.what): row.figure for row in rows(0.5, 1.0, 1.0)}
    left = ran._replace(benchmark=soaked, rows=rows(0.7, 1, 9, 27, 9.1, 71))
    assert list(bench.regressions([left], before)) == ["CPU: 0.7 ×, and was 0.5"]


def test_the_table_is_written_between_its_markers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "TABLE", tmp_path / "exact.md")
    monkeypatch.setattr(bench, "README", tmp_path / "README.md")
    monkeypatch.setattr(bench, "TELLING", ("two",))
    bench.TABLE.write_text("a\n<!-- python -m benchmarks --write -->\nold\n<!-- end -->\nb\n")
    bench.README.write_text("<!-- chosen by python -m benchmarks --write -->\n<!-- end -->\n")
    ran = bench.Ran(bench.BENCHMARKS[0], 0, [Row("one", 1, 2, "ms"), Row("two", 3, 3, "", "≥")], 1)
    other = ran._replace(benchmark=bench.BENCHMARKS[1], rows=[Row("three", 1, 2, "ms")])
    bench.write(bench.lines([other]))
    bench.write(bench.lines([ran]))
    text = bench.TABLE.read_text()
    assert text.startswith("a\n<!--")
    assert text.endswith("<!-- end -->\nb\n")
    assert text.splitlines()[4:6] == [
        f"| one<br>two | 1 ms<br>3 | ≤ 2<br>≥ 3 | `{ran.benchmark.command}` |",
        f"| three | 1 ms | ≤ 2 | `{other.benchmark.command}` |",
    ]
    assert bench.README.read_text().splitlines()[3:] == [
        f"| two | 3 | ≥ 3 | `{ran.benchmark.command}` |",
        "<!-- end -->",
    ]


def test_a_lane_that_got_no_token_at_all_is_missing_all_of_them() -> None:
    seen = load.Wave()
    seen.texts[0, 0] += 10
    seen.texts[1, 2] += 4
    assert load.missing(seen, 2, 10) == 2 * load.LANES * 10 - 14
