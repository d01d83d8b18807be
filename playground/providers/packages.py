"""What the installed SDKs say of their providers' models: which there are, and until when."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any, get_args


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A model that an SDK names."""

    provider: str
    model: str
    package: str
    """Name and version."""
    retires: date | None = None
    """The day on which the SDK says that it is switched off."""


def named() -> Iterator[Named]:
    """Every model that the SDKs name, with its last day where they know one."""
    for provider, package, models, last_days in (_openai(), _anthropic(), _google()):
        release = f"{package} {version(package)}"
        for model in dict.fromkeys([*models, *last_days]):
            yield Named(
                provider=provider, model=model, package=release, retires=last_days.get(model)
            )


_Said = tuple[str, str, list[str], Mapping[str, date]]
"""Provider, package, the models that it names, and the last days that it names."""


def _openai() -> _Said:
    from openai.types.shared import chat_model, responses_model

    said = re.findall(
        r'- ((?:"[^"]+",?\s*)+):\s+Announced\s+shutdown\s+date:\s+(\d{4}-\d\d-\d\d)',
        inspect.getsource(chat_model),
    )
    days = {
        name: date.fromisoformat(day)
        for models, day in said
        for name in re.findall(r'"([^"]+)"', models)
    }
    models = [*_words(chat_model.ChatModel), *_words(responses_model.ResponsesModel)]
    return "openai", "openai", models, days


def _anthropic() -> _Said:
    from anthropic._data.deprecated_models import DEPRECATED_MODELS
    from anthropic.types.model import Model

    days = {name: _spoken(day) for name, day in DEPRECATED_MODELS.items()}
    return "anthropic", "anthropic", _words(Model), days


def _google() -> _Said:
    from google.genai.interactions import Model

    return "gemini", "google-genai", _words(Model), {}


def _words(kind: Any) -> list[str]:
    """Every literal of a type, however deep in unions."""
    if isinstance(kind, str):
        return [kind]
    return [word for part in get_args(kind) for word in _words(part)]


def _spoken(day: str) -> date:
    """`January 22nd, 2027` as a date."""
    return datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", day), "%B %d, %Y").date()
