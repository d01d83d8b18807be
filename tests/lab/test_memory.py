"""One long talk carried four ways, for real on the simulation: what each sends, costs and forgets."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from playground.domain import Endpoint, Message, ModelRef, Reasoning, Request, Settings, Text
from playground.engine import Engine
from playground.history import Labels
from playground.lab import driving, memory
from playground.lab.hops import Sending
from playground.lab.memory import Carried, Rules, facts

SOL = ModelRef.parse("openai:gpt-6.1-sol")
CLAUDE = ModelRef.parse("anthropic:claude-sonnet-5-5")
GEMINI = ModelRef.parse("gemini:gemini-3.8-flash")
RULES = Rules(model=SOL, turns=8, window=2, every=3)


def carried(rules: Rules, engine: Engine, where: Mapping[str, Endpoint]) -> dict[str, Carried]:
    sending = Sending(engine=engine, endpoints=where, labels=Labels(kind="memory"), keep=False)
    talk = memory.begin(rules, sending)
    assert all(carrier.wait(120) for carrier in talk.carriers)
    return {way.way: way for way in talk.ways}


def test_facts_are_spread_from_the_first_turn_to_the_last() -> None:
    assert [fact.turn for fact in facts(8)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [fact.turn for fact in facts(4)] == [1, 2, 3, 4]
    spread = [fact.turn for fact in facts(16)]
    assert (spread[0], spread[-1], len(set(spread))) == (1, 16, 8)


def test_each_way_forgets_what_it_does_not_carry(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    ways = carried(RULES, engine, where)
    assert {name: way.problem for name, way in ways.items()} == dict.fromkeys(memory.WAYS, "")
    told = {name: way.known() or {} for name, way in ways.items()}
    names = [fact.name for fact in facts(8)]
    assert told["everything"] == dict.fromkeys(names, True)
    assert told["provider"] == dict.fromkeys(names, True)
    # the last two exchanges, and nothing before them
    assert [name for name in names if told["window"][name]] == names[-2:]
    # summed up after 3 and 6: the newest three of six notes, and the two turns after that
    assert [name for name in names if not told["summary"][name]] == names[:3]


def test_what_each_way_sends(engine: Engine, where: Mapping[str, Endpoint]) -> None:
    ways = carried(RULES, engine, where)
    kinds = [step.kind for step in ways["summary"].steps]
    assert kinds == [*["turn"] * 3, "summary", *["turn"] * 3, "summary", *["turn"] * 2, "probe"]
    sent = {n: [s.response.usage.input_tokens or 0 for s in w.steps] for n, w in ways.items()}
    grows = sent["everything"]
    assert all(before < after for before, after in itertools.pairwise(grows))
    assert sent["provider"] == grows  # sent once, billed as input all the same
    assert max(sent["window"]) < max(grows) / 2
    assert (ways["window"].cost or 0) < (ways["everything"].cost or 0)


def test_the_curve_adds_up_to_the_receipts(engine: Engine, where: Mapping[str, Endpoint]) -> None:
    for way in carried(RULES, engine, where).values():
        receipts = [step.response.cost for step in way.steps if step.kind != "probe"]
        whole = sum((cost.total for cost in receipts if cost), Decimal())
        curve = way.curve()
        assert curve[-1] == (RULES.turns, whole)
        assert [turn for turn, _ in curve] == list(range(1, RULES.turns + 1))


def test_claude_sums_the_talk_up_itself_and_its_summary_goes_in_front(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    """Real SDK, the real wire of on-demand compaction: one signed block, sent back as it came."""
    ways = carried(replace(RULES, model=CLAUDE, turns=8, every=3), engine, where)
    way = ways["provider"]
    assert way.problem == ""
    kinds = [step.kind for step in way.steps]
    assert kinds == [*["turn"] * 3, "summary", *["turn"] * 3, "summary", *["turn"] * 2, "probe"]
    summary, after = way.steps[3], way.steps[4]
    (block,) = summary.response.turn
    assert isinstance(block, Reasoning)
    assert (block.id, bool(block.signature)) == ("compaction", True)
    assert summary.response.finish_reason == "compaction"
    assert summary.response.usage.input_tokens == 0  # it is in what is billed beside
    assert summary.response.cost is not None
    assert summary.response.cost.total > 0
    sent = after.response.exchange.request_body  # type: ignore[union-attr]
    assert sent["messages"][0] == {"role": "assistant", "content": [
        {"type": "compaction", "content": block.text, "signature": block.signature},
    ]}  # fmt: skip
    assert len(sent["messages"]) == 2
    told = way.known() or {}
    names = [fact.name for fact in facts(8)]
    assert [name for name in names if not told[name]] == names[
        :3
    ]  # as the simulation's summaries go
    last, whole = (
        one.steps[-1].response.usage.input_tokens or 0 for one in (way, ways["everything"])
    )
    assert 0 < last < whole / 2
    assert way.curve()[-1][0] == 8


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ({"signature": "Cosimulated0"}, "Invalid `signature`"),
        ({"text": "Another summary."}, "Invalid `signature`"),
    ],
)
def test_a_summary_that_is_not_claudes_own_is_refused(
    engine: Engine, where: Mapping[str, Endpoint], bent: dict[str, Any], said: str
) -> None:
    asked = Request.ask(CLAUDE, "Hi")
    talk = (*asked.messages, Message(role="assistant", parts=(Text(text="Hello."),)))
    wish = replace(
        asked, messages=talk, settings=Settings(extra={"compaction": {"type": "summarize"}})
    )
    first = engine.start([wish], where)
    assert first.wait(20)
    (block,) = first.run().responses[0].turn
    front = Message(role="assistant", parts=(replace(block, **bent),))
    second = engine.start([replace(asked, messages=(front, *asked.messages))], where)
    assert second.wait(20)
    failure = second.run().responses[0].failure
    assert failure is not None
    assert said in failure.message


def test_gemini_keeps_through_its_other_door_and_an_older_claude_says_that_it_keeps_none(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    assert memory.door(GEMINI) == ModelRef.parse("gemini/interactions:gemini-3.8-flash")
    assert memory.door(CLAUDE) is None
    short = {"turns": 4, "window": 1, "every": 2}
    kept = carried(Rules(model=GEMINI, **short), engine, where)["provider"]  # type: ignore[arg-type]
    assert (kept.problem, set((kept.known() or {}).values())) == ("", {True})
    older = ModelRef.parse("anthropic:claude-haiku-4-5")
    ways = carried(Rules(model=older, **short), engine, where)  # type: ignore[arg-type]
    assert "neither keeps a conversation" in ways["provider"].problem
    assert not ways["provider"].steps
    assert ways["everything"].known() == {fact.name: True for fact in facts(4)}


def test_a_talk_that_is_stopped_or_refused_says_so(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    gone = Rules(model=ModelRef.parse("openai:no-such-model"), turns=4)
    for way in carried(gone, engine, where).values():
        assert way.done
        assert way.problem.startswith("Turn 1: ")
        assert way.known() is None
    sending = Sending(engine=engine, endpoints=where, keep=False, group="stopped")
    talk = memory.begin(RULES, sending)
    talk.stop()
    assert all(carrier.wait(60) for carrier in talk.carriers)
    assert {way.problem for way in talk.ways} == {"Stopped."}
    assert memory.find("stopped") is talk
    assert memory.find("stopped", "somebody else") is None


def test_a_talk_ends_when_its_owner_has_left(engine: Engine, where: Mapping[str, Endpoint]) -> None:
    left = threading.Event()

    def work(carrier: memory.Carrier) -> None:
        assert left.wait(60)
        carrier.may_go_on()

    sending = Sending(engine=engine, endpoints=where, keep=False)
    carrier = driving.Driven("waits", Carried(way="window", rules=RULES), sending, work)
    talk = driving.keep("left", memory.Talk("who left", RULES, (carrier,)))
    driving.leave("somebody else")
    assert memory.find("left", "who left") is talk
    driving.leave("who left")
    assert memory.find("left", "who left") is None
    left.set()
    assert carrier.wait(60)
    assert (carrier.state.problem, carrier.state.done) == ("Stopped.", True)


@pytest.mark.parametrize("turns", [4, 24])
def test_the_document_tells_every_way(
    turns: int, engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    sending = Sending(engine=engine, endpoints=where, keep=False)
    talk = memory.begin(Rules(model=SOL, turns=turns), sending, ("window",))
    assert talk.carriers[0].wait(120)
    told = talk.document()
    (way,) = told["ways"]
    assert (told["lab"], told["turns"], way["simulated"]) == ("memory", turns, True)
    assert way["forgotten"] == [name for name, known in way["facts"].items() if not known]
