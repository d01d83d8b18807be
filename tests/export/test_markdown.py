"""The report says what was asked and answered, and nothing that a model wrote loads anything or looks like the report."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt

from playground.domain import Request, Run, Timing
from playground.export import to_markdown


def test_the_report_has_prompt_settings_figures_answers_and_receipts(run: Run) -> None:
    report = to_markdown(run)
    for expected in (
        "Be brief.",
        "Say hello",
        "Attached: a.png (image/png, 4 B)",
        "| max\\_output\\_tokens | 100 |",
        "| 1 | openai:gpt-x | 200 | 0 | 30 | 10 | 0.25 s | 0.80 s | n/a | $0.00025 | completed |",
        "| input | 200 | $1.25 per 1,000,000 | $0.00025 |  |",
        "https://prices.example, as of 2026-11-01",
        "**Failed (connection).** The server could not be reached. Start it.",
        "Cost: n/a.",
    ):
        assert expected in report


def test_a_failed_lane_shows_no_zeros(run: Run) -> None:
    row = next(line for line in to_markdown(run).splitlines() if "ollama:llama3:8b |" in line)
    assert "not reported" in row
    assert "n/a" in row
    assert not re.search(r"\| 0", row)


def test_only_a_simulated_run_says_so(run: Run) -> None:
    assert "Simulated" not in to_markdown(run)
    assert "> **Simulated.**" in to_markdown(replace(run, simulated=True))


NASTY = "```\n# Heading\n````\n![x](http://tracker.example/x.png)\n\n<img src=http://tracker.example/y.png>\n\n## Lane 9"


def test_an_answer_can_not_leave_its_quotation_and_loads_nothing(run: Run) -> None:
    report = to_markdown(replace(run, responses=(replace(run.responses[0], text=NASTY),) * 2))
    tokens = MarkdownIt("commonmark").parse(report)
    headings = [
        (token.level, tokens[place + 1].content)
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    assert (0, "Lane 9") not in headings
    assert (1, "Lane 9") in headings  # inside its quotation
    shown = MarkdownIt("commonmark").render(report)
    assert "<img" not in shown


def test_what_a_person_asked_can_not_leave_its_fence(run: Run) -> None:
    asked = Request.ask(run.requests[0].model, NASTY)
    report = to_markdown(replace(run, requests=(asked, asked)))
    assert f"`````text\n{NASTY}\n`````" in report


def test_an_answer_is_rendered_and_json_is_not(run: Run) -> None:
    report = to_markdown(replace(run, responses=(replace(run.responses[0], text="**Bold**"),) * 2))
    assert "> **Bold**" in report
    as_json = replace(run.responses[0], text='{"a": "*b*"}')
    assert '```text\n{"a": "*b*"}\n```' in to_markdown(replace(run, responses=(as_json,) * 2))


def test_the_report_is_named_by_its_prompt_and_its_moment_says_the_zone(run: Run) -> None:
    first, _, second = to_markdown(run).splitlines()[:3]
    assert first == "# Say hello"
    assert second == "21 Nov 2026, 12:00 UTC · run run1"


def test_the_best_lane_is_marked(run: Run) -> None:
    slower = replace(run.responses[0], timing=Timing(first_text=0.5, last_chunk=0.6))
    report = to_markdown(replace(run, responses=(run.responses[0], slower)))
    assert "| 0.25 s ✓ | 0.80 s |" in report
    assert "| 0.50 s | 0.60 s ✓ |" in report
    assert "✓ the least of the lanes with a whole answer." in report
    assert "✓" not in to_markdown(run)


def test_a_name_can_not_break_the_table(run: Run) -> None:
    odd = replace(run.responses[0], finish_reason="a|b\n<img src=x>")
    report = to_markdown(replace(run, responses=(odd, run.responses[1])))
    assert "a\\|b \\<img src=x\\>" in report


def test_controls_of_direction_are_seen(run: Run) -> None:
    odd = replace(run.responses[0], text="user\u202egnp.exe", finish_reason="a\u2066b")
    report = to_markdown(replace(run, responses=(odd, run.responses[1])))
    assert "user⟦RLO⟧gnp.exe" in report
    assert "a⟦LRI⟧b" in report
