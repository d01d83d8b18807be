"""How an answer ended: one word, by one rule, in every place that shows one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from streamlit.testing.v1 import AppTest

from playground.cli import show
from playground.domain import FAILURE_TYPES, Failure, ModelRef, Request, Response, Run
from playground.domain.ending import FINISH_REASONS, MEANINGS, SHORT, STATES, State, ended_as, said
from playground.engine.live import ended_run
from playground.export import from_json, to_csv, to_html, to_json, to_markdown
from playground.history import queries
from playground.history.labels import Labels
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.history.writing import put
from playground.store.store import Store
from playground.ui.live.component import HEAD
from playground.ui.parts.summary import marks
from tests.history.runs import cost

MODEL = ModelRef.parse("openai:gpt-6.1-sol")
WORDS: dict[State, str] = {
    "done": "stop end_turn STOP completed tool_calls function_call tool_use stop_sequence eos a_new_one requires_action",
    "cut": "length max_tokens MAX_TOKENS max_output_tokens incomplete model_length pause_turn"
    " model_context_window_exceeded MALFORMED_FUNCTION_CALL queued",
    "filtered": "content_filter SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII IMAGE_SAFETY sensitive",
    "refused": "refusal",
    "failed": "error network_error insufficient_system_resource abort failed cancelled",
}
PARTIAL: dict[State, str] = {"cut": "length", "filtered": "content_filter", "refused": "refusal"}


def answer(word: str | None, **more: object) -> Response:
    return replace(Response(model=MODEL, text="He", finish_reason=word), **more)  # type: ignore[arg-type]


def run_of(*responses: Response) -> Run:
    return Run(
        id="a" * 32,
        created_at="2026-11-21T00:00:00.000+00:00",
        requests=(Request.ask(MODEL, "Hi"),) * len(responses),
        responses=responses,
        simulated=False,
    )


@pytest.mark.parametrize(("state", "words"), WORDS.items(), ids=WORDS)
def test_what_the_providers_words_mean(state: State, words: str) -> None:
    for word in words.split():
        assert answer(word).state == ended_as(word) == state


def test_no_word_a_refusal_and_a_failure() -> None:
    assert answer(None).state == ended_as(None) == "done"
    assert answer("stop", refusal="No").state == "refused"
    assert answer("length", refusal="No").state == "cut"
    for type_ in FAILURE_TYPES:
        failure = Failure(type=type_)
        response = answer("length", failure=failure)
        assert response.state == ("stopped" if failure.stopped else "failed")
        assert response.ending == failure.word


def test_the_tables_agree() -> None:
    assert all(word == word.lower() for word in FINISH_REASONS)
    assert set(FINISH_REASONS.values()) | {"done", "stopped"} == STATES
    assert set(SHORT) == set(MEANINGS) == set(PARTIAL)
    script = Path("playground/ui/live/live.js").read_text()
    style = HEAD.read_text()
    for state in STATES:
        assert f"  {state}: " in script
        assert f'.chip[data-state="{state}"]' in style or f'[data-state="{state}"]' in style


@pytest.mark.parametrize(("state", "word"), PARTIAL.items(), ids=PARTIAL)
def test_an_answer_that_is_not_whole_is_said_everywhere(state: State, word: str) -> None:
    response = answer(word)
    (remark,) = response.remarks
    assert MEANINGS[state] in remark
    assert word in remark
    run = run_of(response)
    assert (response.ending, said(state)) == (SHORT[state], SHORT[state])
    assert remark in to_markdown(run).replace("\\", "")
    assert "is not whole" in to_html(run) or "The model refused" in to_html(run)
    header, row = to_csv(run).splitlines()[:2]
    assert header.endswith(",state,source")
    assert row.endswith(f",{state},real")
    document = json.loads(to_json(run))
    assert document["responses"][0]["state"] == state
    assert from_json(json.dumps(document)) == [run]
    lane = ended_run(run, "").lanes[0]
    assert (lane.state, lane.ended) == (state, True)


@pytest.mark.parametrize(("state", "word"), PARTIAL.items(), ids=PARTIAL)
def test_it_is_said_in_the_terminal(state: State, word: str) -> None:
    out = io.StringIO()
    show._answer(Console(file=out, width=200), answer(word))
    assert MEANINGS[state] in out.getvalue()


@pytest.mark.parametrize("word", PARTIAL.values())
def test_it_is_said_on_the_card_and_in_the_table(word: str) -> None:
    def draw(word: str) -> None:
        from playground.domain import ModelRef, Request, Response
        from playground.ui.parts import card, summary

        model = ModelRef("openai", "chat", "m")
        response = Response(model=model, text="He", finish_reason=word)
        card.result_card("lane", Request.ask(model, "Hi"), response, None, key="card")
        summary.figures(["lane"], [response])

    page = AppTest.from_function(draw, args=(word,), default_timeout=30).run()
    assert not page.exception
    short = SHORT[ended_as(word)]
    assert short in "".join(str(html.proto.body) for html in page.get("html")).lower()
    captions = " ".join(caption.value for caption in page.caption).replace("\\", "")
    assert MEANINGS[ended_as(word)] in captions
    assert short in page.dataframe[0].value.to_string()


def test_only_whole_answers_compete_and_only_whole_costs() -> None:
    cheap, dear = cost("0.001"), cost("0.01")
    for word in ("content_filter", "refusal", "length"):
        assert marks([answer("stop", cost=dear), answer(word, cost=cheap)]) == ["", ""]
    bound = replace(cheap, lower_bound=True)
    assert marks([answer("stop", cost=dear)] * 2 + [answer("stop", cost=bound)]) == [
        *["cheapest"] * 2,
        "",
    ]


def test_the_history_says_it(store: Store) -> None:
    run = run_of(answer("stop"), answer("length"), answer("content_filter"))
    whole = replace(run, id="b" * 32, requests=run.requests[:1], responses=run.responses[:1])
    put(store, run, Labels(), owner="")
    put(store, whole, Labels(), owner="")
    newest, first = queries.find(store, Filter()).rows
    assert (newest.ending, first.ending) == ("done", "2 of 3 not whole")
    stored = read_run(store, run.id)
    assert stored is not None
    assert stored.ending == "2 of 3 not whole"


def test_the_card_shows_reasoning_apart_and_the_text_as_it_was_sent() -> None:
    def draw() -> None:
        import streamlit as st

        from playground.domain import ModelRef, Response
        from playground.ui.chat_vs_api.conversation import turns
        from playground.ui.parts import views

        response = Response(
            model=ModelRef("openai", "chat", "m"),
            text="yes",
            reasoning_text="plan",
            sent_text="<think>plan</think>yes",
        )
        views.answer(response)
        views.text(response)
        with st.container():
            turns._said(response)

    page = AppTest.from_function(draw, default_timeout=30).run()
    assert not page.exception
    assert [box.label for box in page.expander] == ["Reasoning"] * 2
    assert [code.value for code in page.code] == ["<think>plan</think>yes"]
    assert [text.value for text in page.markdown if text.value in ("yes", "plan")] == [
        "plan",
        "yes",
    ] * 2
