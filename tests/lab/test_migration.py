"""A prompt is asked of the model that ends and of its successor; the pack says what is otherwise, and nothing that it does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from playground import catalog
from playground.domain import Endpoint, ModelRef, Request, Response, Settings, clock
from playground.engine import Engine
from playground.lab import ending_prompts, migration, migration_report
from playground.lab.ending_prompts import Case
from playground.lab.migration import Moved
from playground.providers import count_input_tokens

TODAY = date(2026, 11, 27)
SONNET = ModelRef.parse("anthropic:claude-sonnet-4-5")


def case_of(ref: ModelRef, **settings: Any) -> Case:
    request = Request.ask(ref, "Explain prompt caching", settings=Settings(**settings))
    return Case(name="p", version=2, request=request, why="saved with it")


def test_both_models_are_asked_the_same_and_each_refused_setting_once_more() -> None:
    (move,) = migration.moves([case_of(SONNET, temperature=0.2, max_output_tokens=500)])
    assert move.after is not None
    assert str(move.after.model) == "anthropic:claude-sonnet-5-5"
    assert move.now.settings == Settings(temperature=0.2, max_output_tokens=500)
    assert move.after.settings == Settings(max_output_tokens=500)
    (probe,) = move.probes.values()
    assert probe.settings == Settings(temperature=0.2, max_output_tokens=500)
    assert move.now.messages == move.after.messages == probe.messages


def test_the_door_stays_where_the_successor_is_offered_there() -> None:
    (chat,) = migration.moves([case_of(ModelRef.parse("openai/chat:gpt-5"))])
    assert chat.after is not None
    assert str(chat.after.model) == "openai/chat:gpt-6.1-sol"
    (gateway,) = migration.moves([case_of(ModelRef.parse("openrouter:anthropic/claude-opus-4-5"))])
    assert gateway.after is not None
    assert str(gateway.after.model) == "anthropic:claude-opus-5-5"


def test_all_can_move_to_a_model_of_ones_own_choice() -> None:
    cases = [case_of(SONNET, temperature=0.2), case_of(ModelRef.parse("openai/chat:gpt-audio"))]
    to = ModelRef.parse("gemini:gemini-3.8-flash")
    plan = migration.moves(cases, to)
    assert [move.after.model for move in plan if move.after] == [to, to]
    assert plan[0].after is not None
    assert plan[0].after.settings.temperature == 0.2  # it takes it, without effect
    kept = migration.context(plan, [(1, 2), (3, None)])["migration"]
    assert [one["recommended"] for one in kept] == [False, False]
    (same,) = migration.moves([case_of(SONNET)], ModelRef.parse("anthropic:claude-sonnet-5-5"))
    assert migration.context([same], [(1, 2)])["migration"][0]["recommended"]


def test_without_a_known_successor_nothing_is_asked() -> None:
    (move,) = migration.moves([case_of(ModelRef.parse("openai/chat:gpt-audio"))])
    assert move.after is None
    assert move.requests == ()
    assert migration.context([move], [(None, None)]) == {"migration": []}


@pytest.fixture(scope="module")
def sample(engine: Engine, where: Mapping[str, Endpoint]) -> list[Moved]:
    """The sample on the demo, read out of the run."""
    plan = migration.moves(ending_prompts.sample())
    counts = engine.submit(lambda pool: migration.counted(plan, where, pool)).result(30)
    context = json.loads(json.dumps(migration.context(plan, counts)))  # as the history keeps it
    run = engine.start(migration.together(plan), where)
    assert run.wait(90)
    return migration.moved(
        context, [lane.request for lane in run.lanes], [lane.response for lane in run.lanes]
    )


def test_the_sample_moves_a_prompt_at_each_provider(sample: Sequence[Moved]) -> None:
    assert {row.now.model.provider for row in sample} == {"openai", "anthropic", "gemini"}
    for row in sample:
        assert row.now.ok
        assert row.after.ok
        assert row.now.simulated
        ends = catalog.describe(row.now.model)
        assert row.successor == ends.successor
        assert ends.retires is not None
        assert row.days == (ends.retires - clock.today()).days
        assert row.settings


def test_the_same_text_is_counted_by_each(
    sample: Sequence[Moved], engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    for row in sample:
        for response, tokens in zip((row.now, row.after), row.counted, strict=True):
            request = Request.ask(response.model, ending_prompts.SAMPLE)
            own = engine.submit(
                lambda pool, r=request: count_input_tokens(r, where[r.model.provider], pool=pool)  # type: ignore[misc]
            ).result(20)
            assert tokens == own == response.usage.input_tokens


def test_what_the_catalog_says_is_refused_the_provider_refuses(sample: Sequence[Moved]) -> None:
    (sonnet,) = [row for row in sample if row.now.model.provider == "anthropic"]
    (temperature,) = sonnet.settings
    assert (temperature.setting, temperature.value, temperature.action) == (
        "temperature",
        "0.2",
        "dropped",
    )
    assert temperature.answered.startswith("400: `temperature`")


def test_the_report_has_dollars_at_dated_prices_and_the_words_that_differ(
    sample: Sequence[Moved],
) -> None:
    told = migration_report.document(sample)
    assert told["simulated"]
    for row, one in zip(sample, told["prompts"], strict=True):
        for response, side in zip((row.now, row.after), (one["now"], one["after"]), strict=True):
            assert response.cost is not None
            assert Decimal(side["cost"]) == response.cost.total
            assert Decimal(side["per_1000_usd"]) == response.cost.total * 1000
            assert side["price"]["as_of"]
            assert side["price"]["source"].startswith("https://")
            assert (side["checks"], side["checks_passed"]) == (None, None)
        assert one["text"] == ending_prompts.SAMPLE
        assert one["asked_with"]["max_output_tokens"] == 2_000
        pieces = one["word_diff"]
        left, right = migration_report.texts(row)
        assert "".join(text for kind, text in pieces if kind != "added") == left
        assert "".join(text for kind, text in pieces if kind != "removed") == right
        seen = migration_report.overview(row)
        assert seen["Tokens, same text"] == f"{row.counted[0]} → {row.counted[1]}"
        assert seen["Refused"] != "nothing"
        assert row.successor is not None
        assert row.successor.source in migration_report.about(row)
    report = migration_report.markdown(sample)
    assert report.startswith("# Migration pack")
    assert "**Simulated.**" in report
    assert report.count(migration.NO_CHECKS) == 3 * len(sample)  # both answers, and the overview
    assert "the provider said" in report


def test_checks_give_a_pass_rate_where_somebody_keeps_some(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    held = [replace(case_of(SONNET), label=f"case {n}", held={"n": n}) for n in (1, 2)]
    plan = migration.moves(held)
    run = engine.start(migration.together(plan), where)
    assert run.wait(60)
    context = json.loads(json.dumps(migration.context(plan, [(1, 2), (1, 2)])))

    def judge(held: Mapping[str, Any], response: Response) -> tuple[bool, int, int, str]:
        passes = response.model != SONNET or held["n"] == 1
        return passes, 4 if passes else 3, 4, "" if passes else "too long"

    rows = migration.moved(
        context, [lane.request for lane in run.lanes], [lane.response for lane in run.lanes], judge
    )
    assert [[one.passed for one in row.checks if one] for row in rows] == [[4, 4], [3, 4]]
    (rate,) = migration.rates(rows)
    assert (rate.passed_now, rate.passed_after, rate.cases) == (1, 2, 2)
    figures = {name: (now, after) for name, now, after in migration_report.figures(rows[1])}
    assert figures["checks passed"] == ("3 of 4", "4 of 4")
    assert figures["why not"] == ("too long", "")
    assert figures["tokens of the same text, counted"] == ("1", "2")
    assert "p: of 2 with checks 1 pass at" in migration_report.markdown(rows)
    assert migration_report.document(rows)["pass_rates"][0]["passed_after"] == 2


def test_a_schema_is_a_check(engine: Engine, where: Mapping[str, Endpoint]) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string"}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    plan = migration.moves([case_of(SONNET, response_schema=schema)])
    run = engine.start(migration.together(plan), where)
    assert run.wait(60)
    requests = [lane.request for lane in run.lanes]
    responses = [lane.response for lane in run.lanes]
    context = migration.context(plan, [(1, 2)])
    (row,) = migration.moved(context, requests, responses)
    assert row.checks == ((True, 1, 1, ""), (True, 1, 1, ""))
    assert responses[1] is not None
    told = [responses[0], replace(responses[1], text="not JSON")]
    context["migration"][0]["held"] = {}
    (row,) = migration.moved(context, requests, told, lambda held, response: (True, 3, 3, ""))
    now, after = row.checks
    assert now == (True, 4, 4, "")
    assert after is not None
    assert (after.ok, after.passed, after.checks) == (False, 3, 4)
    assert after.why.startswith("by its schema not JSON")


def test_a_model_that_cannot_be_asked_is_a_failure_in_the_pack(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    plan = migration.moves([case_of(replace(SONNET, model="claude-sonnet-4-5~500"))])
    counts = engine.submit(lambda pool: migration.counted(plan, where, pool)).result(30)
    run = engine.start(migration.together(plan), where)
    assert run.wait(60)
    (row,) = migration.moved(
        migration.context(plan, counts),
        [lane.request for lane in run.lanes],
        [lane.response for lane in run.lanes],
    )
    assert row.now.failure is not None
    told = migration_report.document([row])["prompts"][0]["now"]
    assert told["failure"]
    assert told["cost"] is None
    assert "Two answers are needed" in migration_report.markdown([row])


def test_every_sample_has_a_model_that_ends_and_one_that_follows_on_any_day() -> None:
    for day in (TODAY, date(2026, 12, 12), date(2027, 1, 20)):
        for case in ending_prompts.sample(day):
            assert not case.ends.retired(day)
            assert case.ends.successor is not None
    assert len(ending_prompts.sample(TODAY)) == 3
