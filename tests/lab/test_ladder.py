"""The ladder: each step holds the one before, and its parts add up to what the provider reported."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.demo.counting import FRAMING as DEMO_FRAMING
from playground.domain import Endpoint, ModelRef, Response
from playground.engine import Engine
from playground.lab import ladder
from playground.lab.ladder import Counts, Rung
from playground.lab.ladder_profile import Profile, Step, shipped

NOW = datetime(2026, 11, 21, 9, 30)
MODELS = (
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-6.1-sol",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
    "gemini/interactions:gemini-3.8-flash",
)
LIVE = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def climbed(
    engine: Engine, where: dict[str, Endpoint], model: str, prompt: str, profile: Profile
) -> tuple[tuple[Rung, ...], Counts, tuple[Response, ...]]:
    """All steps sent and counted."""
    rungs = ladder.climb(ModelRef.parse(model), prompt, profile, now=NOW)
    run = engine.start([rung.request for rung in rungs], where)
    counts = engine.submit(
        partial(ladder.count, rungs, where.get(rungs[0].request.model.provider))
    ).result(20)
    assert run.wait(20)
    return rungs, counts, run.run().responses


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("profile", list(shipped()))
def test_the_parts_of_every_step_add_up_to_the_reported_usage(
    engine: Engine, where: dict[str, Endpoint], model: str, profile: str
) -> None:
    rungs, counts, responses = climbed(engine, where, model, "What is a token?", shipped()[profile])
    for index, response in enumerate(responses):
        assert response.ok
        found = ladder.parts(rungs, counts, index, response.usage.input_tokens)
        assert sum(part.tokens for part in found) == response.usage.input_tokens
        assert len(found) == index + 2


@pytest.mark.parametrize("model", ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5"])
def test_where_everything_is_counted_the_framing_is_that_of_the_bare_request(
    engine: Engine, where: dict[str, Endpoint], model: str
) -> None:
    profile = shipped()["chat_product"]
    rungs, counts, responses = climbed(engine, where, model, "What is a token?", profile)
    frame = DEMO_FRAMING[ModelRef.parse(model).provider]
    for index, response in enumerate(responses):
        found = ladder.parts(rungs, counts, index, response.usage.input_tokens)
        framing = next(part for part in found if part.name == ladder.FRAMING)
        assert framing.tokens == frame.base + frame.message
        assert not any(part.estimate for part in found)


def test_what_a_counting_endpoint_leaves_out_is_an_estimate_and_the_rest_is_framing(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    rungs, counts, responses = climbed(
        engine, where, "gemini:gemini-3.8-flash", "Hello", shipped()["chat_product"]
    )
    last = len(rungs) - 1
    found = ladder.parts(rungs, counts, last, responses[last].usage.input_tokens)
    assert [part.name for part in found if part.estimate] == ["Tools on offer"]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60
)
WORDS = TEXTS.filter(lambda text: bool(text.strip()))
STEPS = st.one_of(
    st.builds(Step, name=st.just("system"), kind=st.just("system"), text=WORDS),
    st.builds(
        Step,
        name=st.just("history"),
        kind=st.just("history"),
        turns=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Step, name=st.just("tools"), kind=st.just("tools"), tools=st.just(("web_search",))),
    st.builds(Step, name=st.just("effort"), kind=st.just("effort"), effort=st.just("low")),
)


@LIVE
@given(
    prompt=WORDS,
    steps=st.lists(STEPS, max_size=5),
    model=st.sampled_from(MODELS),
)
def test_any_profile_in_any_order_adds_up(
    engine: Engine,
    where: dict[str, Endpoint],
    prompt: str,
    steps: list[Step],
    model: str,
) -> None:
    profile = Profile(name="any", steps=tuple(steps))
    rungs, counts, responses = climbed(engine, where, model, prompt, profile)
    for index, response in enumerate(responses):
        assert response.ok, response.failure
        found = ladder.parts(rungs, counts, index, response.usage.input_tokens)
        assert sum(part.tokens for part in found) == response.usage.input_tokens


def test_without_a_counting_endpoint_everything_is_an_estimate(engine: Engine) -> None:
    rungs = ladder.climb(ModelRef.parse("ollama:llama3:8b"), "Hi", shipped()["chatgpt"], now=NOW)
    endpoint = Endpoint(provider="ollama", base_url="http://127.0.0.1:9/v1")
    counts = engine.submit(partial(ladder.count, rungs, endpoint)).result(20)
    last = len(rungs) - 1
    found = ladder.parts(rungs, counts, last, None)
    assert all(part.estimate for part in found if part.tokens)
    assert "no endpoint that counts" in counts.rungs[0].how


def test_a_step_that_is_off_is_not_climbed() -> None:
    profile = shipped()["chat_product"]
    off = profile.with_step(0, on=False)
    names = [r.name for r in ladder.climb(ModelRef.parse(MODELS[0]), "x", off, now=NOW)]
    assert profile.steps[0].name not in names
    assert len(names) == 1 + len(profile.steps) - 1


def test_every_step_holds_what_the_step_before_holds() -> None:
    rungs = ladder.climb(ModelRef.parse(MODELS[0]), "x", shipped()["chat_product"], now=NOW)
    for before, after in pairwise(rungs):
        assert (after.request.system or "").startswith(before.request.system or "")
        assert after.request.messages[-len(before.request.messages) :] == before.request.messages
        assert set(before.request.server_tools) <= set(after.request.server_tools)


def test_dates_are_filled_in_and_other_braces_stay() -> None:
    assert (
        ladder.filled("{weekday} {date} {time} {x}", NOW) == "Saturday 21 November 2026 09:30 {x}"
    )


def test_what_a_model_does_not_take_is_said() -> None:
    model = ModelRef.parse("openai/chat:gpt-6.1-sol")
    rungs = ladder.climb(model, "x", shipped()["chat_product"], now=NOW)
    tools = next(rung for rung in rungs if rung.kind == "tools")
    assert any("left out" in said for said in tools.left_out)


def test_the_difference_of_two_bodies_shows_only_what_changed() -> None:
    lines = list(ladder.body_difference({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}))
    assert '+  "c": 3' in lines
    assert not any(line.startswith("-  ") and '"a"' in line for line in lines)


TOOLS = Step(name="tools", kind="tools", tools=("web_search", "code_execution"))
SEARCH = Step(name="tools", kind="tools", tools=("web_search",))
HISTORY = Step(name="history", kind="history", turns=(("Hi", "Hello"),))
REFUSED = (
    ("openai/chat:gpt-6.1-sol", TOOLS, "web search left out: Chat Completions"),
    ("openai/chat:gpt-6.1-sol", Step(name="e", kind="effort", effort="max"), "effort left out: "),
    ("openai:gpt-4o", Step(name="e", kind="effort", effort="high"), "effort left out: gpt-4o"),
    ("openai:gpt-4", SEARCH, "web search left out: "),
    ("anthropic:claude-haiku-4-5", Step(name="e", kind="effort", effort="low"), "effort left out"),
)


@pytest.mark.parametrize(("model", "step", "why"), REFUSED)
def test_a_step_that_is_refused_is_not_sent_wherever_it_stands(
    model: str, step: Step, why: str
) -> None:
    for steps in ((step,), (HISTORY, step), (step, HISTORY)):
        rungs = ladder.climb(ModelRef.parse(model), "Hi", Profile(name="any", steps=steps), now=NOW)
        at = 1 + steps.index(step)
        assert ladder.not_sent(rungs, at).startswith(f"not sent: {why}")
        assert [i for i in range(len(rungs)) if ladder.not_sent(rungs, i)] == [at]
        (said,) = ladder.refusals(rungs)
        assert said.startswith(f"{model}, {step.name}: not sent: {why}")


def test_a_step_of_which_a_part_is_refused_adds_the_other_part_and_says_so() -> None:
    profile = Profile(name="any", steps=(TOOLS,))
    rungs = ladder.climb(
        ModelRef.parse("openai/chat:gpt-4o-search-preview"), "Hi", profile, now=NOW
    )
    assert rungs[1].request.server_tools == ("web_search",)
    assert ladder.not_sent(rungs, 1) == ""
    (said,) = ladder.refusals(rungs)
    assert "code execution left out" in said
    assert "not sent" not in said


def test_a_step_that_adds_no_token_but_is_sent_is_no_refusal() -> None:
    profile = Profile(name="any", steps=(Step(name="e", kind="effort", effort="low"),))
    rungs = ladder.climb(ModelRef.parse("openai:gpt-6.1-sol"), "Hi", profile, now=NOW)
    assert ladder.not_sent(rungs, 1) == ""
    assert list(ladder.refusals(rungs)) == []
