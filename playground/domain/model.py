"""Which model is asked, through which door of which provider."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_API = {"openai": "responses", "anthropic": "messages", "gemini": "generate_content"}
"""The door used when a spelling names none; every other provider speaks OpenAI's Chat Completions."""

APIS = {
    "openai": ("responses", "chat"),
    "anthropic": ("messages",),
    "gemini": ("generate_content", "interactions"),
}
"""The doors of the three providers with SDKs of their own, the default first."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model as it is spelled everywhere: `provider:model` or `provider/api:model`."""

    provider: str
    """`openai`, `anthropic`, `gemini`, or the name of an OpenAI-compatible endpoint."""
    api: str
    """The door: `responses`, `chat`, `messages`, `generate_content` or `interactions`."""
    model: str
    """The model's id as the provider spells it; it may hold colons (`llama3:8b`)."""

    @classmethod
    def parse(cls, spelling: str) -> ModelRef:
        """Read `provider[/api]:model`, split at the first colon; ValueError names what is missing."""
        head, colon, model = spelling.strip().partition(":")
        provider, slash, api = head.partition("/")
        if not (colon and provider and model):
            raise ValueError(
                f"{spelling!r} is not a model: write provider:model, for example openai:gpt-6.1-sol"
            )
        known = APIS.get(provider, ("chat",))
        api = api if slash else DEFAULT_API.get(provider, "chat")
        if api not in known:
            raise ValueError(f"{provider} has no door {api!r}: use one of {', '.join(known)}")
        return cls(provider, api, model)

    def __str__(self) -> str:
        default = DEFAULT_API.get(self.provider, "chat")
        door = "" if self.api == default else f"/{self.api}"
        return f"{self.provider}{door}:{self.model}"
