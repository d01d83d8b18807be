"""Lines between programs are bounded, however they are cut into pieces."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.wire import lines
from playground.wire.lines import Line, LineTooLong


@given(st.lists(st.binary(max_size=12).map(lambda data: data.replace(b"\r", b"\n")), max_size=12))
def test_a_line_is_too_long_however_it_comes(pieces: list[bytes]) -> None:
    # A piece is never longer than a line may be, as with pipes: 64 KB and megabytes.
    line, most, seen = Line(12), 12, b""
    for piece in pieces:
        seen += piece
        if max(map(len, seen.split(b"\n"))) > most:
            with pytest.raises(LineTooLong):
                line.feed(piece)
            return
        line.feed(piece)


def test_the_codec_is_utf_8_with_an_end() -> None:
    told: list[str] = []
    name = lines.bound(4, lambda: told.append("too long"))
    decoder = codecs.getincrementaldecoder(name)("strict")
    assert decoder.decode("é\n".encode()[:1]) == ""
    assert decoder.decode("é\n".encode()[1:]) == "é\n"
    assert "ß\n".encode(name) == b"\xc3\x9f\n"
    assert (decoder.decode(b"abcd"), told) == ("abcd", [])
    with pytest.raises(LineTooLong):
        decoder.decode(b"e")
    assert told == ["too long"]
