"""The playground as a library: a prompt or a Request to several models out of a script, a coroutine or a notebook."""

from __future__ import annotations

import asyncio
import json
import threading
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import playground
from playground import Answers, NotSent, Request, Response, ask, ask_async, history, runs, scripting
from playground.demo.process import DemoServer
from playground.domain import Message, ModelRef, Run, Text, Usage
from playground.domain.provider import built_in
from playground.engine import LiveRun
from playground.history import queries

SOL, SONNET, FLASH = (
    "openai:gpt-6.1-sol",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
)


@pytest.fixture(autouse=True)
def _one_simulation(simulation: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulation of all tests in the place of the process's own."""
    monkeypatch.setattr(scripting, "get_demo", lambda: simulation)


def test_a_prompt_is_answered_by_several_models_with_usage_timing_and_receipt() -> None:
    answers = ask("What is a token?", SOL, SONNET, FLASH, demo=True)
    assert answers.names == (SOL, SONNET, FLASH)
    for response in answers:
        assert response.ok
        assert response.text
        assert response.simulated
        assert response.usage.input_tokens
        assert response.timing.duration
        assert response.cost is not None
        assert response.cost.total == sum(line.amount for line in response.cost.lines) > 0
    assert answers[SONNET] is answers[1]
    assert len(answers[:2]) == 2


async def test_a_coroutine_asks_several_at_once_while_its_loop_goes_on() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    both = await asyncio.gather(
        ask_async("One?", SOL, demo=True), ask_async("Two?", FLASH, demo=True)
    )
    counting.cancel()
    assert [answers[0].ok for answers in both] == [True, True]
    assert turns > 10


async def test_a_task_that_is_cancelled_while_it_starts_leaves_no_call_behind(
    simulation: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What starts is on a thread that goes on: its calls went out, and were billed to nobody who waited."""
    entered, go_on, begun = threading.Event(), threading.Event(), list[LiveRun]()
    start = scripting._start

    def simulated() -> DemoServer:
        entered.set()
        go_on.wait(20)
        return simulation

    def started(*given: Any) -> Any:
        found = start(*given)
        begun.append(found[0])
        return found

    monkeypatch.setattr(scripting, "get_demo", simulated)
    monkeypatch.setattr(scripting, "_start", started)
    task = asyncio.create_task(ask_async("Wait", "openai:gpt-6.1-sol~stall", demo=True))
    await asyncio.to_thread(entered.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    for _ in range(500):
        if begun and begun[0].done:
            break
        await asyncio.sleep(0.02)
    assert [lane.state for lane in begun[0].lanes] == ["stopped"]


async def test_a_task_that_is_cancelled_stops_its_calls() -> None:
    task = asyncio.create_task(ask_async("Wait", "openai:gpt-6.1-sol~stall", demo=True))
    for _ in range(200):
        await asyncio.sleep(0.02)
        if runs.under_way():
            break
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(200):
        if not runs.under_way():
            return
        await asyncio.sleep(0.02)
    pytest.fail("the call went on")


def test_a_request_goes_to_its_own_model_or_to_others() -> None:
    conversation = Request(
        model=ModelRef.parse(SOL),
        messages=(Message(role="user", parts=(Text(text="Name a colour."),)),),
        system="One word.",
    )
    (own,) = ask(conversation, demo=True)
    assert str(own.model) == SOL
    others = ask(conversation, SONNET, FLASH, demo=True)
    assert [str(r.model) for r in others] == [SONNET, FLASH]
    assert {request.system for request in others.run.requests} == {"One word."}


def test_settings_are_those_of_a_request_and_what_a_model_does_not_take_is_said() -> None:
    answers = ask("Count to a hundred.", SOL, FLASH, demo=True, max_output_tokens=20, top_k=3)
    assert [r.settings.max_output_tokens for r in answers.run.requests] == [20, 20]
    assert [r.settings.top_k for r in answers.run.requests] == [None, 3]
    assert any(note.startswith(f"{SOL}: top_k dropped") for note in answers.notes)


def test_a_call_that_failed_is_a_response_beside_the_others() -> None:
    limited, fine = ask("Hi", f"{SOL}~429", FLASH, demo=True)
    assert limited.failure is not None
    assert limited.failure.type == "rate_limited"
    assert fine.ok


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (("Hi",), {}, "Name a model"),
        (("Hi", "gpt-6.1-sol"), {}, "provider:model"),
        (("Hi", SOL), {"temprature": 1}, "no setting 'temprature'"),
        (("Hi", SOL), {"keys": {"nobody": "k"}}, "no provider 'nobody'"),
        (("Hi", SOL), {"files": [__file__]}, "neither PNG"),
    ],
)
def test_what_can_not_be_asked_is_an_error_that_names_it(
    arguments: tuple[str, ...], settings: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        ask(*arguments, **settings)  # type: ignore[arg-type]


def test_a_key_is_given_for_one_call_and_goes_into_no_prompt_and_no_export(
    simulation: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for provider in built_in():
        monkeypatch.setenv(provider.base_url_variable, simulation.base_urls()[provider.name])
    key = "sk-only-for-this-call-0123456789"
    (answer,) = answers = ask("Hi", SOL, keys={"openai": key})
    assert answer.ok
    assert key not in answers.to_json() + answers._repr_html_() + repr(answers)
    with pytest.raises(NotSent, match="holds one of your API keys"):
        ask(f"My key is {key}", SOL, keys={"openai": key})


def test_a_run_is_in_the_history_only_where_that_is_asked_for() -> None:
    ask("Not kept", SOL, demo=True)
    kept = ask("Kept", SOL, demo=True, keep=True, tags=["script"])
    assert queries.ids(history.get_store(), queries.Filter()) == [kept.run.id]


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.append(tag)


def test_a_notebook_shows_answers_figures_and_receipts_with_everything_escaped() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
    request = Request.ask(ModelRef.parse("openai:<b>"), evil)
    response = Response(
        model=request.model, text=evil, reasoning_text=evil, usage=Usage(input_tokens=3)
    )
    shown = Answers(Run(id="1", created_at="", requests=(request,), responses=(response,)), (evil,))
    page = shown._repr_html_()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert not {"script", "img", "b", "a", "iframe", "link"} & set(Tags(page).names)
    assert "not reported" in page


def test_a_simulated_run_says_so_in_a_notebook() -> None:
    page = ask("Hi", SOL, demo=True)._repr_html_()
    assert "Simulated" in page
    assert "× $2.00 per 1,000,000 tokens" in page


def test_rows_are_figures_for_a_table_and_json_is_the_apps_export() -> None:
    answers = ask("Hi", SOL, demo=True)
    (row,) = answers.rows()
    assert row["lane"] == SOL
    assert row["input_tokens"] == answers[0].usage.input_tokens
    assert isinstance(row["cost"], Decimal)
    assert row["cache_write_input_tokens"] is None or row["cache_write_input_tokens"] >= 0
    assert json.loads(answers.to_json())["run_id"] == answers.run.id


def test_the_package_is_typed_and_every_public_name_is_there() -> None:
    assert (Path(playground.__file__).parent / "py.typed").exists()
    for name in playground.__all__:
        assert getattr(playground, name) is not None
        assert name in dir(playground)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        playground.nothing  # noqa: B018
