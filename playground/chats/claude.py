"""Claude's export: a list of messages a conversation, each with blocks; one answer may be thirty calls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.chats.nouns import Chat, NotAChat, Step
from playground.chats.reading import fields, in_order, joined, listed, newest, text_of, written
from playground.chats.times import moment

PRODUCT = "Claude"
NOBODY = "00000000-0000-4000-8000-000000000000"
"""The parent of a first message."""
PLACEHOLDERS = (
    "This block is not supported on your current device yet.",
    "Viewing artifacts created via the Analysis Tool web feature preview isn't yet supported on mobile.",
)
"""What stands in `text` for blocks that an old device could not show."""
IGNORED = ("token_budget", "voice_note", "summaries", "error")
"""Blocks that are no text of anybody."""


def fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is a conversation of Claude: the export's, the web app's, or one of Claude Design."""
    if "chat_messages" in record:
        return True
    keys = ("uuid", "name", "created_at")
    return _designed(record) or ("account" in record and all(key in record for key in keys))


def _designed(record: Mapping[str, Any]) -> bool:
    return "uuid" in record and isinstance(record.get("messages"), list)


def read(record: Mapping[str, Any]) -> Chat:
    """The conversation; NotAChat where it is empty, as many of an account are."""
    messages = record.get("messages" if _designed(record) else "chat_messages")
    found = _Found(model=text_of(record.get("model")) or None)
    for message in map(fields, listed(messages)):
        found.message(_flat(message) if _designed(record) else message)
    if not any(step.who in ("user", "assistant") for step in found.steps):
        raise NotAChat("a conversation without a message")
    steps, circles = in_order(found.steps)
    if circles:
        found.notes[f"{circles} messages that hang in a circle"] = None
    leaf = found.last.get(text_of(record.get("current_leaf_message_uuid")))
    return Chat(
        id=text_of(record.get("uuid")),
        product=PRODUCT,
        title=text_of(record.get("name")) or text_of(record.get("title")),
        steps=steps,
        head=leaf or newest(steps),
        model=found.model,
        updated=moment(record.get("updated_at")) or moment(record.get("created_at")),
        notes=tuple(found.notes),
    )


def _flat(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message of Claude Design, as the other products' are."""
    told = message.get("content")
    inner = {"content": told} if isinstance(told, str) else fields(told)
    return {
        "uuid": message.get("uuid"),
        "sender": "human" if message.get("role") == "user" else "assistant",
        "text": inner.get("content"),
        "content": inner.get("contentBlocks"),
        "created_at": message.get("created_at") or inner.get("timestamp"),
        "attachments": [
            {"extracted_content": fields(one).get("content"), "file_name": fields(one).get("name")}
            for one in listed(inner.get("attachments"))
        ],
    }


@dataclass(slots=True)
class _Found:
    model: str | None
    steps: list[Step] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)
    """Message → its last step, behind which the next message stands."""
    notes: dict[str, None] = field(default_factory=dict)

    def message(self, message: Mapping[str, Any]) -> None:
        uuid = text_of(message.get("uuid")) or f"message {len(self.last)}"
        before = self._before(message)
        who = "user" if message.get("sender") == "human" else "assistant"
        at = moment(message.get("created_at"))
        model = text_of(message.get("model")) or None
        blocks = _blocks(message.get("content"), self.notes)
        if who == "user":
            text = _said(blocks, message, self.notes)
            context = "\n".join(block.text for block in blocks if block.kind == "context")
            attached, uncounted = _attached(message)
            if context:
                self._add(
                    Step(id=f"{uuid} context", parent=before, who="context", text=context, at=at)
                )
                before = f"{uuid} context"
            if text or attached or uncounted:
                step = Step(
                    id=uuid,
                    parent=before,
                    who="user",
                    at=at,
                    uncounted=uncounted,
                    text="\n".join(filter(None, (text, *attached))),
                )
                self._add(step)
                before = uuid
        else:
            before = self._answer(uuid, before, blocks, message, (at, model))
        if before is not None:
            self.last[uuid] = before

    def _before(self, message: Mapping[str, Any]) -> str | None:
        """The step that the message answers: its parent's last, or simply the one before where none is named."""
        parent = message.get("parent_message_uuid")
        if parent == NOBODY:
            return None
        if isinstance(parent, str) and parent in self.last:
            return self.last[parent]
        return self.steps[-1].id if self.steps else None

    def _answer(
        self,
        uuid: str,
        before: str | None,
        blocks: list[_Block],
        message: Mapping[str, Any],
        when: tuple[Any, str | None],
    ) -> str | None:
        """The steps of an answer: what the model wrote, what its tools gave back, by turns."""
        if not any(block.kind == "text" for block in blocks):
            said = _said([], message, self.notes)
            blocks = [*blocks, _Block("text", said)] if said else blocks
        whole = True
        for number, (who, group) in enumerate(_rounds(blocks)):
            step = Step(
                id=f"{uuid} {number}" if number else uuid,
                parent=before,
                who="assistant" if who == "assistant" else "tool",
                text="\n".join(block.text for block in group if block.kind != "thinking"),
                thought="\n".join(block.text for block in group if block.kind == "thinking"),
                message=whole and who == "assistant",
                at=when[0],
                model=when[1],
            )
            whole = False
            self._add(step)
            before = step.id
        return before

    def _add(self, step: Step) -> None:
        self.steps.append(step)


@dataclass(frozen=True, slots=True)
class _Block:
    kind: str
    """`text`, `thinking`, `call`, `result` or `context`."""
    text: str


def _blocks(content: Any, notes: dict[str, None]) -> list[_Block]:
    """The blocks of a message; a content that is itself a JSON text is read."""
    if isinstance(content, str):
        try:
            inner = json.loads(content)
        except (ValueError, RecursionError):
            inner = None
        if not isinstance(inner, list):  # what someone wrote: `42` is JSON too
            return [_Block("text", content)] if content else []
        content = inner
    return [block for one in listed(content) for block in _block(one, notes)]


def _block(block: Any, notes: dict[str, None]) -> Iterator[_Block]:
    if isinstance(block, str):
        yield _Block("text", block)
        return
    kind, inner = text_of(fields(block).get("type")), fields(block)
    if kind in ("text", "text/markdown", "user_interjection"):
        yield _Block("text", written(text_of(inner.get("text"))))
    elif kind == "thinking":
        yield _Block("thinking", text_of(inner.get("thinking")) or text_of(inner.get("text")))
    elif kind == "tool_use":
        yield _Block("call", _call(inner.get("name"), inner.get("input")))
    elif kind == "tool_result":
        yield _Block("result", joined(_seen(inner.get("content"))))
    elif kind == "tool_call":  # Claude Design: both in one
        tool = fields(inner.get("toolCall"))
        yield _Block("call", _call(tool.get("name"), tool.get("input")))
        yield _Block("result", joined(tool.get("output")))
    elif kind == "injected_prompt_block":
        yield _Block("context", text_of(inner.get("prompt")))
    elif kind in ("image", "document"):
        notes["images and documents, of which the export has no size"] = None
    elif kind and kind not in IGNORED:
        notes[f"blocks of a kind that is not known: {kind}"] = None


def _call(name: Any, given: Any) -> str:
    told = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return f"{text_of(name)} {told}"


def _seen(content: Any) -> Any:
    """What the model was shown of a tool's result: its texts, not their types and ids."""
    return [
        [one.get("title"), one.get("url"), one.get("text")] if isinstance(one, Mapping) else one
        for one in (content if isinstance(content, list) else [content])
    ]


def _rounds(blocks: list[_Block]) -> Iterator[tuple[str, list[_Block]]]:
    """What the model wrote in one call and what came back, by turns: a call after a result is another round.

    Calls made at once may stand like that too. The export does not tell, so this is the most that it can have been.
    """
    group: list[_Block] = []
    who = "assistant"
    for block in blocks:
        whose = "tool" if block.kind == "result" else "assistant"
        if whose != who and group:
            yield who, group
            group = []
        who = whose
        group.append(block)
    if group:
        yield who, group


def _said(blocks: list[_Block], message: Mapping[str, Any], notes: dict[str, None]) -> str:
    """The text blocks; where there is none, the `text` of old exports without what stands for other blocks."""
    said = "\n".join(block.text for block in blocks if block.kind == "text")
    if said:
        return said
    text = text_of(message.get("text"))
    for placeholder in PLACEHOLDERS:
        if placeholder in text:
            notes["blocks that the export could not show"] = None
            text = text.replace(f"```\n{placeholder}\n```", "").replace(placeholder, "")
    return text.strip()


def _attached(message: Mapping[str, Any]) -> tuple[list[str], int]:
    """Texts of the attachments, and how many files the export names only."""
    texts, named = [], set()
    for attachment in map(fields, listed(message.get("attachments"))):
        content = text_of(attachment.get("extracted_content"))
        name = text_of(attachment.get("file_name"))
        if content:
            texts.append(content)
            named.add(name)
    files = [text_of(fields(one).get("file_name")) for one in listed(message.get("files"))]
    empty = [text_of(fields(one).get("file_name")) for one in listed(message.get("attachments"))]
    return texts, len({*files, *empty} - named)
