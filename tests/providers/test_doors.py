"""The adapters are parallel texts, and importing them imports no SDK."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from playground.domain import APIS, ModelRef
from playground.providers import warm
from playground.providers.doors import DOORS, door

ORDER = ["arguments", "open", "read_event", "read_body", "finish", "usage", "failure"]


@pytest.mark.parametrize("adapter", DOORS.values(), ids=lambda a: a.__name__.rpartition(".")[2])
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
    assert set(DOORS) == {(provider, api) for provider, apis in APIS.items() for api in apis}
    assert door(ModelRef.parse("ollama:llama3:8b")) is DOORS["openai", "chat"]


def test_importing_the_providers_imports_no_sdk() -> None:
    sdks = "{'openai', 'anthropic', 'google.genai'}"
    script = f"import sys, playground.providers; assert not {sdks} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_warming_goes_through_every_door_and_says_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warm()
    assert capsys.readouterr() == ("", "")
