"""ChatGPT's export: a tree of messages a conversation, `mapping` from id to node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from playground.chats.nouns import Chat, NotAChat, Step, Who
from playground.chats.reading import (
    behind,
    fields,
    in_order,
    joined,
    listed,
    newest,
    text_of,
    written,
)
from playground.chats.times import moment

PRODUCT = "ChatGPT"
CONTEXT = ("user_editable_context", "model_editable_context")
"""Custom instructions and memories: sent with every call."""
UNSEEN = ("reasoning_recap",)
"""What the product writes about an answer: no model did."""
_KEYS = {
    "user_editable_context": ("user_profile", "user_instructions"),
    "model_editable_context": ("model_set_context",),
    "tether_browsing_display": ("result", "summary"),
    "tether_quote": ("title", "text", "url"),
    "sonic_webpage": ("title", "text", "snippet", "url"),
    "super_widget": ("text",),
    "system_error": ("name", "text"),
    "code": ("text",),
    "execution_output": ("text",),
    "computer_output": ("text",),
}
"""Content type → where its text stands, if not in `parts`."""
_TEXT = ("text", "multimodal_text")
_SIZES = ("fileSizeTokens", "fileTokenSize", "file_token_size")
"""How an attachment's tokens were called at one time or another."""


def fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is a conversation of ChatGPT, the export's or the web app's."""
    mapping = _whole(record).get("mapping")
    return isinstance(mapping, Mapping) and "inserted_at" not in record


def read(record: Mapping[str, Any]) -> Chat:
    """The conversation; NotAChat where it has no messages at all."""
    record = _whole(record)
    found = _Found()
    for key, node in record["mapping"].items():
        found.node(key, fields(node))
    if not any(found.parents.values()):
        found.parents = dict(zip(found.parents, [None, *found.parents], strict=False))
    if not any(step.who in ("user", "assistant") for step in found.steps):
        raise NotAChat("a conversation without a message")
    steps, circles = in_order(_across(found.steps, found.parents))
    if circles:
        found.note(f"{circles} messages that hang in a circle")
    ids = {step.id for step in steps}
    return Chat(
        id=str(record.get("conversation_id") or record.get("id") or ""),
        product=PRODUCT,
        title=text_of(record.get("title")),
        steps=steps,
        head=behind(record.get("current_node"), found.parents, ids) or newest(steps),
        model=text_of(record.get("default_model_slug")) or None,
        updated=moment(record.get("update_time")) or moment(record.get("create_time")),
        notes=tuple(found.notes),
    )


def _whole(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The conversation, out of what a browser's exporter put around it."""
    inner = record.get("conversation")
    return inner if isinstance(inner, Mapping) and "mapping" in inner else record


@dataclass(slots=True)
class _Found:
    steps: list[Step] = field(default_factory=list)
    parents: dict[str, str | None] = field(default_factory=dict)
    """Of every node, those without a message too."""
    notes: dict[str, None] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.notes[what] = None

    def node(self, key: str, node: Mapping[str, Any]) -> None:
        parent = node.get("parent")
        self.parents[key] = parent if isinstance(parent, str) else None
        message = fields(node.get("message"))
        for child in listed(node.get("children")):
            if isinstance(child, str):
                self.parents.setdefault(child, key)
        if message:
            self.message(key, message)

    def message(self, key: str, message: Mapping[str, Any]) -> None:
        content, meta = fields(message.get("content")), fields(message.get("metadata"))
        kind = text_of(content.get("content_type")) or "text"
        who = _who(text_of(fields(message.get("author")).get("role")), kind)
        if kind in UNSEEN or who is None:
            if who is None:
                self.note("messages of nobody that is known")
            return
        thought = (
            joined(content.get("thoughts") or content.get("parts")) if kind == "thoughts" else ""
        )
        text = "" if thought else self.text(kind, content, meta)
        attached, uncounted = _attached(meta)
        if who == "context" and not text:
            return
        self.steps.append(
            Step(
                id=key,
                parent=self.parents[key],
                who=who,
                text=written(text),
                thought=thought,
                thought_seconds=_seconds(meta),
                message=kind != "thoughts" and message.get("recipient") in (None, "all"),
                model=text_of(meta.get("model_slug"))
                or text_of(meta.get("resolved_model_slug"))
                or None,
                at=moment(message.get("create_time")),
                attached=attached,
                images=_images(content),
                uncounted=uncounted + self.unsized(content),
            )
        )

    def text(self, kind: str, content: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
        keys = _KEYS.get(kind)
        if keys:
            said = "\n".join(filter(None, (joined(content.get(key)) for key in keys)))
            return said or text_of(meta.get("finished_text"))
        if kind not in _TEXT:
            self.note(f"content of a kind that is not known: {kind} (its texts are counted)")
            return joined({k: v for k, v in content.items() if k != "content_type"})
        return "\n".join(filter(None, (_part(part) for part in listed(content.get("parts")))))

    def unsized(self, content: Mapping[str, Any]) -> int:
        parts = [fields(part) for part in listed(content.get("parts"))]
        kinds = [text_of(part.get("content_type")) for part in parts]
        sound = sum("audio_asset" in kind or "video" in kind for kind in kinds)
        if sound:
            self.note("sound and video, of which only the transcript is counted")
        return sum(
            kind == "image_asset_pointer" and not _size(part)
            for part, kind in zip(parts, kinds, strict=True)
        )


def _who(role: str, kind: str) -> Who | None:
    if kind in CONTEXT or role == "system":
        return "context"
    known: dict[str, Who] = {"user": "user", "assistant": "assistant", "tool": "tool"}
    return known.get(role)


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    inner = fields(part)
    if inner.get("content_type") in ("image_asset_pointer", "audio_asset_pointer"):
        return ""
    return text_of(inner.get("text"))


def _size(part: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = part.get("width"), part.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


def _images(content: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """Sizes of the images that somebody sent."""
    sizes = (
        _size(fields(part))
        for part in listed(content.get("parts"))
        if fields(part).get("content_type") == "image_asset_pointer"
    )
    return tuple(size for size in sizes if size)


def _attached(meta: Mapping[str, Any]) -> tuple[int, int]:
    """Tokens of the attachments that the product counted, and how many it did not; images stand among the parts."""
    tokens = uncounted = 0
    for attachment in map(fields, listed(meta.get("attachments"))):
        sizes = (attachment.get(key) for key in _SIZES)
        size = next((size for size in sizes if isinstance(size, int) and size > 0), None)
        if size is not None:
            tokens += size
        elif not text_of(attachment.get("mime_type")).startswith("image/"):
            uncounted += 1
    return tokens, uncounted


def _seconds(meta: Mapping[str, Any]) -> float | None:
    seconds = meta.get("finished_duration_sec")
    return float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None


def _across(steps: list[Step], parents: Mapping[str, str | None]) -> list[Step]:
    """The steps with the nearest step before each as its parent, across nodes that hold none."""
    whos = {step.id: step.who for step in steps}
    found = []
    for step in steps:
        before = behind(parents.get(step.id), parents, whos)
        same = before is not None and step.who == "assistant" == whos[before]
        found.append(replace(step, parent=before, goes_on=same))
    return found
