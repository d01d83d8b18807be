"""The adapters are parallel texts, and importing them imports no SDK."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from playground.domain import APIS, PROVIDERS, ModelRef
from playground.providers import warm
from playground.providers.doors import DOORS, door

ORDER = ["arguments", "open", "read_event", "read_body", "finish", "usage", "failure"]


@pytest.mark.parametrize("adapter", [row.adapter for row in DOORS.values()], ids=list(DOORS))
def test_every_adapter_has_the_same_functions_in_the_same_order(adapter: object) -> None:
    functions = [
        name
        for name, value in vars(adapter).items()
        if inspect.isfunction(value)
        and value.__module__ == getattr(adapter, "__name__", "")
        and not name.startswith("_")
    ]
    assert functions == ORDER


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
