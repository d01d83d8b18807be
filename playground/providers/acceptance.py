"""What a model takes of a request: before it is sent, everybody can see what becomes of each setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from playground.domain import File, ModelRef, Request, Settings
from playground.providers.catalog import Model, at_door, describe

Action = Literal["sent", "renamed", "lowered", "dropped", "ignored", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What becomes of one setting."""

    setting: str
    """A field of Settings, `images`, `pdf`, `tools`, `web_search`, `code_execution`, `previous_response_id` or `api`."""
    action: Action
    """`sent` as it is, `renamed`, `lowered` to a limit, `dropped` before sending, sent and `ignored` by the model;
    `unavailable` for a door that does not offer the model."""
    why: str = ""


def accepts(ref: ModelRef, setting: str) -> bool:
    """True when the setting can have an effect on this model through this door."""
    if at_door(ref, setting).startswith("dropped"):
        return False
    return ACCEPTS.get(setting, _always)(describe(ref))


def check(request: Request) -> list[Note]:
    """What becomes of everything that this request sets, in the order of Settings."""
    model = describe(request.model)
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
    empty = Settings()
    for field in fields(Settings):
        value = getattr(request.settings, field.name)
        if field.name != "extra" and value != getattr(empty, field.name):
            yield field.name, value
    yield from _files(request)
    if request.tools:
        yield "tools", request.tools
    yield from ((tool, True) for tool in request.server_tools)
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
    if how == "dropped":
        return Note(setting=setting, action="dropped", why=what)
    if model.known and (found := RULES.get(setting, _no_rule)(model, request, value)) is not None:
        return Note(setting=setting, action=found[0], why=found[1])
    if how == "renamed" and what != setting:
        return Note(setting=setting, action="renamed", why=f"this API calls it {what}")
    why = "" if model.known else f"{model.id} is not in the catalog: everything is sent as is"
    return Note(setting=setting, action="sent", why=why)


Verdict = tuple[Action, str] | None
Rule = Callable[[Model, Request, Any], Verdict]


def _no_rule(model: Model, request: Request, value: Any) -> Verdict:
    return None


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


def _effort(model: Model, request: Request, value: str) -> Verdict:
    if not model.efforts:
        return "dropped", f"{model.label} has no setting for its reasoning"
    if model.budget is not None and request.model.api == "interactions":
        return "dropped", f"Interactions takes levels, and {model.label} takes thinking tokens only"
    if value in model.efforts:
        return None
    if value.lstrip("-").isdigit() and model.budget is not None:
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


def _offered(what: str, values: Callable[[Model], tuple[str, ...]]) -> Rule:
    def rule(model: Model, request: Request, value: str) -> Verdict:
        offered = values(model)
        if value in offered:
            return None
        return "dropped", (
            f"{model.label} takes {', '.join(offered)}"
            if offered
            else f"{model.label} has no {what}"
        )

    return rule


def _able(what: str, able: Callable[[Model], bool]) -> Rule:
    def rule(model: Model, request: Request, value: Any) -> Verdict:
        return None if able(model) else ("dropped", f"{model.label} takes no {what}")

    return rule


def _tool_choice(model: Model, request: Request, value: str) -> Verdict:
    if not (request.tools and model.tools):
        return "dropped", "there are no tools to choose from"
    if value == "required" and not model.forced_tools:
        return "dropped", f"{model.label} cannot be forced to call a tool"
    return None


def _web_search(model: Model, request: Request, value: Any) -> Verdict:
    if request.model.api == "chat" and "search" not in model.id:
        return (
            "dropped",
            "Chat Completions searches only with the search models; Responses with all",
        )
    able = "web_search" in model.server_tools
    return None if able else ("dropped", f"{model.label} cannot search the web")


def _code_execution(model: Model, request: Request, value: Any) -> Verdict:
    able = "code_execution" in model.server_tools
    return None if able else ("dropped", f"{model.label} cannot run code")


RULES: Mapping[str, Rule] = {
    "max_output_tokens": _limit,
    "temperature": _sampling,
    "top_p": _top_p,
    "top_k": _sampling,
    "stop": _stop,
    "effort": _effort,
    "reasoning_summary": _summary,
    "verbosity": _able("verbosity", lambda model: model.verbosity),
    "service_tier": _offered("choice of service tier", lambda model: model.service_tiers),
    "cache_ttl": _offered("prompt cache that is asked for", lambda model: model.cache_ttls),
    "response_schema": _able("JSON schema", lambda model: model.response_schema),
    "tool_choice": _tool_choice,
    "images": _able("images", lambda model: model.images),
    "pdf": _able("PDF files", lambda model: model.pdf),
    "tools": _able("tools", lambda model: model.tools),
    "web_search": _web_search,
    "code_execution": _code_execution,
}
"""Setting → what becomes of it at a model that the catalog knows; None = as the door has it."""


def _always(model: Model) -> bool:
    return True


def _samples(model: Model) -> bool:
    return model.sampling not in ("ignored", "rejected")


ACCEPTS: Mapping[str, Callable[[Model], bool]] = {
    "temperature": _samples,
    "top_p": _samples,
    "top_k": _samples,
    "stop": lambda model: model.stop,
    "effort": lambda model: bool(model.efforts),
    "reasoning_summary": lambda model: model.summary,
    "verbosity": lambda model: model.verbosity,
    "service_tier": lambda model: bool(model.service_tiers),
    "cache_ttl": lambda model: bool(model.cache_ttls),
    "response_schema": lambda model: model.response_schema,
    "tool_choice": lambda model: model.tools,
    "images": lambda model: model.images,
    "pdf": lambda model: model.pdf,
    "tools": lambda model: model.tools,
    "web_search": lambda model: "web_search" in model.server_tools,
    "code_execution": lambda model: "code_execution" in model.server_tools,
}
"""Setting → whether it is worth offering for a model."""


def _without(request: Request, note: Note) -> Request:
    """The request with this one setting taken out, or brought down to its limit."""
    name = note.setting
    if name == "max_output_tokens" and note.action == "lowered":
        most = describe(request.model).max_output
        return replace(request, settings=replace(request.settings, max_output_tokens=most))
    if name in ("images", "pdf"):
        return _without_files(request, "image/" if name == "images" else "application/pdf")
    if name == "tools":
        return replace(request, tools=())
    if name == "previous_response_id":
        return replace(request, previous_response_id=None)
    if name in request.server_tools:
        return replace(request, server_tools=tuple(t for t in request.server_tools if t != name))
    return replace(request, settings=replace(request.settings, **{name: getattr(Settings(), name)}))


def _without_files(request: Request, kind: str) -> Request:
    kept = []
    for message in request.messages:
        parts = tuple(
            p for p in message.parts if not (isinstance(p, File) and p.media_type.startswith(kind))
        )
        if parts or not message.parts:
            kept.append(replace(message, parts=parts))
    return replace(request, messages=tuple(kept))
