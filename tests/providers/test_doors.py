"""The adapters are parallel texts, and importing them imports no SDK."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

from playground.domain import APIS, PROVIDERS, ModelRef
from playground.providers import warm
from playground.providers.doors import DOORS, door

ADAPTERS: dict[str, Any] = {api: row.adapter for api, row in DOORS.items()}
ORDER = ["arguments", "open", "read_event", "read_body", "finish", "usage"]


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
def test_every_adapter_has_the_same_functions_in_the_same_order(adapter: Any) -> None:
    assert functions(adapter) == ORDER


@pytest.mark.parametrize(
    "sdk", dict.fromkeys(row.sdk for row in DOORS.values()), ids=lambda sdk: sdk.__name__
)
def test_every_sdk_is_asked_in_the_same_way(sdk: Any) -> None:
    alike = ["client", "models", "model", "next_page", "listed", "count"]
    assert functions(sdk)[: len(alike)] == alike
    # Only OpenAI's API is asked for embeddings, which others offer in its shape.
    assert functions(sdk)[len(alike) :] in ([], ["embed", "embedded_usage"])


def functions(module: Any) -> list[str]:
    """The module's own public functions, in its order."""
    return [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
def test_no_adapter_knows_another(adapter: Any) -> None:
    others = {other.__name__ for other in ADAPTERS.values()} - {adapter.__name__}
    used = [v if inspect.ismodule(v) else inspect.getmodule(v) for v in vars(adapter).values()]
    assert not others & {module.__name__ for module in used if module}


def test_there_is_an_adapter_for_every_door_and_chat_for_everyone_else() -> None:
    assert list(DOORS) == list(APIS)
    assert {api for provider in PROVIDERS.values() for api in provider.apis} == set(APIS)
    for spelling in ("ollama:llama3:8b", "whatever:llama3:8b", "openai/chat:gpt-6.1-sol"):
        assert door(ModelRef.parse(spelling)) is DOORS["chat"].adapter


def test_importing_the_providers_imports_no_sdk() -> None:
    sdks = "{'openai', 'anthropic', 'google.genai'}"
    script = f"import sys, playground.providers; assert not {sdks} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_warming_goes_through_every_door_and_says_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warm()
    assert capsys.readouterr() == ("", "")
