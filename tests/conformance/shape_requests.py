"""Requests that bring out what recorded answers hold where their requests were not recorded, or asked a model that is gone."""

from __future__ import annotations

from typing import Any

CURRENT = {
    "openai.responses": "gpt-5.5",
    "openai.chat": "gpt-4.1",
    "anthropic.messages": "claude-haiku-5-5",
    "gemini.generateContent": "gemini-3.5-flash",
    "gemini.interactions": "gemini-3.5-flash",
}
RESPONSES, CHAT, MESSAGES, GENERATE, INTERACTIONS = CURRENT
Request = tuple[str, str, dict[str, Any]]
"""API, model (empty = the current one), body."""

SEARCH = "Search the web for the newest Ruby and open it. Then run python code: 20 + 22."
LONG = "The quick brown fox jumps over the lazy dog. " * 700
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = "What is the weather in Lisbon?"
STRICT = {**CITY, "additionalProperties": False}


def said(text: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def parts(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "parts": [{"text": text}]}]


RUBY = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "Ruby is from 1993. It is fun."},
    "title": "facts.txt",
    "citations": {"enabled": True},
}
COMPACT = {
    "edits": [{"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": 50}}]
}
OWN_TOOLS = [
    {"type": "web_search"},
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "mcp", "server_label": "wiki", "server_url": "https://example.com/mcp"},
    {"type": "shell", "environment": {"type": "container_auto"}},
]
SHELL = " Use the shell to list the files."
FUNCTION = {"name": "get_weather", "description": "The weather.", "input_schema": CITY}
REQUESTS: tuple[Request, ...] = (
    (RESPONSES, "", {"input": SEARCH + SHELL, "tools": OWN_TOOLS}),
    (RESPONSES, "", {"input": SEARCH, "tools": OWN_TOOLS[:2], "include": ["reasoning.encrypted_content"]}),
    (RESPONSES, "", {"input": "Draw a picture of an axolotl.", "tools": [{"type": "image_generation"}]}),
    (RESPONSES, "gpt-5.6-sol", {"input": LONG, "background": True}),
    (RESPONSES, "", {"input": WEATHER, "tools": [{"type": "function", "name": "get_weather", "parameters": STRICT}]}),
    (RESPONSES, "gpt-5.6-sol", {"input": "Prove it", "reasoning": {"effort": "high", "summary": "auto"}}),
    (RESPONSES, "gpt-6.1-sol~refuse", {"input": "Hi"}),
    (RESPONSES, "gpt-6.1-sol~error", {"input": "Hi"}),
    (CHAT, "gpt-4.1~refuse", {"messages": said("Hi")}),
    (CHAT, "gpt-audio", {"messages": said("Hi")}),
    (CHAT, "gpt-5.2", {"messages": said("Hi"), "moderation": {"model": "omni-moderation-latest"}}),
    (CHAT, "", {"messages": said(WEATHER), "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": STRICT}}]}),
    (MESSAGES, "", {"messages": said(SEARCH), "tools": [
        {"type": "web_search_20260209", "name": "web_search"},
        {"type": "code_execution_20260120", "name": "code_execution"},
    ]}),
    (MESSAGES, "", {"messages": said([{"type": "text", "text": "Who made Ruby?"}, RUBY])}),
    (MESSAGES, "", {"messages": said(LONG), "context_management": COMPACT}),
    (MESSAGES, "", {"messages": said(WEATHER), "tools": [FUNCTION]}),
    (MESSAGES, "claude-sonnet-5-5", {"messages": said("Prove it"), "thinking": {"type": "adaptive", "display": "summarized"}}),
    (MESSAGES, "claude-haiku-5-5~error", {"messages": said("Hi")}),
    (MESSAGES, "claude-haiku-5-5~refuse", {"messages": said("Hi")}),
    (GENERATE, "", {"contents": parts(SEARCH), "tools": [{"googleSearch": {}}, {"codeExecution": {}}]}),
    (GENERATE, "", {"contents": parts(SEARCH), "tools": [{"googleSearch": {}}], "toolConfig": {"includeServerSideToolInvocations": True}}),
    (GENERATE, "", {"contents": parts(WEATHER), "tools": [{"functionDeclarations": [{"name": "get_weather", "parametersJsonSchema": CITY}]}]}),
    (GENERATE, "gemini-3-flash-preview", {"contents": parts(LONG), "generationConfig": {"thinkingConfig": {"includeThoughts": True}}}),
    (GENERATE, "gemini-3-flash-preview", {"contents": parts(LONG)}),
    (GENERATE, "", {"contents": parts(WEATHER), "tools": [{"functionDeclarations": [{"name": "get_weather", "parametersJsonSchema": CITY}]}], "toolConfig": {"functionCallingConfig": {"streamFunctionCallArguments": True}}}),
    (GENERATE, "gemma-4-31b-it", {"contents": parts("Hi")}),
    (GENERATE, "gemini-3.5-flash~refuse", {"contents": parts("Hi")}),
    (INTERACTIONS, "", {"input": SEARCH, "tools": [{"type": "google_search"}]}),
    (INTERACTIONS, "", {"input": WEATHER, "tools": [{"type": "function", "name": "get_weather", "parameters": CITY}]}),
    (INTERACTIONS, "", {"input": "Prove it", "generation_config": {"thinking_summaries": "auto"}}),
)  # fmt: skip
