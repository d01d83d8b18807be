"""Base URLs as people paste them."""

from __future__ import annotations

import pytest

from playground.domain.base_url import mended
from playground.domain.provider import PROVIDERS

CHAT = {
    # whole paths
    "http://h.example/v1/chat/completions": "http://h.example/v1",
    "https://h.example/v1/chat/completions/": "https://h.example/v1",
    "https://h.example/v1/chat/completions?stream=true#top": "https://h.example/v1",
    "https://h.example/v1/completions": "https://h.example/v1",
    "https://h.example/v1/models": "https://h.example/v1",
    "https://h.example/v1/responses": "https://h.example/v1",
    "https://h.example/v1/messages": "https://h.example/v1",
    "https://open.bigmodel.cn/api/paas/v4/chat/completions": "https://open.bigmodel.cn/api/paas/v4",
    "https://h.example/models/org/name/v1": "https://h.example/models/org/name/v1",
    "http://localhost:11434/api/chat": "http://localhost:11434/v1",
    "http://gpu.lan:9/api/generate": "http://gpu.lan:9/v1",
    # a scheme that is missing or written twice
    "localhost:9/v1": "http://localhost:9/v1",
    "127.0.0.1:9/v1": "http://127.0.0.1:9/v1",
    "[::1]:9/v1": "http://[::1]:9/v1",
    "192.168.1.5:9/v1": "http://192.168.1.5:9/v1",
    "gpu:9/v1": "http://gpu:9/v1",
    "nas.local/v1": "http://nas.local/v1",
    "api.example.com/v1": "https://api.example.com/v1",
    "api.example.com:8443/v1": "https://api.example.com:8443/v1",
    "8.8.8.8/v1": "https://8.8.8.8/v1",
    "http:/h.example/v1": "http://h.example/v1",
    "https//h.example/v1": "https://h.example/v1",
    "https://https://h.example/v1": "https://h.example/v1",
    "http://https://h.example/v1": "https://h.example/v1",
    # slashes, quotes, spaces, a line of a .env file
    "https://h.example/v1/": "https://h.example/v1",
    "https://h.example//v1//": "https://h.example/v1",
    "https://h.example/v1/v1": "https://h.example/v1",
    "https://h.example/v1?": "https://h.example/v1",
    " \t'https://h.example/v1'\n": "https://h.example/v1",
    "“https://h.example/v1”,": "https://h.example/v1",
    "<https://h.example/v1>": "https://h.example/v1",
    "\ufeffhttps://h.example/v1\u200b": "https://h.example/v1",
    'OPENAI_BASE_URL="https://h.example/v1"': "https://h.example/v1",
    "export OPENAI_API_BASE=https://h.example/v1": "https://h.example/v1",
    # servers whose base URL is known
    "https://api.openai.com": "https://api.openai.com/v1",
    "api.groq.com": "https://api.groq.com/openai/v1",
    "https://api.groq.com/openai": "https://api.groq.com/openai/v1",
    "https://openrouter.ai/": "https://openrouter.ai/api/v1",
    "https://api.deepseek.com/chat/completions": "https://api.deepseek.com/v1",
    "localhost:11434": "http://localhost:11434/v1",
    "http://192.168.1.5:11434/": "http://192.168.1.5:11434/v1",
    "127.0.0.1:1234": "http://127.0.0.1:1234/v1",
    "https://api.anthropic.com": "https://api.anthropic.com/v1",
    "https://generativelanguage.googleapis.com/v1beta": "https://generativelanguage.googleapis.com/v1beta/openai",
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-3:generateContent?key=x": "https://generativelanguage.googleapis.com/v1beta/openai",
    "https://me.openai.azure.com": "https://me.openai.azure.com/openai/v1",
    "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21": "https://me.openai.azure.com/openai/v1",
    # not certain, or nothing to mend
    "https://h.example": "https://h.example",
    "http://localhost:4000": "http://localhost:4000",
    "https://h.example/api": "https://h.example/api",
    "https://api.openai.com.evil.example": "https://api.openai.com.evil.example",
    "https://h.example/v1?key=canary": "https://h.example/v1?key=canary",
    "ftp://h.example/v1": "ftp://h.example/v1",
    "http:///v1": "http:///v1",
    "http://user:pw@h.example/v1": "http://user:pw@h.example/v1",
    "sk-canary": "sk-canary",
    "": "",
}
OWN = {
    ("anthropic", "https://api.anthropic.com/v1/messages"): "https://api.anthropic.com",
    ("anthropic", "api.anthropic.com/v1/"): "https://api.anthropic.com",
    (
        "anthropic",
        "https://h.example/anthropic/v1/messages/count_tokens",
    ): "https://h.example/anthropic",
    ("anthropic", "localhost:4000"): "http://localhost:4000",
    (
        "gemini",
        "https://h.example/v1beta/models/x:streamGenerateContent?alt=sse&key=c",
    ): "https://h.example/v1beta",
    ("gemini", "https://h.example/v1beta/openai/"): "https://h.example/v1beta",
    ("gemini", "https://h.example/v1/models"): "https://h.example",
    ("gemini", "generativelanguage.googleapis.com"): "https://generativelanguage.googleapis.com",
    ("openai", "https://api.openai.com/v1/responses"): "https://api.openai.com/v1",
    ("openai", "localhost:11434"): "http://localhost:11434/v1",
}


@pytest.mark.parametrize("pasted", CHAT)
def test_what_is_pasted_for_an_openai_compatible_server(pasted: str) -> None:
    assert mended(pasted) == CHAT[pasted]
    assert mended(mended(pasted)) == CHAT[pasted]


@pytest.mark.parametrize(("name", "pasted"), OWN)
def test_what_is_pasted_for_a_provider_with_an_sdk_of_its_own(name: str, pasted: str) -> None:
    assert mended(pasted, PROVIDERS[name]) == OWN[name, pasted]


def test_the_base_urls_of_the_table_need_no_mending() -> None:
    for row in PROVIDERS.values():
        assert mended(row.base_url, row) == row.base_url
