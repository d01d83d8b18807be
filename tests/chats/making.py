"""Exports as the products write them, made for a test."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playground.chats.importing import chats
from playground.chats.nouns import Chat, Said

BEGAN = 1_780_000_000


def node(
    name: str, parent: str | None, role: str, *parts: Any, kind: str = "text", **more: Any
) -> dict[str, Any]:
    """A node of ChatGPT's tree, without `children`, as newer exports are."""
    content = more.pop("content", {"content_type": kind, "parts": list(parts)})
    message = {"author": {"role": role}, "content": content, **more}
    return {"id": name, "parent": parent, "message": message}


def chatgpt(*nodes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A conversation of ChatGPT."""
    return {
        "conversation_id": "c1",
        "title": "A talk",
        "update_time": BEGAN,
        "mapping": {one["id"]: one for one in nodes},
        **more,
    }


def claude(*messages: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A conversation of Claude."""
    return {"uuid": "u1", "name": "A talk", "updated_at": "2026-06-01T10:00:00Z",
            "chat_messages": list(messages), **more}  # fmt: skip


def said(sender: str, *blocks: Any, **more: Any) -> dict[str, Any]:
    """A message of Claude; a text stands for a block of it."""
    content = [{"type": "text", "text": one} if isinstance(one, str) else one for one in blocks]
    return {"uuid": more.pop("uuid", ""), "sender": sender, "text": "", "content": content,
            "created_at": "2026-06-01T10:00:00.123456Z", **more}  # fmt: skip


def put(folder: Path, value: Any, name: str = "conversations.json") -> Path:
    """The value in a file of JSON."""
    file = folder / name
    file.write_text(json.dumps(value), "utf-8")
    return file


def zipped(folder: Path, name: str, files: Mapping[str, Any]) -> Path:
    """A zip of files; a value that is not bytes is written as JSON."""
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, value in files.items():
            archive.writestr(inner, value if isinstance(value, bytes) else json.dumps(value))
    return folder / name


def imported(*paths: Path) -> tuple[list[Chat], list[tuple[str, str]]]:
    """The conversations, and what was left out."""
    left = Said()
    found = list(chats(paths, left))
    return found, [(one.where, one.what) for one in left.found]


def only(paths: Sequence[Path] | Path) -> Chat:
    """The one conversation of these files."""
    (chat,), _ = imported(*([paths] if isinstance(paths, Path) else paths))
    return chat
