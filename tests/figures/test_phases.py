"""The phases of a call: one after the other without a gap, drawn alike on the screen and in the report."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from playground.domain import Run, Timing, lane_names
from playground.export import to_html
from playground.figures import PHASES, phases
from playground.ui.parts.charts import waterfall
from tests.history.runs import full_run

WHOLE = Timing(
    connect=0.1,
    tls=0.05,
    request_sent=0.01,
    first_reasoning=0.5,
    first_text=1.0,
    last_text=2.0,
    last_chunk=2.1,
)


def test_phases_follow_each_other_without_gaps() -> None:
    assert list(phases(WHOLE)) == [
        ("connect", -(0.1 + 0.05), 0.0),
        ("sending", 0.0, 0.01),
        ("waiting", 0.01, 0.5),
        ("reasoning", 0.5, 1.0),
        ("answering", 1.0, 2.0),
        ("closing", 2.0, 2.1),
    ]
    assert [name for name, *_ in phases(WHOLE)] == list(PHASES)


def test_a_call_that_never_answered_only_waited() -> None:
    assert list(phases(Timing(request_sent=0.01, closed=3.0))) == [
        ("sending", 0.0, 0.01),
        ("waiting", 0.01, 3.0),
    ]


def test_a_call_that_thought_to_the_end_has_no_answer_phase() -> None:
    timing = Timing(request_sent=0.01, first_reasoning=0.2, last_chunk=4.0)
    assert [name for name, *_ in phases(timing)] == ["sending", "waiting", "reasoning"]


def test_a_call_that_could_not_connect_has_no_phase() -> None:
    assert list(phases(Timing())) == []
    assert list(phases(Timing(connect=0.2))) == [("connect", -0.2, 0.0)]


def timed() -> Run:
    """One lane that had to connect and thought, one that did neither."""
    made = full_run()
    first, second = made.responses
    short = Timing(first_text=0.25, last_text=0.75, last_chunk=0.8)
    return replace(made, responses=(replace(first, timing=WHOLE), replace(second, timing=short)))


def test_screen_and_report_tell_the_same_story_in_the_same_colours() -> None:
    run = timed()
    names = lane_names(request.model for request in run.requests)
    picture = waterfall(names, run.responses)
    assert picture is not None
    drawn = picture.chart
    scale = drawn["layer"][0]["encoding"]["color"]["scale"]
    colors = dict(zip(scale["domain"], scale["range"], strict=True))
    rows = drawn["layer"][0]["data"]["values"]
    on_screen = [(colors[row["phase"]], row["from"], row["seconds"]) for row in rows]
    report = re.search(r'<svg role="img" aria-label="Where the time went".*?</svg>', to_html(run))
    assert report is not None
    bars = re.findall(r'<rect x="([\d.]+)".*?width="([\d.]+)".*? fill="(#\w+)"', report[0])
    zero = float(re.findall(r'<line class="zero" x1="([\d.]+)"', report[0])[0])
    pixels = (float(bars[-1][0]) + float(bars[-1][1]) - zero) / 0.8
    in_report = [
        (color, (float(x) - zero) / pixels, float(width) / pixels) for x, width, color in bars
    ]
    assert len(in_report) == len(on_screen) == 6 + 3
    for (color, start, seconds), (there, at, takes) in zip(on_screen, in_report, strict=True):
        assert color == there
        assert at == pytest.approx(start, abs=0.001)
        assert takes == pytest.approx(seconds, abs=0.001)


def test_connecting_stands_left_of_the_line() -> None:
    report = to_html(timed())
    connect = re.search(rf'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*{PHASES["connect"]}', report)
    line = re.search(r'<line class="zero" x1="([\d.]+)"', report)
    assert connect is not None
    assert line is not None
    assert float(connect[1]) + float(connect[2]) == pytest.approx(float(line[1]), abs=0.2)
