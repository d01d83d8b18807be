"""The live text: what is sent, to whom, and what the page shows."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from playground.domain import Failure, ModelRef, Request, Response
from playground.engine.live import LiveRun
from playground.ui.live import grants, stream
from playground.ui.live.held import ORDER, VOTE

MODEL = ModelRef("openai", "responses", "gpt-6.1-sol")


class Recorded(LiveRun):
    """A run that notes what was stopped."""

    def __init__(self, lanes: int = 1) -> None:
        self.stopped: list[int | None] = []
        requests = tuple(Request.ask(MODEL, "Hello") for _ in range(lanes))
        super().__init__(
            "run",
            "",
            requests,
            simulations=(True,),
            cancel=lambda run, lane: self.stopped.append(lane),
        )

    def finish(self, failure: Failure | None = None) -> "Recorded":
        for lane in self.lanes:
            lane.end(Response(model=MODEL, failure=failure))
        return self


@pytest.fixture
def client() -> Iterator[TestClient]:
    stream.reopen()
    with TestClient(Starlette(routes=stream.routes()), base_url="http://localhost:8501") as made:
        yield made


def sent(body: str) -> list[dict[str, Any]]:
    """The JSON of every message in an event stream."""
    return [json.loads(line[6:]) for line in body.splitlines() if line.startswith('data: {"')]


def text_of(body: str, lane: int = 0, kind: str = "text") -> str:
    return "".join(
        text
        for message in sent(body)
        for i, k, text in message.get("texts", [])
        if (i, k) == (lane, kind)
    )


# What is sent


def test_the_first_message_holds_all_text_so_far() -> None:
    run = Recorded()
    run.lanes[0].receive("text", "Hello ")
    run.lanes[0].receive("text", "world")
    assert stream.news(run, stream.Cursor.at(run))["texts"] == [[0, "text", "Hello world"]]


def test_controls_of_direction_are_seen() -> None:
    run = Recorded()
    run.lanes[0].receive("text", "user\u202egnp.exe")
    assert stream.news(run, stream.Cursor.at(run))["texts"] == [[0, "text", "user⟦RLO⟧gnp.exe"]]


def test_later_messages_hold_only_what_is_new() -> None:
    run, lane = (made := Recorded()), made.lanes[0]
    cursor = stream.Cursor.at(run)
    lane.receive("text", "Hello ")
    stream.news(run, cursor)
    lane.receive("text", "world")
    assert stream.news(run, cursor) == {"texts": [[0, "text", "world"]]}
    assert stream.news(run, cursor) == {}


def test_of_a_run_whose_names_are_hidden_only_ends_are_told_until_the_vote() -> None:
    run = Recorded(lanes=2)
    run.context = {ORDER: [1, 0]}
    cursor = stream.Cursor.at(run)
    run.lanes[1].receive("sent", "")
    run.lanes[1].receive("text", "I am a model")
    assert stream.news(run, cursor) == {}
    run.lanes[1].end(Response(model=MODEL, failure=Failure(type="timeout", meaning="OpenAI")))
    assert stream.news(run, cursor) == {"states": [{"lane": 1, "ended": True}]}
    assert stream.news(run, cursor) == {}
    run.context = {**run.context, VOTE: {"choice": "tie"}}
    told = stream.news(run, stream.Cursor.at(run))
    assert told["texts"] == [[1, "text", "I am a model"]]
    assert told["states"][1]["message"] == "OpenAI"


def test_kinds_stay_apart_and_in_order() -> None:
    run = Recorded()
    for kind, text in (
        ("reasoning", "a"),
        ("reasoning", "b"),
        ("text", "c"),
        ("tool", "{}"),
        ("text", ""),
    ):
        run.lanes[0].receive(kind, text)
    texts = stream.news(run, stream.Cursor.at(run))["texts"]
    assert texts == [[0, "reasoning", "ab"], [0, "text", "c"], [0, "tool", "{}"]]


def test_each_lane_has_its_own_text() -> None:
    run = Recorded(lanes=2)
    run.lanes[1].receive("text", "second")
    assert stream.news(run, stream.Cursor.at(run))["texts"] == [[1, "text", "second"]]


def test_a_state_is_told_once_with_the_seconds_on_its_clock() -> None:
    run, lane = (made := Recorded()), made.lanes[0]
    cursor = stream.Cursor.at(run)
    assert stream.news(run, cursor)["states"][0]["clock"] is None
    lane.receive("sent", "")
    (told,) = stream.news(run, cursor)["states"]
    assert (told["lane"], told["state"], told["ended"]) == (0, "thinking", False)
    assert told["clock"] >= 0
    assert "states" not in stream.news(run, cursor)


def test_the_clock_of_an_ended_lane_stands_at_its_duration() -> None:
    run = Recorded().finish()
    lane = run.lanes[0]
    lane.started_at, lane.finished_at, lane.time_to_first_text = 100.0, 102.5, 0.25
    (told,) = stream.news(run, stream.Cursor.at(run))["states"]
    assert (told["clock"], told["first_text"], told["ended"]) == (102.5 - 100.0, 0.25, True)


def test_a_failed_lane_says_what_it_means_and_what_to_do() -> None:
    failure = Failure(type="overloaded", meaning="The provider is busy.", next_step="Try again.")
    run = Recorded().finish(failure)
    (told,) = stream.news(run, stream.Cursor.at(run))["states"]
    assert (told["state"], told["message"]) == ("failed", "The provider is busy. Try again.")


@pytest.mark.parametrize(
    ("event_id", "start"),
    [
        ("1.2", [1, 2]),
        ("", [0, 0]),
        ("7", [0, 0]),
        ("1.-2", [0, 0]),
        ("1.2.3", [0, 0]),
        ("a.b", [0, 0]),
    ],
)
def test_a_reconnecting_browser_goes_on_where_it_stopped(event_id: str, start: list[int]) -> None:
    assert stream.Cursor.at(Recorded(lanes=2), event_id).sent == start


def test_a_place_beyond_the_end_sends_nothing_twice() -> None:
    run = Recorded()
    run.lanes[0].receive("text", "Hello")
    cursor = stream.Cursor.at(run, "99")
    assert "texts" not in stream.news(run, cursor)
    assert str(cursor) == "99"


async def test_a_stream_ends_when_the_server_goes_down() -> None:
    stream.close()
    run = Recorded()
    assert [event async for event in stream.events(run, stream.Cursor.at(run))] == [
        "retry: 500\n\n"
    ]
    stream.reopen()


# To whom


def test_the_owner_gets_the_run_and_its_end(client: TestClient) -> None:
    run = Recorded()
    run.lanes[0].receive("text", "Grüße, 世界\nnext line")
    held = grants.grant(run.finish())
    answer = client.get(f"/live/{held.token}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert text_of(answer.text) == "Grüße, 世界\nnext line"
    assert answer.text.endswith("event: done\ndata: {}\n\n")


def test_the_last_event_id_is_where_the_stream_goes_on(client: TestClient) -> None:
    run = Recorded()
    run.lanes[0].receive("text", "Hello ")
    run.lanes[0].receive("text", "world")
    held = grants.grant(run.finish())
    answer = client.get(f"/live/{held.token}", headers={"last-event-id": "1"})
    assert text_of(answer.text) == "world"


@pytest.mark.parametrize("told", ["9" * 5_000, "9" * 9, "-1", "1e1", "٣", "1.1", "", "."])
def test_who_brings_back_nonsense_is_sent_no_more_than_there_is(
    client: TestClient, told: str
) -> None:
    run = Recorded()
    run.lanes[0].receive("text", "Hello")
    held = grants.grant(run.finish())
    answer = client.get(f"/live/{held.token}", headers={b"last-event-id": told.encode()})
    assert answer.status_code == 200
    assert text_of(answer.text) in ("Hello", "")


def test_a_guessed_token_finds_nothing(client: TestClient) -> None:
    assert client.get("/live/guess").status_code == 404
    assert client.post("/live/guess/stop").status_code == 404


def test_a_token_serves_only_the_browser_it_was_given_to(client: TestClient) -> None:
    held = grants.grant(Recorded().finish(), owner="alice")
    address = f"/live/{held.token}"
    assert client.get(address).status_code == 404
    assert (
        client.get(address, headers={"cookie": f"{grants.OWNER_COOKIE}=mallory"}).status_code == 404
    )
    assert (
        client.get(address, headers={"cookie": f"{grants.OWNER_COOKIE}=alice"}).status_code == 200
    )


def test_a_token_dies_with_its_session(client: TestClient) -> None:
    held = grants.grant(Recorded().finish())
    address = f"/live/{held.token}"
    assert client.get(address).status_code == 200
    del held
    gc.collect()
    assert client.get(address).status_code == 404


def test_tokens_cannot_be_guessed() -> None:
    run = Recorded()
    made = [grants.grant(run) for _ in range(100)]
    assert len({held.token for held in made}) == 100
    assert min(len(held.token) for held in made) * 6 >= 256  # bits


# Stop


@pytest.mark.parametrize(
    ("path", "stopped"), [("/stop", [None]), ("/stop/0", [0]), ("/stop/1", [1])]
)
def test_stop_reaches_the_run_at_once(
    client: TestClient, path: str, stopped: list[int | None]
) -> None:
    run = Recorded(lanes=2)
    held = grants.grant(run)
    assert client.post(f"/live/{held.token}{path}").status_code == 204
    assert run.stopped == stopped


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/stop/2", {}, 404),
        ("/stop", {"origin": "https://evil.example"}, 404),
        ("/stop", {"origin": "null"}, 404),
        ("/stop", {"sec-fetch-site": "cross-site"}, 404),
        ("/stop", {"sec-fetch-site": "same-site"}, 404),
    ],
)
def test_what_may_not_stop_does_not(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    run = Recorded(lanes=2)
    held = grants.grant(run)
    assert client.post(f"/live/{held.token}{path}", headers=headers).status_code == status
    assert run.stopped == []


def test_a_link_cannot_stop(client: TestClient) -> None:
    run = Recorded()
    held = grants.grant(run)
    assert client.get(f"/live/{held.token}/stop").status_code == 405
    assert run.stopped == []


# The page


def page() -> None:
    import streamlit as st

    from playground.ui.live import component

    with component.followed():
        head: dict[str, Any] = {"titles": ["GPT"], "notes": [("simulated", "Simulated")]}
        component.live_run(st.session_state["run"], key="live", **head)


def test_the_page_hands_the_component_a_token_and_the_lanes_heads() -> None:
    at = AppTest.from_function(page)
    at.session_state["run"] = Recorded()
    at.run()
    assert not at.exception
    (component,) = at.get("bidi_component")
    data = json.loads(component.proto.mixed.json or component.proto.json)
    token = data["path"].removeprefix("live/")
    assert grants.resolve(token) is not None
    assert data["lanes"] == [{"index": 0, "title": "GPT", "note": "Simulated", "kind": "simulated"}]
    assert data["known"] == []


def test_a_rerun_keeps_the_token_so_that_the_stream_goes_on() -> None:
    at = AppTest.from_function(page)
    at.session_state["run"] = Recorded()
    at.run()
    before = at.session_state["live_grants"]["run"].token
    at.run()
    assert at.session_state["live_grants"]["run"].token == before


def test_where_event_streams_are_blocked_the_script_shows_the_text() -> None:
    at = AppTest.from_function(page)
    run = Recorded()
    run.lanes[0].receive("text", "Hello")
    at.session_state["run"] = run.finish()
    at.session_state["live_blocked"] = True
    at.run()
    assert [text.value for text in at.text] == ["GPT", "done\n\nHello"]


def test_text_of_a_model_only_ever_becomes_text() -> None:
    code = Path(stream.__file__).with_name("live.js").read_text("utf-8")
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "DOMParser",
    ):
        assert way not in code


async def test_a_run_whose_names_are_hidden_says_at_once_that_its_stream_gets_through() -> None:
    stream.reopen()
    run = Recorded(lanes=2)
    run.context = {ORDER: [1, 0]}
    told: Any = stream.events(run, stream.Cursor.at(run))
    assert [await anext(told), await anext(told)] == ["retry: 500\n\n", "id: 0.0\ndata: {}\n\n"]
    await told.aclose()
