"""Requests that the real APIs refuse: what is odd about each, what is said, and where that is known from."""

from __future__ import annotations

from typing import Any, NamedTuple

SAID = [{"role": "user", "content": "Hi"}]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
USUAL: dict[str, dict[str, Any]] = {
    "responses": {"model": "gpt-6.1-sol", "input": "Hi"},
    "chat": {"model": "gpt-6.1-sol", "messages": SAID},
    "messages": {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": SAID},
    "generate": {"model": "gemini-3.8-flash", "contents": [{"parts": [{"text": "Hi"}]}]},
    "interactions": {"model": "gemini-3.8-flash", "input": "Hi"},
}
"""A request that each door takes; a row changes it, and None takes a field away."""


class Odd(NamedTuple):
    """One request that is refused."""

    door: str
    change: dict[str, Any]
    says: str
    """A part of the message."""
    source: str
    code: str | None = None
    """OpenAI's code, where it has one."""
    status: int = 400


def schema(**properties: Any) -> dict[str, Any]:
    """A strict schema of these properties, all of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


TEXT = {"type": "string"}
LOOSE = {"type": "object", "properties": {"city": TEXT}, "required": ["city"]}


def function(**more: Any) -> dict[str, Any]:
    """A function tool of Responses."""
    return {"type": "function", "name": "get_weather", "parameters": schema(city=TEXT), **more}


def nested(**more: Any) -> dict[str, Any]:
    """The same at Chat Completions."""
    inner = {"name": "get_weather", "parameters": schema(city=TEXT), **more}
    return {"type": "function", "function": inner}


def claude_tool(**more: Any) -> dict[str, Any]:
    """The same at Messages."""
    return {"name": "get_weather", "input_schema": {"type": "object"}, **more}


def gemini_tool(**more: Any) -> list[dict[str, Any]]:
    """The same at generateContent."""
    return [{"functionDeclarations": [{"name": "get_weather", **more}]}]
