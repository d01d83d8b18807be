"""`playground lab`: the list of panels, and each panel's command on the demo."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import uuid4

import jsonschema
import pytest

from playground import cli
from playground.cli import keeping, schemas
from playground.cli.ask import simulated
from playground.cli.lab import cached_turns
from playground.domain import ModelRef, Response
from playground.engine import Engine
from playground.history import Labels
from playground.lab.conversation import Conversation, Rules, context, request, turn_of
from playground.lab.conversation_cache import Kept
from playground.lab.panels import PANELS


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", *arguments])


def test_without_a_name_the_panels_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    out = capsys.readouterr().out
    assert all(panel.title in out for panel in PANELS.values())
    assert run("--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(PANELS)
    assert all(len(row["look_for"]) == 2 for row in rows)


def test_the_wire_is_printed_as_json_and_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("wire", "Hello", "-m", "openai:gpt-6.1-sol", "--demo", "--json") == 0
    (exchange,) = json.loads(capsys.readouterr().out)["exchanges"]
    assert exchange["method"] == "POST"
    assert exchange["events"]
    assert run("wire", "Hello", "-m", "openai:gpt-6.1-sol", "--demo") == 0
    out = capsys.readouterr().out
    assert "(simulated)" in out
    assert "< HTTP 200" in out


def test_tools_runs_the_sample_at_every_provider(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tools", "--demo", "--json") == 0
    lanes = json.loads(capsys.readouterr().out)["lanes"]
    assert [lane["ended"] for lane in lanes] == ["answered"] * 3
    for lane in lanes:
        assert lane["simulated"]
        assert [tool["name"] for tool in lane["hops"][0]["tools"]] == [
            "calculate",
            "current_time",
            "find_customer",
        ]
        assert "2448" in lane["text"]
        tokens = [hop["input_tokens"] for hop in lane["hops"]]
        assert lane["input_tokens"] == sum(tokens)


def test_tools_without_the_name_of_the_one_function_is_bad_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("tools", "--demo", "--choice", "one") == 2
    assert "--only" in capsys.readouterr().err


def test_a_schema_is_linted_without_sending(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("structured", "--lint", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert {row["provider"] for row in found["findings"]} >= {"openai", "anthropic"}
    assert found["changes"]


def test_the_sample_in_the_schema_that_all_take_is_valid_everywhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("structured", "--demo", "--common", "-n", "2", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [(lane["valid"], lane["n"]) for lane in found["lanes"]] == [(2, 2)] * 3
    assert found["simulated"]


def test_a_schema_that_two_refuse_fails_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("structured", "--demo", "--json") == 1
    lanes = json.loads(capsys.readouterr().out)["lanes"]
    assert [lane["failure_rate"] for lane in lanes] == [1.0, 1.0, 0.0]


def test_the_doors_are_printed_and_one_that_refuses_makes_it_fail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("doors", "Hi", "--demo", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["doors"]) == 7
    assert told["simulated"]
    assert all(row["usage"] for row in told["doors"])
    assert run("doors", "Hi", "--function", "-m", "openai:gpt-6.1-sol", "--demo") == 1
    captured = capsys.readouterr()
    assert "Responses" in captured.err
    assert "400" in captured.out


def test_a_fault_is_printed_with_code_and_one_that_is_none_is_bad_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("errors", "429", "--json") == 0
    lanes = json.loads(capsys.readouterr().out)["lanes"]
    assert [lane["type"] for lane in lanes] == ["rate_limited"] * 7
    assert len({lane["door"] for lane in lanes}) == 7
    assert all("time.sleep" in lane["code"] for lane in lanes)
    assert run("errors", "telepathy") == 2
    assert "'telepathy' is no fault" in capsys.readouterr().err


def test_a_job_is_done_at_every_provider(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "ticket", "--demo", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [lane["verdict"] for lane in found["lanes"]] == ["valid"] * 3
    assert all(lane["per_1000"]["cost"] for lane in found["lanes"])


def test_jobs_are_listed_and_an_unknown_one_is_bad_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("jobs") == 0
    assert "FAQ for customer service" in capsys.readouterr().out
    assert run("jobs", "nothing", "--demo") == 2
    assert "there are form, ticket" in capsys.readouterr().err


def test_the_chain_is_run_by_every_mix(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "chain", "--demo", "--json") == 0
    mixes = json.loads(capsys.readouterr().out)["mixes"]
    assert [mix["row"]["customer_id"] for mix in mixes] == ["C-1042"] * 3
    assert all(len(mix["steps"]) == 5 and mix["simulated"] for mix in mixes)


def test_the_sample_gateway_is_told_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("gateway", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["calls"]) == (True, 1)
    assert not {part["name"]: part["same"] for part in told["parts"]}["Request body"]
    assert run("gateway", "http://127.0.0.1:9/v1") == 2
    assert "belong together" in capsys.readouterr().err
    assert run("gateway", "--key-env", "NO_KEY_IS_HERE") == 2
    assert "No key: set NO_KEY_IS_HERE" in capsys.readouterr().err


def test_a_kept_conversation_is_explained_turn_by_turn(capsys: pytest.CaptureFixture[str]) -> None:
    rules = Rules(
        models=(ModelRef.parse("anthropic:claude-sonnet-5-5"),), system="Be brief. " * 900
    )
    talk, engine = Conversation(id="c" * 32, rules=rules), Engine()
    with simulated() as endpoints:
        for question in ("What is a token?", "What is an API key?"):
            asked = [request(rules, 0, talk.path(), question)]
            held = context(talk, parent=talk.head)
            live = keeping.start(engine, asked, endpoints, labels=Labels(kind="chat"), context=held)
            assert live.wait(20)
            talk.add(turn_of(live))
    engine.close()
    keeping.finish()
    assert talk.head is not None
    assert run("caching", "--conversation", talk.head, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(printed, schemas.of("lab caching"))
    first, second = printed["turns"]
    assert first["cache"] is None
    assert [reason["kind"] for reason in second["cache"]["reasons"]] == ["not_asked"]
    assert Decimal(second["cache"]["again_cost"]) > 0
    assert run("caching", "--conversation", talk.path()[0].id) == 0
    assert capsys.readouterr().out.count("turn ") == 1
    assert run("caching", "--conversation", "nothing") == 2


def test_what_of_a_cache_was_not_reported_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    cached_turns._print(Kept(turn=1, model=ref, response=Response(model=ref), told=None))
    assert "turn 1, openai:gpt-6.1-sol: not reported in, not reported" in capsys.readouterr().out


def test_caching_takes_openais_options_and_tells_what_the_provider_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    how = ("-m", "openai:gpt-6.1-sol", "--key", "mine", "--breakpoint", "--why", "--demo")
    prefix = f"{uuid4().hex} " + "Write dates as 2026-11-26, and name the time zone. " * 300
    assert run("caching", prefix, "--change", "byte", *how) == 0
    assert "the provider itself says: input_changed" in capsys.readouterr().out
    assert run("caching", prefix, "--change", "key", *how, "--json") == 0
    (pair,) = json.loads(capsys.readouterr().out)["pairs"]
    assert pair["cache"]["provider_says"] == "prompt_cache_key_changed"
