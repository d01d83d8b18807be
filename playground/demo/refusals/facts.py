"""What a model does not take: one function over the catalog's rows, the same for every door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.catalog import Model as Row
from playground.demo.ask import Ask

Settings = Mapping[str, Any]
"""Our name of a setting → its value in the body."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was asked of a model and that it does not take."""

    kind: str
    """A row of `fact_words.WORDS`."""
    setting: str
    value: Any = ""
    allowed: tuple[str, ...] = ()
    limit: int = 0


Found = Fact | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the rules look at it."""

    row: Row
    api: str
    """The door by the catalog's name."""
    ask: Ask
    settings: Settings

    @property
    def effort(self) -> str:
        """The effort that will hold; `none` where nothing is reasoned."""
        return self.ask.effort or self.ask.model.effort


PATHS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "responses": {
        "temperature": ("temperature",),
        "top_p": ("top_p",),
        "logprobs": ("top_logprobs",),
        "max_output": ("max_output_tokens",),
        "effort": ("reasoning", "effort"),
        "summary": ("reasoning", "summary"),
        "verbosity": ("text", "verbosity"),
        "tier": ("service_tier",),
        "cache": ("prompt_cache_options",),
    },
    "chat": {
        "temperature": ("temperature",),
        "top_p": ("top_p",),
        "frequency_penalty": ("frequency_penalty",),
        "presence_penalty": ("presence_penalty",),
        "logprobs": ("logprobs",),
        "logit_bias": ("logit_bias",),
        "prediction": ("prediction",),
        "max_output": ("max_completion_tokens",),
        "max_tokens": ("max_tokens",),
        "stop": ("stop",),
        "effort": ("reasoning_effort",),
        "verbosity": ("verbosity",),
        "tier": ("service_tier",),
        "cache": ("prompt_cache_options",),
        "audio": ("audio",),
        "search": ("web_search_options",),
    },
    "messages": {
        "temperature": ("temperature",),
        "top_p": ("top_p",),
        "top_k": ("top_k",),
        "max_output": ("max_tokens",),
        "effort": ("output_config", "effort"),
        "thinking": ("thinking", "type"),
        "budget": ("thinking", "budget_tokens"),
        "speed": ("speed",),
    },
    "generate_content": {
        "frequency_penalty": ("generationConfig", "frequencyPenalty"),
        "presence_penalty": ("generationConfig", "presencePenalty"),
        "max_output": ("generationConfig", "maxOutputTokens"),
        "effort": ("generationConfig", "thinkingConfig", "thinkingLevel"),
        "budget": ("generationConfig", "thinkingConfig", "thinkingBudget"),
    },
    "interactions": {
        "max_output": ("generation_config", "max_output_tokens"),
        "effort": ("generation_config", "thinking_level"),
    },
}
"""Where each door has the settings that a model may refuse."""


def settings(api: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that this body sets, by our names."""
    found = {}
    for name, path in PATHS[api].items():
        value: Any = body
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            found[name] = value
    return found


def refused(api: str, ask: Ask) -> Iterator[Fact]:
    """Everything in the request that the catalog says its model does not take through this door."""
    asked = Asked(ask.model.row, api, ask, settings(api, ask.body))
    for rule in RULES:
        fact = rule(asked)
        if fact is not None:
            yield fact


def _door(asked: Asked) -> Found:
    apis = asked.row.apis
    return Fact("door", "model", allowed=apis) if apis and asked.api not in apis else None


def _max_output(asked: Asked) -> Found:
    for name in ("max_output", "max_tokens"):
        value, most = asked.settings.get(name), asked.row.max_output
        if isinstance(value, int) and most is not None and value > most:
            return Fact("max_output", name, value, limit=most)
    return None


def _max_tokens(asked: Asked) -> Found:
    """Reasoning models take only the newer name at Chat Completions."""
    if asked.api == "chat" and asked.row.efforts and "max_tokens" in asked.settings:
        return Fact("old_name", "max_tokens", allowed=("max_completion_tokens",))
    return None


SAMPLING = ("temperature", "top_p", "top_k")
NEUTRAL = {"temperature": (1,), "top_p": (1,), "frequency_penalty": (0,), "presence_penalty": (0,)}
"""Values that are the default, and taken where nothing else is."""


def _sampling(asked: Asked) -> Found:
    sampling = asked.row.sampling
    given = {
        name: asked.settings[name]
        for name in SAMPLING
        if name in asked.settings and asked.settings[name] not in NEUTRAL.get(name, ())
    }
    name, value = next(iter(given.items()), ("", None))
    if not given or sampling in ("accepted", "ignored"):
        return None
    if sampling == "rejected" or (sampling == "effort_none" and asked.effort != "none"):
        return Fact("sampling", name, value)
    thinks = asked.settings.get("thinking") in ("enabled", "adaptive")
    if sampling == "without_thinking" and thinks:
        return Fact("sampling_thinking", name, value)
    return None


def _both(asked: Asked) -> Found:
    both = {"temperature", "top_p"} <= asked.settings.keys()
    if asked.row.sampling == "without_thinking" and both and _takes_one(asked.row):
        return Fact("both", "top_p")
    return None


def _takes_one(row: Row) -> bool:
    """True from Claude 4.1 on, which takes one of temperature and top_p."""
    return "claude-3" not in row.id and not row.id.endswith("-4-0")


def _unsupported(asked: Asked) -> Found:
    """What reasoning models at OpenAI, and Gemini from 3 on, have no use for."""
    if asked.row.provider == "gemini":
        names: tuple[str, ...] = PENALTIES if asked.row.signatures else ()
    else:
        names = (*PENALTIES, *REASONING_REFUSES) if asked.effort != "none" else ()
        names = (*names, "prediction", "logit_bias") if asked.row.efforts else names
    for name in names:
        value = asked.settings.get(name)
        if value and value not in NEUTRAL.get(name, ()):
            return Fact("unsupported", name, value)
    return None


PENALTIES = ("frequency_penalty", "presence_penalty")
REASONING_REFUSES = ("logprobs",)


def _stop(asked: Asked) -> Found:
    given = asked.ask.stop if "stop" in asked.settings else ()
    return Fact("unsupported", "stop", given[0]) if given and not asked.row.stop else None


def _effort(asked: Asked) -> Found:
    value = asked.settings.get("effort")
    row = asked.row
    if value is None or "UNSPECIFIED" in str(value).upper():
        return None
    words = tuple(level for level in row.efforts if level.isalpha())
    if row.provider != "openai":  # theirs is switched off by another field
        words = tuple(level for level in words if level != "none")
    if not words:
        return Fact("no_effort", "effort", value)
    if asked.api == "chat":
        words = tuple(level for level in words if level not in row.chat_refuses)
    return None if str(value).lower() in words else Fact("effort", "effort", value, words)


def _thinking(asked: Asked) -> Found:
    kind = asked.settings.get("thinking")
    if kind is None or kind in asked.row.thinking:
        return None
    if kind == "disabled" and not asked.row.thinking:
        return None
    return Fact(f"thinking_{kind}", "thinking", kind)


def _budget(asked: Asked) -> Found:
    value, limits = asked.settings.get("budget"), asked.row.budget
    if not isinstance(value, int) or value == DYNAMIC or asked.row.provider == "anthropic":
        return None
    if value == 0 and asked.row.efforts and "none" not in asked.row.efforts:
        return Fact("budget_0", "budget", value)
    if limits is None:
        return None if asked.row.efforts else Fact("no_budget", "budget", value)
    least, most = limits
    fits = value == 0 or max(least, 1) <= value <= most
    return None if fits else Fact("budget", "budget", value, (f"{least}", f"{most}"))


DYNAMIC = -1


def _summary(asked: Asked) -> Found:
    given = asked.settings.get("summary")
    return Fact("unsupported", "summary", given) if given and not asked.row.summary else None


def _verbosity(asked: Asked) -> Found:
    given = asked.settings.get("verbosity")
    if given is None or asked.row.verbosity or given == "medium":
        return None
    return Fact("value", "verbosity", given, ("medium",))


def _schema(asked: Asked) -> Found:
    return None if not asked.ask.schema or asked.row.response_schema else Fact("schema", "schema")


def _tools(asked: Asked) -> Found:
    functions = [tool for tool in asked.ask.tools if not tool.hosted]
    if not functions:
        return None
    if not asked.row.tools:
        return Fact("tools", "tools")
    beside = asked.api == "chat" and "tools" in asked.row.chat_refuses
    return Fact("tools_beside", "effort") if beside and asked.effort != "none" else None


def _forced(asked: Asked) -> Found:
    if asked.ask.tool_choice in (None, "none") or not asked.ask.tools:
        return None
    by_hand = asked.settings.get("thinking") == "enabled"
    return Fact("forced", "tool_choice") if by_hand or not asked.row.forced_tools else None


def _files(asked: Asked) -> Found:
    kinds = {part.kind for turn in asked.ask.turns for part in turn.parts}
    if "image" in kinds and not asked.row.images:
        return Fact("images", "image")
    if "document" in kinds and not asked.row.pdf:
        return Fact("pdf", "document")
    hears = asked.row.provider == "gemini" or "audio" in asked.row.id
    return Fact("audio", "audio") if "audio" in kinds and not hears else None


def _prefill(asked: Asked) -> Found:
    turns = asked.ask.turns
    ends = bool(turns) and turns[-1].role == "assistant"
    summed = bool(
        asked.ask.body.get("compaction")
    )  # a request for a summary ends where the talk does
    return Fact("prefill", "messages") if ends and not summed and not asked.row.prefill else None


def _tier(asked: Asked) -> Found:
    value, tiers = asked.settings.get("tier"), asked.row.service_tiers
    known = value is None or value in ("auto", "default") or value in tiers
    return None if known else Fact("tier", "tier", value, tiers)


def _speed(asked: Asked) -> Found:
    fast = asked.settings.get("speed") == "fast" and "fast" not in asked.row.service_tiers
    return Fact("speed", "speed") if fast else None


def _cache(asked: Asked) -> Found:
    given, ttls = asked.settings.get("cache"), asked.row.cache_ttls
    return Fact("unsupported", "cache", given) if given and not ttls else None


def _server_tools(asked: Asked) -> Found:
    for offer in asked.ask.tools:
        name = SERVER_TOOLS.get(offer.name.partition("_2")[0])
        if offer.hosted and name and name not in asked.row.server_tools:
            return Fact("server_tool", "tools", offer.name)
    return None


SERVER_TOOLS = {
    "web_search": "web_search",
    "web_search_preview": "web_search",
    "code_interpreter": "code_execution",
    "code_execution": "code_execution",
    "googleSearch": "web_search",
    "google_search": "web_search",
    "codeExecution": "code_execution",
}


def _audio(asked: Asked) -> Found:
    speaks = "audio" in asked.row.id
    return None if speaks or "audio" not in asked.settings else Fact("unsupported", "audio")


def _search(asked: Asked) -> Found:
    searches = "search" in asked.row.id
    return None if searches or "search" not in asked.settings else Fact("unsupported", "search")


RULES: tuple[Callable[[Asked], Found], ...] = (
    _door,
    _max_tokens,
    _max_output,
    _effort,
    _thinking,
    _budget,
    _sampling,
    _both,
    _unsupported,
    _stop,
    _summary,
    _verbosity,
    _schema,
    _tools,
    _forced,
    _files,
    _prefill,
    _tier,
    _speed,
    _cache,
    _server_tools,
    _audio,
    _search,
)
