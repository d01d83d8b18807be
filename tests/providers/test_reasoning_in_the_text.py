"""Reasoning between tags in the text is reasoning; a tag that is quoted, in code or in mid-answer stays text."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import Any

import pytest

from playground.domain import Reasoning, Text
from playground.providers.draft import apart
from playground.wire import Pool
from tests.loopback import END, STREAM, Seen, chunk, sse
from tests.providers.calling import Serve, respond, streamed, unstreamed

SRV = "srv:m"

APART: dict[str, tuple[str, str, str]] = {
    "a block": ("<think>plan it</think>\n\nyes", "plan it", "yes"),
    "on lines": ("<think>\nplan\nit\n</think>\n\nyes", "plan\nit", "yes"),
    "glued": ("<think>plan</think>yes", "plan", "yes"),
    "blank space before": ("\n \n<think>plan</think>yes", "plan", "yes"),
    "thinking": ("<thinking>plan</thinking>\nyes", "plan", "yes"),
    "thought": ("<thought>plan</thought>yes", "plan", "yes"),
    "Seed": ("<seed:think>plan</seed:think>yes", "plan", "yes"),
    "Magistral": ("[THINK]plan[/THINK]yes", "plan", "yes"),
    "Kimi": ("◁think▷plan◁/think▷yes", "plan", "yes"),
    "empty": ("<think>\n\n</think>\n\nyes", "", "yes"),
    "two blocks": ("<think>a</think>\n<think>b</think>\nyes", "a\n\nb", "yes"),
    "never closed": ("<think>plan it, and", "plan it, and", ""),
    "closed and nothing more": ("<think>plan</think>\n\n", "plan", ""),
    "begun and cut in the closing tag": ("<think>plan</thi", "plan</thi", ""),
    "only closed, on its line": ("plan it\n</think>\n\nyes", "plan it", "yes"),
    "only closed, at a line's end": ("plan it. </think>\nyes", "plan it.", "yes"),
    "only closed, glued": ("plan it.</think>Yes", "plan it.", "Yes"),
    "only closed, first": ("</think>\n\nyes", "", "yes"),
    "only closed, thinking": ("plan\n</thinking>\n\nyes", "plan", "yes"),
    "only closed, code before": (
        "```\nx = 1\n```\nplan\n</think>\nyes",
        "```\nx = 1\n```\nplan",
        "yes",
    ),
    "quoted in the reasoning": (
        "<think>the tag `</think>` ends it</think>yes",
        "the tag `</think>` ends it",
        "yes",
    ),
    "quotes before the end": ("<think>they say 'yes'</think>\nyes", "they say 'yes'", "yes"),
    "code in the answer": (
        "<think>plan</think>```\n<think>x</think>\n```",
        "plan",
        "```\n<think>x</think>\n```",
    ),
}
"""Text as sent, its reasoning, its answer."""

WHOLE = (
    "Hello",
    "",
    "\n\nHello",
    "<",
    "<b>bold</b>",
    "<thin ice>",
    "<p>x</p>\n</div>",
    "Write <think>like this</think> to think.",
    "First.\n<think>late</think>\nSecond.",
    "The tag </think> closes the reasoning.",
    "Close it with `</think>` and go on.",
    "Close it with `</think>`\nand go on.",
    '"</think>" is a tag',
    "(</think>) is a tag",
    "The end tag is </think>, I believe.",
    "```xml\nplan\n</think>\n```\nis XML.",
    "~~~\nplan\n</think>\n~~~",
    "An example:\n<think>\nplan\n</think>\nAnswer",
    "a > b and b > c",
    "`<think>` opens",
    "The tag is </think>",
    "THINK </THINK> x",
)
"""Answers without reasoning in them, whatever tags they name."""


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def chunked(*texts: str, finish: str = "stop") -> list[Any]:
    said = [{"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    return [*said, {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(("sent", "thought", "said"), APART.values(), ids=APART)
async def test_reasoning_apart_from_the_answer(
    serve: Serve, pool: Pool, sent: str, thought: str, said: str, size: int
) -> None:
    response = await streamed(serve, pool, SRV, *chunked(*pieces(sent, size)))
    assert (response.reasoning_text, response.text) == (thought, said)
    assert response.sent_text is not None
    assert response.sent_text.rstrip() == sent.rstrip()


@pytest.mark.parametrize(("sent", "thought", "said"), APART.values(), ids=APART)
async def test_of_a_whole_answer_too(
    serve: Serve, pool: Pool, sent: str, thought: str, said: str
) -> None:
    body = {"choices": [{"message": {"content": sent}, "finish_reason": "stop"}]}
    response = await unstreamed(serve, pool, SRV, body)
    assert (response.reasoning_text, response.text) == (thought, said)


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize("text", WHOLE)
async def test_what_is_no_reasoning_stays_text(
    serve: Serve, pool: Pool, text: str, size: int
) -> None:
    response = await streamed(serve, pool, SRV, *chunked(*pieces(text, size)))
    assert (response.text, response.reasoning_text, response.sent_text) == (text, "", None)


@pytest.mark.parametrize("door", ["anthropic:m", "gemini:m", "openai:m", "gemini/interactions:m"])
async def test_through_every_door(serve: Serve, pool: Pool, door: str) -> None:
    sent = ["<thi", "nk>plan", "</th", "ink>\n\n", "yes"]
    events: dict[str, list[Any]] = {
        "anthropic:m": [
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}},
            *(
                {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "text_delta", "text": t},
                }
                for t in sent
            ),
            {"type": "message_stop"},
        ],
        "gemini:m": [
            *({"candidates": [{"content": {"parts": [{"text": t}]}}]} for t in sent),
            {"candidates": [{"finishReason": "STOP"}]},
        ],
        "openai:m": [
            *({"type": "response.output_text.delta", "delta": t} for t in sent),
            {
                "type": "response.completed",
                "response": {
                    "status": "completed",
                    "output": [
                        {
                            "type": "message",
                            "content": [{"type": "output_text", "text": "".join(sent)}],
                        }
                    ],
                },
            },
        ],
        "gemini/interactions:m": [
            *(
                {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": t}}
                for t in sent
            ),
            {"event_type": "interaction.completed", "interaction": {"status": "completed"}},
        ],
    }
    response = await streamed(serve, pool, door, *events[door])
    assert (response.reasoning_text, response.text, response.failure) == ("plan", "yes", None)
    assert response.turn == (Reasoning(text="plan"), Text(text="yes"))


@pytest.mark.parametrize(
    ("before", "after"), [("<think>plan it", "</think>\n\nyes"), ("plan it\n", "</think>\n\nyes")]
)
async def test_the_time_to_first_text_is_that_of_the_answer(
    serve: Serve, pool: Pool, before: str, after: str
) -> None:
    async def slow(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(sse(*chunked(before)[:1])))
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.write(chunk(sse(*chunked(after))) + END)

    timing = (await respond(serve, pool, SRV, slow)).timing
    assert timing.first_reasoning is not None
    assert timing.first_text is not None
    assert timing.first_text - timing.first_reasoning > 0.15


async def test_an_answer_that_is_all_reasoning_has_no_first_text(serve: Serve, pool: Pool) -> None:
    for text in ("<think>never ends", "plan\n</think>"):
        response = await streamed(serve, pool, SRV, *chunked(text, finish="length"))
        assert (response.text, response.timing.first_text) == ("", None)
        assert response.reasoning_text


TURNED = ("thought", "All of this was reasoning.")
HEARD: dict[str, tuple[tuple[str, ...], list[tuple[str, str]]]] = {
    "both tags": (
        ("<think>plan", " it</think>", "\n\nyes"),
        [("reasoning", "plan"), ("reasoning", " it"), ("text", "yes")],
    ),
    "a lone closing tag": (
        ("plan", " it\n", "</think>", "\n\nyes"),
        [("text", "plan"), ("text", " it\n"), TURNED, ("text", "yes")],
    ),
    "a lone closing tag amid a piece": (
        ("plan", " it, and more\n</think>\n\nyes", " indeed"),
        [
            ("text", "plan"),
            TURNED,
            ("reasoning", " it, and more"),
            ("text", "yes"),
            ("text", " indeed"),
        ],
    ),
    "a lone closing tag and no answer": (
        ("plan\n", "</think>"),
        [("text", "plan\n"), TURNED],
    ),
    "a tag that is text": (
        ("a `", "</think>", "` b"),
        [("text", "a `"), ("text", "</think>"), ("text", "` b")],
    ),
}


@pytest.mark.parametrize(("sent", "told"), HEARD.values(), ids=HEARD)
async def test_what_is_heard_live_is_told_apart_too(
    serve: Serve, pool: Pool, sent: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    from playground.domain import ModelRef, Request
    from playground.engine.live import Lane
    from playground.providers import Call
    from tests.loopback import stream
    from tests.providers.calling import endpoint

    heard: list[tuple[str, str]] = []
    provider = await serve(stream([sse(*chunked(*sent))]))
    asked = Request.ask(ModelRef.parse(SRV), "Hi")
    call = Call(asked, endpoint(SRV, provider.url), pool=pool, on_delta=lambda *d: heard.append(d))
    await call.run()
    joined = [
        (kind, "".join(t for _, t in group)) for kind, group in groupby(heard[1:], lambda d: d[0])
    ]
    expected = [
        (kind, "".join(t for _, t in group)) for kind, group in groupby(told, lambda d: d[0])
    ]
    assert joined == expected
    lane, response = Lane(0, asked), call.response()
    for kind, piece in heard:
        lane.receive(kind, piece)
    assert (lane.text(), lane.text("reasoning").strip()) == (response.text, response.reasoning_text)


async def test_every_choice_is_without_its_reasoning(serve: Serve, pool: Pool) -> None:
    both = [
        {"index": i, "message": {"content": f"<think>plan</think>{i}"}, "finish_reason": "stop"}
        for i in range(2)
    ]
    response = await unstreamed(serve, pool, SRV, {"choices": both})
    assert (response.text, response.choices) == ("0", ("0", "1"))


async def test_reasoning_of_its_own_field_beside_tags(serve: Serve, pool: Pool) -> None:
    message = {"reasoning_content": "first", "content": "<think>second</think>yes"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    response = await unstreamed(serve, pool, SRV, body)
    assert (response.text, set(response.reasoning_text.split())) == ("yes", {"first", "second"})


async def test_a_count_of_no_reasoning_is_not_believed_beside_some(
    serve: Serve, pool: Pool
) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 9}
    body = {
        "choices": [{"message": {"content": "<think>plan</think>yes"}, "finish_reason": "stop"}],
        "usage": {**usage, "completion_tokens_details": {"reasoning_tokens": 0}},
    }
    response = await unstreamed(serve, pool, SRV, body)
    assert response.usage.reasoning_output_tokens is None
    assert response.visible_output_tokens is None


def test_a_million_closing_tags_are_read_in_no_time() -> None:
    text = "about </think> tags " * 50_000
    assert apart(text) == ("", text)
