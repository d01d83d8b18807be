"""A key, wherever it is typed, is not in the database, the exports, reports, snippets or links."""

from __future__ import annotations

import time
import urllib.parse
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from streamlit.testing.v1 import AppTest

from playground import history, runs
from playground.demo.process import DemoServer
from playground.domain import Endpoint, Request, Secret
from playground.engine import Engine
from playground.export import snippets, to_jsonl
from playground.export.formats import FORMATS
from playground.history import Labels, queries
from playground.history.documents import labelled, stored_document
from playground.history.queries import Filter
from playground.history.reading import each, read_run
from tests.history.runs import SOL

CANARY = "sk-canary/Zebra+Quagga-31337=="
SPELLINGS = (CANARY, urllib.parse.quote(CANARY, safe=""), CANARY.replace("/", "\\/"))
ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(scope="module")
def endpoint(simulation: DemoServer) -> Endpoint:
    url = simulation.base_urls()["openai"]
    return Endpoint(provider="openai", base_url=url, key=Secret(CANARY))


def leaks(text: str) -> bool:
    return any(spelling in text for spelling in SPELLINGS)


def everything_kept() -> str:
    """The whole database as text, bodies unpacked."""
    store = history.get_store()
    assert history.get_writer().flush(10)
    runs = list(each(store, queries.ids(store, Filter())))
    assert runs
    folder = Path(store.url.database or "").parent
    raw = "".join(
        f.read_bytes().decode("utf-8", "replace") for f in folder.rglob("*") if f.is_file()
    )
    documents = [stored_document(stored) for stored in runs]
    return raw + to_jsonl(documents) + repr(queries.find(store, Filter()))


def test_a_key_in_every_text_of_a_run_is_masked_in_all_that_is_kept(
    endpoint: Endpoint, where: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where.get_backend_name() == "postgresql":
        monkeypatch.setenv("PLAYGROUND_DATABASE_URL", where.render_as_string(hide_password=False))
    request = Request.ask(SOL, f"My key is {CANARY}, is it safe?", system=f"Use {CANARY}.")
    labels = Labels(title=CANARY, tags=(CANARY,), department=CANARY, note=f"note {CANARY}")
    engine = Engine()
    journal = history.keep(labels, [endpoint.key])
    context = {"conversation": "c", CANARY: [f"asked {CANARY}"]}
    run = engine.start([request], {"openai": endpoint}, journal=journal, context=context)
    assert run.wait(60)
    engine.close()
    if where.get_backend_name() == "sqlite":
        assert not leaks(everything_kept())
    else:
        store = history.get_store()
        assert history.get_writer().flush(10)
        with store.engine.connect() as connection:
            for table in ("runs", "texts", "run_tags", "pieces"):
                assert not leaks(str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()))
    stored = read_run(history.get_store(), run.id)
    assert stored is not None
    assert "•••" in stored.run.requests[0].messages[0].text
    assert stored.context == {"conversation": "c", "•••": ["asked •••"]}
    made = stored.run
    for format_ in FORMATS.values():
        assert not leaks(format_.write([labelled(stored)])), format_.name
    for code in snippets(made.requests[0], endpoint).values():
        assert not leaks(code)


def test_a_prompt_that_holds_a_key_is_not_sent() -> None:
    key = [Secret(CANARY)]
    assert runs.holds_key([Request.ask(SOL, f"x {CANARY} y")], key)
    assert runs.holds_key([Request.ask(SOL, "x", system=CANARY)], key)
    assert not runs.holds_key([Request.ask(SOL, "What is an API key?")], key)


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "success", "code", "text")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in page.get(kind))


@pytest.fixture
def page(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    return app.text_input(key="key_openai").set_value(CANARY).run()


def test_a_key_typed_in_the_app_is_in_nothing_that_is_kept_or_shown(page: AppTest) -> None:
    page.text_input(key="keep_department").set_value("research").run()
    page.button(key="run").click().run()
    for _ in range(200):
        if page.dataframe:
            break
        time.sleep(0.1)
        page.run()
    assert not page.exception
    assert not leaks(everything_kept())
    assert not leaks(said(page))
    assert not leaks(str(page.query_params))
    (row,) = queries.find(history.get_store(), Filter()).rows
    assert (row.department, row.simulated) == ("research", True)
    assert queries.find(history.get_store(), Filter(simulated=False)).total == 0


def test_a_key_typed_into_the_prompt_is_stopped_before_it_leaves(page: AppTest) -> None:
    page.text_area(key="prompt").set_value(f"Is {CANARY} a good key?").run()
    page.button(key="run").click().run()
    assert [e.value for e in page.error] == [runs.HOLDS_KEY]
    assert queries.find(history.get_store(), Filter()).total == 0
