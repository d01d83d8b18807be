"""Servers that speak an API only nearly: what is there is read, and a tool call without a name never appears."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.domain import Response
from playground.providers.pieces import Pieces
from playground.wire import Pool
from tests.loopback import stream
from tests.providers.calling import Serve, calls, respond, streamed, unstreamed
from tests.providers.test_faults import HELLO
from tests.providers.test_framing import labelled

CLAUDE, CHAT, RESPONSES, GEMINI = "anthropic:m", "srv:m", "openai:m", "gemini:m"
INTERACTIONS = "gemini/interactions:m"


def named(*events: tuple[str, Any]) -> bytes:
    """A stream whose types stand in `event:` lines only."""
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (n.encode(), json.dumps(d).encode()) for n, d in events
    )


def said(response: Response) -> tuple[Any, ...]:
    return (response.text, response.reasoning_text, calls(response), response.failure)


def delta(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}, **more}


TOOL = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
STOP = {"type": "message_stop"}
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}}
MESSAGE = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 10, "output_tokens": 5},
}


def start(block: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "content_block": block, **more}


def piece(text: Any, **more: Any) -> dict[str, Any]:
    given = {"type": "input_json_delta", "partial_json": text}
    return {"type": "content_block_delta", "delta": given, **more}


ANTHROPIC_TEXT: dict[str, list[Any]] = {
    "no block starts": [delta("hel", index=0), delta("lo", index=0), STOP],
    "no starts, no indexes": [delta("hel"), delta("lo"), STOP],
    "no indexes": [start({"type": "text", "text": ""}), delta("hel"), delta("lo"), STOP],
    "no delta types": [{"type": "content_block_delta", "delta": {"text": "hello"}}, STOP],
    "no types": [
        {"message": {"id": "m", "content": []}},
        {"index": 0, "content_block": {"text": ""}},
        {"index": 0, "delta": {"text": "hello"}},
        {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
    ],
    "no message_stop": [delta("hello", index=0), END],
    "only [DONE] at the end": [delta("hello", index=0), "[DONE]"],
    "text under another index": [
        start({"type": "text", "text": ""}, index=0),
        delta("hello", index=1),
        STOP,
    ],
    "a whole message": [MESSAGE],
    "a whole message in its start": [{"type": "message_start", "message": MESSAGE}, STOP],
    "a whole message after its pieces": [
        start({"type": "text", "text": "hello"}, index=0),
        MESSAGE,
    ],
    "content as text": [{**MESSAGE, "content": "hello"}],
    "blocks without types": [{**MESSAGE, "content": [{"text": "hello"}]}],
    "a delta that is text": [{"type": "content_block_delta", "delta": "hello"}, STOP],
    "null in a delta": [
        delta("hello", index=0),
        {**delta("", index=0), "delta": {"text": None}},
        STOP,
    ],
    "the stop reason beside the delta": [
        delta("hello"),
        {"type": "message_delta", "stop_reason": "end_turn"},
    ],
    "a start for one index twice": [
        start({"type": "text", "text": "hel"}, index=0),
        start({"type": "text", "text": "lo"}, index=0),
        STOP,
    ],
    "an error that is null": [{"error": None, **delta("hello")}, STOP],
}


@pytest.mark.parametrize("events", ANTHROPIC_TEXT.values(), ids=ANTHROPIC_TEXT)
async def test_the_text_of_nearly_anthropic(serve: Serve, pool: Pool, events: list[Any]) -> None:
    assert said(await streamed(serve, pool, CLAUDE, *events)) == ("hello", "", [], None)


ANTHROPIC_CALLS: dict[str, list[Any]] = {
    "under its index": [
        start(TOOL, index=0),
        piece('{"a"', index=0),
        piece(":1}", index=0),
        END,
        STOP,
    ],
    "under another index": [
        start(TOOL, index=1),
        piece('{"a"', index=2),
        piece(":1}", index=2),
        STOP,
    ],
    "under the text's index": [
        start({"type": "text", "text": ""}, index=0),
        start(TOOL, index=1),
        piece('{"a":1}', index=0),
        STOP,
    ],
    "without indexes": [start(TOOL), piece('{"a"'), piece(":1}"), STOP],
    "all in the start": [start({**TOOL, "input": {"a": 1}}, index=0), STOP],
    "as text in the start": [start({**TOOL, "input": '{"a": 1}'}, index=0), STOP],
    "as an object": [start(TOOL, index=0), piece({"a": 1}, index=0), STOP],
    "without types": [
        {"content_block": {"id": "t1", "name": "f", "input": {}}},
        {"delta": {"partial_json": '{"a":1}'}},
        STOP,
    ],
    "a nameless call beside it": [
        start(TOOL, index=0),
        piece('{"a":1}', index=0),
        start({"type": "tool_use", "id": "t2"}, index=1),
        piece('{"b":2}', index=1),
        STOP,
    ],
}


@pytest.mark.parametrize("events", ANTHROPIC_CALLS.values(), ids=ANTHROPIC_CALLS)
async def test_the_calls_of_nearly_anthropic(serve: Serve, pool: Pool, events: list[Any]) -> None:
    response = await streamed(serve, pool, CLAUDE, *events)
    assert (calls(response), response.failure) == ([("t1", "f", {"a": 1})], None)


async def test_two_calls_whose_pieces_stand_under_the_next_index(serve: Serve, pool: Pool) -> None:
    events = [
        start(TOOL, index=1),
        piece('{"a":1}', index=2),
        start({**TOOL, "id": "t2", "name": "g"}, index=2),
        piece('{"b":2}', index=3),
        STOP,
    ]
    response = await streamed(serve, pool, CLAUDE, *events)
    assert calls(response) == [("t1", "f", {"a": 1}), ("t2", "g", {"b": 2})]
    events[3] = piece('{"b":2}', index=1)
    events[1] = piece('{"a":1}', index=1)
    response = await streamed(serve, pool, CLAUDE, *events)
    assert calls(response) == [("t1", "f", {"a": 1}), ("t2", "g", {"b": 2})]


async def test_types_that_stand_only_in_the_event_lines(serve: Serve, pool: Pool) -> None:
    body = named(
        ("message_start", {"message": {"id": "m", "usage": {"input_tokens": 10}}}),
        (
            "content_block_start",
            {"index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        ),
        (
            "content_block_delta",
            {"index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
        ),
        ("ping", {}),
        ("content_block_delta", {"index": 1, "delta": {"type": "text_delta", "text": "hello"}}),
        ("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}}),
        ("message_stop", {}),
    )
    response = await respond(serve, pool, CLAUDE, stream([body]))
    assert said(response) == ("hello", "hm", [], None)
    assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 5)
    body = named(
        ("response.output_text.delta", {"delta": "hello"}),
        ("response.completed", {"response": {"status": "completed"}}),
    )
    assert said(await respond(serve, pool, RESPONSES, stream([body]))) == ("hello", "", [], None)
    body = named(
        ("content_block_delta", {"delta": {"text": "he"}}), ("error", {"error": {"message": "No"}})
    )
    response = await respond(serve, pool, CLAUDE, stream([body]))
    assert response.failure is not None
    assert (response.failure.message, response.text) == ("No", "he")


async def test_a_body_of_nearly_anthropic(serve: Serve, pool: Pool) -> None:
    for content in ("hello", [{"text": "hello"}], {"type": "text", "text": "hello"}, ["hello"]):
        response = await unstreamed(serve, pool, CLAUDE, {**MESSAGE, "content": content})
        assert said(response) == ("hello", "", [], None)
    body = {**MESSAGE, "content": [{"type": "tool_use", "id": "t", "input": {"a": 1}}, TOOL]}
    response = await unstreamed(serve, pool, CLAUDE, body)
    assert calls(response) == [("t1", "f", {})]
    assert "without a name" in response.notes[0]


def choice(**fields: Any) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, **fields}]}


def chat(**fields: Any) -> dict[str, Any]:
    return choice(delta=fields)


OVER = choice(delta={}, finish_reason="stop")
CHAT_TEXT: dict[str, list[Any]] = {
    "a message where a delta belongs": [choice(message={"content": "hello"}, finish_reason="stop")],
    "a whole answer that names no end": [
        {**choice(message={"content": "hello"}), "object": "chat.completion"}
    ],
    "messages that grow": [choice(message={"content": t}) for t in ("hel", "hello")] + [OVER],
    "messages in pieces": [choice(message={"content": t}) for t in ("hel", "lo")] + [OVER],
    "a message that repeats the deltas": [
        chat(content="hel"),
        chat(content="lo"),
        choice(delta={}, message={"content": "hello"}, finish_reason="stop"),
    ],
    "a last delta that repeats all": [
        chat(content="hel"),
        chat(content="lo"),
        choice(delta={"content": "hello"}, finish_reason="stop"),
    ],
    "deltas that grow": [chat(content=t) for t in ("h", "hel", "hell", "hello")] + [OVER],
    "text in place of a delta": [choice(text="hel"), choice(text="lo", finish_reason="stop")],
    "a delta that is text": [choice(delta="hello"), OVER],
    "null content": [chat(role="assistant", content=None), chat(content="hello"), OVER],
    "content as one part": [chat(content={"type": "text", "text": "hello"}), OVER],
    "content as parts": [chat(content=[{"type": "text", "text": "hello"}]), OVER],
    "null everywhere": [
        chat(content="hello", tool_calls=None, function_call=None, refusal=None, audio=None),
        choice(delta=None),
        OVER,
    ],
    "an index that is text": [{"choices": [{"index": "0", "delta": {"content": "hello"}}]}, OVER],
    "no index": [{"choices": [{"delta": {"content": "hello"}}]}, OVER],
    "the only choice is number 1": [
        {"choices": [{"index": 1, "delta": {"content": "hello"}}]},
        {"choices": [{"index": 1, "delta": {}, "finish_reason": "stop"}]},
        "[DONE]",
    ],
    "chunks without choices": [{"id": "c"}, {"choices": None}, chat(content="hello"), OVER],
    "Azure's first chunk": [
        {"choices": [], "prompt_filter_results": []},
        chat(content="hello"),
        OVER,
    ],
    "an error that is null": [{**chat(content="hello"), "error": None}, {**OVER, "error": {}}],
    "an empty error": [
        {**chat(content="hello"), "error": ""},
        {**OVER, "error": {"message": None}},
    ],
    "a status of success": [
        {
            **chat(content="hello"),
            "code": 200,
            "msg": "success",
            "base_resp": {"status_code": 0, "status_msg": ""},
        },
        OVER,
    ],
}


@pytest.mark.parametrize("events", CHAT_TEXT.values(), ids=CHAT_TEXT)
async def test_the_text_of_nearly_chat(serve: Serve, pool: Pool, events: list[Any]) -> None:
    assert said(await streamed(serve, pool, CHAT, *events)) == ("hello", "", [], None)


REASONING: dict[str, dict[str, Any]] = {
    "DeepSeek": {"reasoning_content": "hm"},
    "OpenRouter": {
        "reasoning": "hm",
        "reasoning_details": [{"type": "reasoning.text", "text": "hm"}],
    },
    "details alone": {"reasoning_details": [{"type": "reasoning.summary", "summary": "hm"}]},
    "MiniMax": {"reasoning_details": [{"text": "hm"}]},
    "thinking": {"thinking": "hm"},
    "an object": {"reasoning": {"content": "hm"}},
    "both": {"reasoning": "hm", "reasoning_content": "hm"},
}


@pytest.mark.parametrize("fields", REASONING.values(), ids=REASONING)
async def test_reasoning_by_any_name(serve: Serve, pool: Pool, fields: dict[str, Any]) -> None:
    response = await streamed(serve, pool, CHAT, chat(**fields), chat(content="hello"), OVER)
    assert said(response) == ("hello", "hm", [], None)
    body = {"choices": [{"message": {"content": "hello", **fields}, "finish_reason": "stop"}]}
    assert said(await unstreamed(serve, pool, CHAT, body)) == ("hello", "hm", [], None)


def call(**fields: Any) -> dict[str, Any]:
    """A piece of a tool call: `name` and `arguments` go into its function."""
    function = {name: fields.pop(name) for name in ("name", "arguments") if name in fields}
    return {**fields, "function": function}


ONE = [("c1", "f", {"a": 1})]
TWO = [("c1", "f", {"a": 1}), ("c2", "g", {"b": 2})]
CHAT_CALLS: dict[str, tuple[list[Any], list[tuple[str, str, Any]]]] = {
    "pieces under another index": (
        [
            call(index=0, id="c1", name="f", arguments=""),
            call(index=1, arguments='{"a"'),
            call(index=1, arguments=":1}"),
        ],
        ONE,
    ),
    "pieces of two calls under other indexes": (
        [
            call(index=1, id="c1", name="f"),
            call(index=2, arguments='{"a":1}'),
            call(index=2, id="c2", name="g"),
            call(index=3, arguments='{"b":2}'),
        ],
        TWO,
    ),
    "all pieces under the first index": (
        [
            call(index=0, id="c1", name="f"),
            call(index=0, arguments='{"a":1}'),
            call(index=1, id="c2", name="g"),
            call(index=0, arguments='{"b"'),
            call(index=0, arguments=":2}"),
        ],
        TWO,
    ),
    "every call number 0": (
        [
            call(index=0, id="c1", name="f", arguments='{"a":1}'),
            call(index=0, id="c2", name="g", arguments='{"b":2}'),
        ],
        TWO,
    ),
    "every call number 0, without ids": (
        [
            call(index=0, name="f", arguments='{"a":1}'),
            call(index=0, name="g", arguments='{"b":2}'),
        ],
        [("", "f", {"a": 1}), ("", "g", {"b": 2})],
    ),
    "no index": ([call(id="c1", name="f", arguments='{"a"'), call(arguments=":1}")], ONE),
    "no index, the id on every piece": (
        [call(id="c1", name="f", arguments='{"a"'), call(id="c1", arguments=":1}")],
        ONE,
    ),
    "no index, two calls": (
        [
            call(id="c1", name="f", arguments='{"a":1}'),
            call(id="c2", name="g", arguments='{"b":2}'),
        ],
        TWO,
    ),
    "the id on a later piece": (
        [call(index=0, name="f"), call(index=0, id="c1", arguments='{"a":1}')],
        ONE,
    ),
    "the id on a later piece, no index": (
        [call(name="f"), call(id="c1", arguments='{"a":1}')],
        ONE,
    ),
    "the name on a later piece": (
        [call(index=0, id="c1"), call(index=0, name="f", arguments='{"a":1}')],
        ONE,
    ),
    "the name and id on every piece": (
        [
            call(index=0, id="c1", name="f", arguments='{"a"'),
            call(index=0, id="c1", name="f", arguments=":1}"),
        ],
        ONE,
    ),
    "said twice": ([call(index=0, id="c1", name="f", arguments='{"a":1}')] * 2, ONE),
    "arguments that grow": (
        [call(index=0, id="c1", name="f", arguments=a) for a in ('{"a"', '{"a":', '{"a":1}')],
        ONE,
    ),
    "arguments as an object": ([call(index=0, id="c1", name="f", arguments={"a": 1})], ONE),
    "arguments written twice": (
        [call(index=0, id="c1", name="f", arguments='"{\\"a\\": 1}"')],
        ONE,
    ),
    "without a function": ([{"id": "c1", "name": "f", "arguments": {"a": 1}}], ONE),
    "null arguments": ([call(index=0, id="c1", name="f", arguments=None)], [("c1", "f", {})]),
    "nameless": ([call(index=0, id="c1", arguments='{"a":1}')], []),
    "nameless beside a named one": (
        [
            call(index=0, id="c1", name="f", arguments='{"a":1}'),
            call(index=1, id="c2", name="", arguments="{}"),
        ],
        ONE,
    ),
}


@pytest.mark.parametrize(("pieces", "made"), CHAT_CALLS.values(), ids=CHAT_CALLS)
async def test_the_calls_of_nearly_chat(
    serve: Serve, pool: Pool, pieces: list[Any], made: Any
) -> None:
    over = choice(delta={}, finish_reason="tool_calls")
    events = [chat(content="hello"), *(chat(tool_calls=[piece]) for piece in pieces), over]
    assert calls(await streamed(serve, pool, CHAT, *events)) == made
    together = [chat(content="hello"), chat(tool_calls=pieces), over]
    assert calls(await streamed(serve, pool, CHAT, *together)) == made


async def test_two_calls_of_one_name_without_index_or_id() -> None:
    pieces = Pieces()
    for arguments in ('{"a":1}', '{"a":2}'):
        pieces.take(call(name="f", arguments=arguments))
    assert [made.arguments for made in pieces.made()] == [{"a": 1}, {"a": 2}]


async def test_a_nameless_call_is_said(serve: Serve, pool: Pool) -> None:
    for event in (
        call(index=0, arguments='{"a":1}'),
        call(index=0, id="c", name=None, arguments="{}"),
    ):
        response = await streamed(
            serve, pool, CHAT, chat(content="hello", tool_calls=[event]), OVER
        )
        assert response.notes == ("A tool call came without a name and is left out.",)


RESPONSES_TEXT: dict[str, list[Any]] = {
    "a whole response": [
        {
            "object": "response",
            "status": "completed",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "hello"}]}],
        }
    ],
    "a completed event that is the response": [
        {"type": "response.completed", "status": "completed", "output_text": "hello"}
    ],
    "content as text": [
        {
            "type": "response.completed",
            "response": {
                "status": "completed",
                "output": [{"type": "message", "content": "hello"}],
            },
        }
    ],
    "parts called text": [
        {
            "type": "response.completed",
            "response": {
                "output": [{"role": "assistant", "content": [{"type": "text", "text": "hello"}]}]
            },
        }
    ],
    "only [DONE] at the end": [{"type": "response.output_text.delta", "delta": "hello"}, "[DONE]"],
    "no types": [{"delta": "hel"}, {"delta": "lo"}, {"response": {"status": "completed"}}],
    "only the text when it is done": [
        {"type": "response.output_text.done", "text": "hello"},
        "[DONE]",
    ],
    "response.done": [
        {"type": "response.output_text.delta", "delta": "hello"},
        {"type": "response.done", "response": {"status": "completed"}},
    ],
    "an error that is null": [
        {"type": "response.output_text.delta", "delta": "hello", "error": None},
        {"type": "response.completed", "response": {"status": "completed", "error": None}},
    ],
    "items without places": [
        {
            "type": "response.output_item.done",
            "item": {
                "type": "message",
                "id": "1",
                "content": [{"type": "output_text", "text": "hel"}],
            },
        },
        {
            "type": "response.output_item.done",
            "item": {
                "type": "message",
                "id": "2",
                "content": [{"type": "output_text", "text": "lo"}],
            },
        },
        {"type": "response.completed", "response": {"status": "completed", "output": []}},
    ],
}


@pytest.mark.parametrize("events", RESPONSES_TEXT.values(), ids=RESPONSES_TEXT)
async def test_the_text_of_nearly_responses(serve: Serve, pool: Pool, events: list[Any]) -> None:
    assert said(await streamed(serve, pool, RESPONSES, *events)) == ("hello", "", [], None)


async def test_the_calls_of_nearly_responses(serve: Serve, pool: Pool) -> None:
    item = {"type": "function_call", "id": "i1", "call_id": "c1", "name": "f", "arguments": ""}
    added = {"type": "response.output_item.added", "output_index": 0, "item": item}
    pieces = [
        {
            "type": "response.function_call_arguments.delta",
            "item_id": "i1",
            "output_index": 5,
            "delta": d,
        }
        for d in ('{"a"', ":1}")
    ]
    over = {"type": "response.completed", "response": {"status": "completed"}}
    assert calls(await streamed(serve, pool, RESPONSES, added, *pieces, over)) == ONE
    for given in ({"a": 1}, '{"a":1}', '"{\\"a\\":1}"'):
        output = [{**item, "arguments": given}, {"type": "function_call", "arguments": "{}"}]
        body = {"status": "completed", "output": output}
        response = await unstreamed(serve, pool, RESPONSES, body)
        assert calls(response) == ONE
        assert "without a name" in response.notes[0]


def part(**fields: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": [fields]}}]}


GONE = {"candidates": [{"finishReason": "STOP"}]}
GEMINI_TEXT: dict[str, list[Any]] = {
    "content as text": [{"candidates": [{"content": "hello"}]}, GONE],
    "one part": [{"candidates": [{"content": {"parts": {"text": "hello"}}}]}, GONE],
    "parts of text": [{"candidates": [{"content": {"parts": ["hel", "lo"]}}]}, GONE],
    "snake case": [
        {
            **part(text="hello"),
            "usage_metadata": {"prompt_token_count": 10, "candidates_token_count": 5},
        },
        {"candidates": [{"finish_reason": "STOP"}]},
    ],
    "only [DONE] at the end": [part(text="hello"), "[DONE]"],
    "an error that is null": [{**part(text="hello"), "error": None}, GONE],
    "no candidates between": [part(text="hello"), {"candidates": None}, GONE],
}


@pytest.mark.parametrize("events", GEMINI_TEXT.values(), ids=GEMINI_TEXT)
async def test_the_text_of_nearly_gemini(serve: Serve, pool: Pool, events: list[Any]) -> None:
    response = await streamed(serve, pool, GEMINI, *events)
    assert said(response) == ("hello", "", [], None)
    if "usage_metadata" in events[0]:
        assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 5)


async def test_the_calls_of_nearly_gemini(serve: Serve, pool: Pool) -> None:
    for made in (
        {"functionCall": {"id": "c1", "name": "f", "args": '{"a": 1}'}},
        {"function_call": {"id": "c1", "name": "f", "args": {"a": 1}}},
    ):
        assert calls(await streamed(serve, pool, GEMINI, part(**made), GONE)) == ONE
    nameless = part(functionCall={"args": {"a": 1}})
    response = await streamed(serve, pool, GEMINI, part(text="hello"), nameless, GONE)
    assert (calls(response), len(response.notes)) == ([], 1)


async def test_interactions_that_number_some_steps_only(serve: Serve, pool: Pool) -> None:
    """The whole answer was taken for one that can't be read."""
    events = [
        {"event_type": "step.delta", "delta": {"type": "text", "text": "Hello"}},
        {"event_type": "step.start", "step": {"type": "function_call", "id": "c", "name": "f"}},
        {"event_type": "interaction.completed", "interaction": {"status": "completed"}},
    ]
    response = await streamed(serve, pool, "gemini/interactions:m", *events)
    assert (response.failure, response.text) == (None, "Hello")
    assert calls(response) == [("c", "f", {})]


async def test_nearly_interactions(serve: Serve, pool: Pool) -> None:
    whole = {
        "status": "completed",
        "steps": [{"type": "model_output", "content": [{"type": "text", "text": "hello"}]}],
    }
    over = {"event_type": "interaction.completed", "interaction": {"status": "completed"}}
    for events in (
        [whole],
        [{"event_type": "interaction.completed", "interaction": whole}],
        [{"delta": {"text": "hel"}}, {"delta": {"text": "lo"}}, over],
        [{"event_type": "step.delta", "delta": "hello", "error": None}, "[DONE]"],
    ):
        assert said(await streamed(serve, pool, INTERACTIONS, *events)) == ("hello", "", [], None)
    step = {"type": "function_call", "id": "c1", "name": "f"}
    events = [
        {"event_type": "step.start", "index": 0, "step": step},
        {
            "event_type": "step.delta",
            "index": 3,
            "delta": {"type": "arguments_delta", "arguments": {"a": 1}},
        },
        {"event_type": "step.start", "index": 1, "step": {"type": "function_call", "id": "c2"}},
        over,
    ]
    response = await streamed(serve, pool, INTERACTIONS, *events)
    assert (calls(response), len(response.notes)) == (ONE, 1)


@pytest.mark.parametrize("door", HELLO)
async def test_x_gzip_is_gzip(serve: Serve, pool: Pool, door: str) -> None:
    import gzip

    from tests.loopback import sse

    body = gzip.compress(sse(*HELLO[door]))
    for name in ("x-gzip", "X-GZIP", "gzip"):
        handler = labelled("text/event-stream", body, **{"content-encoding": name})
        response = await respond(serve, pool, door, handler)
        assert (response.text, response.failure) == ("Hello", None)
