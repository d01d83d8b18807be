"""The sample jobs at every provider, and the chain for every mix, through the official SDKs against the simulation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from playground.domain import Endpoint, File, ModelRef
from playground.engine import Engine
from playground.lab import chain, jobs
from playground.lab.hops import GROUP, Sending
from playground.lab.sample_pdf import pdf
from playground.tokens.attachments import count_file
from tests.lab.test_hops import REFS

STRONG, SMALL = ModelRef.parse(chain.STRONG), ModelRef.parse(chain.SMALL)


@pytest.fixture
def sending(engine: Engine, where: dict[str, Endpoint]) -> Sending:
    return Sending(engine=engine, endpoints=where, keep=False, group="together")


@pytest.mark.parametrize("name", jobs.JOBS)
def test_every_job_is_done_at_every_provider(name: str, sending: Sending) -> None:
    job = jobs.JOBS[name]
    for loop in jobs.begin(job, REFS, sending):
        assert loop.wait(30)
        hops = loop.hops
        found = jobs.verdict(job, hops)
        assert (found.state, found.why) == ("valid", ""), (str(hops.model), hops.text)
        assert hops.ended == "answered"
        assert hops.calls == (2 if name == "faq" else 0)


def test_a_thousand_cases_are_a_thousand_times_one(sending: Sending) -> None:
    job = jobs.JOBS["ticket"]
    (loop,) = jobs.begin(job, REFS[:1], sending)
    assert loop.wait(30)
    hops, many = loop.hops, jobs.per_thousand(loop.hops)
    assert hops.cost is not None
    assert hops.input_tokens is not None
    assert many["cost"] == hops.cost * 1_000
    assert many["input_tokens"] == hops.input_tokens * 1_000
    for ended in ("limit", "stopped", "failed", None):  # what broke off is no whole case
        assert set(jobs.per_thousand(replace(hops, ended=ended)).values()) == {None}


def test_an_answer_without_the_word_of_a_right_one_is_found(sending: Sending) -> None:
    job = jobs.JOBS["sop"]
    (loop,) = jobs.begin(job, [ModelRef.parse("openai:gpt-6.1-sol~truncate")], sending)
    assert loop.wait(30)
    found = jobs.verdict(job, loop.hops)
    assert (found.state, found.why) == ("invalid", "A right answer holds “team lead”.")


def test_money_in_json_is_digits_however_little_it_is(sending: Sending) -> None:
    (loop,) = jobs.begin(jobs.JOBS["ticket"], REFS[:1], sending)
    assert loop.wait(30)
    (hop,) = loop.hops.hops
    assert hop.response.cost is not None
    little = replace(hop.response.cost, total=Decimal("1.20E-7"))
    less = replace(loop.hops, hops=(replace(hop, response=replace(hop.response, cost=little)),))
    assert less.document()["cost"] == "0.00000012"
    assert less.document()["hops"][0]["cost"] == "0.00000012"
    (lane,) = jobs.document(jobs.JOBS["ticket"], [less])["lanes"]
    assert lane["per_1000"]["cost"] == "0.00012"


@pytest.mark.parametrize("mix", chain.mixes(STRONG, SMALL), ids=lambda mix: mix.name)
def test_the_chain_writes_a_row(mix: chain.Mix, sending: Sending, engine: Engine) -> None:
    (one,) = chain.begin([mix], sending).chains
    assert one.wait(30)
    done = one.state
    assert done.problem == ""
    assert [step.name for step in done.steps] == [
        "form",
        "classify",
        "look up the CRM",
        "draft",
        "write the row",
    ]
    assert done.row is not None
    assert done.row["customer_id"] == "C-1042"
    assert done.row["category"] == "billing"
    assert "Ana" in done.row["draft"]
    models = [step.model for step in done.steps]
    assert models == [mix.models["form"], mix.models["classify"], None, mix.models["draft"], None]
    costs = [step.response.cost for step in done.steps if step.response]
    assert done.cost == sum((cost.total for cost in costs if cost), Decimal())
    assert done.per_thousand["cost"] == done.cost * 1_000
    kept = [r for r in engine.having(GROUP, "together") if r.context.get(chain.CHAIN) == one.id]
    assert [run.context[chain.STEP] for run in kept] == [*chain.ASKED]


def test_a_mix_costs_between_its_models(sending: Sending) -> None:
    made = chain.begin(chain.mixes(STRONG, SMALL), sending)
    for one in made.chains:
        assert one.wait(30)
    costs = [one.state.cost for one in made.chains]
    assert None not in costs
    strong, mixed, small = (cost for cost in costs if cost is not None)
    assert small < mixed < strong


def test_a_step_that_fails_ends_the_chain(sending: Sending) -> None:
    broken = ModelRef.parse("openai:gpt-6.1-sol~429")
    (one,) = chain.begin(chain.mixes(broken, SMALL)[:1], sending).chains
    assert one.wait(30)
    assert [step.ok for step in one.state.steps] == [False]
    assert "The step form" in one.state.problem
    assert one.state.row is None
    whole = replace(one.state.steps[0], response=None)  # as if only its plain code had run
    assert replace(one.state, steps=(whole,)).document()["per_1000"] == {
        "cost": None,
        "hours": None,
    }


def test_the_sample_pdf_is_one_page_that_can_be_counted() -> None:
    data = pdf(("One (1) line", "a \\ in it"))
    counted = count_file(File(media_type="application/pdf", data=data), REFS[2])
    assert counted is not None
    place = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert data[place : place + 4] == b"xref"


def test_another_prompt_is_still_the_same_job_and_no_other(sending: Sending) -> None:
    job = replace(jobs.JOBS["ticket"], prompt="Sort this ticket: the app crashes at login.")
    (loop,) = jobs.begin(job, REFS[:1], sending)
    assert loop.wait(30)
    assert [name for name, one in jobs.JOBS.items() if jobs.is_of(one, [loop.hops])] == ["ticket"]
    assert jobs.verdict(job, loop.hops).state == "valid"  # the sample's word is not asked for
    assert "technical" in loop.hops.text
