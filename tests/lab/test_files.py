"""A file by the rules, by the provider's count and on the bill; inline and by its id it is the same file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from playground import catalog
from playground.demo.process import DemoServer
from playground.domain import File, ModelRef, Secret, media_type
from playground.engine import Engine
from playground.lab import files as lab
from playground.lab.file_search import Desk
from playground.tokens.attachments import image_size, pdf_pages

MODELS = catalog.defaults()


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(pace=0) as server:
        yield server


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def test_the_samples_are_what_they_say() -> None:
    small, screen, pdf = (make() for make in lab.SAMPLES.values())
    assert image_size(small.data) == (200, 200)
    assert image_size(screen.data) == (1920, 1080)
    assert pdf_pages(pdf.data) == 3
    assert [media_type(f.data) for f in (small, screen, pdf)] == [
        f.media_type for f in (small, screen, pdf)
    ]


def test_before_sending_each_model_has_its_rule_with_a_source() -> None:
    file = lab.SAMPLES["Picture, 1920 × 1080"]()
    found = lab.rules(file, MODELS)
    by_provider = {one.model.provider: one.rule for one in found}
    openai, claude, gemini = (by_provider[p] for p in ("openai", "anthropic", "gemini"))
    assert openai is not None
    assert claude is not None
    assert gemini is not None
    assert openai.tokens == 60 * 34
    assert claude.tokens == 69 * 39
    assert gemini.tokens == 1_120
    assert all(one.rule and one.rule.rule.source.startswith("https://") for one in found)


@pytest.mark.parametrize("sample", lab.SAMPLES)
@pytest.mark.parametrize("model", MODELS, ids=str)
def test_inline_and_by_id_are_billed_the_same_and_as_counted(
    engine: Engine, demo: DemoServer, model: ModelRef, sample: str
) -> None:
    file, endpoint = lab.SAMPLES[sample](), demo.endpoints()[model.provider]
    one = engine.submit(
        lambda pool: lab.measure(Desk(endpoint=endpoint, pool=pool), model, file)
    ).result(20)
    assert one.problem == ""
    assert one.hosted is not None
    assert one.hosted.size == len(file.data)
    assert one.hosted.media_type == file.media_type
    requests = lab.requests(file, [one])
    run = engine.start(requests, lab.where(demo.endpoints()))
    assert run.wait(20)
    inside, hosted = run.run().responses
    assert inside.ok
    assert hosted.ok
    assert inside.usage.input_tokens == hosted.usage.input_tokens
    assert one.counted is not None
    assert 0 < one.counted < (inside.usage.input_tokens or 0)
    assert (lab.sent(hosted) or 0) < 500
    assert (lab.sent(inside) or 0) > (lab.sent(hosted) or 0)
    assert hosted.exchange is not None
    nothing = replace(hosted.exchange, request_body=None)
    assert lab.sent(replace(hosted, exchange=nothing)) is None
    kept = one.hosted
    engine.submit(lambda pool: lab.drop(Desk(endpoint=endpoint, pool=pool), kept)).result(20)
    gone = engine.start([lab.by_id(model, kept)], lab.where(demo.endpoints()))
    assert gone.wait(20)
    failure = gone.run().responses[0].failure
    assert failure is not None
    assert "not found" in failure.message.lower() or "may not exist" in failure.message


def test_a_file_that_is_refused_is_said_and_the_rest_goes_on(
    engine: Engine, demo: DemoServer
) -> None:
    model = MODELS[0]
    endpoint = replace(demo.endpoints()[model.provider], key=Secret("wrong-key"))
    file = File(media_type="image/png", data=lab.picture(10, 10))
    one = engine.submit(
        lambda pool: lab.measure(Desk(endpoint=endpoint, pool=pool), model, file)
    ).result(20)
    assert one.counted is None
    assert one.hosted is None
    assert "does not accept this key" in one.problem
    assert one.rule is not None
