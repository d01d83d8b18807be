"""One odd run among others: it is refused at import in a sentence, or every page, export and command works with it there."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import cli, history
from playground.domain.nouns import NotARun
from playground.export import from_json
from playground.export.document import full_document
from playground.export.formats import FORMATS
from playground.history import Labels
from playground.history.documents import import_text
from playground.history.queries import PAGE, Filter, find
from playground.history.writing import put
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store
from playground.ui import names
from playground.ui.costs import runs as costs
from playground.ui.shell.pages import path
from tests.history.runs import full_run, small_run

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
WHOLE = full_document(full_run()) | {"run_id": "odd"}
NAN, INFINITY = float("nan"), float("inf")


def at(*place: str | int, is_: Any) -> Callable[[dict[str, Any]], None]:
    """A document's value at this place becomes another one."""

    def change(document: dict[str, Any]) -> None:
        *above, last = place
        inner: Any = document
        for step in above:
            inner = inner[step]
        inner[last] = is_

    return change


def of_answer(*place: str | int, is_: Any) -> Callable[[dict[str, Any]], None]:
    return at("responses", 0, *place, is_=is_)


def no_calls(document: dict[str, Any]) -> None:
    for answer in document["responses"]:
        answer.update(tool_calls=[], exchange=None, attempts=[], turn=[], choices=[], citations=[])


def backwards(document: dict[str, Any]) -> None:
    timing = document["responses"][0]["timing"]
    for number, name in enumerate(("headers", "first_chunk", "first_text", "last_text", "closed")):
        timing[name] = -float(number)


COUNTS = ("input_tokens", "output_tokens", "reasoning_output_tokens", "cache_read_input_tokens")
TIMES = ("queued", "first_text", "last_text", "last_chunk", "closed")
DAYS = (
    "0001-01-01T00:00:00.000+00:00",
    "0001-01-01T00:00:00.000+14:00",
    "9999-12-31T23:59:59.999-12:00",
    "2026-11-21",
    "2026-13-45T99:99:99.000+00:00",
    "yesterday",
    "",
    "20261121T120000Z",
    "2026-11-21T12:00:00.000",
)
PNG = {"kind": "file", "media_type": "image/png", "name": "a.png"}

ODD: dict[str, Callable[[dict[str, Any]], None]] = {
    **{
        f"{name} is {value}": of_answer("usage", name, is_=value)
        for name in COUNTS
        for value in (NAN, INFINITY, 10**30, 1e30, -5, 2**63 - 1, "12", None)
    },
    **{
        f"{name} is {value}": of_answer("timing", name, is_=value)
        for name in TIMES
        for value in (NAN, "nan", "inf", "-inf", -3.5, 1e300, None)
    },
    "times backwards": backwards,
    **{f"made on {day!r}": at("created_at", is_=day) for day in DAYS},
    **{f"begun on {day!r}": of_answer("timing", "started_at", is_=day) for day in DAYS},
    **{
        f"cost is {total}": of_answer("cost", "total", is_=total)
        for total in ("NaN", "Infinity", "1e30", "-1", "1e-40", "0", "9223372036854775807", 0.1)
    },
    "a rate of nothing": of_answer("cost", "lines", 0, "per", is_=0),
    "an endless rate": of_answer("cost", "lines", 0, "rate", is_="1e-60"),
    "a quantity below nothing": of_answer("cost", "lines", 0, "quantity", is_=-(2**60)),
    "a price of no day": of_answer("cost", "price", "as_of", is_="soon"),
    "another currency": of_answer("cost", "currency", is_=""),
    **{
        f"{name} holds half an emoji": of_answer(name, is_="a\ud83d b\udc00")
        for name in ("text", "reasoning_text", "refusal", "finish_reason", "response_model")
    },
    "signs of no screen": of_answer("text", is_="a\x00b\x1b[31m\u202e\ufffe\x7f"),
    "a text of 200,000 lines": of_answer("text", is_="|a|b\n" * 200_000),
    "an answer that is nothing": of_answer("text", is_=None),
    "no lanes": lambda d: d.update(requests=[], responses=[]),
    "no answers": lambda d: d.update(responses=[]),
    "fewer answers": lambda d: d.update(responses=d["responses"][:1]),
    "no calls": no_calls,
    "no messages": at("requests", 0, "messages", is_=[]),
    "an image that is none": of_answer("files", is_=[PNG | {"data": "bm9uZQ=="}]),
    "an image of nothing": of_answer("files", is_=[PNG | {"data": ""}]),
    "an image that is no base64": of_answer("files", is_=[PNG | {"data": "?"}]),
    "an image of no kind": of_answer("files", is_=[PNG | {"data": "YQ==", "media_type": ""}]),
    "a prompt's image that is none": at(
        "requests", 0, "messages", 0, "parts", is_=[PNG | {"data": "YQ=="}]
    ),
    **{
        f"the model is {model!r}": at("requests", 0, "model", is_=model)
        for model in (None, "", ":", "x", "openai:", "nobody:nothing", "openai/door:x", "a" * 5_000)
    },
    "an answer of no model": of_answer("model", is_=None),
    "an answer of another model": of_answer("model", is_="else"),
    "a model with half an emoji": at("requests", 0, "model", is_="openai:\ud83d"),
    "a status of 99999": of_answer("exchange", "status", is_=99_999),
    "bytes below nothing": of_answer("exchange", "bytes_received", is_=-1),
    "events at no time": of_answer("exchange", "events", 0, "offset", is_="nan"),
    "an address that is none": of_answer("exchange", "url", is_="http://[::"),
    "headers of half emojis": of_answer("exchange", "response_headers", is_={"\ud83d": "\udc00"}),
    "citations of anything": of_answer("citations", is_=[{"url": 5}, {"title": ["x"]}, {}]),
    "citations that run": of_answer("citations", is_=[{"url": "javascript:alert(1)"}]),
    "arguments of anything": of_answer("tool_calls", 0, "arguments", is_=[[None, 1e308]]),
    "a failure of no kind": of_answer("failure", "type", is_="a kind of tomorrow"),
    "a loop that ran early": of_answer("trust", "loop_lag_p95", is_="-inf"),
    "an id of nothing": at("run_id", is_=""),
    "an id that climbs": at("run_id", is_="../../etc/passwd"),
    "an id without end": at("run_id", is_="x" * 100_000),
    "an id that is a tag": at("run_id", is_="<script>&\"'"),
    "an id of half an emoji": at("run_id", is_="\ud83d"),
    "a timeout below nothing": at("requests", 0, "timeout", is_=-1.0),
    "a temperature that is none": at("requests", 0, "settings", "temperature", is_="nan"),
    "settings in circles": at(
        "requests", 0, "settings", "extra", is_={"a": {"b": [{"c": "\ud83d"}] * 9}}
    ),
    "labels of anything": at(
        "labels", is_={"title": "\ud83d", "tags": ["a,b", ""], "note": "\x00"}
    ),
}
SENTENCES = ("This JSON", "responses", "requests", "created_at", "run_id", "Line 1 is not JSON")


def odd_document(odd: str, run_id: str | None = None) -> str:
    document = deepcopy(WHOLE)
    ODD[odd](document)
    if run_id is not None:
        document["run_id"] = run_id
    return json.dumps(document)


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(path(page))
    app.run()
    assert not app.exception
    return app


def command(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    capfd.readouterr()
    code = cli.main(lambda port, browser: None, arguments)
    out, err = capfd.readouterr()
    assert (code, err) == (0, "")
    return out


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of two runs that are as they should be."""
    file = tmp_path_factory.mktemp("two") / FILE
    store = Store(sqlite_url(file))
    for number in (1, 2):
        put(store, small_run(number), Labels())
    store.close()
    return file


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the history is looked for."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def home(two_runs: Path, folder: Path) -> Store:
    shutil.copy(two_runs, folder / FILE)
    return history.get_store()


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_run_is_refused_in_a_sentence_or_every_export_and_command_has_it(
    home: Store, odd: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text, refusal = odd_document(odd), ""
    try:
        import_text(home, text)
    except NotARun as refused:
        refusal = str(refused)
    if refusal:
        assert refusal.endswith(".")
        assert refusal.startswith(SENTENCES)
        assert len(refusal) < 300
        assert len(find(home, Filter()).rows) == 2
        return
    (made,) = from_json(text)
    assert len(json.loads(command(capfd, "history", "list", "--json"))) == 3
    for arguments in (("list",), ("show", made.id), ("show", made.id, "--json"), ("cost",)):
        assert command(capfd, "history", *arguments)
    for name in FORMATS:
        assert command(capfd, "history", "export", "--format", name)
    assert (
        from_json(command(capfd, "history", "export", made.id)) == [made] or "nan" in text.lower()
    )


@pytest.fixture(scope="module")
def all_kept(
    two_runs: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """A history of all odd runs that are kept, beside the others; id → what is odd."""
    file = Path(shutil.copy(two_runs, tmp_path_factory.mktemp("odd") / FILE))
    store, kept = Store(sqlite_url(file)), {}
    for number, odd in enumerate(ODD):
        with contextlib.suppress(NotARun):
            import_text(store, odd_document(odd, f"odd-{number}"))
            kept[f"odd-{number}"] = odd
    assert len(kept) > 60
    store.close()
    return file, kept


@pytest.fixture
def crowd(all_kept: tuple[Path, dict[str, str]], folder: Path) -> dict[str, str]:
    """All odd runs where the pages look: id → what is odd."""
    file, kept = all_kept
    shutil.copy(file, folder / FILE)
    return kept


def test_the_history_shows_every_odd_run_among_others(crowd: dict[str, str]) -> None:
    home = history.get_store()
    wrong = {}
    page = opened("history.py")
    for number in range(1, 2 + len(crowd) // PAGE):
        page.session_state[names.HISTORY_PAGE] = number
        page.run()
        key = str(page.dataframe[0].key)
        for row, shown in enumerate(find(home, Filter(), start=(number - 1) * PAGE).rows):
            page.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
            page.run()
            if page.exception or not any(shown.id in text.value for text in page.caption):
                wrong[crowd.get(shown.id, shown.id)] = [e.message for e in page.exception]
    assert wrong == {}


def test_compare_opens_every_odd_run(crowd: dict[str, str]) -> None:
    wrong = {}
    page = opened("compare.py")
    for run_id, odd in crowd.items():
        page.query_params["run"] = run_id
        page.run()
        if page.exception:
            wrong[odd] = [error.message for error in page.exception]
            page = opened("compare.py")
    assert wrong == {}


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("page", ["costs.py", "chat_vs_api.py", "prompts.py", "tokens.py"])
def test_every_other_page_works_beside_odd_runs(page: str) -> None:
    opened(page)


def test_costs_count_again_what_odd_runs_cost(
    crowd: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "MOST", 1_000)
    app = AppTest.from_file(str(ROUTER), default_timeout=120)
    app.session_state["costs_tab"] = "From your runs"
    app.switch_page(path("costs.py"))
    page = app.run()
    assert not page.exception
    wrong = {}
    for run_id, odd in crowd.items():
        page.session_state["runs_choice"] = run_id
        page.run()
        if page.exception:
            wrong[odd] = [error.message for error in page.exception]
    assert wrong == {}
