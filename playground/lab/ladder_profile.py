"""A ladder's profile: the steps from a bare call to something like a chat product, as YAML that people can edit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn

from playground.files import read_text

Kind = Literal["system", "history", "tools", "effort"]
FOLDER = Path(__file__).with_name("profiles")
APPROXIMATION = "our approximation"
LONGEST = 400_000
"""Characters of a profile; no product's system prompt comes near."""
TOOLS = ("web_search", "code_execution")


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the line and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a product adds to what the user typed."""

    name: str
    kind: Kind
    on: bool = True
    text: str = ""
    """`system`: what is added to the system prompt. {date}, {weekday} and {time} are filled in when it is sent."""
    turns: tuple[tuple[str, str], ...] = ()
    """`history`: earlier questions and answers that are sent again."""
    tools: tuple[str, ...] = ()
    """`tools`: what the provider may run: `web_search`, `code_execution`."""
    effort: Mapping[str, str] | str = ""
    """`effort`: one level for all, or provider → level."""
    why: str = ""
    """One sentence: what the product does this for."""

    def effort_of(self, provider: str) -> str | None:
        """The level for this provider's models; None = leave it to the model."""
        level = self.effort if isinstance(self.effort, str) else self.effort.get(provider, "")
        return level or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All steps in order, and what no profile can imitate."""

    name: str
    label: str = APPROXIMATION
    as_of: date | None = None
    steps: tuple[Step, ...] = ()
    not_imitated: tuple[str, ...] = ()
    """What the product does that a request cannot show, in sentences."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Title → address of what the provider itself publishes."""

    @property
    def active(self) -> tuple[Step, ...]:
        """The steps that are switched on."""
        return tuple(step for step in self.steps if step.on)

    def with_step(self, index: int, **changes: Any) -> Profile:
        """The same profile with one step changed."""
        changed = replace(self.steps[index], **changes)
        return replace(self, steps=(*self.steps[:index], changed, *self.steps[index + 1 :]))

    def moved(self, index: int, by: int) -> Profile:
        """The same profile with one step earlier (-1) or later (1); unchanged at either end."""
        to = index + by
        if not 0 <= to < len(self.steps):
            return self
        steps = list(self.steps)
        steps.insert(to, steps.pop(index))
        return replace(self, steps=tuple(steps))


@functools.cache
def shipped() -> Mapping[str, Profile]:
    """The profiles that come with the playground, by file name without its ending; all in our own words."""
    files = sorted(FOLDER.glob("*.yaml"), key=lambda path: (path.stem != "chat_product", path.stem))
    return {path.stem: read(path.read_text(encoding="utf-8"), path.name) for path in files}


def load(name: str) -> Profile:
    """A shipped profile by its name, or one from a file; ProfileError names what is wrong."""
    if name in shipped():
        return shipped()[name]
    path = Path(name)
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        known = ", ".join(shipped())
        raise ProfileError(
            f"The profile {name!r} can't be read: {reason}. Shipped profiles are {known}."
        ) from None
    return read(text, path.name)


def read(text: str, name: str = "profile") -> Profile:
    """The profile in this YAML text; ProfileError names the line of the first mistake."""
    import yaml

    if len(text) > LONGEST:
        raise ProfileError(f"{name}: {len(text):,} characters; a profile has at most {LONGEST:,}.")
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        what = getattr(problem, "problem", None) or "not YAML"
        where = f", line {mark.line + 1}" if mark else ""
        raise ProfileError(
            f"{name}{where}: {what}; check colons, quotes and indentation."
        ) from None
    if node is None:
        raise ProfileError(f"{name} is empty: write at least `name:` and `steps:`.")
    return _Reader(name).profile(node)


def dump(profile: Profile) -> str:
    """The profile as YAML that `read` understands."""
    import yaml

    body: dict[str, Any] = {"name": profile.name, "label": profile.label}
    if profile.as_of:
        body["as_of"] = profile.as_of
    body["steps"] = [_step_body(step) for step in profile.steps]
    body["not_imitated"] = list(profile.not_imitated)
    if profile.links:
        body["links"] = dict(profile.links)
    return yaml.dump(
        body, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=100, indent=2
    )


def _step_body(step: Step) -> dict[str, Any]:
    body: dict[str, Any] = {"name": step.name, "kind": step.kind, "on": step.on}
    if step.why:
        body["why"] = step.why
    value: Any = {
        "system": step.text,
        "history": [{"user": user, "assistant": assistant} for user, assistant in step.turns],
        "tools": list(step.tools),
        "effort": step.effort if isinstance(step.effort, str) else dict(step.effort),
    }[step.kind]
    return {**body, FIELD_OF[step.kind]: value}


@functools.cache
def _dumper() -> Any:
    """PyYAML's dumper with long texts as blocks, as a person would write them."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper: Any, value: str) -> Any:
        style = "|" if "\n" in value and not value.startswith((" ", "\n")) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return Dumper


FIELD_OF: Mapping[Kind, str] = {
    "system": "text",
    "history": "turns",
    "tools": "tools",
    "effort": "effort",
}
"""Kind of step → the field that holds what it adds."""


class _Reader:
    """Goes through the nodes, so that every message can name its line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.left = LONGEST
        """Characters that may still be read: a text that is named and used again counts each time."""

    def profile(self, node: Any) -> Profile:
        fields = self._mapping(node, PROFILE_FIELDS, "a profile")
        for needed in ("name", "steps"):
            if needed not in fields:
                self._wrong(node, f"`{needed}:` is missing")
        return Profile(**{key: read(self, value) for key, (read, value) in fields.items()})

    def text(self, node: Any) -> str:
        if node.id != "scalar":
            self._wrong(node, "expected text")
        self.left -= len(node.value) + 1
        if self.left < 0:
            self._wrong(node, f"with what is used again, it is longer than {LONGEST:,} characters")
        return str(node.value).strip("\n")

    def flag(self, node: Any) -> bool:
        if node.id != "scalar" or node.value not in ("true", "false"):
            self._wrong(node, f"expected true or false, not {_shown(node)}")
        return bool(node.value == "true")

    def day(self, node: Any) -> date:
        try:
            return date.fromisoformat(node.value)
        except (TypeError, ValueError):
            self._wrong(node, f"expected a date like 2026-11-21, not {_shown(node)}")

    def texts(self, node: Any) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self._sequence(node, "a list of sentences"))

    def named_texts(self, node: Any) -> dict[str, str]:
        if node.id != "mapping":
            self._wrong(node, "expected `name: text` lines")
        return {self.text(key): self.text(value) for key, value in node.value}

    def kind(self, node: Any) -> Kind:
        for known in FIELD_OF:
            if node.value == known:
                return known
        self._wrong(node, f"`kind` is one of {', '.join(FIELD_OF)}, not {_shown(node)}")

    def tools(self, node: Any) -> tuple[str, ...]:
        found = self.texts(node)
        for item, name in zip(node.value, found, strict=True):
            if name not in TOOLS:
                self._wrong(item, f"a tool is one of {', '.join(TOOLS)}, not {name!r}")
        return found

    def effort(self, node: Any) -> Mapping[str, str] | str:
        return self.named_texts(node) if node.id == "mapping" else self.text(node)

    def turns(self, node: Any) -> tuple[tuple[str, str], ...]:
        found = []
        for item in self._sequence(node, "a list of turns with `user:` and `assistant:`"):
            turn = self._mapping(item, TURN_FIELDS, "a turn")
            for needed in TURN_FIELDS:
                if needed not in turn:
                    self._wrong(item, f"`{needed}:` is missing in this turn")
            found.append((self.text(turn["user"][1]), self.text(turn["assistant"][1])))
        return tuple(found)

    def steps(self, node: Any) -> tuple[Step, ...]:
        return tuple(self._step(item) for item in self._sequence(node, "a list of steps"))

    def _step(self, node: Any) -> Step:
        fields = self._mapping(node, STEP_FIELDS, "a step")
        for needed in ("name", "kind"):
            if needed not in fields:
                self._wrong(node, f"`{needed}:` is missing in this step")
        step = Step(**{key: read(self, value) for key, (read, value) in fields.items()})
        for kind, own in FIELD_OF.items():
            if own in fields and kind != step.kind:
                self._wrong(
                    fields[own][1], f"`{own}` belongs to a step of kind {kind}, not {step.kind}"
                )
        if FIELD_OF[step.kind] not in fields:
            self._wrong(node, f"a step of kind {step.kind} needs `{FIELD_OF[step.kind]}:`")
        return step

    def _mapping(
        self, node: Any, known: Mapping[str, Callable[..., Any]], what: str
    ) -> dict[str, tuple[Callable[..., Any], Any]]:
        if node.id != "mapping":
            self._wrong(node, f"expected {what} with the fields {', '.join(known)}")
        found: dict[str, tuple[Callable[..., Any], Any]] = {}
        for key, value in node.value:
            if key.id != "scalar":
                self._wrong(key, f"a field of {what} is a word, not {_shown(key)}")
            if key.value not in known:
                self._wrong(
                    key, f"`{key.value}` is not a field of {what}; known are {', '.join(known)}"
                )
            if key.value in found:
                self._wrong(key, f"`{key.value}` stands twice")
            found[key.value] = (known[key.value], value)
        return found

    def _sequence(self, node: Any, what: str) -> list[Any]:
        if node.id != "sequence":
            self._wrong(node, f"expected {what}")
        return list(node.value)

    def _wrong(self, node: Any, sentence: str) -> NoReturn:
        raise ProfileError(f"{self.name}, line {node.start_mark.line + 1}: {sentence}.")


def _shown(node: Any) -> str:
    return repr(node.value[:40]) if node.id == "scalar" else f"a {node.id}"


TURN_FIELDS: Mapping[str, Callable[..., Any]] = {"user": _Reader.text, "assistant": _Reader.text}
STEP_FIELDS: Mapping[str, Callable[..., Any]] = {
    "name": _Reader.text,
    "kind": _Reader.kind,
    "on": _Reader.flag,
    "why": _Reader.text,
    "text": _Reader.text,
    "turns": _Reader.turns,
    "tools": _Reader.tools,
    "effort": _Reader.effort,
}
PROFILE_FIELDS: Mapping[str, Callable[..., Any]] = {
    "name": _Reader.text,
    "label": _Reader.text,
    "as_of": _Reader.day,
    "steps": _Reader.steps,
    "not_imitated": _Reader.texts,
    "links": _Reader.named_texts,
}
