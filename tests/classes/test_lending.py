"""A class's key is spent by the server alone: within the list, the budget and the end; closing stops what is under way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from playground import history, runs
from playground.classes import kept, lending, spending, vault, watching
from playground.classes.nouns import Class, ClassError
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request, Secret, Settings
from playground.engine import Engine
from playground.history import Labels
from playground.history.labels import owner_digest
from playground.runs import Refusal, Started
from playground.store.database import reading, writing
from playground.store.schema import class_calls
from playground.store.store import Store
from tests.classes.people import CLAUDE, SOL, TEACHER, joined, opened, question, reaches, terms

CANARY = "sk-canary-of-the-teacher-0123456789"


@pytest.fixture
def kept_in() -> Store:
    return history.get_store()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


@pytest.fixture
def api(simulation: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The simulation as if it were the real APIs, as the server's environment names them."""
    urls = simulation.base_urls()
    monkeypatch.setenv("OPENAI_BASE_URL", urls["openai"])
    monkeypatch.setenv("ANTHROPIC_BASE_URL", urls["anthropic"])
    yield
    for class_id in vault.classes():
        vault.forget(class_id)


def lent(store: Store, **changed: Any) -> Class:
    made = opened(store, **changed)
    lending.lend(store, made.id, {"openai": Secret(CANARY)}, owner=TEACHER)
    return made


def endpoints(of: Class, simulated: bool = False) -> dict[str, Endpoint]:
    """What a member's session has: an address that is not the server's, and no key."""
    return {
        name: Endpoint(provider=name, base_url="http://127.0.0.1:9/v1", lent=of.id)
        for name in ("openai", "anthropic")
    }


def start(engine: Engine, of: Class, *asked: Request, who: str = "ann", **more: Any) -> Any:
    return runs.start(engine, asked or [question()], endpoints(of), owner=who, **more)


def ended(made: Started | Refusal) -> Started:
    assert isinstance(made, Started), made
    assert made.run.wait(60)
    lending.settled()
    return made


def refused(made: Started | Refusal) -> str:
    assert isinstance(made, Refusal)
    assert made.kind == "class"
    return made.reason


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("keep", [True, False])
def test_a_member_runs_on_the_class_s_key_and_its_receipt_is_on_the_board(
    engine: Engine, kept_in: Store, keep: bool
) -> None:
    of = lent(kept_in)
    seat = joined(kept_in, of, owner_digest("ann"))
    made = ended(start(engine, of, keep=keep))
    (response,) = made.run.run().responses
    assert response.failure is None
    assert response.cost is not None
    (sent,) = made.run.run().requests
    assert sent.settings.max_output_tokens == of.longest
    ann = spending.board(kept_in, of.id)[1]
    assert (ann.runs, ann.cost, ann.held) == (1, response.cost.total, Decimal(0))
    assert (ann.input_tokens, ann.output_tokens) == (
        response.usage.input_tokens,
        response.usage.output_tokens,
    )
    assert spending.used(kept_in, seat) == response.cost.total


@pytest.mark.usefixtures("api")
def test_what_a_class_does_not_allow_is_refused_with_a_sentence(
    engine: Engine, kept_in: Store
) -> None:
    of = lent(kept_in)
    joined(kept_in, of, owner_digest("ann"))
    joined(kept_in, of, owner_digest("eve"), "viewer")
    extra = Settings(extra={"model": "gpt-5"})
    for asked, said in (
        (question(CLAUDE), f"{CLAUDE} is not on the list of Physics. Take {SOL}."),
        (replace(question(), body='{"model": "x"}'), "a body of one's own can't be used"),
        (replace(question(), server_tools=("web_search",)), "tools that the provider runs"),
        (replace(question(), previous_response_id="resp_1"), "that the provider keeps"),
        (replace(question(), settings=extra), "fields of one's own"),
        (question(text="word " * 200_000), r"of your $0.50 in Physics is left"),
    ):
        assert said in refused(start(engine, of, asked))
        assert said in refused(start(engine, of, question(), asked))  # and the whole run is
    assert "and send nothing by its key" in refused(start(engine, of, who="eve"))
    assert "not here any more" in refused(start(engine, of, who="mallory"))
    assert "not here any more" in refused(start(engine, of, who=""))
    assert all(spent.calls == 0 for spent in spending.board(kept_in, of.id))


@pytest.mark.usefixtures("api")
def test_a_longer_answer_is_cut_to_what_the_class_allows_and_a_shorter_one_stays(
    engine: Engine, kept_in: Store
) -> None:
    of = lent(kept_in)
    joined(kept_in, of, owner_digest("ann"))
    asked = [question(settings=Settings(max_output_tokens=n)) for n in (7, 9_000)]
    made = ended(start(engine, of, *asked))
    longest = [request.settings.max_output_tokens for request in made.run.run().requests]
    assert longest == [7, of.longest]
    written = [response.usage.output_tokens or 0 for response in made.run.run().responses]
    assert written[0] <= 7


@pytest.mark.usefixtures("api")
def test_after_a_restart_the_key_is_gone_and_the_server_s_own_is_there_again(
    engine: Engine, kept_in: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = lent(kept_in)
    joined(kept_in, of, owner_digest("ann"))
    assert vault.missing(of) == ()
    vault.forget(of.id)  # what a restart does
    assert vault.missing(of) == ("openai",)
    assert "must lend it again" in refused(start(engine, of))
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert "must lend it again" in refused(start(engine, of))  # it was not made for this class
    other = opened(kept_in, from_environment=True)
    joined(kept_in, other, owner_digest("ann"))
    assert vault.missing(other) == ()
    ended(start(engine, other))
    assert vault.classes() == set()


def test_only_an_owner_lends(kept_in: Store) -> None:
    of = opened(kept_in)
    ann = joined(kept_in, of)
    for who in (ann.member.owner, ""):
        with pytest.raises(ClassError, match="Only an owner"):
            lending.lend(kept_in, of.id, {"openai": Secret(CANARY)}, owner=who)
    assert vault.classes() == set()


def test_closing_stops_what_is_under_way_forgets_the_key_and_refuses_what_comes(
    engine: Engine, kept_in: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DemoServer(pace=60) as slow:
        monkeypatch.setenv("OPENAI_BASE_URL", slow.base_urls()["openai"])
        own = Endpoint(
            provider="anthropic", base_url=slow.base_urls()["anthropic"], key=Secret("own-key-123")
        )
        of = lent(kept_in)
        joined(kept_in, of, owner_digest("ann"))
        where = {**endpoints(of), "anthropic": own}
        made = runs.start(engine, [question(), question(CLAUDE)], where, owner="ann")
        assert isinstance(made, Started)
        theirs, mine = made.run.lanes
        while theirs.started_at is None:
            time.sleep(0.01)
        began = time.monotonic()
        lending.close(kept_in, of.id, owner=TEACHER)
        while not theirs.ended:
            assert time.monotonic() - began < 30
            time.sleep(0.01)
        assert vault.classes() == set()
        assert theirs.response is not None
        assert theirs.response.failure is not None
        assert "Physics is closed" in theirs.response.failure.meaning
        assert not mine.ended  # it is paid by someone's own key
        assert "Physics is closed" in refused(start(engine, of))
        made.run.stop()
        assert made.run.wait(30)
        lending.settled()
    assert spending.board(kept_in, of.id)[1].under_way == 0


def spoken_for(store: Store) -> None:
    """Wait until this process has said that it is there."""
    with writing(store.engine) as connection:
        connection.execute(class_calls.update(), {"heartbeat": 0})
    for _ in range(600):
        with reading(store.engine) as connection:
            if connection.scalar(sa.select(class_calls.c.heartbeat)):
                return
        time.sleep(0.05)
    pytest.fail("nobody spoke for what is held")


def test_another_process_s_closing_is_seen_too_and_what_it_holds_is_spoken_for(
    engine: Engine, kept_in: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DemoServer(pace=60) as slow:
        monkeypatch.setenv("OPENAI_BASE_URL", slow.base_urls()["openai"])
        monkeypatch.setattr(watching, "HEART", 0.0)
        of = lent(kept_in)
        joined(kept_in, of, owner_digest("ann"))
        made = start(engine, of)
        assert isinstance(made, Started)
        spoken_for(kept_in)
        kept.close(kept_in, of.id, owner=TEACHER)  # only the row changes, as by another process
        assert made.run.wait(30)
        for _ in range(600):
            if not vault.classes():
                break
            time.sleep(0.05)
        assert vault.classes() == set()


def test_a_look_that_fails_is_not_the_last_one(
    engine: Engine, kept_in: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []
    end_runs = watching._end_runs

    def fails_at_first() -> None:
        looks.append(True)
        if len(looks) == 1:
            raise ValueError("a slip of ours")
        end_runs()

    with DemoServer(pace=60) as slow:
        monkeypatch.setenv("OPENAI_BASE_URL", slow.base_urls()["openai"])
        monkeypatch.setattr(watching, "_end_runs", fails_at_first)
        of = lent(kept_in)
        joined(kept_in, of, owner_digest("ann"))
        made = start(engine, of)
        assert isinstance(made, Started)
        lending.close(kept_in, of.id, owner=TEACHER)
        assert made.run.wait(30)
        assert len(looks) > 1


@pytest.mark.usefixtures("api")
def test_the_key_is_in_no_file_and_in_nothing_that_a_member_s_run_leaves_behind(
    engine: Engine, kept_in: Store
) -> None:
    of = lent(kept_in)
    joined(kept_in, of, owner_digest("ann"))
    made = ended(start(engine, of, labels=Labels(title=CANARY[:9])))
    assert history.get_writer().flush(20)
    folder = Path(kept_in.url.database or "").parent
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []
    assert reaches(made, CANARY) == []
    assert reaches(vault._held, CANARY) != []  # the search finds what is there
    assert "holds one of your API keys" in runs_refusal(engine, of)
    lending.close(kept_in, of.id, owner=TEACHER)
    assert reaches(vault._held, CANARY) == []


def runs_refusal(engine: Engine, of: Class) -> str:
    made = start(engine, of, Request.ask(ModelRef.parse(SOL), f"Is {CANARY} safe?"))
    assert isinstance(made, Refusal)
    return made.reason


@pytest.mark.usefixtures("api")
def test_a_simulated_class_has_no_key_and_counts_all_the_same(
    engine: Engine, kept_in: Store, simulation: DemoServer
) -> None:
    of = kept.make(kept_in, terms(simulated=True, budget=Decimal("0.01")), owner=TEACHER)
    joined(kept_in, of, owner_digest("ann"))
    where = {
        name: replace(endpoint, lent=of.id) for name, endpoint in simulation.endpoints().items()
    }
    made = ended(runs.start(engine, [question()], where, owner="ann"))
    assert made.run.simulated
    ann = spending.board(kept_in, of.id)[1]
    assert ann.cost > 0
    real = refused(runs.start(engine, [question()], endpoints(of), owner="ann"))
    assert (
        "key of Physics is not in this process" in real
    )  # nothing makes a simulated class call a real API
