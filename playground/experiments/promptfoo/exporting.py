"""A spec as promptfoo's configuration, and what it has no word for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.domain import ModelRef
from playground.experiments.checks.asked import SIMILAR
from playground.experiments.checks.table import KINDS
from playground.experiments.grading import SETS
from playground.experiments.js import to_json
from playground.experiments.promptfoo.expected import TYPES
from playground.experiments.spec import Case, Check, Model, Piece, Prompt, Spec, Step

EMBEDDERS = {"openai": "openai:embedding:", "ollama": "ollama:embeddings:"}
PROVIDERS = {
    ("openai", "responses"): "openai:responses:",
    ("openai", "chat"): "openai:chat:",
    ("openai", "realtime"): "openai:realtime:",
    ("anthropic", "messages"): "anthropic:messages:",
    ("gemini", "generate_content"): "google:",
    ("gemini", "live"): "google:live:",
    ("ollama", "chat"): "ollama:chat:",
    ("groq", "chat"): "groq:",
    ("deepseek", "chat"): "deepseek:",
    ("mistral", "chat"): "mistral:",
    ("xai", "chat"): "xai:",
    ("openrouter", "chat"): "openrouter:",
}
"""Our provider and door → how promptfoo's ids begin."""
SETTINGS = {
    "temperature": "temperature",
    "max_output_tokens": "max_tokens",
    "top_p": "top_p",
    "top_k": "top_k",
    "seed": "seed",
    "stop": "stop",
    "effort": "reasoning_effort",
    "verbosity": "verbosity",
    "service_tier": "service_tier",
    "tool_choice": "tool_choice",
}
"""Our settings → fields of its `config`."""
GOOGLE = {"max_output_tokens": "maxOutputTokens", "top_p": "topP", "top_k": "topK", "stop": "stopSequences", "effort": "thinkingLevel"}  # fmt: skip
UNSAID = ("warm_up", "order", "seed", "budget", "fresh_prefix", "pass_rate", "exchanges", "retries")
"""Fields of a spec for which promptfoo has no word."""
OWN_SETS = ("all-of", "any-of")


def exported(spec: Spec) -> tuple[dict[str, Any], list[str]]:
    """The configuration, and what is lost in it, a sentence each."""
    lost: list[str] = []
    document: dict[str, Any] = {"description": spec.description or spec.name}
    document["prompts"] = [
        _prompt(prompt, number, lost) for number, prompt in enumerate(spec.prompts, 1)
    ]
    document["providers"] = [made for model in spec.models if (made := _provider(model, lost))]
    default: dict[str, Any] = {**({"vars": spec.defaults.vars} if spec.defaults.vars else {})}
    if spec.defaults.checks:
        default["assert"] = _checks(spec.defaults.checks, lost)
    if spec.defaults.threshold is not None:
        default["threshold"] = spec.defaults.threshold
    options = {key: text for key in ("prefix", "suffix") if (text := getattr(spec.defaults, key))}
    if options:
        default["options"] = options
    if default:
        document["defaultTest"] = default
    document["tests"] = [_test(case, lost) for case in spec.cases if isinstance(case, Case)]
    run: dict[str, Any] = {"repeat": spec.repeats} if spec.repeats > 1 else {}
    if isinstance(spec.concurrency, int):
        run["maxConcurrency"] = spec.concurrency
    else:
        lost.append("`concurrency` by provider: promptfoo has one for all.")
    document |= {"evaluateOptions": run} if run else {}
    for name in UNSAID:
        if getattr(spec, name) != Spec.model_fields[name].default:
            lost.append(f"`{name}`: promptfoo has no such setting.")
    return document, list(dict.fromkeys(lost))


def _prompt(prompt: Prompt, number: int, lost: list[str]) -> dict[str, Any]:
    turns = [{"role": turn.role, "content": turn.content} for turn in prompt.messages]
    if prompt.system:
        turns = [
            {"role": "system", "content": prompt.system},
            *(turns or [{"role": "user", "content": prompt.text or ""}]),
        ]
    text = to_json(turns, "  ") if turns else prompt.text or ""
    raw = text if "\n" in text else f"{text}\n"  # on one line it could be taken for a file's name
    label = prompt.label or prompt.file or prompt.saved or f"prompt {number}"
    if prompt.settings:
        lost.append(f"Settings of the prompt `{label}`: put them into the models.")
    return {"raw": raw, "label": label}


def _provider(model: Model, lost: list[str]) -> dict[str, Any] | None:
    ref = ModelRef.parse(model.model)
    start = PROVIDERS.get((ref.provider, ref.api))
    if start is None:
        lost.append(f"Model `{model.model}`: promptfoo has no such provider.")
        return None
    names = {**SETTINGS, **(GOOGLE if start.startswith("google") else {})}
    config: dict[str, Any] = {}
    for name, value in model.settings.items():
        if name in names:
            config[names[name]] = value
        elif name == "tools":
            config["tools"] = [{"type": "function", "function": tool} for tool in value]
        elif name == "response_schema":
            config["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": value},
            }
        elif name == "extra":
            config["passthrough"] = value
        else:
            lost.append(f"Setting `{name}` of `{model.name}`.")
    if model.system:
        lost.append(f"The system prompt of `{model.name}`: put it into the prompts.")
    made: dict[str, Any] = {"id": f"{start}{ref.model}", "label": model.name}
    made |= {"config": config} if config else {}
    made |= {"prompts": list(model.prompts)} if model.prompts else {}
    made |= {"transform": _code(model.transform)} if model.transform else {}
    return made


def _test(case: Case, lost: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": case.description} if case.description else {}
    made["vars"] = case.vars
    if case.checks:
        made["assert"] = _checks(case.checks, lost)
    options: dict[str, Any] = {
        key: text for key in ("prefix", "suffix") if (text := getattr(case, key))
    }
    if any(_expands(value) for value in case.vars.values()):
        options["disableVarExpansion"] = True
    if case.repeats:
        options["repeat"] = case.repeats
    if case.transform:
        options["transform"] = _code(case.transform)
    if case.settings:
        lost.append("Settings of a case.")
    parts = {
        "options": options,
        "metadata": case.metadata,
        "prompts": list(case.prompts),
        "providers": list(case.models),
    }
    made |= {key: value for key, value in parts.items() if value}
    if case.threshold is not None:
        made["threshold"] = case.threshold
    if "output" in case.model_fields_set:
        made["providerOutput"] = case.output
    return made


def _expands(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def _checks(checks: Sequence[Check], lost: list[str]) -> list[dict[str, Any]]:
    return [made for check in checks if (made := _check(check, lost)) is not None]


def _check(check: Check, lost: list[str]) -> dict[str, Any] | None:
    base = check.type.removeprefix("not-")
    if base not in (*TYPES, *SIMILAR, "assert-set", "select-best", "max-score", *OWN_SETS):
        what = KINDS[base].does if base in KINDS else "not known"
        lost.append(f"Checks of the type `{check.type}` ({what}): promptfoo has none.")
        return None
    if base in OWN_SETS and (check.type != base or base == "any-of"):
        lost.append(f"Checks of the type `{check.type}`: promptfoo's sets are all-of.")
        return None
    made: dict[str, Any] = {"type": "assert-set" if base in SETS else check.type}
    made |= {"value": check.value} if check.given else {}
    made |= {"assert": _checks(check.checks, lost)} if base in SETS else {}
    for name in ("threshold", "metric"):
        made |= {name: value} if (value := getattr(check, name)) is not None else {}
    made |= {"weight": check.weight} if check.weight != 1 else {}
    made |= {"config": check.config} if check.config else {}
    made |= {"transform": _code(check.transform)} if check.transform else {}
    if check.judge:
        ref = ModelRef.parse(check.judge)
        start = PROVIDERS.get((ref.provider, ref.api))
        if base in SIMILAR:
            start = EMBEDDERS.get(ref.provider)
        if start is not None:
            made["provider"] = f"{start}{ref.model}"
        else:
            lost.append(f"Judge `{check.judge}`: promptfoo has no such provider.")
    return made


def _code(steps: Sequence[Step]) -> str:
    """The JavaScript that does the same."""
    code = "output"
    for step in steps:
        if step == "json":
            code = f"JSON.parse({code})"
        elif isinstance(step, str):
            code += {"trim": ".trim()", "lower": ".toLowerCase()", "upper": ".toUpperCase()"}[step]
        elif isinstance(step, Piece):
            code += f".split({to_json(step.split)})[{step.part}]"
        else:
            code += f"[{to_json(step.key)}]"
    return code
