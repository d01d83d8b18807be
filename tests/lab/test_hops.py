"""A tool loop through the official SDKs against the simulation: it calls, uses the results, counts and stops."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from playground.domain import Endpoint, Failure, ModelRef, Tool, ToolCall
from playground.domain.hops import Hops
from playground.engine import Engine, ended_run
from playground.lab import functions, tools
from playground.lab.functions import BUILT_IN, Function, ToolError, perform
from playground.lab.hops import HOPS, NUMBER, Loop, Sending, find, from_runs
from playground.lab.tools import Asked

MODELS = (
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-5.2",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
    "gemini/interactions:gemini-3.8-flash",
)
REFS = tuple(map(ModelRef.parse, MODELS))
FORCED = tuple(map(ModelRef.parse, (*MODELS[:2], "anthropic:claude-haiku-4-5", *MODELS[3:])))
"""Models that can be forced to call a function; Claude 5.5 can't."""
WEATHER = Tool(
    name="weather",
    description="The weather in a city.",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
)


@pytest.fixture
def sending(engine: Engine, where: dict[str, Endpoint]) -> Sending:
    return Sending(engine=engine, endpoints=where, keep=False)


def run(asked: Asked, sending: Sending) -> list[Hops]:
    loops = tools.begin(asked, sending)
    for loop in loops:
        assert loop.wait(30)
    return [loop.hops for loop in loops]


@pytest.mark.parametrize("ref", REFS, ids=str)
def test_the_sample_calls_three_functions_and_answers_with_their_results(
    ref: ModelRef, sending: Sending
) -> None:
    (hops,) = run(Asked(models=(ref,)), sending)
    assert hops.ended == "answered", hops.document()
    assert len(hops.hops) == 2
    first, last = hops.hops
    assert {ran.call.name for ran in first.ran} == {"calculate", "current_time", "find_customer"}
    assert [ran.result.is_error for ran in first.ran] == [False] * 3
    assert "2448" in hops.text  # 240 × 12 × 0.85
    assert "Ana Sousa" in hops.text
    assert last.response.tool_calls == ()
    assert all(hop.response.simulated for hop in hops.hops)


@pytest.mark.parametrize("ref", REFS, ids=str)
def test_totals_are_the_sums_of_the_hops(ref: ModelRef, sending: Sending) -> None:
    (hops,) = run(Asked(models=(ref,)), sending)
    first, last = (hop.response for hop in hops.hops)
    assert first.usage.input_tokens is not None
    assert last.usage.input_tokens is not None
    assert last.usage.input_tokens > first.usage.input_tokens  # the whole conversation again
    assert hops.input_tokens == first.usage.input_tokens + last.usage.input_tokens
    assert first.cost is not None
    assert last.cost is not None
    assert hops.cost == first.cost.total + last.cost.total
    assert hops.duration is not None
    assert hops.duration >= sum(hop.response.timing.duration or 0 for hop in hops.hops)


@pytest.mark.parametrize("ref", REFS, ids=str)
def test_no_function_may_be_called(ref: ModelRef, sending: Sending) -> None:
    (hops,) = run(Asked(models=(ref,), choice="none"), sending)
    assert (len(hops.hops), hops.calls, hops.ended) == (1, 0, "answered")


@pytest.mark.parametrize("ref", FORCED, ids=str)
def test_some_function_must_be_called_although_the_question_needs_none(
    ref: ModelRef, sending: Sending
) -> None:
    (hops,) = run(Asked(models=(ref,), question="Hello", choice="any"), sending)
    assert hops.calls == 1
    assert hops.ended == "answered"  # the choice holds for the first hop only


@pytest.mark.parametrize("choice", ["any", "one"])
def test_a_model_that_cannot_be_forced_is_asked_without(
    choice: tools.Choice, sending: Sending
) -> None:
    asked = Asked(models=REFS[2:3], question="Hello", choice=choice, only="current_time")
    (hops,) = run(asked, sending)
    assert hops.ended == "answered"
    assert "cannot be forced to call a tool" in tools.notes(asked)[0]


@pytest.mark.parametrize("ref", FORCED, ids=str)
def test_one_function_must_be_called(ref: ModelRef, sending: Sending) -> None:
    asked = Asked(models=(ref,), question="Hello", choice="one", only="current_time")
    (hops,) = run(asked, sending)
    assert [ran.call.name for ran in hops.hops[0].ran] == ["current_time"]
    assert hops.ended == "answered"


@pytest.mark.parametrize("ref", REFS[:3], ids=str)
def test_calls_come_one_after_the_other_where_parallel_ones_are_forbidden(
    ref: ModelRef, sending: Sending
) -> None:
    (hops,) = run(Asked(models=(ref,), parallel=False), sending)
    assert max(len(hop.ran) for hop in hops.hops) == 1


def test_gemini_is_said_to_have_no_field_against_parallel_calls() -> None:
    told = tools.notes(Asked(models=REFS[3:4], parallel=False))
    assert told == [
        "generate_content: there is no field against parallel calls, so they may come all the same."
    ]


@pytest.mark.parametrize("ref", REFS, ids=str)
def test_a_failing_function_is_told_to_the_model_which_tries_again(
    ref: ModelRef, sending: Sending
) -> None:
    def broken(arguments: Any) -> str:
        raise ToolError("the weather station is closed")

    asked = Asked(
        models=(ref,),
        question="What is the weather in Lisbon?",
        functions=(Function(WEATHER, broken),),
    )
    (hops,) = run(asked, sending)
    assert len(hops.hops) == 3
    assert all(ran.result.is_error for hop in hops.hops for ran in hop.ran)
    assert "closed" in hops.text


def test_the_rounds_are_limited(sending: Sending) -> None:
    def broken(arguments: Any) -> str:
        raise ToolError("not yet")

    asked = Asked(
        models=REFS[:1],
        question="What is the weather in Lisbon?",
        functions=(Function(WEATHER, broken),),
        rounds=1,
    )
    (hops,) = run(asked, sending)
    assert hops.ended == "limit"
    assert len(hops.hops) == 2
    assert hops.hops[-1].response.tool_calls


def test_a_loop_is_stopped_with_the_tool_that_runs(sending: Sending) -> None:
    began: list[Loop] = []

    def slow(arguments: Any) -> str:
        began[0].stop()
        return "sunny"

    asked = Asked(
        models=REFS[:1],
        question="What is the weather in Lisbon?",
        functions=(Function(WEATHER, slow),),
    )
    waiting = replace(asked)
    request = tools.request(waiting, REFS[0])
    began.append(Loop.__new__(Loop))  # so that the tool finds its loop, whose thread begins at once
    began[0].__init__(request, waiting.functions, sending)  # type: ignore[misc]
    assert began[0].wait(30)
    assert began[0].hops.ended == "stopped"
    assert len(began[0].hops.hops) == 1


def test_a_failed_call_ends_the_loop(sending: Sending) -> None:
    (hops,) = run(Asked(models=(ModelRef.parse("openai:gpt-6.1-sol~429"),)), sending)
    assert hops.ended == "failed"
    assert hops.hops[0].response.failure is not None


def test_the_hops_of_a_loop_are_runs_that_know_their_place(
    engine: Engine, sending: Sending
) -> None:
    (loop,) = tools.begin(Asked(models=REFS[:1]), sending)
    assert loop.wait(30)
    lives = engine.having(HOPS, loop.id)
    assert [live.context[NUMBER] for live in lives] == [0, 1]
    assert [live.id for live in lives] == [hop.run_id for hop in loop.hops.hops]
    again = from_runs(lives[::-1])
    assert again is not None
    assert again.text == loop.hops.text
    assert again.cost == loop.hops.cost
    assert [ran.result for ran in again.hops[0].ran] == [r.result for r in loop.hops.hops[0].ran]
    assert again.duration is None  # the history does not keep how long a tool took


def test_a_stopped_loop_is_stopped_out_of_the_history_too(engine: Engine, sending: Sending) -> None:
    (loop,) = tools.begin(Asked(models=REFS[:1]), sending)
    assert loop.wait(30)
    last = engine.having(HOPS, loop.id)[-1]
    (response,) = last.run().responses
    stopped = replace(response, failure=Failure(type="cancelled"))
    again = from_runs([ended_run(replace(last.run(), responses=(stopped,)), "", last.context)])
    assert again is not None
    assert again.ended == "stopped"


def test_a_loop_is_found_by_its_owner_only(sending: Sending) -> None:
    (loop,) = tools.begin(Asked(models=REFS[:1]), replace(sending, owner="ana"))
    assert loop.wait(30)
    assert find(loop.id, "ana") is loop
    assert find(loop.id, "ben") is None


def test_a_key_in_the_question_is_not_sent(sending: Sending) -> None:
    from playground.domain import Secret

    guarded = replace(sending, secrets=(Secret("sk-canary-1234567890"),))
    (hops,) = run(Asked(models=REFS[:1], question="My key is sk-canary-1234567890"), guarded)
    assert hops.ended == "failed"
    assert "holds one of your API keys" in hops.problem
    assert hops.hops == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2*3", "7"),
        ("(1249.5 + 80) * 0.19", "252.605"),
        ("-7 % 4", "1"),
        ("10/4", "2.5"),
        ("9999999999*3", "29999999997"),
        ("123456789*987654321", "121932631112635269"),
        ("0.1+0.2", "0.3"),
        ("10/3", "3.33333333333333"),
        ("2-2", "0"),
        ("1e30*7", "7E+30"),
    ],
)
def test_the_calculator(text: str, value: str) -> None:
    assert functions.calculate({"expression": text}) == value


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "9**9", "1/0", "a+1", "(lambda: 1)()", "'x'*9", "", "1e400", "True"],
)
def test_the_calculator_runs_no_code(text: str) -> None:
    with pytest.raises(ToolError):
        functions.calculate({"expression": text})


def test_what_goes_wrong_in_a_function_is_a_result() -> None:
    def bug(arguments: Any) -> str:
        raise KeyError("secret")

    made = (*BUILT_IN, Function(WEATHER, bug))
    unknown = perform(made, ToolCall(id="1", name="nothing", arguments={}))
    assert (unknown.is_error, unknown.content) == (True, "error: there is no function 'nothing'")
    assert perform(made, ToolCall(id="2", name="weather", arguments={})).content == (
        "error: KeyError"
    )
    assert perform(made, ToolCall(id="3", name="weather", arguments="{")).is_error
    nobody = perform(made, ToolCall(id="4", name="find_customer", arguments={"customer_id": "x"}))
    assert "C-1042" in nobody.content


def test_own_functions_are_read_and_what_is_wrong_is_named() -> None:
    (made,) = tools.own_functions(json.dumps([{"name": "stock", "result": {"left": 3}}]))
    assert perform((made,), ToolCall(id="1", name="stock", arguments={})).content == '{"left": 3}'
    for text, said in (("{", "not JSON"), ("{}", "list"), ("[{}]", "Function 1 has no name")):
        with pytest.raises(tools.BadFunctions, match=said):
            tools.own_functions(text)
