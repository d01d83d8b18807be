"""Of what a project is made, as rows: kinds, languages, ways, and the SDK of each door. Adding one is adding a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playground.domain import Request
from playground.providers import acceptance
from playground.providers.batch import batched


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a project does."""

    name: str
    """As on the command line, and of its files."""
    label: str
    does: str
    """One sentence for the README."""
    why_not: Callable[[Sequence[Request]], str]
    """Why these requests make no such project, one sentence; empty where they do."""
    needs: Mapping[str, tuple[str, ...]]
    """Language → packages besides the SDK."""


def _schema(requests: Sequence[Request]) -> str:
    if not requests or not requests[0].settings.response_schema:
        return "The request asks for no schema."
    lost = [
        note.why
        for note in acceptance.check(requests[0])
        if note.setting == "response_schema" and note.action in ("dropped", "ignored")
    ]
    return f"The schema would not be heeded: {lost[0]}." if lost else ""


def _one(requests: Sequence[Request]) -> str:
    return "" if requests else "There is no request."


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="request",
            label="Request",
            does="Sends the request and prints the answer as it comes.",
            why_not=_one,
            needs={},
        ),
        Kind(
            name="tools",
            label="Tool loop",
            does="Sends the request, runs the functions that the model calls, and goes on until it has answered.",
            why_not=lambda requests: (
                "" if requests and requests[0].tools else "The request offers no functions."
            ),
            needs={},
        ),
        Kind(
            name="schema",
            label="Schema",
            does="Sends the request, and takes the answer only if it is JSON that holds to the schema.",
            why_not=_schema,
            needs={"python": ("jsonschema>=4,<5",), "typescript": ("ajv@^8.17.1",)},
        ),
        Kind(
            name="conversation",
            label="Conversation",
            does="Goes on with the conversation: every turn sends all before it again.",
            why_not=_one,
            needs={},
        ),
        Kind(
            name="batch",
            label="Batch",
            does="Sends all lines as one batch at half the price, and fetches the answers when they are there.",
            why_not=lambda requests: batched(requests[0].model) if requests else _one(requests),
            needs={},
        ),
    )
}
"""Name → kind, in the order in which they are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of projects."""

    name: str
    label: str
    ending: str
    common: tuple[str, ...]
    """Files that every project has, as they stand in `common`."""
    install: str
    start: str
    test: str


LANGUAGES = {
    language.name: language
    for language in (
        Language(
            name="python",
            label="Python",
            ending="py",
            common=(
                "settings.py",
                "errors.py",
                "answer.py",
                "spending.py",
                "calling.py",
                "simulation.py",
                "test_calls.py",
            ),
            install="python -m venv .venv && .venv/bin/pip install -r requirements.txt",
            start=".venv/bin/python main.py",
            test=".venv/bin/python -m unittest",
        ),
        Language(
            name="typescript",
            label="TypeScript",
            ending="ts",
            common=(
                "settings.ts",
                "errors.ts",
                "answer.ts",
                "spending.ts",
                "calling.ts",
                "simulation.ts",
                "calls.test.ts",
                "tsconfig.json",
            ),
            install="npm install",
            start="npm start --silent --",
            test="npm test",
        ),
    )
}
WAYS: Mapping[str, str] = {"sdk": "The provider's SDK", "http": "Plain HTTP"}


@dataclass(frozen=True, slots=True)
class Sdk:
    """A provider's SDK: its file in `ways`, and its packages."""

    file: str
    packages: Mapping[str, str]
    """Language → package with its versions, as that language's list of packages has it."""


_OPENAI = {"python": "openai>=3.57,<4", "typescript": "openai@^6.49.0 || ^7.57.0"}
_ANTHROPIC = {"python": "anthropic>=2.14,<3", "typescript": "@anthropic-ai/sdk@^1.14.0"}
_GOOGLE = {"python": "google-genai>=3.6.1,<4", "typescript": "@google/genai@^2.32.0 || ^3.3.0"}
SDKS: Mapping[str, Sdk] = {
    "responses": Sdk("openai", _OPENAI),
    "chat": Sdk("openai", _OPENAI),
    "compatible": Sdk("openai", _OPENAI),
    "messages": Sdk("anthropic", _ANTHROPIC),
    "generate_content": Sdk("google", _GOOGLE),
    "interactions": Sdk("google_interactions", _GOOGLE),
}
"""Door → its SDK; a door that is not here has no projects."""
DOOR_FILES = {"compatible": "chat"}
"""Door → the file in `doors` that reads it, where it is not named like the door."""
TYPESCRIPT = ("typescript@^7.0.2", "@types/node@^20.19.0")
"""What a TypeScript project is made with."""


def why_none(requests: Sequence[Request], kind: str, way: str = "") -> str:
    """Why there is no project of this kind for these requests, one sentence; empty where there is."""
    if requests and requests[0].model.api not in SDKS:
        return f"Projects are made for calls, not for {requests[0].model.api}."
    if (kind, way) == ("batch", "sdk") and any(_own_fields(request) for request in requests):
        return "Google's SDK takes no fields of one's own in a batch: use plain HTTP."
    return KINDS[kind].why_not(requests)


def _own_fields(request: Request) -> bool:
    return request.model.provider == "gemini" and bool(request.settings.extra)


def offered(requests: Sequence[Request]) -> tuple[Kind, ...]:
    """The kinds of project that these requests make."""
    return tuple(kind for kind in KINDS.values() if not why_none(requests, kind.name))
