"""What is wrong with an inline file: its media type, its base64, its first bytes."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

Trouble = Literal["type", "base64", "image", "mismatch", "url"]

MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF",),
}
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
PDF = "application/pdf"
SEARCHED = 1024
"""A PDF's mark may stand within so many bytes."""


def trouble(media_type: str, encoded: str, allowed: tuple[str, ...]) -> Trouble | None:
    """What is wrong with base64 data of this type; None when nothing is."""
    if media_type not in allowed:
        return "type"
    try:
        data = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return "base64"
    marks = MAGIC.get(media_type)
    if marks is None:
        return None
    if media_type == PDF:
        return None if marks[0] in data[:SEARCHED] else "image"
    if data.startswith(marks):
        return None
    others = [mark for name in IMAGES for mark in MAGIC[name]]
    return "mismatch" if data.startswith(tuple(others)) else "image"


def url_trouble(url: str, allowed: tuple[str, ...] = IMAGES) -> tuple[Trouble, str] | None:
    """What is wrong with a data URL or a link, and the type it names."""
    if url.startswith("data:"):
        head, comma, encoded = url.removeprefix("data:").partition(",")
        media_type = head.partition(";")[0]
        if not comma or not head.endswith(";base64"):
            return "url", media_type
        found = trouble(media_type, encoded, allowed)
        return (found, media_type) if found and found != "mismatch" else None
    return None if url.startswith(("http://", "https://")) else ("url", "")
