"""The report says what was asked and answered, and nothing that a model wrote is rendered."""

from __future__ import annotations

import re
from dataclasses import replace

from playground.domain import Run
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


def test_an_answer_can_not_leave_its_fence(run: Run) -> None:
    nasty = "```\n# Heading\n````\n![x](http://tracker.example/x.png)"
    report = to_markdown(replace(run, responses=(replace(run.responses[0], text=nasty),) * 2))
    assert f"`````text\n{nasty}\n`````" in report


def test_a_name_can_not_break_the_table(run: Run) -> None:
    odd = replace(run.responses[0], finish_reason="a|b\n<img src=x>")
    report = to_markdown(replace(run, responses=(odd, run.responses[1])))
    assert "a\\|b \\<img src=x\\>" in report


def test_controls_of_direction_are_seen(run: Run) -> None:
    odd = replace(run.responses[0], text="user\u202egnp.exe", finish_reason="a\u2066b")
    report = to_markdown(replace(run, responses=(odd, run.responses[1])))
    assert "user⟦RLO⟧gnp.exe" in report
    assert "a⟦LRI⟧b" in report
