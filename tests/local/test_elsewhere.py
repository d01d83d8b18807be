"""Servers that already run: found at their rows' addresses, the others left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from playground.domain import PROVIDERS
from playground.local.elsewhere import Found, running, usual
from playground.wire import Pool
from tests.loopback import Handler, Loopback, answer

Serve = Callable[[Handler], Awaitable[Loopback]]


def test_those_of_this_computer_are_looked_for() -> None:
    ports = {row.name: row.base_url.split(":")[-1] for row in usual()}
    assert ports == {
        "ollama": "11434/v1",
        "vllm": "8000/v1",
        "lmstudio": "1234/v1",
        "llamacpp": "8080/v1",
    }


async def test_who_answers_is_found_with_his_models(pool: Pool, serve: Serve) -> None:
    there = await serve(answer({"object": "list", "data": [{"id": "llama3:8b"}]}))
    other = await serve(answer({"hello": "I am no model server"}))
    rows = [
        replace(PROVIDERS["ollama"], base_url=there.url),
        replace(PROVIDERS["vllm"], base_url=other.url),
        replace(PROVIDERS["lmstudio"], base_url="http://127.0.0.1:1/v1"),
    ]
    assert await running(pool, rows) == (Found(provider=rows[0], models=("llama3:8b",)),)
