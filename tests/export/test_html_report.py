"""The report is one file in which nothing runs and nothing loads."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from playground.domain import Cost, CostLine, File, Run, Timing
from playground.export import to_html
from playground.figures import PHASES, phases
from playground.figures.paid import PAID
from tests.history.runs import full_run

VOID = {"meta", "img", "br"}


class Checked(HTMLParser):
    """Every tag is closed in its order; all of them are remembered with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def checked(*runs: Run) -> Checked:
    page = Checked()
    page.feed(to_html(list(runs)))
    assert page.open == []
    return page


def test_it_tells_what_was_asked_answered_and_paid(run: Run) -> None:
    text = checked(run).text
    for words in (
        "Say hello",
        "Be brief.",
        "Hello | world",
        "$0.00025",
        "The server could not be reached.",
        "0.80 s",
    ):
        assert words in text, words


def test_nothing_in_it_can_run_or_load(run: Run) -> None:
    evil = '<script>alert(1)</script><img src="https://evil.example/x.png" onerror=alert(1)>"\'&'
    answer = replace(run.responses[0], text=evil, reasoning_text=evil, response_model=evil)
    page = checked(replace(run, id=evil, responses=(answer, run.responses[1])))
    tags = {tag for tag, _ in page.seen}
    assert tags.isdisjoint({"script", "link", "iframe", "object", "embed", "base", "form", "a"})
    for _, attributes in page.seen:
        assert not any(name.startswith("on") for name in attributes)
        source = attributes.get("src")
        assert source is None or source.startswith("data:image/")
    style = to_html(run).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    policy = next(
        a["content"] for tag, a in page.seen if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert evil in page.text


def test_it_is_made_for_both_themes_and_for_paper(run: Run) -> None:
    report = to_html(run)
    assert "prefers-color-scheme:dark" in report
    assert "@media print" in report


def test_the_charts_are_drawn_to_scale() -> None:
    made = full_run()
    page = checked(made)
    timing = made.responses[0].timing
    assert [(name, round(end - start, 2)) for name, start, end in phases(timing)] == [
        ("waiting", 0.25),
        ("answering", 0.5),
        ("closing", 0.05),
    ]
    widths = {a["fill"]: float(a["width"] or 0) for tag, a in page.seen if tag == "rect"}
    assert widths[PHASES["answering"]] / widths[PHASES["waiting"]] == pytest.approx(
        0.5 / 0.25, abs=0.01
    )
    assert sum(1 for tag, _ in page.seen if tag == "svg") == 2


def test_the_cost_chart_splits_reasoning_from_the_answer_and_marks_the_cheapest() -> None:
    run = full_run()
    first = run.responses[0]
    assert first.cost is not None
    usage = replace(first.usage, output_tokens=100, reasoning_output_tokens=75)
    price = first.cost.price
    output = CostLine(
        name="output",
        quantity=100,
        unit="token",
        rate=Decimal(10),
        per=1_000_000,
        amount=Decimal("0.001"),
    )
    thinking = replace(
        first,
        finish_reason="stop",
        failure=None,
        refusal=None,
        usage=usage,
        cost=Cost(total=output.amount, lines=(output,), price=price),
    )
    half = replace(output, amount=Decimal("0.0005"))
    cheap = replace(thinking, cost=Cost(total=half.amount, lines=(half,), price=price))
    page = checked(replace(run, requests=run.requests[:1] * 2, responses=(thinking, cheap)))
    money = [a for tag, a in page.seen if tag == "rect" and a["fill"] in PAID.values()][-4:]
    widths = [float(a["width"] or 0) for a in money]
    assert [a["fill"] for a in money] == [PAID["reasoning"], PAID["answer"]] * 2
    assert widths[0] == pytest.approx(3 * widths[1], abs=0.3)
    assert widths[2] == pytest.approx(widths[0] / 2, abs=0.3)
    assert "$0.0005 ✓" in page.text
    assert "$0.001 ✓" not in page.text


def test_simulated_answers_are_marked(run: Run) -> None:
    assert "Simulated" not in to_html(run)
    assert "Simulated: the built-in demo server" in to_html(replace(run, simulated=True))


def test_several_runs_stand_in_one_report(run: Run) -> None:
    sections = [tag for tag, _ in checked(run, full_run()).seen if tag == "section"]
    assert len(sections) == 2


def test_a_file_that_a_model_made_can_not_be_a_page(run: Run) -> None:
    files = (
        File(media_type="text/html", data=b"<script>", name="x"),
        File(media_type="image/png", data=b"\x89PNG", name='"><script>'),
    )
    answer = replace(run.responses[0], files=files)
    page = checked(replace(run, responses=(answer, run.responses[1])))
    sources = [a["src"] for tag, a in page.seen if tag == "img"]
    assert len(sources) == 1
    assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", sources[0] or "")


def test_controls_of_direction_are_seen(run: Run) -> None:
    odd = replace(run.responses[0], text="user\u202egnp.exe", refusal="a\u2066b")
    text = checked(replace(run, responses=(odd, run.responses[1]))).text
    assert "user⟦RLO⟧gnp.exe" in text
    assert "a⟦LRI⟧b" in text


def test_answers_are_rendered_in_columns_and_the_report_is_named_by_its_prompt(run: Run) -> None:
    text = "# Tokens\n\n**Bold** [here](https://example.com/x)\n\n![a picture](https://evil.example/x.png)"
    page = checked(replace(run, responses=(replace(run.responses[0], text=text),) * 2))
    tags = [tag for tag, _ in page.seen]
    assert tags.count("article") == 2
    assert tags.count("strong") == 2
    assert "h4" in tags  # a heading of an answer is below the report's own
    assert "**" not in page.text
    assert "here (https://example.com/x)" in page.text
    assert "a picture" in page.text
    assert "evil.example" not in to_html(
        replace(run, responses=(replace(run.responses[0], text=text),) * 2)
    )
    assert "<title>Say hello · AI API playground</title>" in to_html(run)
    assert "21 Nov 2026, 12:00 UTC" in page.text
    assert "(min-width:900px){.lanes{grid-template-columns" in to_html(run)


def test_each_paragraph_has_its_own_direction(run: Run) -> None:
    text = "\u0645\u0631\u062d\u0628\u0627\n\nHello\n\n- \u05e9\u05dc\u05d5\u05dd\n\n1. one"
    answer = replace(run.responses[0], text=text, reasoning_text="")
    page = checked(replace(run, responses=(answer, run.responses[1])))
    directed = [tag for tag, attributes in page.seen if attributes.get("dir") == "auto"]
    assert directed.count("p") == 2
    assert "h1" in directed
    lists = [
        (tag, attributes["dir"])
        for tag, attributes in page.seen
        if tag in ("ul", "ol", "li") and "dir" in attributes  # a legend has none
    ]
    assert lists == [("ul", "rtl"), ("li", "rtl"), ("ol", "ltr"), ("li", "ltr")]
    assert "pre{unicode-bidi:plaintext" in to_html(run)  # the prompt


def test_the_best_lane_is_marked(run: Run) -> None:
    slower = replace(run.responses[0], timing=Timing(first_text=0.5, last_chunk=0.6))
    page = checked(replace(run, responses=(run.responses[0], slower)))
    assert "0.25 s ✓" in page.text
    assert "0.60 s ✓" in page.text
    assert "0.50 s ✓" not in page.text


def test_what_is_nested_without_end_is_shown_as_it_is(run: Run) -> None:
    text = ">" * 5_000 + " deep"
    page = checked(replace(run, responses=(replace(run.responses[0], text=text), run.responses[1])))
    assert "deep" in page.text
