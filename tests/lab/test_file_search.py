"""A store from its making to its end, at both providers of the demo: what was found, what it cost, and that nothing stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from playground import catalog, tokens
from playground.created import Notebook, all_created
from playground.demo.process import DemoServer
from playground.domain import ModelRef, Response
from playground.domain.hosted import Chunking, FileStore
from playground.engine import Engine
from playground.lab import file_search as lab
from playground.lab import filed_samples as samples
from playground.lab.filing import Filing, conditions
from playground.providers import ProviderError
from playground.providers.stores import APIS
from playground.store.store import Store
from playground.wire import Pool

FILES = samples.SAMPLES


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(pace=0) as server:
        yield server


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    store = Store(make_url(f"sqlite:///{tmp_path / 'history.db'}"))
    yield store
    store.close()


def asked(
    engine: Engine,
    demo: DemoServer,
    kept: Store,
    provider: str,
    how: Filing = samples.FILING,
    only: str = "",
) -> tuple[lab.Shelf, Response]:
    """The sample's answer, and its store, which is there still."""
    endpoints = demo.endpoints()
    usual = next(ref for ref in catalog.defaults() if ref.provider == provider)
    shelf = engine.submit(
        lambda pool: lab.build(
            lab.Desk(endpoint=endpoints[provider], pool=pool, kept=kept), FILES, how
        )
    ).result(30)
    model = ModelRef(provider, APIS[provider], usual.model)
    request = lab.asked(model, samples.QUESTION, shelf, only=conditions(only))
    run = engine.start([request], lab.where(endpoints, provider))
    assert run.wait(20)
    return shelf, run.run().responses[0]


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_the_chunks_that_answer_are_found_and_nothing_stays(
    engine: Engine, demo: DemoServer, kept: Store, provider: str
) -> None:
    shelf, response = asked(engine, demo, kept, provider)
    assert response.ok
    found = lab.found(response)
    assert found.chunks
    assert any("30 days" in (chunk.text or "") for chunk in found.chunks)
    assert found.chunks[0].file == samples.NAME
    assert any(chunk.cited for chunk in found.chunks)
    assert found.estimated is not None
    assert (found.retrieved is None) == (provider == "openai")
    assert response.usage.input_tokens is not None
    assert response.usage.input_tokens > found.estimated
    assert {one.kind for one in all_created(kept, owner=None)} >= {
        "vector store" if provider == "openai" else "file search store"
    }
    endpoint = demo.endpoints()[provider]
    engine.submit(
        lambda pool: lab.remove(lab.Desk(endpoint=endpoint, pool=pool, kept=kept), shelf)
    ).result(20)
    assert all_created(kept, owner=None) == []
    methods = [exchange.method for exchange in shelf.exchanges]
    assert methods[0] == "POST"
    assert methods[-1] == "DELETE"


@pytest.mark.parametrize("provider", ["openai", "gemini"])
@pytest.mark.parametrize(
    ("only", "files"),
    [
        ("", {"returns-policy.txt", "returns-staff.txt"}),
        ("audience = staff", {"returns-staff.txt"}),
        ("year >= 2026", {"returns-policy.txt"}),
        ("audience = staff and year >= 2026", set()),
    ],
)
def test_only_files_of_which_it_is_said_are_searched(
    engine: Engine, demo: DemoServer, kept: Store, provider: str, only: str, files: set[str]
) -> None:
    _, response = asked(engine, demo, kept, provider, only=only)
    assert response.ok, response.failure
    found = lab.found(response)
    assert {chunk.file for chunk in found.chunks} == files
    for chunk in found.chunks:
        assert chunk.attributes == samples.FILING.of(chunk.file or "")


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_smaller_chunks_are_found_and_billed_as_less(
    engine: Engine, demo: DemoServer, kept: Store, provider: str
) -> None:
    whole = asked(engine, demo, kept, provider)[1]
    small = asked(engine, demo, kept, provider, Filing(chunking=Chunking(size=100, overlap=20)))[1]
    sizes = [tokens.count(chunk.text or "") for chunk in lab.found(small).chunks]
    assert sizes
    assert max(sizes) <= 110
    assert any("30 days" in (chunk.text or "") for chunk in lab.found(small).chunks)
    assert whole.usage.input_tokens != small.usage.input_tokens


def test_each_search_at_openai_is_in_the_receipt(
    engine: Engine, demo: DemoServer, kept: Store
) -> None:
    _, response = asked(engine, demo, kept, "openai")
    assert response.cost is not None
    (line,) = [line for line in response.cost.lines if line.name == "file_search"]
    assert line.amount == Decimal("2.5") / 1000


def test_storage_and_indexing_are_priced_and_unknown_sizes_are_not() -> None:
    gib = FileStore(id="vs_1", size=2**30)
    (storage,) = lab.fees("openai", gib, [])
    assert storage.amount == Decimal("0.10")
    (storage,) = lab.fees("openai", FileStore(id="vs_1"), [])
    assert storage.amount is None
    indexing, storage = lab.fees("gemini", gib, ["word " * 1000])
    assert indexing.amount is not None
    assert Decimal("0.0001") < indexing.amount < Decimal("0.0002")
    assert storage.amount == 0


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_the_receipt_of_a_store_has_its_indexing_and_its_storage_for_as_long_as_it_lived(
    provider: str,
) -> None:
    made = datetime(2026, 11, 26, 12, tzinfo=UTC)
    shelf = lab.Shelf(
        provider,
        True,
        FileStore(id="s", size=3 * 2**30),
        files=[("a.txt", "word " * 1000)],
        made_at=made,
        gone_at=made + timedelta(hours=12),
    )
    cost = lab.receipt(shelf)
    assert cost is not None
    for line in cost.lines:
        assert line.amount == Decimal(line.quantity) * line.rate / line.per
    assert cost.total == sum(line.amount for line in cost.lines)
    named = {line.name: line for line in cost.lines}
    if provider == "openai":
        assert cost.total == 3 * Decimal("0.10") / 2
        assert not cost.estimate
        assert "first GiB is free" in (named["vector_store_storage"].note or "")
    else:
        counted = named["file_search_indexing"].quantity
        assert cost.total == counted * Decimal("0.15") / 1_000_000
        assert named["file_search_storage"].amount == 0
        assert cost.estimate
    unknown = lab.receipt(replace(shelf, store=FileStore(id="s")))
    assert unknown is None if provider == "openai" else unknown is not None


def test_a_store_that_could_not_be_filled_is_deleted_again(
    engine: Engine, demo: DemoServer, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "PATIENCE", 0.0)
    endpoint = demo.endpoints()["openai"]
    with pytest.raises(ProviderError, match="not ready"):
        engine.submit(
            lambda pool: lab.build(lab.Desk(endpoint=endpoint, pool=pool, kept=kept), FILES)
        ).result(20)
    assert all_created(kept, owner=None) == []


@pytest.mark.parametrize("noted", [True, False])
def test_only_the_files_of_the_store_are_deleted_and_without_a_history_too(
    engine: Engine, demo: DemoServer, kept: Store, noted: bool
) -> None:
    notes = Notebook(kept, "openai", owner="", simulated=True)
    notes.making("file", samples.NAME)("file-of-another-piece-of-work", None)

    def desk(pool: Pool) -> lab.Desk:
        return lab.Desk(
            endpoint=demo.endpoints()["openai"], pool=pool, kept=kept if noted else None
        )

    shelf = engine.submit(lambda pool: lab.build(desk(pool), FILES)).result(30)
    engine.submit(lambda pool: lab.remove(desk(pool), shelf)).result(20)
    (left,) = all_created(kept, owner=None)
    assert left.remote_id == "file-of-another-piece-of-work"
    gone = [one.url.split("/")[-2] for one in shelf.exchanges if one.method == "DELETE"]
    assert gone == ["vector_stores", *["files"] * len(FILES)]
