"""What a tab holds: an endpoint's key goes to the address that it was typed for."""

from __future__ import annotations

from playground import settings
from playground.domain import Secret
from playground.ui.session.state import Session

FAR, HERE = "https://ollama.example.org/v1", "http://localhost:11434/v1"


def test_a_key_does_not_go_to_another_address() -> None:
    tab = Session()
    tab.add(settings.custom("ollama", FAR, Secret("sk-of-the-far-one")))
    tab.listed["ollama"] = ("theirs",)
    tab.add(settings.custom("ollama", FAR))
    assert "ollama" in tab.keys
    tab.add(settings.custom("ollama", HERE))
    assert tab.keys == {}
    assert tab.listed == {}
    assert tab.custom["ollama"].base_url == HERE
    assert tab.custom["ollama"].key is None
