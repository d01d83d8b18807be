"""The official SDKs hold sessions with the demo server, and find there what the services were recorded to send."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from google import genai
from google.genai import types
from openai import AsyncOpenAI
from websockets.exceptions import InvalidStatus

from playground.demo.process import DemoServer
from playground.domain import Secret
from playground.wire import SocketRecorder, open_pool
from tests.conformance.lab import load, sequences

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather for a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
MODEL = "gpt-realtime-2.1"


async def realtime(urls: dict[str, str], events: list[dict[str, Any]], done: int) -> list[Any]:
    """What the server sends for these events, until so many responses are done or an error came."""
    found: list[Any] = []
    client = AsyncOpenAI(base_url=urls["openai"], api_key="demo", max_retries=0)
    async with client, client.realtime.connect(model=MODEL) as connection:
        for sent in events:
            await connection.send(sent)  # type: ignore[arg-type]
        async for event in connection:
            found.append(event)
            kinds = [e.type for e in found]
            if kinds.count("response.done") == done or "error" in kinds:
                break
    return found


def said(text: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    item = {"type": "message", "role": "user", "content": content}
    return {"type": "conversation.item.create", "item": item}


def configured(**more: Any) -> dict[str, Any]:
    return {
        "type": "session.update",
        "session": {"type": "realtime", "output_modalities": ["text"], **more},
    }


ANSWER = {"type": "response.create"}


async def test_a_turn_has_the_recorded_events_in_their_order(urls: dict[str, str]) -> None:
    found = await realtime(urls, [configured(), said("What is a token?"), ANSWER], 1)
    kinds = list(dict.fromkeys(event.type for event in found))
    assert kinds == [
        "session.created",
        "session.updated",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "rate_limits.updated",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
    ]
    text = "".join(e.delta for e in found if e.type == "response.output_text.delta")
    usage = found[-1].response.usage
    assert found[-1].response.output[0].content[0].text == text
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert usage.output_token_details.audio_tokens == 0


async def test_the_whole_conversation_is_input_again(urls: dict[str, str]) -> None:
    events = [configured(), said("What is a token?"), ANSWER, said("And a prompt?"), ANSWER]
    found = await realtime(urls, events, 2)
    first, second = (e.response.usage for e in found if e.type == "response.done")
    assert second.input_tokens > first.input_tokens + first.output_tokens
    assert second.input_token_details.cached_tokens <= first.input_tokens


async def test_speech_comes_with_its_transcript_and_is_counted_apart(urls: dict[str, str]) -> None:
    spoken = configured(output_modalities=["audio"])
    found = await realtime(urls, [spoken, said("What is a token?"), ANSWER], 1)
    kinds = Counter(event.type for event in found)
    assert kinds["response.output_audio.delta"] == kinds["response.output_audio_transcript.delta"]
    details = found[-1].response.usage.output_token_details
    assert details.audio_tokens > details.text_tokens > 0


async def test_a_function_is_called_and_its_result_used(urls: dict[str, str]) -> None:
    client = AsyncOpenAI(base_url=urls["openai"], api_key="demo", max_retries=0)
    calls: list[Any] = []
    answers: list[Any] = []
    async with client, client.realtime.connect(model=MODEL) as connection:
        for sent in (configured(tools=[WEATHER]), said("What is the weather in London?"), ANSWER):
            await connection.send(sent)  # type: ignore[arg-type]
        async for event in connection:
            if event.type == "response.function_call_arguments.done":
                calls.append(event)
            if event.type == "response.done" and not answers:
                answers.append(event)
                call_id = calls[0].call_id
                await connection.conversation.item.create(
                    item={
                        "type": "function_call_output",
                        "call_id": call_id,
                        "output": "12 degrees",
                    }
                )
                await connection.response.create()
            elif event.type == "response.done":
                answers.append(event)
                break
    assert calls[0].name == "get_weather"
    assert "12 degrees" in answers[1].response.output[0].content[0].text


async def test_both_modalities_at_once_are_refused_and_the_session_goes_on(
    urls: dict[str, str],
) -> None:
    both = configured(output_modalities=["text", "audio"])
    found = await realtime(urls, [both], 1)
    assert found[-1].type == "error"
    assert found[-1].error.param == "session.output_modalities"


@pytest.mark.parametrize(("model", "status"), [("nobody", 400), (f"{MODEL}~429", 429)])
async def test_a_handshake_can_be_refused(urls: dict[str, str], model: str, status: int) -> None:
    client = AsyncOpenAI(base_url=urls["openai"], api_key="demo", max_retries=0)
    with pytest.raises(InvalidStatus) as refused:
        async with client, client.realtime.connect(model=model):
            pass
    assert refused.value.response.status_code == status


def test_what_is_sent_is_among_what_was_recorded(demo: DemoServer) -> None:
    """Types of the recorded sessions that the simulation never sends are those of sound that comes in, and older names."""
    known: set[str] = set()
    for path in sequences("realtime"):
        sequence = load(path)
        if "openai" in sequence["provider"]:
            known |= set(sequence["expected"]["received_types"])
    ours = {
        "session.created", "session.updated", "conversation.item.added", "conversation.item.done",
        "response.created", "rate_limits.updated", "response.output_item.added",
        "response.content_part.added", "response.output_text.delta", "response.output_text.done",
        "response.content_part.done", "response.output_item.done", "response.done",
        "response.output_audio.delta", "response.output_audio.done",
        "response.output_audio_transcript.delta", "response.output_audio_transcript.done",
        "response.function_call_arguments.delta", "response.function_call_arguments.done",
    }  # fmt: skip
    if known:
        assert ours <= known


async def live(
    urls: dict[str, str], turns: list[str], **config: Any
) -> list[list[types.LiveServerMessage]]:
    """What Gemini's SDK receives, turn by turn; it speaks TLS, which the recorder's way takes off."""
    pool = open_pool()
    way = SocketRecorder(pool, base_url=urls["gemini"], secrets=(Secret("demo"),))
    options = await way.open()
    client = genai.Client(
        api_key="demo",
        http_options=types.HttpOptions(
            base_url=urls["gemini"],
            api_version="v1beta",
            async_client_args={**options, "ssl": way.trusting(always_tls=True)},
        ),
    )
    found = []
    async with client.aio.live.connect(model="gemini-3.8-live", config=config) as session:  # type: ignore[arg-type]
        for text in turns:
            await session.send_client_content(
                turns=types.Content(role="user", parts=[types.Part(text=text)]), turn_complete=True
            )
            found.append([message async for message in session.receive()])
    await way.aclose()
    await pool.aclose()
    return found


async def test_gemini_answers_by_text(urls: dict[str, str]) -> None:
    first, second = await live(
        urls, ["What is a token?", "And a prompt?"], response_modalities=["TEXT"]
    )
    assert "".join(message.text or "" for message in first[:-2])
    assert first[-2].server_content is not None
    assert first[-2].server_content.generation_complete
    before, after = first[-1].usage_metadata, second[-1].usage_metadata
    assert before is not None
    assert after is not None
    assert (after.prompt_token_count or 0) > (before.total_token_count or 0)


async def test_gemini_speaks_with_a_transcript(urls: dict[str, str]) -> None:
    (turn,) = await live(
        urls,
        ["What is a token?"],
        response_modalities=["AUDIO"],
        output_audio_transcription={},
    )
    contents = [message.server_content for message in turn if message.server_content]
    assert any(c.output_transcription and c.output_transcription.text for c in contents)
    usage = turn[-1].usage_metadata
    assert usage is not None
    assert usage.response_tokens_details is not None
    assert usage.response_tokens_details[0].modality == types.MediaModality.AUDIO
