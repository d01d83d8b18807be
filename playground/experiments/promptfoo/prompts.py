"""promptfoo's prompts: texts, files of every kind, and what they are called in filters."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from playground.experiments.js import JsError, from_json, to_json
from playground.experiments.positions import Node
from playground.experiments.promptfoo.loading import CODE, NO_CODE, Left, Loader, bare, is_code
from playground.experiments.promptfoo.settings_of import taken
from playground.experiments.promptfoo.vars import literal_where_cut_off
from playground.experiments.sources import SourceError

KEYS = ("id", "raw", "label", "config", "prefix", "suffix", "display", "function")
FILE_ENDINGS = re.compile(r"\.(?:cjs|cts|j2|js|json|jsonl|md|mjs|mts|py|ts|txt|ya?ml)$")
REMOTE = ("langfuse://", "portkey://", "helicone://", "http://", "https://")
SEPARATOR = "---"
CODE_ADVICE = "Run it once and save the prompt that it makes as .txt or .json."
ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "model": "assistant",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and by what filters find it."""

    node: Node
    prompt: dict[str, Any]
    """As a spec has it."""
    names: frozenset[str]

    def named(self, pattern: str) -> bool:
        """Whether a filter means it: its label, its id, `Group:*`, or `Group` for `Group:…`."""
        group = pattern.removesuffix("*").removesuffix(":")
        return pattern in self.names or any(name.startswith(f"{group}:") for name in self.names)


def read(node: Node | None, loader: Loader) -> list[Asked]:
    """Every prompt in order; what can't be read is noted."""
    found = list(_entries(node, loader)) if node is not None else []
    return _unique(found)


def _entries(node: Node, loader: Loader) -> Iterator[Asked]:
    if node.text is not None:
        yield from _entry(node, node.text, None, {}, loader)
    elif isinstance(node.value, list):
        for item in node.items:
            yield from _item(item, loader)
    elif isinstance(node.value, dict):
        for text, label in node.entries.items():
            at = Node(text, node.file, node.line_of(text))
            yield from _entry(at, text, label.text, {}, loader)
    else:
        loader.notes.leave_out(
            node, f"Prompts that are a {node.kind}.", "Write a list of texts or files."
        )


def _item(node: Node, loader: Loader) -> Iterator[Asked]:
    if node.text is not None:
        yield from _entry(node, node.text, None, {}, loader)
        return
    source = node.get("raw") or node.get("id")
    if source is None or (source.text is None and not source.entries and not source.items):
        loader.notes.leave_out(
            node, f"A prompt that is a {node.kind} without `raw` or `id`.", "Write its text."
        )
        return
    for key in node.entries:
        if key not in KEYS:
            loader.notes.leave_out(node, f"`{key}` is no key of a prompt.", key=key)
    label = node.get("label") or node.get("display")
    settings = taken(node.get("config"), loader)
    more: dict[str, Any] = {"settings": settings.settings} if settings.settings else {}
    before, after = (_text_of(node.get(key)) for key in ("prefix", "suffix"))
    text = source.text if source.text is not None else to_json(source.plain(), "  ")
    own = {"before": before, "after": after, **more} if before or after else more
    yield from _entry(node, text, _text_of(label) or None, own, loader)


def _text_of(node: Node | None) -> str:
    return node.text or "" if node is not None else ""


def _entry(
    node: Node, text: str, label: str | None, more: dict[str, Any], loader: Loader
) -> Iterator[Asked]:
    if not text.strip():
        loader.notes.leave_out(node, "A prompt without text.", "Write one.")
    elif not is_file(text):
        yield from _made(node, text, label, {label or text, text}, more, loader)
    elif text.startswith(REMOTE):
        loader.notes.leave_out(
            node, f"`{text}` is a prompt on another server.", "Save its text as .txt."
        )
    elif is_code(text) or text.startswith("exec:") or CODE.search(text):
        what = f"`{text}` builds the prompt in code."
        loader.notes.leave_out(node, what, f"{NO_CODE} {CODE_ADVICE}")
    else:
        yield from _files(node, text, label, more, loader)


def is_file(text: str) -> bool:
    """Whether promptfoo takes this prompt for a file's name."""
    if "\n" in text:
        return False
    if text.startswith(("file://", "exec:", *REMOTE)):
        return True
    ended = any(FILE_ENDINGS.search(part) for part in text.split(":"))
    return ended or text[-3:-2] == "." or text[-4:-3] == "." or bool(set("*/\\") & set(text))


def _files(
    node: Node, text: str, label: str | None, more: dict[str, Any], loader: Loader
) -> Iterator[Asked]:
    path = bare(text)
    try:
        names = list(_found(path, loader))
    except SourceError as error:
        loader.notes.leave_out(node, error.what, error.advice)
        return
    if not names and "*" in path:
        loader.notes.remark(
            node,
            f"`{text}` finds no file, so it is taken as the prompt itself.",
            "Check the pattern.",
        )
        yield from _made(node, text, label, {label or text}, more, loader)
        return
    for name in names:
        own = label if names == [path] else None
        if is_code(name):
            loader.notes.leave_out(
                node, f"`{name}` builds the prompt in code.", f"{NO_CODE} {CODE_ADVICE}"
            )
            continue
        yield from _file(node, name, own, more, loader)


def _found(path: str, loader: Loader) -> Iterator[str]:
    """The files that a path means, those of a folder or a pattern one level deep."""
    if "*" in path or (loader.sources.folder and loader.sources.path(path).is_dir()):
        yield from loader.sources.found(path)
    else:
        yield path


def _file(
    node: Node, path: str, label: str | None, more: dict[str, Any], loader: Loader
) -> Iterator[Asked]:
    reader = READERS.get(PurePosixPath(path).suffix.lower())
    try:
        if reader is None:
            loader.text(path)  # one that is not there is told as that
            raise Left(f"`{path}` is no kind of file that holds prompts.", "Use .txt, .json, .yaml, .md, .csv or .jsonl; a sentence with `/` or `.` needs a line break, or `|` before it.")  # fmt: skip
        pieces = list(reader(loader, path))
    except Left as left:
        loader.notes.leave_out(node, f"Prompt file: {left.what}", left.next_step)
        return
    if not pieces:
        loader.notes.leave_out(node, f"`{path}` holds no prompt.", "Write one into it.")
    for number, (text, own) in enumerate(pieces, 1):
        numbered = f"{label or path} {number}" if len(pieces) > 1 else label or path
        names = {own or label or f"{path}: {text}", path, f"file://{path}", text, numbered}
        yield from _made(node, text, own or numbered, names, more, loader)


Pieces = Iterator[tuple[str, str | None]]
"""Texts of prompts, with a label where the file gives one."""


def _split(loader: Loader, path: str) -> Pieces:
    piece: list[str] = []
    for line in (*loader.text(path).split("\n"), SEPARATOR):
        if line.strip() != SEPARATOR:
            piece.append(line)
            continue
        if text := "\n".join(piece).strip():
            yield text, None
        piece = []


def _whole(loader: Loader, path: str) -> Pieces:
    yield loader.text(path), None


def _json(loader: Loader, path: str) -> Pieces:
    node = loader.document(path)
    yield to_json(loader.plain(node), "  "), None


def _lines(loader: Loader, path: str) -> Pieces:
    yield from ((line, None) for line in loader.text(path).split("\n") if line.strip())


def _csv(loader: Loader, path: str) -> Pieces:
    text = loader.text(path)
    if not any(sign in text for sign in ",;\t"):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        yield from ((line, None) for line in lines[1:] if lines[0].lower() == "prompt")
        yield from ((line, None) for line in lines if lines[0].lower() != "prompt")
        return
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Left(f"`{path}` is no CSV: {error}.") from None
    if rows and "prompt" not in rows[0]:
        raise Left(f"`{path}` has no column `prompt`.", "Name the column so.")
    yield from ((row["prompt"], row.get("label") or None) for row in rows if row["prompt"])


READERS: Mapping[str, Callable[[Loader, str], Pieces]] = {
    ".txt": _split,
    ".md": _whole,
    ".j2": _whole,
    ".json": _json,
    ".yaml": _json,
    ".yml": _json,
    ".jsonl": _lines,
    ".csv": _csv,
}
"""The ending of a prompt file → the prompts in it."""


def _made(
    node: Node, text: str, label: str | None, names: set[str], more: dict[str, Any], loader: Loader
) -> Iterator[Asked]:
    more = dict(more)
    text = f"{more.pop('before', '')}{text}{more.pop('after', '')}"
    if "_conversation" in text:
        what = "This prompt uses `_conversation`, the answers of earlier tests."
        loader.notes.leave_out(
            node, what, "Each case stands by itself here: write the talk as messages."
        )
        return
    try:
        prompt: dict[str, Any] = {"label": label} if label else {}
        yield Asked(node, {**prompt, **as_prompt(text, node, loader), **more}, frozenset(names))
    except Left as left:
        loader.notes.leave_out(node, left.what, left.next_step)


def as_prompt(text: str, node: Node, loader: Loader) -> dict[str, Any]:
    """A prompt's text as a spec has it: messages where it is a chat in JSON, else a text; Left for messages that can't be sent."""
    try:
        parsed = from_json(text)
    except JsError:
        start = text.strip()
        chat = start.startswith("- role:") or (start[:1] in ("[", "{") and '"role"' in start)
        literal = literal_where_cut_off(text)
        return {"text": literal, "as_messages": True} if chat else {"text": literal}
    if isinstance(parsed, dict) and isinstance(parsed.get("messages"), list):
        parsed = parsed["messages"]
    if isinstance(parsed, list) and parsed and all(isinstance(item, dict) for item in parsed):
        return {"messages": [_turn(item) for item in parsed]}
    if isinstance(parsed, dict | list):
        what = "This prompt is JSON, and no list of messages: its text is sent."
        loader.notes.remark(node, what, "Write messages with `role` and `content`.")
    return {"text": literal_where_cut_off(text)}


def _turn(item: Mapping[str, Any]) -> dict[str, str]:
    role = ROLES.get(str(item.get("role")))
    if role is None:
        raise Left(
            f"A message with the role `{item.get('role')}`.",
            "A prompt has system, user and assistant messages.",
        )
    content = item.get("content", item.get("parts"))
    if isinstance(content, list):
        parts = [
            part if isinstance(part, str) else part.get("text") if isinstance(part, dict) else None
            for part in content
        ]
        if None in parts or not all(isinstance(part, str) for part in parts):
            raise Left(
                "A message with more than text in it.",
                "Images in prompts are not there yet; describe it in words.",
            )
        content = "\n".join(map(str, parts))
    if not isinstance(content, str):
        raise Left("A message without text.", "Write its `content` as text.")
    return {"role": role, "content": content}


def _unique(found: list[Asked]) -> list[Asked]:
    """The prompts with a label each that no other has; the same text under the same name counts once."""
    names: set[str] = set()
    seen: list[dict[str, Any]] = []
    made: list[Asked] = []
    for asked in found:
        if asked.prompt in seen:
            continue
        seen.append(asked.prompt)
        label = asked.prompt.get("label")
        name, number = label or f"prompt {len(made) + 1}", 2
        while name in names:
            name, number = f"{label or 'prompt'} {number}", number + 1
        names.add(name)
        if label is not None and name != label:
            asked = replace(asked, prompt={**asked.prompt, "label": name})
        elif label is None and name != f"prompt {len(made) + 1}":
            asked = replace(asked, prompt={"label": name, **asked.prompt})
        made.append(asked)
    return made
