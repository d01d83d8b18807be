"""Images and PDFs in tokens: the providers' own examples, and files that say nothing of their size."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

from playground.domain import File, Message, ModelRef, Request, Text
from playground.tokens import count_input
from playground.tokens.attachments import RULES, count_file, image_size, pdf_pages


def png(width: int, height: int) -> File:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return File(media_type="image/png", data=head)


def pdf(pages: int, *, packed: bool = False) -> File:
    objects = b"<</Type /Pages>>" + b"<</Type/Page /Parent 1 0 R>>" * pages
    if packed:
        objects = b"<</Type/ObjStm /N 3>>\nstream\r\n" + zlib.compress(objects) + b"\nendstream"
    return File(media_type="application/pdf", data=b"%PDF-1.7\n" + objects)


EXAMPLES = (
    ("anthropic:claude-sonnet-5-5", (200, 200), 64),
    ("anthropic:claude-opus-4-7", (1000, 1000), 1296),
    ("anthropic:claude-sonnet-5-5", (1920, 1080), 2691),
    ("anthropic:claude-haiku-4-5", (1920, 1080), 1560),
    ("anthropic:claude-sonnet-5-5", (3840, 2160), 4784),
    ("anthropic:claude-sonnet-4-6", (3840, 2160), 1560),
    ("anthropic:claude-sonnet-5-5", (1075, 1520), 2145),
    ("anthropic:claude-sonnet-4-20250514", (1075, 1520), 33 * 47),
    ("openai:gpt-4o", (1024, 1024), 765),
    ("openai/chat:gpt-4.1", (1024, 1024), 765),
    ("openai:gpt-4o-mini", (1024, 1024), 2833 + 4 * 5667),
    ("openai:gpt-5", (1024, 1024), 630),
    ("openai:gpt-5-mini", (1024, 1024), 1659),
    ("openai:gpt-5.2", (1800, 2400), 1452),
    ("openai:gpt-5.4", (1024, 1024), 1024),
    ("openai:gpt-6.1-sol", (3840, 2160), 8160),
    ("gemini:gemini-3.8-flash", (5000, 3), 1120),
    ("gemini:gemini-4-neon", (10, 10), 1120),
    ("gemini:gemini-2.5-flash", (10, 10), 258),
)


@pytest.mark.parametrize(("model", "size", "tokens"), EXAMPLES)
def test_an_image_counts_as_its_provider_says(
    model: str, size: tuple[int, int], tokens: int
) -> None:
    counted = count_file(png(*size), ModelRef.parse(model))
    assert counted is not None
    assert counted.tokens == tokens


@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_counts_by_its_pages(packed: bool) -> None:
    ten = pdf(10, packed=packed)
    for model, tokens in (
        ("gemini:gemini-3.8-flash", 5_600),
        ("gemini:gemini-2.5-pro", 2_580),
        ("anthropic:claude-sonnet-5-5", 23_330),
    ):
        counted = count_file(ten, ModelRef.parse(model))
        assert counted is not None
        assert counted.tokens == tokens
    assert count_file(ten, ModelRef.parse("openai:gpt-6.1-sol")) is None


def test_the_size_of_every_kind_of_image() -> None:
    jpeg = b"\xff\xd8\xff\xe0\0\4ab\xff\xff\xc2\0\x11\x08" + struct.pack(">HH", 40, 30)
    assert image_size(jpeg) == (30, 40)
    assert image_size(b"GIF89a" + struct.pack("<HH", 30, 40)) == (30, 40)
    start = b"RIFF\0\0\0\0WEBP"
    assert image_size(start + b"VP8X" + bytes(8) + b"\x1d\0\0\x27\0\0") == (30, 40)
    lossless = struct.pack("<I", 29 | 39 << 14)
    assert image_size(start + b"VP8L" + bytes(4) + b"\x2f" + lossless) == (30, 40)
    assert image_size(start + b"VP8 " + bytes(10) + struct.pack("<HH", 30, 40)) == (30, 40)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe0\0\0\0\0",
        b"RIFF....WEBP", b"RIFF....WEBPVP8X", b"RIFF....WEBPnone" + bytes(40), b"GIF8", b"no image",
        png(0, 5).data,
    ],
)  # fmt: skip
def test_an_image_without_a_size_is_not_counted(data: bytes) -> None:
    assert image_size(data) is None
    for rule in RULES:
        model = ModelRef.parse("anthropic:claude-sonnet-5-5")
        assert rule.as_of
        assert count_file(File(media_type="image/png", data=data), model) is None


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.4", b"%PDF /ObjStm stream\nnot packed", b"/Type /Pages"]
)
def test_a_pdf_without_pages_is_not_counted(data: bytes) -> None:
    assert pdf_pages(data) is None


def test_a_pdf_that_swells_is_read_up_to_a_limit() -> None:
    bomb = b"<</Type/ObjStm>>stream\n" + zlib.compress(b"/Type/Page " * 20_000_000)
    assert 0 < (pdf_pages(bomb) or 0) < 1_000_000


def test_attachments_are_in_the_estimate_with_their_source_and_the_rest_is_named() -> None:
    parts = (Text(text="hello world"), png(1000, 1000), png(1000, 1000), pdf(3), pdf(0))
    message = Message(role="user", parts=parts)
    request = Request(model=ModelRef.parse("anthropic:claude-sonnet-5-5"), messages=(message,))
    counted = count_input(request)
    assert (counted.attached, counted.uncounted) == (2 * 1296 + 6_999, 1)
    assert counted.tokens == 2 + counted.attached
    assert counted.how.count("images by https://platform.claude.com") == 1
    assert "28 × 28 pixels a token" in counted.how
    assert counted.how.endswith("1 attached file not counted")


def test_a_pdf_of_many_packed_streams_is_not_copied_for_each() -> None:
    class Counting(bytes):
        read = 0

        def __getitem__(self, at: Any) -> Any:
            found = super().__getitem__(at)
            self.read += len(found) if isinstance(found, bytes) else 0
            return found

    page = zlib.compress(b"/Type /Page ")
    data = Counting(b"%PDF" + (b"/ObjStm stream\n" + page) * 300 + bytes(2**20))
    assert pdf_pages(data) == 300
    assert data.read < 2 * 2**20
