"""`/health` says whether the app can do its work, and nothing that is nobody's business."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.testclient import TestClient

from playground import __version__
from playground.ui.shell import health
from tests.conftest import new_database


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", -1.0)


def test_all_is_well(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    told = answer.json()
    assert told.pop("demo") in ("running", "not running")
    assert told == {
        "status": "ok",
        "version": __version__,
        "database": {"kind": "sqlite", "status": "ok"},
    }


def test_postgresql_is_asked(
    client: TestClient, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATABASE_URL", new_database(postgresql).render_as_string(False))
    assert client.get("/health").json()["database"] == {"kind": "postgresql", "status": "ok"}


def test_a_database_that_is_gone_fails_without_saying_where_it_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATABASE_URL", "postgresql://user:pw-canary@127.0.0.1:9/canary")
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["database"] == {"kind": "postgresql", "status": "failing"}
    assert "canary" not in answer.text
    assert "127.0.0.1" not in answer.text


def test_where_nothing_is_kept_no_database_is_needed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["database"] == {"kind": "none", "status": "off"}


def test_another_address_is_refused_here_too(client: TestClient) -> None:
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 421


async def test_many_who_ask_are_one_look_at_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers can ask as often as they like, and a database that hangs holds up nobody."""
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    looks, over = [], threading.Event()

    def hang() -> str:
        looks.append(1)
        over.wait(10)
        return health.OK

    monkeypatch.setattr(health, "look", hang)
    asked = health.Health()
    assert set(await asyncio.gather(*(asked.database() for _ in range(50)))) == {health.FAILING}
    assert len(looks) == 1
    over.set()
    await asyncio.sleep(0.1)
    assert await asked.database() == health.OK


async def test_what_is_known_is_good_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", 60.0)
    looks: list[int] = []

    def look() -> str:
        looks.append(1)
        return health.OK

    monkeypatch.setattr(health, "look", look)
    asked = health.Health()
    for _ in range(5):
        assert await asked.database() == health.OK
    assert len(looks) == 1
