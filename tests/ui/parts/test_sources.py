"""What the provider's own tools did, read from recorded answers, and the pages that an answer cites."""

from __future__ import annotations

from typing import Any

import pytest

from playground.domain import ModelRef, Response, Usage
from playground.ui.parts.sources import called, sources


def response(tools: tuple[str, ...] = (), citations: Any = (), **calls: int) -> Response:
    return Response(
        model=ModelRef("openai", "chat", "m"),
        server_tools=tools,
        citations=citations,
        usage=Usage(server_tool_calls=calls),
    )


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (response(), {}),
        (response(web_search=0), {}),
        (response(("web_search_call", "web_search_call"), web_search=2), {"web search": 2}),
        (response(("web_search_call", "web_search_call")), {"web search call": 2}),
        (
            response(("server_tool_use", "web_search_tool_result"), web_search=1),
            {"web search": 1},
        ),
        (
            response(("server_tool_use", "bash_code_execution_tool_result"), web_search=0),
            {"bash code execution tool result": 1},
        ),
        (
            response(
                ("server_tool_use", "bash_code_execution_tool_result"),
                web_fetch=0,
                code_execution=1,
            ),
            {"code execution": 1},
        ),
        (
            response(("web_search_call", "code_interpreter_call"), web_search=1, container=1),
            {"web search": 1, "container": 1, "code interpreter call": 1},
        ),
        (
            response(("executableCode", "codeExecutionResult")),
            {"executable code": 1, "code execution result": 1},
        ),
        (response(("google_search_call", "google_search_result")), {"google search call": 1}),
        (response(("code_interpreter_call",), web_search=1), {"web search": 1, "code interpreter call": 1}),
    ],
)  # fmt: skip
def test_what_ran_is_told_once(made: Response, words: dict[str, int]) -> None:
    assert called(made) == words


@pytest.mark.parametrize(
    ("citation", "found"),
    [
        ({"type": "url_citation", "url": "https://a.example/x", "title": "A"}, ("https://a.example/x", "A")),
        ({"web": {"uri": "https://b.example", "title": "B"}}, ("https://b.example", "B")),
        ({"url": "https://c.example"}, ("https://c.example", "https://c.example")),
        ({"url": "javascript:alert(1)", "title": "X"}, None),
        ({"url": "https://d.example/> ![x](https://e.example)", "title": "X"}, None),
        ({"url": 3}, None),
        ({"file_id": "f"}, None),
        ("text", None),
        ({"web": "text"}, None),
    ],
)  # fmt: skip
def test_a_page_is_named_whatever_the_shape(citation: Any, found: Any) -> None:
    assert list(sources(response(citations=(citation,)))) == ([found] if found else [])
