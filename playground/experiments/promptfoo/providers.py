"""promptfoo's providers as our models; what is not ours is left out by its id and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from playground import catalog
from playground.domain import ModelRef
from playground.domain.provider import addable
from playground.experiments.positions import Node
from playground.experiments.promptfoo.loading import CODE_SCHEMES, NO_CODE, Left, Loader, is_code
from playground.experiments.promptfoo.settings_of import taken
from playground.experiments.promptfoo.steps import steps

KEYS = ("id", "label", "config", "prompts", "transform", "delay", "env", "inputs")
DOORS = {
    "openai:chat": "openai/chat",
    "openai:responses": "openai/responses",
    "openai:realtime": "openai/realtime",
    "anthropic:messages": "anthropic",
    "google:live": "gemini/live",
    "vertex:live": "gemini/live",
    "ollama:chat": "ollama",
    "ollama:completion": "ollama",
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
    "palm": "gemini",
    "vertex": "gemini",
    **{row.name: row.name for row in addable()},
}
"""How an id begins → ours, the longest first that fits."""
NOT_TEXT = re.compile(r"(?:[a-z]+:)(?:completions?|embeddings?|images?|moderation|assistants?|agents?|transcription|speech|video|"
                      r"codex(?:-[a-z]+)?|chatkit|claude-agent-sdk|image-\w+)(?::|$)")  # fmt: skip
RESPONSES_ONLY = re.compile(r"^o\d.*-pro|-pro(?:-|$)|codex|deep-research|computer-use")
NEWER = re.compile(r"^gpt-(\d+)(?:\.(\d+))?")
ENTRY_POINT = "Ask one of our models instead, or wrap it as an OpenAI-compatible server: playground endpoints add NAME URL."


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of the list of providers."""

    node: Node
    id: str
    label: str
    model: dict[str, Any] | None
    """As a spec has it; None for one that is left out."""
    prompts: tuple[str, ...] | None
    """Only prompts of these labels; None = all."""

    @property
    def key(self) -> str:
        return self.label or self.id

    @property
    def name(self) -> str:
        """What the spec calls it."""
        model = self.model or {}
        return str(model.get("label") or model.get("model"))

    def named(self, pattern: str) -> bool:
        """Whether a test's `providers` means it."""
        names = [name for name in (self.id, self.label) if name]
        return pattern in names or ("*" in pattern and any(fnmatchcase(n, pattern) for n in names))


def read(node: Node | None, loader: Loader) -> list[Target]:
    """Every entry of `providers` or `targets`, in order; what can't be asked is noted."""
    if node is None:
        return []
    found = [target for entry in _entries(node) for target in _targets(entry, loader, 0)]
    return _unique(_overwritten(found, loader))


def _entries(node: Node) -> list[Node]:
    return node.items if isinstance(node.value, list) else [node]


def _targets(node: Node, loader: Loader, depth: int) -> Iterator[Target]:
    if node.text is not None:
        if node.text.startswith("file://") and not is_code(node.text):
            yield from _in_file(node, node.text, loader, depth)
            return
        yield _target(node, node.text, node, loader)
    elif not node.entries:
        loader.notes.leave_out(node, f"A provider that is a {node.kind}.", "Write its id.")
    elif (id_ := node.get("id")) is not None and id_.text is not None:
        yield _target(node, id_.text, node, loader)
    elif "id" not in node.entries and len(node.entries) == 1:
        name, options = next(iter(node.entries.items()))
        own = options.get("id")
        yield _target(node, (own.text if own else None) or name, options, loader)
    else:
        loader.notes.leave_out(
            node, "A provider without an `id`.", "Give it one, such as openai:gpt-6.1-sol."
        )


def _in_file(node: Node, path: str, loader: Loader, depth: int) -> Iterator[Target]:
    try:
        if depth > 3:
            raise Left(f"`{path}` leads to itself.")
        for entry in _entries(loader.document(path)):
            yield from _targets(entry, loader, depth + 1)
    except Left as left:
        loader.notes.leave_out(node, f"Providers in a file: {left.what}", left.next_step)


def _target(node: Node, id_: str, options: Node, loader: Loader) -> Target:
    label = options.get("label")
    named = str(label.plain()) if label and not isinstance(label.value, list | dict) else ""
    only = options.get("prompts")
    prompts = tuple(p.text for p in _entries(only) if p.text is not None) if only else None
    return Target(node, id_, named, _model(node, id_, named, options, loader), prompts)


def _model(
    node: Node, id_: str, label: str, options: Node, loader: Loader
) -> dict[str, Any] | None:
    """The model as a spec has it; None where it is left out, which is noted."""
    ref = spelled(id_)
    if isinstance(ref, str):
        said = f"Provider `{id_}`{f' ({label})' if label else ''}: {ref}"
        loader.notes.leave_out(
            node, said, NO_CODE + " " + ENTRY_POINT if "code" in ref else ENTRY_POINT
        )
        return None
    config = taken(options.get("config"), loader)
    if config.elsewhere:
        what = f"Provider `{id_}` at an address of its own ({_shown(config.elsewhere)})."
        next_step = f"playground endpoints add NAME URL, then ask it as NAME:{ref.model}."
        loader.notes.leave_out(node, what, next_step)
        return None
    model: dict[str, Any] = {"model": str(ref)}
    if label:
        model["label"] = label
    if config.settings:
        model["settings"] = config.settings
    if config.system:
        model["system"] = config.system
    if (code := options.get("transform")) is not None:
        made = steps(code.text) if code.text is not None else None
        if made is None:
            what = f"Provider `{id_}` has a `transform`, which is code: its answers would be judged untransformed."
            loader.notes.leave_out(
                options, what, "Have the prompt ask for what the transform makes.", key="transform"
            )
            return None
        model["transform"] = made
    for key in options.entries:
        if key not in KEYS and options is node:
            loader.notes.leave_out(options, f"`{key}` is no key of a provider.", key=key)
        elif key in ("delay", "env", "inputs") and options.get(key):
            loader.notes.leave_out(
                options,
                f"`{key}` of provider `{id_}`.",
                "Rate limits are obeyed here by themselves.",
                key=key,
            )
    _remarks(node, id_, ref, loader)
    return model


def _remarks(node: Node, id_: str, ref: ModelRef, loader: Loader) -> None:
    known = catalog.find(ref)
    if ref.provider in ("openai", "anthropic", "gemini") and (known is None or known.retired()):
        gone = f"retired on {known.retires}" if known else "is not in the list of models here"
        loader.notes.remark(
            node, f"`{id_}` {gone}.", "Choose a newer model if it no longer answers."
        )
    if id_.startswith("vertex:"):
        loader.notes.remark(
            node, f"`{id_}` asks Vertex AI; here the Gemini API is asked.", "Set GEMINI_API_KEY."
        )
    if ref.provider in {row.name for row in addable()}:
        loader.notes.remark(
            node, f"`{id_}` needs an endpoint.", f"playground endpoints add {ref.provider}"
        )


def spelled(id_: str) -> ModelRef | str:
    """The model that an id means, or in words why it is none of ours."""
    if id_.startswith(CODE_SCHEMES) or (id_.startswith("file://") and is_code(id_)):
        return "it is code."
    if "{{" in id_:
        return "its id is a template."
    if NOT_TEXT.match(id_):
        return "it makes no text, or through a way that is not here."
    if id_ in DOORS:
        return "it names no model."
    start = next((s for s in sorted(DOORS, key=len, reverse=True) if id_.startswith(f"{s}:")), None)
    if start is None:
        return "none of the providers here."
    model, door = id_.removeprefix(f"{start}:"), DOORS[start]
    if door == "openai" and not _by_responses(model):
        door = "openai/chat"
    if start == "vertex" and not model.startswith("gemini"):
        return "a model on Vertex AI that the Gemini API does not have."
    try:
        return ModelRef.parse(f"{door}:{model}")
    except ValueError:
        return "it names no model."


def _by_responses(model: str) -> bool:
    """Whether promptfoo asks this model through Responses where the id names no door."""
    if RESPONSES_ONLY.search(model):
        return True
    newer = NEWER.match(model)
    return bool(newer) and (int(newer[1]), int(newer[2] or 0)) >= (5, 6) if newer else False


def _shown(address: str) -> str:
    """An address without what may be secret in it."""
    return re.sub(r"//[^/@]*@", "//…@", address.partition("?")[0])[:100]


def _overwritten(found: list[Target], loader: Loader) -> list[Target]:
    """The filters by prompts as promptfoo has them: kept by id and by label, so that a later entry overwrites an earlier one's."""
    table: dict[str, tuple[str, ...] | None] = {}
    for target in found:
        if target.node.text is None:
            table[target.id] = target.prompts
            if target.label:
                table[target.label] = target.prompts
    made = []
    for target in found:
        prompts = table.get(target.key)
        if prompts != target.prompts:
            what = f"Another entry with the id `{target.key}` says which prompts this one gets: promptfoo keeps them by id."
            loader.notes.remark(target.node, what, "Give each entry a label of its own.")
        made.append(replace(target, prompts=prompts))
    return made


def _unique(found: list[Target]) -> list[Target]:
    """The entries with a name each: where two are called the same, the later one's label is numbered."""
    names: set[str] = set()
    made = []
    for target in found:
        if target.model is not None:
            name, number = target.name, 2
            while name in names:
                name, number = f"{target.name} {number}", number + 1
            names.add(name)
            if name != target.name:
                target = replace(target, model={**target.model, "label": name})
        made.append(target)
    return made


def judge(node: Node | None, loader: Loader) -> str | None:
    """The model that a `provider` of an assertion or of options means; None where there is none of ours, which is noted."""
    if node is None or (node.get("embedding") and not (node.get("text") or node.get("id"))):
        return None
    inner = node.get("text") or node.get("id") or node
    inner = inner.get("id") or inner
    ref = spelled(inner.text) if inner.text is not None else "it names no model."
    if isinstance(ref, str):
        loader.notes.leave_out(
            node,
            f"Judge `{inner.text or inner.kind}`: {ref}",
            "Name a judge in the spec: `judge: provider:model`.",
        )
        return None
    if (config := node.get("config")) is not None:
        loader.notes.leave_out(
            config, "The config of a judge.", "A judge is asked with settings of its own here."
        )
    return str(ref)


EMBEDDING = re.compile(r"(openai|ollama):embeddings?:(.+)")


def embedder(node: Node | None, loader: Loader) -> str | None:
    """The model that a `provider` means whose embeddings are compared; None for the usual one, which is promptfoo's too."""
    if node is None:
        return None
    inner = node.get("embedding") or node
    inner = inner.get("id") or inner
    if (found := EMBEDDING.fullmatch(inner.text or "")) is not None:
        return f"{found[1]}:{found[2]}"
    loader.notes.leave_out(
        node,
        f"Embeddings of `{inner.text or inner.kind}`: the usual model is asked.",
        "Name another in the spec: `judge: provider:model`, whose server has OpenAI's /embeddings.",
    )
    return None
