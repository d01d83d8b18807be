"""`playground bill`: an export beside the receipts in the history."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from playground.demo.process import DemoServer
from playground.domain import Usage
from playground.domain.provider import provider_of
from playground.history import get_store
from playground.history.labels import Labels
from playground.history.writing import put
from tests.bills.making import Billed, call, day, item, openai_costs, openai_usage, run, usage
from tests.cli.conftest import Invoke

SOL = "gpt-6.1-sol"
ADMIN = "sk-admin-canary-0123456789abcdef"


def exported(folder: Path, billed: Billed) -> list[str]:
    """OpenAI's usage and costs as files."""
    found = []
    for name, write in (("a.json", openai_usage), ("b.txt", openai_costs)):
        text = json.dumps(write(billed.items, (), billed), ensure_ascii=False)
        (folder / name).write_text(text.replace('"§', "").replace('§"', ""))
        found.append(str(folder / name))
    return found


def kept(used: Usage, number: int = 0) -> None:
    made = run("openai", SOL, day(1), used, number=number)
    assert put(get_store(), made, Labels(kind="ask"))


USED = usage(input=1_000, output=200)


def test_a_bill_that_agrees_with_the_history_is_a_success(invoke: Invoke, tmp_path: Path) -> None:
    kept(USED)
    mine = call("openai", SOL, day(1), USED)
    result = invoke("bill", *exported(tmp_path, Billed([item(mine)])), "--json")
    found = json.loads(result.out)
    assert (result.code, found["differences"]) == (0, [])
    assert [line["agrees"] for line in found["lines"]] == [True]
    assert {bill["zone"] for bill in found["bills"]} == {"UTC"}


def test_what_differs_is_named_and_the_exit_code_says_so(invoke: Invoke, tmp_path: Path) -> None:
    kept(USED)
    kept(usage(input=50, output=5), number=1)
    mine = call("openai", SOL, day(1), USED)
    files = exported(tmp_path, Billed([item(mine)]))
    result = invoke("bill", *files, "--json")
    (one,) = json.loads(result.out)["differences"]
    assert (result.code, one["reason"], one["runs"]) == (1, "missing_there", ["00000001-openai"])
    told = invoke("bill", *files)
    assert "missing run" in told.out
    assert "days begin at midnight in UTC" in told.err


def test_a_simulated_answer_is_not_looked_for_in_a_real_bill(
    invoke: Invoke, tmp_path: Path
) -> None:
    made = run("openai", SOL, day(1), USED)
    simulated = replace(made.responses[0], simulated=True)
    put(get_store(), replace(made, responses=(simulated,), simulated=True), Labels(kind="ask"))
    other = call("openai", SOL, day(1), usage(input=7, output=3))
    found = json.loads(invoke("bill", *exported(tmp_path, Billed([item(other)])), "--json").out)
    assert {d["reason"] for d in found["differences"]} == {"missing_here"}


def test_a_broken_file_and_one_that_is_none_are_named(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    result = invoke("bill", str(tmp_path / "x.csv"))
    assert result.code == 1
    assert "x.csv: no usage or cost export" in result.err
    assert invoke("bill", str(tmp_path / "gone.csv")).code == 2
    assert invoke("bill").code == 2
    assert invoke("bill", str(tmp_path / "x.csv"), "--rate", "EUR").code == 2


@pytest.mark.usefixtures("own_demo")
def test_the_simulation_has_a_bill_that_agrees_but_for_another_key(invoke: Invoke) -> None:
    result = invoke("bill", "--demo", "--json")
    found = json.loads(result.out)
    assert {bill["simulated"] for bill in found["bills"]} == {True}
    assert not found["troubles"]
    assert {bill["provider"] for bill in found["bills"]} == {
        "openai", "anthropic", "gemini", "openrouter",
    }  # fmt: skip
    assert {one["reason"] for one in found["differences"]} == {"other_keys"}
    assert {one["provider"] for one in found["differences"]} == {"openai", "anthropic"}
    assert len(found["lines"]) == 4
    assert all(line["billed_usd"] and line["answers"] == 2 for line in found["lines"])


def test_without_an_admin_key_nothing_is_sent(invoke: Invoke) -> None:
    result = invoke("bill", "--fetch", "openai")
    assert result.code == 2
    assert "OPENAI_ADMIN_KEY" in result.err


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_an_admin_key_is_in_no_output_and_no_file(
    invoke: Invoke,
    provider: str,
    simulation: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The simulation takes the place of the provider's address; it refuses keys that are wrong."""
    address = simulation.base_urls()[provider]
    monkeypatch.setenv(provider_of(provider).base_url_variable, address)
    for key, code in ((ADMIN, 0), (f"{ADMIN}-wrong", 1)):
        monkeypatch.setenv(f"{provider.upper()}_ADMIN_KEY", key)
        result = invoke("bill", "--fetch", provider, "--since", day(0), "--until", day(1), "--json")
        found = json.loads(result.out)
        assert bool(found["troubles"]) == bool(code), found["troubles"]
        assert ADMIN not in result.out + result.err
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(ADMIN.encode() in data for data in written)
