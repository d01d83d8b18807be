"""`playground batch` and `playground lab created`, against simulated providers that outlive the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground import cli
from playground.cli import batches
from playground.demo.process import DemoServer
from playground.domain import Failure
from playground.domain.provider import built_in
from playground.lab import batch
from tests.history.runs import small_run

PROMPT = "Department for: {{ticket}}"


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, list(arguments))


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def elsewhere(simulation: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The demo as if it were the real APIs, and a table."""
    urls = simulation.base_urls()
    for row in built_in():
        monkeypatch.setenv(str(row.base_url_variable), urls[row.name])
        monkeypatch.setenv(row.key_variables[0], "demo-canary-7f3a9c")
    path = tmp_path / "tickets.csv"
    path.write_text(batch.SAMPLE)
    return path


@pytest.mark.parametrize(
    "model", ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"]
)
def test_a_batch_is_submitted_by_one_command_and_collected_by_another(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], model: str
) -> None:
    assert run("batch", "submit", str(elsewhere), "--prompt", PROMPT, "-m", model, "--json") == 0
    job = printed(capsys)
    assert job["progress"]["state"] in ("waiting", "running")
    assert job["failure"] is None
    assert run("batch", "collect", job["id"][:10], "--json") in (0, 1)
    capsys.readouterr()
    assert run("batch", "list", "--json") == 0
    assert [one["id"] for one in printed(capsys)["jobs"]] == [job["id"]]
    assert run("batch", "collect", job["id"][:10], "--json") == 0
    done = printed(capsys)
    assert [line["key"] for line in done["lines"]] == ["row-1", "row-2", "row-3"]
    assert all(line["text"] for line in done["lines"])
    assert Decimal(done["cost"]["batch"]) * 2 == Decimal(done["cost"]["synchronous"])
    assert run("history", "list", "--json") == 0
    assert "canary" not in capsys.readouterr().out
    assert run("lab", "created", "--json") == 0
    assert printed(capsys)["created"]
    assert run("batch", "delete", job["id"]) == 0
    capsys.readouterr()
    assert run("lab", "created", "--delete", "--json") == 0
    assert printed(capsys) == {"created": []}
    assert run("batch", "list", "--json") == 0
    assert printed(capsys) == {"jobs": []}


def test_a_batch_can_be_cancelled(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    submit = ("batch", "submit", str(elsewhere), "--prompt", PROMPT, "-m", "openai:gpt-6.1-sol")
    assert run(*submit, "--json") == 0
    id = printed(capsys)["id"]
    assert run("batch", "cancel", id, "--json") == 0
    assert printed(capsys)["progress"]["word"] == "cancelling"


def test_on_the_demo_it_is_collected_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lab", "batch", "--json") == 0
    captured = capsys.readouterr()
    done = json.loads(captured.out)
    assert done["simulated"] is True
    assert len(done["lines"]) == 3
    assert "seconds instead of hours" in captured.err


def test_a_sum_without_an_answer_s_price_is_no_whole_one() -> None:
    run = small_run(1, total="0.5")
    priced = run.responses[0]
    failed = replace(priced, cost=None, failure=Failure(type="server", message="down"))
    both = replace(run, requests=run.requests * 2, responses=(priced, failed))
    assert batches._either_way(both).startswith("$0.50 as a batch, $")
    unpriced = replace(both, responses=(priced, replace(priced, cost=None)))
    assert batches._either_way(unpriced).startswith("≥ $0.50 as a batch, ")


def test_what_is_wrong_with_a_table_or_an_id_is_said(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit = ("batch", "submit", str(elsewhere), "-m", "openai:gpt-6.1-sol")
    assert run(*submit, "--prompt", "{{mail}}") == 2
    assert "no column 'mail'" in capsys.readouterr().err
    assert run("batch", "collect", "nothing") == 2
    assert "No one batch begins with 'nothing'" in capsys.readouterr().err


def test_a_prefix_is_sent_twice_from_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    how = ("lab", "caching", "-m", "anthropic:claude-sonnet-5-5", "--ttl", "1h", "--demo")
    assert run(*how, "--json") == 0
    (pair,) = printed(capsys)["pairs"]
    assert pair["calls"][0]["usage"]["cache_write_by_ttl"]["1h"] > 4_000
    assert pair["calls"][1]["usage"]["cache_read_input_tokens"] > 4_000
    assert pair["break_even"]["reads"] == 2
    assert pair["cache"]["reasons"] == []
    assert run(*how, "--change", "byte") == 0
    assert "The system prompt changed" in capsys.readouterr().out


SPEC = """
name: tickets
prompts: ["Department for: {{ ticket }}", {label: short, text: "One word: {{ ticket }}"}]
models: [openai:gpt-6.1-sol, {model: anthropic:claude-sonnet-5-5, prompts: [short]}, gemini:gemini-3.8-flash]
cases:
  - vars: {ticket: My invoice shows two charges.}
  - {vars: {ticket: It closes itself.}, output: technical}
repeats: 2
warm_up: 1
"""


def test_an_experiments_spec_is_a_batch_a_model_and_each_cell_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "experiment.yaml"
    path.write_text(SPEC)
    assert run("batch", "submit", str(path), "--demo", "--json") == 0
    jobs = printed(capsys)["jobs"]
    assert {job["title"] for job in jobs} == {"tickets"}
    keys = {job["model"].partition(":")[0]: job["keys"] for job in jobs}
    both = {f"cell-{p}-0-{{m}}-{r}" for p in range(2) for r in range(2)}
    assert set(keys["openai"]) == {key.format(m=0) for key in both}
    assert set(keys["anthropic"]) == {"cell-1-0-1-0", "cell-1-0-1-1"}
    assert set(keys["gemini"]) == {key.format(m=2) for key in both}
    for job in jobs:
        assert all(line["text"] for line in job["lines"])
        assert Decimal(job["cost"]["batch"]) * 2 == Decimal(job["cost"]["synchronous"])
    assert run("batch", "submit", str(path), "--demo", "-m", "gemini:gemini-3.8-flash") == 0
    out = capsys.readouterr().out
    assert "gemini:gemini-3.8-flash" in out
    assert "openai" not in out


@pytest.mark.parametrize(
    ("spec", "more", "said"),
    [
        ("prompts: [a]\nmodel: [openai:gpt-6.1-sol]", (), "experiment.yaml:2"),
        ("prompts: [a]\nmodels: [gemini/interactions:gemini-3.8-flash]", (), "in a batch"),
        ("prompts: [a]\nmodels: [openai:gpt-6.1-sol]", ("-m", "openai:x"), "does not ask openai:x"),
        ("prompts: [a]\nmodels: [openai:gpt-6.1-sol]", ("--prompt", "b"), "prompts of its own"),
    ],
)
def test_a_spec_that_makes_no_batch_is_bad_usage(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spec: str,
    more: tuple[str, ...],
    said: str,
) -> None:
    path = tmp_path / "experiment.yaml"
    path.write_text(spec)
    assert run("batch", "submit", str(path), "--demo", *more) == 2
    assert said in capsys.readouterr().err


def test_a_table_needs_its_prompt_and_one_model(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("batch", "submit", str(elsewhere), "-m", "openai:gpt-6.1-sol") == 2
    assert "needs --prompt and one --model" in capsys.readouterr().err
