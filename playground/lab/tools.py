"""The Tools panel: one question, some functions and a choice, as a loop at each model; and its sample."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from playground.domain import ModelRef, Request, Settings, Tool
from playground.domain.hops import Hops
from playground.lab.functions import BUILT_IN, Function, mock
from playground.lab.hops import MOST_ROUNDS, Loop, Sending, remember
from playground.providers import acceptance

Choice = Literal["auto", "any", "none", "one"]
CHOICES: tuple[Choice, ...] = ("auto", "any", "none", "one")
"""The model decides; it must call some function; it may call none; it must call the one that is named."""

QUESTION = (
    "Find customer C-1042 in the CRM, calculate 240 * 12 * 0.85 for a year's price with 15 % off, "
    "and tell me the current time in Europe/Lisbon."
)
SYSTEM = "Use the functions; do no arithmetic yourself. Answer in a few sentences."
_CHOICE: Mapping[Choice, Literal["auto", "required", "none"]] = {
    "auto": "auto",
    "any": "required",
    "none": "none",
}
_ONE: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "responses": lambda name: {"tool_choice": {"type": "function", "name": name}},
    "chat": lambda name: {"tool_choice": {"type": "function", "function": {"name": name}}},
    "compatible": lambda name: {"tool_choice": {"type": "function", "function": {"name": name}}},
    "messages": lambda name: {"tool_choice": {"type": "tool", "name": name}},
    "generate_content": lambda name: {
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [name]}}
    },
    "interactions": lambda name: {
        "generation_config": {"tool_choice": {"allowed_tools": {"mode": "any", "tools": [name]}}}
    },
}
"""Door → how it is told to call one function and no other."""
_SAID: Mapping[str, Mapping[Choice, str]] = {
    "responses": {
        "auto": '"auto"',
        "any": '"required"',
        "none": '"none"',
        "one": '{"type": "function", "name": …}',
    },
    "chat": {
        "auto": '"auto"',
        "any": '"required"',
        "none": '"none"',
        "one": '{"type": "function", "function": {"name": …}}',
    },
    "messages": {
        "auto": '{"type": "auto"}',
        "any": '{"type": "any"}',
        "none": '{"type": "none"}',
        "one": '{"type": "tool", "name": …}',
    },
    "generate_content": {
        "auto": 'mode: "AUTO"',
        "any": 'mode: "ANY"',
        "none": 'mode: "NONE"',
        "one": 'mode: "ANY", allowedFunctionNames: […]',
    },
    "interactions": {
        "auto": '"auto"',
        "any": '"any"',
        "none": '"none"',
        "one": '{"allowed_tools": {"mode": "any", "tools": […]}}',
    },
}
_NO_PARALLEL = ("generate_content", "interactions")
"""Doors with no field against parallel calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the panel asks, at every model alike."""

    models: tuple[ModelRef, ...]
    question: str = QUESTION
    system: str = SYSTEM
    functions: tuple[Function, ...] = BUILT_IN
    choice: Choice = "auto"
    only: str = ""
    """The function that must be called, with the choice `one`."""
    parallel: bool = True
    rounds: int = 6


def dialect(api: str, choice: Choice) -> str:
    """How a door spells a choice."""
    return _SAID["chat" if api == "compatible" else api][choice]


def notes(asked: Asked) -> list[str]:
    """Sentences about what a door can't do of this."""
    doors = dict.fromkeys(ref.api for ref in asked.models)
    found = [
        f"{door}: there is no field against parallel calls, so they may come all the same."
        for door in doors
        if not asked.parallel and door in _NO_PARALLEL
    ]
    for ref in asked.models:
        found += [
            f"{ref}: {note.setting} {note.action}: {note.why}"
            for note in acceptance.check(_forcing(asked, ref))
            if note.action != "sent" and note.why
        ]
    return found


def _forcing(asked: Asked, ref: ModelRef) -> Request:
    """The request with `one` as `any`, which is what models differ in."""
    choice = _CHOICE["any" if asked.choice == "one" else asked.choice]
    made = Request.ask(ref, asked.question, tools=tuple(f.tool for f in asked.functions))
    return replace(made, settings=Settings(tool_choice=None if choice == "auto" else choice))


def _can_force(asked: Asked, ref: ModelRef) -> bool:
    found = acceptance.check(_forcing(replace(asked, choice="any"), ref))
    return all(n.action not in ("dropped", "ignored") for n in found if n.setting == "tool_choice")


def request(asked: Asked, ref: ModelRef) -> Request:
    """The first hop's request at one model, in its door's own way of choosing."""
    choice = None if asked.choice in ("auto", "one") else _CHOICE[asked.choice]
    settings = Settings(tool_choice=choice, extra=_extra(asked, ref, first=True))
    tools = tuple(function.tool for function in asked.functions)
    return replace(
        Request.ask(ref, asked.question, system=asked.system or None),
        tools=tools,
        settings=settings,
    )


def _extra(asked: Asked, ref: ModelRef, *, first: bool) -> dict[str, Any]:
    """Body fields for what has no setting of its own: the one function, and no parallel calls."""
    api, forced = ref.api, first and _can_force(asked, ref)
    extra = _ONE[api](asked.only) if forced and asked.choice == "one" else {}
    if asked.parallel or api in _NO_PARALLEL:
        return extra
    if api != "messages":
        return {**extra, "parallel_tool_calls": False}
    kind = "any" if forced and asked.choice == "any" else "auto"
    if asked.choice == "none":
        return {}
    return {
        "tool_choice": {
            **extra.get("tool_choice", {"type": kind}),
            "disable_parallel_tool_use": True,
        }
    }


def begin(asked: Asked, sending: Sending) -> list[Loop]:
    """One loop a model, all at once, each on its way when this returns."""
    return [
        remember(
            Loop(
                acceptance.fit(request(asked, ref)),
                asked.functions,
                sending,
                rounds=asked.rounds,
                free=_extra(asked, ref, first=False),
            )
        )
        for ref in asked.models
    ]


def document(loops: Sequence[Hops]) -> dict[str, Any]:
    """The loops as JSON values."""
    return {"lab": "tools", "lanes": [hops.document() for hops in loops]}


__all__ = [
    "CHOICES",
    "MOST_ROUNDS",
    "Asked",
    "BadFunctions",
    "Choice",
    "ModelRef",
    "begin",
    "dialect",
    "document",
    "notes",
    "own_functions",
    "request",
]


class BadFunctions(ValueError):
    """The text holds no list of functions; the message says what is wrong."""


def own_functions(text: str) -> tuple[Function, ...]:
    """Functions out of a JSON list of `name`, `description`, `parameters` and the `result` that each always gives."""
    try:
        rows = json.loads(text or "[]")
    except ValueError as error:
        raise BadFunctions(f"That is not JSON: {error}.") from None
    if not isinstance(rows, list):
        raise BadFunctions("Give a JSON list: [{…}, {…}].")
    return tuple(_own(number, row) for number, row in enumerate(rows, 1))


def _own(number: int, row: Any) -> Function:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or not row["name"]:
        raise BadFunctions(f"Function {number} has no name.")
    parameters = row.get("parameters") or {"type": "object", "properties": {}}
    if not isinstance(parameters, Mapping):
        raise BadFunctions(f"Function {number}: parameters must be a JSON Schema object.")
    result = row.get("result", "")
    told = result if isinstance(result, str) else json.dumps(result)
    tool = Tool(
        name=row["name"], description=str(row.get("description") or ""), parameters=parameters
    )
    return mock(tool, told)
