"""`playground experiment list`, `show` and `compare` on what the simulation has answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Invoke

SOL, FLASH = "openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"
CASES = ["What is a token?", "What is a prompt?", "Why is the sky blue?", "What is JSON?"]


def spec(**more: Any) -> str:
    """JSON, which is YAML."""
    return json.dumps(
        {
            "name": "looked at",
            "prompts": ["{{q}}"],
            "models": [SOL, FLASH],
            "cases": [{"vars": {"q": text}} for text in CASES * 2],
            "repeats": 2,
            **more,
        }
    )


@pytest.fixture
def ran(invoke: Invoke, home: Path) -> Any:
    """Run a spec on the simulation; its `--json` document."""

    def run(**more: Any) -> Any:
        (home / "e.yaml").write_text(spec(**more))
        return json.loads(invoke("experiment", "run", "e.yaml", "--demo", "--json").out)

    return run


def test_without_any_it_says_how_to_make_one(invoke: Invoke) -> None:
    done = invoke("experiment", "list")
    assert (done.code, done.out) == (1, "")
    assert "playground experiment run FILE" in done.err
    assert json.loads(invoke("experiment", "list", "--json").out) == {"experiments": []}


def test_list_has_each_with_its_state_its_pass_rate_and_its_cost(invoke: Invoke, ran: Any) -> None:
    whole = ran()
    stopped = ran(budget=0.02, defaults={"checks": [{"type": "contains", "value": "no such"}]})
    newest, oldest = json.loads(invoke("experiment", "list", "--json").out)["experiments"]
    assert (oldest["id"], oldest["state"]) == (whole["experiment_id"], "done")
    assert (newest["id"], newest["state"]) == (stopped["experiment_id"], "stopped")
    assert (oldest["pass_rate"]["value"], newest["pass_rate"]["value"]) == (1.0, 0.0)
    low, high = oldest["pass_rate"]["interval"]
    assert low < 1 == high
    total = sum(float(m["cost"]["total"]) for m in whole["models"])
    assert float(oldest["cost"]) == pytest.approx(total)
    assert newest["waiting"] == stopped["waiting"] > 0
    assert (oldest["cells"], oldest["requests"], oldest["failures"]) == (32, 32, 0)
    text = invoke("experiment", "list", "--limit", "1").out
    assert newest["id"] in text
    assert oldest["id"] not in text
    assert "stopped" in text


def test_show_reads_like_the_document_of_the_run(
    invoke: Invoke, ran: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    made = ran(models=[SOL, FLASH + "~401"], retries=0)
    found = json.loads(invoke("experiment", "show", "last", "--json").out)
    causes = found.pop("causes")
    assert found == made
    assert [(c["cause"], c["count"]) for c in causes] == [("authentication", 16)]
    text = invoke("experiment", "show", made["experiment_id"][:6]).out
    for said in ("p50", "p90", "p95", "p99", "mean", "A success costs", "permutation"):
        assert said in text
    assert "16 authentication" in text
    assert "Simulated" in text


def test_an_id_that_is_none_is_said(invoke: Invoke) -> None:
    for command in (("show", "nope"), ("show", "last"), ("compare", "nope", "last")):
        done = invoke("experiment", *command)
        assert done.code == 2
        assert "playground experiment list" in done.err


def test_the_same_spec_again_has_nothing_that_differs(invoke: Invoke, ran: Any) -> None:
    first, second = ran(), ran()
    done = invoke("experiment", "compare", first["experiment_id"], "last", "--json")
    found = json.loads(done.out)
    assert done.code == 0
    assert (found["a"]["experiment_id"], found["b"]["experiment_id"]) == (
        first["experiment_id"],
        second["experiment_id"],
    )
    assert found["same_spec"]
    assert found["provider_changed"] == []
    costs = [c for c in found["comparisons"] if c["metric"] == "cost"]
    assert [c["model"] for c in costs] == [SOL, FLASH]
    assert all(c["same"] and c["significant"] is False for c in costs)


def test_a_worse_prompt_is_found_pair_by_pair_also_in_another_order(
    invoke: Invoke, ran: Any
) -> None:
    """The second spec has the cases the other way round, one model more, and a check that fails for one of them."""
    check = {"type": "not-icontains", "value": "token"}
    first = ran(models=[SOL])
    cases = [{"vars": {"q": text}} for text in reversed(CASES * 2)]
    second = ran(cases=cases, defaults={"checks": [check]})
    done = invoke("experiment", "compare", first["experiment_id"], "last", "--json")
    found = json.loads(done.out)
    assert (found["same_spec"], found["same_checks"]) == (False, False)
    assert (found["only_in_a"], found["only_in_b"]) == ([], [FLASH])
    (passed,) = [c for c in found["comparisons"] if c["metric"] == "pass_rate"]
    assert passed["a"] == first["experiment_id"]
    assert passed["b"] == second["experiment_id"]
    rates = [d["models"][0]["pass_rate"]["value"] for d in (first, second)]
    assert passed["difference"] == pytest.approx(rates[0] - rates[1])
    assert passed["difference"] > 0
    assert passed["test"].startswith(("McNemar", "paired"))  # they are pairs, not two heaps
    (cost,) = [c for c in found["comparisons"] if c["metric"] == "cost"]
    assert cost["same"]  # the same cell for cell, though each stands elsewhere
    text = invoke("experiment", "compare", first["experiment_id"], "last").out
    assert "different specs" in text
    assert f"Only in B: {FLASH}." in text


def test_experiments_without_a_model_in_common_are_not_compared(invoke: Invoke, ran: Any) -> None:
    first = ran(models=[SOL])
    ran(models=[FLASH])
    done = invoke("experiment", "compare", first["experiment_id"], "last")
    assert done.code == 1
    assert f"Only in A: {SOL}." in done.out
