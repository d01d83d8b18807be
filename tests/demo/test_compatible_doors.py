"""OpenAI's official SDK against the simulated OpenAI-compatible endpoints of Claude and Gemini."""

from __future__ import annotations

from typing import Any

import pytest
from openai import AuthenticationError, NotFoundError, OpenAI, RateLimitError

from playground.demo.process import DemoServer

DOORS = (
    ("/anthropic/v1", "claude-sonnet-5-5"),
    ("/gemini/v1beta/openai", "gemini-3.8-flash"),
)


Asked = list[Any]


def client(demo: DemoServer, path: str, key: str = "demo") -> OpenAI:
    return OpenAI(base_url=demo.base_url + path, api_key=key, max_retries=0)


@pytest.mark.parametrize(("path", "model"), DOORS)
def test_they_answer_whole_and_streamed_with_the_same_count(
    demo: DemoServer, path: str, model: str
) -> None:
    with client(demo, path) as openai:
        asked: Asked = [{"role": "user", "content": "What is a token?"}]
        whole = openai.chat.completions.create(model=model, messages=asked)
        assert whole.usage
        assert whole.choices[0].message.content
        assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
        streamed = openai.chat.completions.create(
            model=model, messages=asked, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(streamed)
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert text == whole.choices[0].message.content
        assert chunks[-1].usage
        assert chunks[-1].usage.prompt_tokens == whole.usage.prompt_tokens


@pytest.mark.parametrize(("path", "model"), DOORS)
def test_they_fail_in_openais_form(demo: DemoServer, path: str, model: str) -> None:
    asked: Asked = [{"role": "user", "content": "Hi"}]
    with client(demo, path) as openai:
        with pytest.raises(RateLimitError):
            openai.chat.completions.create(model=f"{model}~429", messages=asked)
        with pytest.raises(NotFoundError):
            openai.chat.completions.create(model="no-such-model", messages=asked)
    with client(demo, path, "wrong") as openai, pytest.raises(AuthenticationError):
        openai.chat.completions.create(model=model, messages=asked)


def test_claudes_takes_a_schema_and_makes_nothing_of_it(demo: DemoServer) -> None:
    form: Any = {
        "type": "json_schema",
        "json_schema": {"name": "x", "schema": {"type": "object", "properties": {}}},
    }
    asked: Asked = [{"role": "user", "content": "What is a token?"}]
    texts: dict[str, str] = {}
    for path, model in DOORS:
        with client(demo, path) as openai:
            made = openai.chat.completions.create(model=model, messages=asked, response_format=form)
            texts[path] = made.choices[0].message.content or ""
    assert not texts["/anthropic/v1"].lstrip().startswith("{")
    assert texts["/gemini/v1beta/openai"].lstrip().startswith("{")
