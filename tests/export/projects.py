"""Projects for tests: a request of each kind through each door, and where what TypeScript needs is installed.

`python -m tests.export.projects` prints the npm packages that all TypeScript projects need, for .ci/run to install.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from playground.domain import Endpoint, ModelRef, Request, Secret, Settings, Tool
from playground.export.projects import KINDS, LANGUAGES, WAYS, offered
from playground.export.projects.table import SDKS, TYPESCRIPT
from playground.providers import acceptance

MODELS = {
    "responses": "openai:gpt-6.1-sol",
    "chat": "openai/chat:gpt-4.1",
    "messages": "anthropic:claude-sonnet-5-5",
    "generate_content": "gemini:gemini-3.8-flash",
    "interactions": "gemini/interactions:gemini-3.8-flash",
    "compatible": "anthropic/compatible:claude-sonnet-5-5",
    "own server": "mine:llama3:8b",
}
"""Door → a model that answers there."""
NODE_MODULES = (
    Path(os.environ.get("HOME") or "/root") / ".cache/playground-tests/projects/node_modules"
)
"""Read when the tests are collected: a test may have another home."""
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "seats": {"type": "integer"}},
    "required": ["city", "seats"],
    "additionalProperties": False,
}
WEATHER = Tool(
    name="get_weather",
    description="The weather of a city",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)


class Case(NamedTuple):
    """One project."""

    door: str
    kind: str
    language: str
    way: str

    def __str__(self) -> str:
        return "-".join(self).replace(" ", "_")


def request_for(door: str, kind: str) -> Request:
    """What is asked through a door, as it would be for this kind."""
    ref = ModelRef.parse(MODELS[door])
    effort = "low" if door in ("responses", "messages", "generate_content") else None
    settings = Settings(
        max_output_tokens=300, effort=effort, response_schema=SCHEMA if kind == "schema" else None
    )
    tools = (WEATHER,) if kind == "tools" else ()
    asked = Request.ask(
        ref, "What's the weather in Lisbon? 🎈", system="Be brief.", settings=settings, tools=tools
    )
    return acceptance.fit(asked)


def endpoint_for(request: Request) -> Endpoint:
    """The simulation's, whose projects ask the real provider; for a server of one's own its address."""
    provider = request.model.provider
    if provider == "mine":
        key = Secret("canary-key")
        return Endpoint(provider="mine", base_url="http://10.0.0.9:8080/v1", key=key)
    return Endpoint(
        provider=provider, base_url="http://127.0.0.1:1", key=Secret("canary-key"), simulated=True
    )


def all_cases() -> Iterator[Case]:
    """Every project that there is."""
    for door in MODELS:
        for kind in KINDS.values():
            if kind in offered([request_for(door, kind.name)]):
                for language in LANGUAGES:
                    for way in WAYS:
                        yield Case(door, kind.name, language, way)


def some_cases() -> list[Case]:
    """A covering set: every file of every language at least once."""
    found: list[Case] = []
    seen: set[tuple[str, ...]] = set()
    for case in sorted(all_cases(), key=_turned):
        model = ModelRef.parse(MODELS[case.door])
        wire = SDKS[model.api].file if case.way == "sdk" else "http"
        batch = (model.provider, case.way) if case.kind == "batch" else ()
        parts = {
            (case.language, "door", case.door),
            (case.language, "wire", wire),
            (case.language, "kind", case.kind),
            (case.language, "batch", *batch),
        }
        if not parts <= seen:
            seen |= parts
            found.append(case)
    return found


def _turned(case: Case) -> tuple[int, int]:
    """Doors and kinds in turn, so that the first cases differ in both."""
    doors, kinds = list(MODELS), list(KINDS)
    door, kind = doors.index(case.door), kinds.index(case.kind)
    return ((kind - door) % len(kinds), door)


def npm_packages() -> list[str]:
    """What all TypeScript projects need, once each."""
    sdks = [sdk.packages["typescript"] for sdk in SDKS.values()]
    more = [one for kind in KINDS.values() for one in kind.needs.get("typescript", ())]
    return list(dict.fromkeys([*sdks, *more, *TYPESCRIPT]))


if __name__ == "__main__":
    print("\n".join(npm_packages()))
