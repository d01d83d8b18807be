"""Input tokens of images and PDFs, by the rules that the providers publish."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from playground.domain import File, ModelRef

Size = tuple[int, int]
"""Width and height, pixels."""


class Rule(NamedTuple):
    """How one provider counts one kind of attachment for some of its models."""

    provider: str
    models: str
    """Regular expression that the id begins with; the first rule that fits counts."""
    kind: str
    """Beginning of the media type."""
    tokens: Callable[[File], int | None]
    """None where the file does not say what is needed."""
    how: str
    source: str
    as_of: str


def _of_image(count: Callable[[int, int], int]) -> Callable[[File], int | None]:
    def tokens(file: File) -> int | None:
        size = image_size(file.data)
        return count(*size) if size else None

    return tokens


def _per_image(tokens: int) -> Callable[[File], int | None]:
    return _of_image(lambda width, height: tokens)


def _per_page(tokens: int) -> Callable[[File], int | None]:
    def counted(file: File) -> int | None:
        pages = pdf_pages(file.data)
        return pages * tokens if pages else None

    return counted


def _claude(edge: int, most: int) -> Callable[[File], int | None]:
    """28 × 28 pixels a token, after the largest size whose long edge and tokens are within the limits."""

    def count(width: int, height: int) -> int:
        long, short = max(width, height), min(width, height)
        for size in range(min(long, edge), 0, -1):
            found = _cells(size, max(round(short * size / long), 1), 28)
            if found <= most:
                return found
        return 1

    return _of_image(count)


def _patches(factor: float, budget: int | None = None) -> Callable[[File], int | None]:
    """32 × 32 pixels a patch, shrunk to the budget where there is one, times the model's factor."""

    def count(width: int, height: int) -> int:
        found = _cells(width, height, 32)
        if budget is not None and found > budget:
            scale = (1024 * budget / (width * height)) ** 0.5
            wide, high = width * scale / 32, height * scale / 32
            scale *= min(max(int(wide), 1) / wide, max(int(high), 1) / high)
            found = min(_cells(int(width * scale + 0.5), int(height * scale + 0.5), 32), budget)
        return round(found * factor)

    return _of_image(count)


def _tiles(base: int, tile: int) -> Callable[[File], int | None]:
    """512 × 512 pixels a tile, after fitting into 2048 × 2048 and shrinking the short side to 768."""

    def count(width: int, height: int) -> int:
        scale = min(1.0, 2048 / max(width, height))
        scale = min(scale, 768 / min(width, height))
        return base + tile * _cells(round(width * scale), round(height * scale), 512)

    return _of_image(count)


def _cells(width: int, height: int, side: int) -> int:
    return -(-width // side) * -(-height // side)


_VISION = "https://platform.claude.com/docs/en/build-with-claude/vision"
_CLAUDE_PDF = "https://platform.claude.com/docs/en/build-with-claude/pdf-support"
_OPENAI = "https://developers.openai.com/api/docs/guides/images-vision"
_GEMINI = "https://ai.google.dev/gemini-api/docs/media-resolution"
_READ = "2026-11-21"
_OLDER_CLAUDE = r"claude-([a-z]+-[1-3](?!\d)|[1-3]|[a-z]+-4(-[0-6])?(?!-?[7-9]))"
_CLAUDE_HOW = "28 × 28 pixels a token"
_PATCH_HOW = "32 × 32 pixels a patch"
_TILE_HOW = "512 × 512 pixels a tile"

RULES: tuple[Rule, ...] = (
    Rule("anthropic", _OLDER_CLAUDE, "image/", _claude(1568, 1568), _CLAUDE_HOW, _VISION, _READ),
    Rule("anthropic", "claude", "image/", _claude(2576, 4784), _CLAUDE_HOW, _VISION, _READ),
    Rule(
        "anthropic", "claude", "application/pdf", _per_page(2_333),
        "about 7,000 for three pages", _CLAUDE_PDF, _READ,
    ),
    Rule("openai", r"gpt-4o-mini", "image/", _tiles(2833, 5667), _TILE_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-4\.1-mini", "image/", _patches(1.62, 1536), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-4\.1-nano", "image/", _patches(2.46, 1536), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"(chatgpt-)?gpt-4(o|\.1|\.5)|chatgpt-4o", "image/", _tiles(85, 170), _TILE_HOW, _OPENAI, _READ),
    Rule("openai", r"o4-mini", "image/", _patches(1.72, 1536), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"o[13]", "image/", _tiles(75, 150), _TILE_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-5(\.[14])?-mini", "image/", _patches(1.62, 1536), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-5(\.[14])?-nano", "image/", _patches(2.46, 1536), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-5\.2", "image/", _patches(1, 1536), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-5\.[45](?!\d)", "image/", _patches(1, 2500), _PATCH_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-5(?!\.[2-9])", "image/", _tiles(70, 140), _TILE_HOW, _OPENAI, _READ),
    Rule("openai", r"gpt-(5\.[6-9]|[6-9])", "image/", _patches(1), _PATCH_HOW, _OPENAI, _READ),
    Rule("gemini", r"gemini-2", "image/", _per_image(258), "258 an image", _GEMINI, _READ),
    Rule("gemini", r"gemini-2", "application/pdf", _per_page(258), "258 a page", _GEMINI, _READ),
    Rule("gemini", r"gemini-[3-9]", "image/", _per_image(1_120), "1,120 an image", _GEMINI, _READ),
    Rule("gemini", r"gemini-[3-9]", "application/pdf", _per_page(560), "560 a page", _GEMINI, _READ),
)  # fmt: skip
"""What is not here is not counted: OpenAI does not say how it draws a PDF's pages, others say nothing."""


class Counted(NamedTuple):
    """Tokens of one attachment, and by which rule."""

    tokens: int
    rule: Rule


def count_file(file: File, ref: ModelRef) -> Counted | None:
    """The attachment's input tokens for this model; None where no rule is known or the file does not say its size."""
    for rule in RULES:
        if (
            rule.provider == ref.provider
            and file.media_type.startswith(rule.kind)
            and re.match(rule.models, ref.model)
        ):
            found = rule.tokens(file)
            return None if found is None else Counted(found, rule)
    return None


def image_tokens(ref: ModelRef, width: int, height: int) -> int | None:
    """Input tokens of an image of this size for this model; None where no rule is known."""
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    found = count_file(File(media_type="image/png", data=head), ref)
    return None if found is None else found.tokens


def image_size(data: bytes) -> Size | None:
    """Width and height by the file's head; None where it has none."""
    try:
        size = next((read(data) for magic, read in _HEADS if data.startswith(magic)), None)
    except (struct.error, IndexError):
        return None
    return size if size and min(size) > 0 else None


def _png(data: bytes) -> Size:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg(data: bytes) -> Size | None:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return None
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
        elif kind in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None


_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _webp(data: bytes) -> Size | None:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int(struct.unpack_from("<I", data, 21)[0])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_HEADS: tuple[tuple[bytes, Callable[[bytes], Size | None]], ...] = (
    (b"\x89PNG", _png),
    (b"GIF8", _gif),
    (b"\xff\xd8\xff", _jpeg),
    (b"RIFF", _webp),
)

_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_PACKED = re.compile(rb"/ObjStm\b.{0,300}?stream\r?\n", re.DOTALL)
_MOST_UNPACKED = 4 * 2**20
"""Bytes that are unpacked of one PDF to find its pages."""
_PIECE = 4096


def pdf_pages(data: bytes) -> int | None:
    """Pages of a PDF by its page objects; None where none is found (it is encrypted, or broken)."""
    return (
        len(_PAGE.findall(data)) + sum(len(_PAGE.findall(part)) for part in _objects(data)) or None
    )


def _objects(data: bytes) -> Iterator[bytes]:
    """What is in the packed object streams, where newer PDFs keep their pages."""
    left = _MOST_UNPACKED
    for found in _PACKED.finditer(data):
        try:
            part = _unpacked(data, found.end(), left)
        except zlib.error:
            continue
        left -= len(part)
        yield part
        if left <= 0:
            return


def _unpacked(data: bytes, start: int, most: int) -> bytes:
    """The stream that begins here, piece by piece: what stands behind it is not copied for each of thousands."""
    unpacking, found = zlib.decompressobj(), bytearray()
    for at in range(start, len(data), _PIECE):
        found += unpacking.decompress(data[at : at + _PIECE], most - len(found))
        if unpacking.eof or len(found) >= most:
            break
    return bytes(found)
