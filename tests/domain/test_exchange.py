"""Events are kept as one block and read as if they were objects."""

from __future__ import annotations

import gc

import pytest

from playground.domain import Event, Events, Exchange, exchange
from playground.domain.nouns import jsonable, noun

RAW = [(10.5, None, b"first"), (10.75, "delta", "zw\u00f6lf \U0001f40d".encode()), (11.0, "x", b"")]
READ = (
    Event(offset=0.5, data="first"),
    Event(offset=0.75, data="zw\u00f6lf \U0001f40d", name="delta"),
    Event(offset=1.0, data="", name="x"),
)


def test_events_are_read_by_number_by_slice_and_one_after_the_other() -> None:
    events = Events(RAW, zero=10.0)
    assert len(events) == 3
    assert events == READ
    assert tuple(events) == READ
    assert (events[0], events[-1], events[1:]) == (READ[0], READ[-1], READ[1:])
    assert READ[1] in events
    assert events == Events.of(READ)
    assert events != Events.of(READ[:2])
    with pytest.raises(IndexError):
        events[3]


def test_no_events_are_false_and_equal_to_an_empty_tuple() -> None:
    assert not Events([], zero=0.0)
    assert Events([], zero=0.0) == ()


def test_bytes_that_are_no_text_are_read_with_a_replacement_each_in_its_own_event() -> None:
    half, rest = "\u20ac".encode()[:2], "\u20ac".encode()[2:]
    events = Events([(0.0, None, half), (0.0, None, rest + b"!")], zero=0.0)
    assert [event.data for event in events] == ["\ufffd", "\ufffd!"]


def test_an_exchange_with_events_is_the_same_after_its_journey_through_json() -> None:
    sent = Exchange(
        method="POST", url="u", request_headers={}, request_body=None, events=Events(RAW, zero=10.0)
    )
    assert noun(Exchange, jsonable(sent)) == sent


def test_the_garbage_collector_sees_a_handful_of_objects_and_not_one_for_every_event() -> None:
    events = Events([(float(i), "delta", b"%d" % i) for i in range(1000)], zero=0.0)
    gc.collect()
    assert sum(gc.is_tracked(held) for held in gc.get_referents(events)) <= 6


def test_more_events_than_are_packed_in_one_go_are_the_same_events() -> None:
    many = [(i / 8, f"name {i % 3}", b"%d" % i) for i in range(2 * exchange._PIECE + 1)]
    events = Events(many, zero=1.0)
    assert [(e.offset, e.name, e.data) for e in events] == [
        (at - 1.0, name, data.decode()) for at, name, data in many
    ]
    assert events[-1].data == str(2 * exchange._PIECE)
