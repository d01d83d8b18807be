"""Which model of an API stands for what a chat product called its model."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from playground import catalog
from playground.domain import ModelRef
from playground.pricing import PriceBook

PROVIDERS = {
    "ChatGPT": "openai",
    "Claude": "anthropic",
    "Gemini": "gemini",
    "Google AI Studio": "gemini",
    "Grok": "xai",
    "DeepSeek": "deepseek",
    "Le Chat": "mistral",
}
"""Product → whose API has its models."""
NAMED = {
    "text-davinci-002-render-sha": "gpt-3.5-turbo",
    "text-davinci-002-render": "gpt-3.5-turbo",
    "gpt-4-browsing": "gpt-4",
    "gpt-4-code-interpreter": "gpt-4",
    "gpt-4-plugins": "gpt-4",
    "gpt-4-mobile": "gpt-4",
    "gpt-4-gizmo": "gpt-4-turbo",
    "gpt-4-dalle": "gpt-4-turbo",
    "gpt-4o-canmore": "gpt-4o",
    "gpt-4o-jawbone": "gpt-4o",
    "gpt-5-t-mini": "gpt-5-mini",
    "research": "o3",
    "agent-mode": "o3",
}
"""ChatGPT's names that say nothing of the model, and what it was."""
_EXTRA = re.compile(r"-(thinking|instant|chat|auto|canmore|high|latest|tahoe)(-mini)?$")


class Twin(NamedTuple):
    """A model of an API, and whether it is the very one."""

    ref: ModelRef
    nearest: bool
    """True where the product's model has no twin, or the export names none."""


def twin(product: str, slug: str | None, book: PriceBook, on: date) -> Twin | None:
    """What the product's model is at its API, or the provider's first default; None for a product without an API here."""
    provider = PROVIDERS.get(product)
    if provider is None:
        return None
    for name in _names(slug or ""):
        if book.row(provider, name, on):
            return Twin(ModelRef.parse(f"{provider}:{name}"), nearest=name != slug)
    default = next((ref for ref in catalog.defaults(on) if ref.provider == provider), None)
    return Twin(default, nearest=True) if default else None


def _names(slug: str) -> list[str]:
    """The slug, and what it becomes as the API spells it, the nearest first."""
    plain = NAMED.get(slug, slug)
    dotted = re.sub(r"^(gpt-\d|gemini-\d|grok-\d)-(\d)(?=-|$)", r"\1.\2", plain)
    found = [slug, plain, dotted]
    while (shorter := _EXTRA.sub(r"\2", found[-1])) != found[-1]:
        found.append(shorter)
    base = re.match(r"(gpt-\d+(?:\.\d+)?)", found[-1])
    return [name for name in dict.fromkeys([*found, *(base.groups() if base else ())]) if name]
