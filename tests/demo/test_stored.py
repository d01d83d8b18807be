"""What was answered can be fetched again by its id, with its input, until it is deleted; the background answers later."""

from typing import Any

import httpx2
import openai as openai_sdk
import pytest
from google import genai
from openai import OpenAI


def test_a_response_can_be_fetched_with_its_input_and_deleted(openai: OpenAI) -> None:
    made = openai.responses.create(model="gpt-6.1-sol", input="What is a token?")
    assert openai.responses.retrieve(made.id).output_text == made.output_text
    (item,) = openai.responses.input_items.list(made.id).data
    content: Any = item
    assert content.content[0].text == "What is a token?"
    openai.responses.delete(made.id)
    with pytest.raises(openai_sdk.NotFoundError, match="not found"):
        openai.responses.retrieve(made.id)


def test_what_is_not_to_be_stored_is_not_there(openai: OpenAI) -> None:
    made = openai.responses.create(model="gpt-6.1-sol", input="Hi", store=False)
    with pytest.raises(openai_sdk.NotFoundError):
        openai.responses.retrieve(made.id)


def test_the_background_answers_at_once_and_is_done_when_asked_for(openai: OpenAI) -> None:
    begun = openai.responses.create(model="gpt-6.1-sol", input="Hi", background=True)
    assert (begun.status, begun.output, begun.usage) == ("queued", [], None)
    assert openai.responses.retrieve(begun.id).status == "completed"


def test_a_completion_is_stored_only_when_asked_to(openai: OpenAI) -> None:
    asked: Any = {"model": "gpt-6.1-sol", "messages": [{"role": "user", "content": "Hi"}]}
    stored = openai.chat.completions.create(**asked, store=True)
    plain = openai.chat.completions.create(**asked)
    assert openai.chat.completions.retrieve(stored.id).id == stored.id
    with pytest.raises(openai_sdk.NotFoundError, match=f"Completion {plain.id} not found"):
        openai.chat.completions.retrieve(plain.id)


def test_an_interaction_can_be_fetched(gemini: genai.Client) -> None:
    made: Any = gemini.interactions.create(model="gemini-3.8-flash", input="What is a token?")
    found: Any = gemini.interactions.get(made.id)
    assert found.steps[-1].content[0].text == made.steps[-1].content[0].text


def test_a_stored_answer_needs_a_key(http: httpx2.Client) -> None:
    assert http.get("/openai/v1/responses/resp_1").status_code == 401
