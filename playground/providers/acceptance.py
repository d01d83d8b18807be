"""What a model takes of a request: before it is sent, everybody can see what becomes of each setting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from playground.catalog import Model, at_door, describe
from playground.domain import File, ModelRef, Request
from playground.domain.values import changed, default, put

Action = Literal["sent", "renamed", "lowered", "dropped", "ignored", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What becomes of one setting."""

    setting: str
    """A row of `setting.SETTINGS`, `web_search` or `code_execution` for server tools one by one, `images`, `pdf`,
    `previous_response_id` or `api`."""
    action: Action
    """`sent` as it is, `renamed`, `lowered` to a limit, `dropped` before sending, sent and `ignored` by the model;
    `unavailable` for a door that does not offer the model."""
    why: str = ""


def offered(ref: ModelRef, setting: str) -> Any:
    """What there is of a setting at this model through this door: its choices, its limit, or True; otherwise nothing."""
    if at_door(ref, setting).startswith(("dropped", "ignored")):
        return False
    if setting == "server_tools":
        return tuple(tool for tool in SERVER_TOOLS if accepts(ref, tool))
    return RULES.get(setting, ANY).has(_described(ref), ref.api)


def _described(ref: ModelRef) -> Model:
    """The catalog's row; a gateway has a door of its own, which may take what the provider's refuses."""
    model = describe(ref)
    return model if model.provider == ref.provider else replace(model, chat_refuses=())


def accepts(ref: ModelRef, setting: str) -> bool:
    """True when the setting can have an effect on this model through this door."""
    return bool(offered(ref, setting))


def check(request: Request) -> list[Note]:
    """What becomes of everything that this request sets, in the order in which it is offered."""
    model = _described(request.model)
    notes = [_note(request, model, setting, value) for setting, value in _asked(request)]
    if model.apis and request.model.api not in model.apis:
        why = f"{model.label} is offered through {', '.join(model.apis)} only"
        notes.insert(0, Note(setting="api", action="unavailable", why=why))
    return notes


def fit(request: Request) -> Request:
    """The same request without what the model does not take, and with limits kept."""
    for note in check(request):
        if note.action in ("dropped", "lowered"):
            request = _without(request, note)
    return request


def _asked(request: Request) -> Iterator[tuple[str, Any]]:
    """Everything that the request sets beside its text: name, value."""
    for row, value in changed(request):
        if row.name == "server_tools":
            yield from ((tool, True) for tool in value)
        else:
            yield row.name, value
    yield from _files(request)
    if request.previous_response_id is not None:
        yield "previous_response_id", request.previous_response_id


def _files(request: Request) -> Iterator[tuple[str, Any]]:
    types = {p.media_type for m in request.messages for p in m.parts if isinstance(p, File)}
    if any(media_type.startswith("image/") for media_type in types):
        yield "images", True
    if "application/pdf" in types:
        yield "pdf", True


def _note(request: Request, model: Model, setting: str, value: Any) -> Note:
    door = at_door(request.model, setting)
    how, _, what = door.partition(": ")
    if how in ("dropped", "ignored"):
        return Note(setting=setting, action="dropped" if how == "dropped" else "ignored", why=what)
    if model.known and (found := RULES.get(setting, ANY).judge(model, request, value)) is not None:
        return Note(setting=setting, action=found[0], why=found[1])
    if how == "renamed" and what != setting:
        return Note(setting=setting, action="renamed", why=f"this API calls it {what}")
    why = "" if model.known else f"{model.id} is not in the catalog: everything is sent as is"
    return Note(setting=setting, action="sent", why=why)


Verdict = tuple[Action, str] | None
Has = Callable[[Model, str], Any]
Judge = Callable[[Model, Request, Any], Verdict]


class Rule(NamedTuple):
    """What a model makes of one setting."""

    has: Has
    """What it has of it through a door (`chat`): the choices, the limit, or True; nothing where it can have no effect."""
    judge: Judge
    """What becomes of a value in a request to a model that the catalog knows; None = as the door has it."""


ANY = Rule(lambda model, api: True, lambda model, request, value: None)
"""For what every model takes."""


def _samples(model: Model, api: str) -> bool:
    return model.sampling not in ("ignored", "rejected")


def _limit(model: Model, request: Request, value: int) -> Verdict:
    if model.max_output is None or value <= model.max_output:
        return None
    return "lowered", f"to {model.max_output:,}, the most that {model.label} writes"


def _sampling(model: Model, request: Request, value: Any) -> Verdict:
    effort = _effort_kept(model, request)
    if model.sampling == "ignored":
        return "ignored", f"{model.label} takes it, but it has no effect"
    if model.sampling == "rejected":
        return "dropped", f"{model.label} refuses sampling settings"
    if model.sampling == "effort_none" and (effort or model.default_effort) != "none":
        return "dropped", f"{model.label} takes it only with effort none"
    if model.sampling == "without_thinking" and (effort or "none") != "none":
        return "dropped", f"{model.label} takes it only without thinking"
    return None


def _top_p(model: Model, request: Request, value: Any) -> Verdict:
    both = model.sampling == "without_thinking" and request.settings.temperature is not None
    if both and _sampling(model, request, value) is None:
        return "dropped", f"{model.label} takes temperature or top_p, not both"
    return _sampling(model, request, value)


def _levels(model: Model, api: str) -> tuple[str, ...]:
    """The efforts that the model takes through this door."""
    refused = model.chat_refuses if api == "chat" else ()
    return tuple(level for level in model.efforts if level not in refused)


def _effort(model: Model, request: Request, value: str) -> Verdict:
    if not model.efforts:
        return "dropped", f"{model.label} has no setting for its reasoning"
    if model.budget is not None and request.model.api == "interactions":
        return "dropped", f"Interactions takes levels, and {model.label} takes thinking tokens only"
    levels = _levels(model, request.model.api)
    if value in levels:
        return None
    if value in model.efforts:
        return (
            "dropped",
            f"Chat Completions takes {', '.join(levels)} for {model.label}; Responses {value}",
        )
    if model.budget is not None and re.fullmatch(r"-?\d+", value):
        least, most = model.budget
        if least <= int(value) <= most:
            return None
        return "dropped", f"{model.label} takes {least:,} to {most:,} thinking tokens"
    return "dropped", f"{model.label} takes {', '.join(model.efforts)}"


def _effort_kept(model: Model, request: Request) -> str | None:
    """The effort that will be sent; None when none is asked for or the model does not take it."""
    effort = request.settings.effort
    return effort if effort and _effort(model, request, effort) is None else None


def _summary(model: Model, request: Request, value: bool) -> Verdict:
    if not model.summary:
        return "dropped", f"{model.label} shows no reasoning"
    thinks = (_effort_kept(model, request) or "none") != "none"
    if model.provider == "anthropic" and model.budget and not thinks:
        return "dropped", f"{model.label} thinks only when a number of thinking tokens is given"
    return None


def _stop(model: Model, request: Request, value: Any) -> Verdict:
    return None if model.stop else ("dropped", f"{model.label} refuses stop sequences")


def _one_of(what: str, has: Has) -> Rule:
    def judge(model: Model, request: Request, value: str) -> Verdict:
        values = has(model, request.model.api)
        if value in values:
            return None
        return "dropped", (
            f"{model.label} takes {', '.join(values)}" if values else f"{model.label} has no {what}"
        )

    return Rule(has, judge)


def _able(what: str, has: Has) -> Rule:
    def judge(model: Model, request: Request, value: Any) -> Verdict:
        able = has(model, request.model.api)
        return None if able else ("dropped", f"{model.label} takes no {what}")

    return Rule(has, judge)


def _tools(model: Model, request: Request, value: Any) -> Verdict:
    if not model.tools:
        return "dropped", f"{model.label} takes no tools"
    reasons = (_effort_kept(model, request) or model.default_effort) != "none"
    if request.model.api == "chat" and "tools" in model.chat_refuses and reasons:
        other = " or effort none" if "none" in model.efforts else ""
        return "dropped", (
            f"Chat Completions refuses functions beside the reasoning of {model.label}: use Responses{other}"
        )
    return None


def _calls(model: Model, api: str) -> bool:
    """Whether there can be tools to choose from."""
    return model.tools or (api in CHOOSES_SERVER_TOOLS and bool(model.server_tools))


CHOOSES_SERVER_TOOLS = ("responses", "messages")
"""Doors at which a tool choice is about the provider's own tools too; at the others it needs functions."""


def _tool_choice(model: Model, request: Request, value: str) -> Verdict:
    functions = request.tools and _tools(model, request, request.tools) is None
    if not functions and not (
        request.model.api in CHOOSES_SERVER_TOOLS
        and any(tool in model.server_tools for tool in request.server_tools)
    ):
        return "dropped", "there are no tools to choose from"
    if value == "required" and not model.forced_tools:
        return "dropped", f"{model.label} cannot be forced to call a tool"
    return None


def _searches(model: Model, api: str) -> bool:
    through_chat = api != "chat" or not model.known or "search" in model.id
    return through_chat and "web_search" in model.server_tools


def _web_search(model: Model, request: Request, value: Any) -> Verdict:
    if _searches(model, request.model.api):
        return None
    if request.model.api == "chat" and "search" not in model.id:
        return (
            "dropped",
            "Chat Completions searches only with the search models; Responses with all",
        )
    return "dropped", f"{model.label} cannot search the web"


def _runs_code(model: Model, api: str) -> bool:
    return "code_execution" in model.server_tools


def _code_execution(model: Model, request: Request, value: Any) -> Verdict:
    able = _runs_code(model, request.model.api)
    return None if able else ("dropped", f"{model.label} cannot run code")


SERVER_TOOLS: Mapping[str, Rule] = {
    "web_search": Rule(_searches, _web_search),
    "code_execution": Rule(_runs_code, _code_execution),
}

RULES: Mapping[str, Rule] = {
    "max_output_tokens": Rule(lambda model, _: model.max_output or True, _limit),
    "temperature": Rule(_samples, _sampling),
    "top_p": Rule(_samples, _top_p),
    "top_k": Rule(_samples, _sampling),
    "stop": Rule(lambda model, _: model.stop, _stop),
    "effort": Rule(_levels, _effort),
    "reasoning_summary": Rule(lambda model, _: model.summary, _summary),
    "verbosity": _able("verbosity", lambda model, _: model.verbosity),
    "service_tier": _one_of("choice of service tier", lambda model, _: model.tiers()),
    "cache_ttl": _one_of("prompt cache that is asked for", lambda model, _: model.cache_ttls),
    "response_schema": _able("JSON schema", lambda model, _: model.response_schema),
    "tool_choice": Rule(_calls, _tool_choice),
    "images": _able("images", lambda model, _: model.images),
    "pdf": _able("PDF files", lambda model, _: model.pdf),
    "tools": Rule(lambda model, _: model.tools, _tools),
    **SERVER_TOOLS,
}
"""Setting → what a model has of it and what becomes of a value; a setting that is not here is taken everywhere."""


def _without(request: Request, note: Note) -> Request:
    """The request with this one setting taken out, or brought down to its limit."""
    name = note.setting
    if note.action == "lowered":
        return put(request, {name: offered(request.model, name)})
    if name in ("images", "pdf"):
        return _without_files(request, "image/" if name == "images" else "application/pdf")
    if name in request.server_tools:
        return replace(request, server_tools=tuple(t for t in request.server_tools if t != name))
    return put(request, {name: default(name)})


def _without_files(request: Request, kind: str) -> Request:
    kept = []
    for message in request.messages:
        parts = tuple(
            p for p in message.parts if not (isinstance(p, File) and p.media_type.startswith(kind))
        )
        if parts or not message.parts:
            kept.append(replace(message, parts=parts))
    return replace(request, messages=tuple(kept))
