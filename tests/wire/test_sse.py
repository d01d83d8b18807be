"""Server-sent events come out the same however the bytes come in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from playground.wire import Block, SSEParser


def read(*pieces: bytes) -> list[Block]:
    parser = SSEParser()
    return [block for piece in pieces for block in parser.feed(piece)] + parser.finish()


def test_an_event_has_a_name_and_data() -> None:
    assert read(b'event: ping\ndata: {"a": 1}\n\n') == [("ping", b'{"a": 1}')]


def test_an_event_is_out_with_its_blank_line_and_not_before() -> None:
    parser = SSEParser()
    assert parser.feed(b"data: 1\n") == []
    assert parser.feed(b"\n") == [(None, b"1")]


def test_lines_end_with_lf_crlf_or_cr() -> None:
    for end in (b"\n", b"\r\n", b"\r"):
        assert read(b"event: e%sdata: 1%s%sdata: 2%s%s" % ((end,) * 5)) == [
            ("e", b"1"),
            (None, b"2"),
        ]


def test_a_crlf_split_between_two_reads_is_one_line_end() -> None:
    assert read(b"data: 1\r", b"\n\r", b"\ndata: 2\r\n\r\n") == [(None, b"1"), (None, b"2")]


def test_data_lines_of_one_event_are_joined_by_a_line_feed() -> None:
    assert read(b"data: 1\ndata: 2\n\n") == [(None, b"1\n2")]


def test_the_space_after_the_colon_is_optional_and_only_one_is_dropped() -> None:
    assert read(b"data:1\n\n", b"data:  2\n\n") == [(None, b"1"), (None, b" 2")]


def test_comments_ids_and_retries_say_nothing() -> None:
    assert read(b": OPENROUTER PROCESSING\n\nid: 7\nretry: 10\ndata: 1\n\n") == [(None, b"1")]


def test_an_event_without_data_is_none() -> None:
    assert read(b"event: ping\n\ndata: 1\n\n") == [(None, b"1")]


def test_an_empty_data_line_is_empty_data() -> None:
    assert read(b"data\n\n") == [(None, b"")]


def test_a_byte_order_mark_at_the_start_is_not_part_of_the_first_line() -> None:
    assert read(b"\xef\xbb\xbfdata: 1\n\n") == [(None, b"1")]


def test_an_event_that_the_end_of_the_stream_cuts_off_comes_out_at_the_end() -> None:
    assert read(b"data: 1\n\ndata: 2") == [(None, b"1"), (None, b"2")]


def test_a_bare_json_object_is_an_event_as_gemini_breaks_off() -> None:
    error = b'{\n  "error": {\n    "code": 503\n  }\n}'
    assert read(b"data: 1\r\n\r\n" + error.replace(b"\n", b"\r\n") + b"\r\n\r\n") == [
        (None, b"1"),
        (None, error),
    ]


def test_a_bare_json_object_ends_where_events_begin_again() -> None:
    assert read(b'{"error": 1}\ndata: 2\n\n') == [(None, b'{"error": 1}'), (None, b"2")]


def test_whole_objects_in_a_row_of_data_lines_are_events_of_their_own() -> None:
    assert read(b'data: {"a": 1}\ndata: {"a": 2}\ndata: [DONE]\n\n') == [
        (None, b'{"a": 1}'),
        (None, b'{"a": 2}'),
        (None, b"[DONE]"),
    ]
    assert read(b'data: {\ndata: "a": {}}\ndata: 1\n\n') == [(None, b'{\n"a": {}}\n1')]


def test_text_that_is_no_field_is_left_out() -> None:
    assert read(b"<html>\n\ndata: 1\n\n") == [(None, b"1")]


def test_a_large_event_in_many_pieces_is_one_event() -> None:
    data = b"x" * 2_000_000
    pieces = [data[i : i + 1000] for i in range(0, len(data), 1000)]
    assert read(b"data: ", *pieces, b"\n\n") == [(None, data)]


_LINES = st.lists(
    st.one_of(
        st.text("abc é€😀:{}", max_size=12).map(lambda text: "data: " + text),
        st.sampled_from(["", "", "event: e", ": comment", "data", '{"a":1}', "}", "id: 1"]),
    ),
    max_size=12,
)


@given(_LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.data())
def test_any_split_gives_the_same_events(lines: list[str], end: str, data: st.DataObject) -> None:
    body = "".join(line + end for line in lines).encode()
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=8).map(sorted))
    places = [0, *cuts, len(body)]
    assert read(*(body[a:b] for a, b in pairwise(places))) == read(body)
