"""`playground bench` on the simulation and on what looks like real providers: its JSON, its words, its exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground import history, tokens
from playground.experiments import benchmark, kept
from playground.experiments.spec import Case
from tests.cli.conftest import Invoke

SOL, FLASH = "openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"
POINTS = ("p50", "p90", "p95", "p99")


def document(invoke: Invoke, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = invoke("bench", *arguments, "--json")
    assert done.code == code, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_json_has_the_percentiles_of_each_model_and_every_comparison(invoke: Invoke) -> None:
    found = document(invoke, "-m", SOL, "-m", FLASH, "--repeats", "8", "--demo")
    assert (found["simulated"], found["requests"], found["failures"]) == (True, 2 * 8, 0)
    assert found["warm_up"] == 2
    assert found["requests_per_second"] == pytest.approx((2 * 8 + 2) / found["elapsed"])
    assert [(m["model"], m["n"]) for m in found["models"]] == [(SOL, 8), (FLASH, 8)]
    for model in found["models"]:
        for figure in ("time_to_first_text", "duration", "output_tokens_per_second"):
            points = [model[figure][p] for p in POINTS if model[figure]["n"]]
            assert points == sorted(points)
        assert model["duration"]["intervals"]["mean"][0] <= model["duration"]["mean"]
        assert float(model["cost"]["total"]) > 0
        assert model["output_tokens"] > 0
    assert all((c["a"], c["b"]) == (SOL, FLASH) for c in found["comparisons"])
    tested = {c["metric"]: c["test"] for c in found["comparisons"]}
    assert tested["duration"] == "Wilcoxon signed-rank"
    assert tested["pass_rate"] == "none"  # all were answered: equal in every pair


def test_the_terminal_says_that_it_is_simulated_and_names_the_test(invoke: Invoke) -> None:
    done = invoke("bench", "-m", SOL, "-m", FLASH, "--repeats", "6", "--demo")
    assert done.code == 0
    assert "Simulated: no model was asked" in done.out
    assert f"{SOL} compared with {FLASH}" in done.out
    assert "Wilcoxon" in done.out


def test_without_a_model_the_default_ones_are_asked(invoke: Invoke) -> None:
    found = document(invoke, "--repeats", "1", "--demo")
    assert len({model["model"].partition(":")[0] for model in found["models"]}) == 3


def test_a_model_that_is_there_twice_is_compared_with_itself(invoke: Invoke) -> None:
    found = document(invoke, "-m", SOL, "-m", SOL, "--repeats", "2", "--demo")
    assert [model["model"] for model in found["models"]] == [f"{SOL} #1", f"{SOL} #2"]


def test_a_real_provider_is_not_simulated_and_needs_its_key(
    invoke: Invoke, real: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = document(invoke, "-m", SOL, "--repeats", "2")
    assert (found["simulated"], found["failures"]) == (False, 0)
    monkeypatch.delenv("OPENAI_API_KEY")
    done = invoke("bench", "-m", SOL)
    assert done.code == 2
    assert "--demo" in done.err


def test_a_call_that_fails_is_counted_and_told(invoke: Invoke) -> None:
    found = document(invoke, "-m", "openai:gpt-nothing", "--repeats", "2", "--demo", code=1)
    assert (found["requests"], found["failures"]) == (2, 2)
    assert found["models"][0]["duration"]["p50"] is None
    assert (
        "✗ 2 not found"
        in invoke("bench", "-m", "openai:gpt-nothing", "--repeats", "2", "--demo").out
    )


def test_braces_in_a_prompt_are_asked_as_they_are(invoke: Invoke) -> None:
    found = document(invoke, "-m", SOL, "--repeats", "1", "--prompt", "What is {{ x }}?", "--demo")
    kept_one = kept.find(history.get_store(), found["experiment_id"])
    assert kept_one
    (case,) = kept_one.spec.cases
    assert isinstance(case, Case)
    assert case.vars == {"prompt": "What is {{ x }}?"}
    assert found["failures"] == 0


@pytest.mark.parametrize("wanted", [1, 7, 40, 1_000])
def test_a_prompt_of_so_many_tokens_has_so_many(wanted: int) -> None:
    for asked in (None, 200):
        made = benchmark.prompt(wanted, asked)
        assert tokens.count(made) == wanted
    assert benchmark.prompt(wanted, 200) == benchmark.prompt(wanted, 200)


def test_output_tokens_bound_the_answer(invoke: Invoke) -> None:
    model = document(invoke, "-m", FLASH, "--repeats", "2", "--output-tokens", "20", "--demo")
    assert model["models"][0]["output_tokens"] <= 20


def test_a_prompt_has_its_own_length(invoke: Invoke) -> None:
    done = invoke("bench", "--prompt", "Hi", "--input-tokens", "100", "--demo")
    assert done.code == 2
    assert "not both" in done.err


def test_two_processes_find_what_one_finds(invoke: Invoke, own_demo: None) -> None:
    arguments = ("-m", SOL, "-m", FLASH, "--repeats", "5", "--concurrency", "3", "--demo")
    one, two = (document(invoke, *arguments, "--processes", n) for n in ("1", "2"))
    for found in (one, two):
        found["counted"] = [
            (m["model"], m["n"], m["failures"], m["output_tokens"], m["cost"]["total"])
            for m in found["models"]
        ]
    for name in ("requests", "failures", "warm_up", "waiting", "digest", "counted", "pass_rate"):
        assert one[name] == two[name]


def test_processes_together_make_no_more_calls_than_allowed(invoke: Invoke) -> None:
    done = invoke("bench", "-m", SOL, "--concurrency", "1", "--processes", "4", "--demo")
    assert "1 calls at once are shared by 1 processes, not 4." in done.err
