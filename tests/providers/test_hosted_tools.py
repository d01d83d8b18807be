"""What a provider's own tools did, counted from what they leave in an answer."""

from typing import Any

import pytest

from playground.domain import Usage
from playground.providers.hosted_tools import also_ran, of_images, of_responses, queries

SEARCH = {"type": "web_search_call", "status": "completed", "action": {"type": "search"}}
OPEN = {**SEARCH, "action": {"type": "open_page", "url": "https://example.com"}}
FIND = {**SEARCH, "action": {"type": "find_in_page", "pattern": "x"}}
CODE = {"type": "code_interpreter_call", "container_id": "cntr_1"}
AUTO = {"type": "code_interpreter", "container": {"type": "auto"}}


@pytest.mark.parametrize(
    ("response", "calls"),
    [
        ({"output": [SEARCH, OPEN, FIND, SEARCH]}, {"web_search": 2}),
        ({"output": [{"type": "web_search_call"}]}, {"web_search": 1}),
        ({"output": [{**SEARCH, "status": "failed"}]}, {}),
        (
            {"output": [SEARCH, SEARCH], "tool_usage": {"web_search": {"num_requests": 3}}},
            {"web_search": 3},
        ),
        (
            {"output": [SEARCH], "tools": [{"type": "web_search_preview"}]},
            {"web_search_preview": 1},
        ),
        ({"output": [{"type": "file_search_call"}] * 2}, {"file_search": 2}),
        ({"output": [CODE, CODE], "tools": [AUTO]}, {"container": 1}),
        ({"output": [CODE, {**CODE, "container_id": "cntr_2"}], "tools": [AUTO]}, {"container": 2}),
        (
            {
                "output": [CODE],
                "tools": [{**AUTO, "container": {"type": "auto", "memory_limit": "16g"}}],
            },
            {"container_16g": 1},
        ),
        ({"output": [CODE], "tools": [{**AUTO, "container": "cntr_1"}]}, {"container_by_id": 1}),
        ({"output": [{"type": "shell_call", "environment": {"type": "local"}}]}, {}),
        ({"output": [{"type": "image_generation_call"}]}, {"image_generation": 1}),
        ({"output": [{"type": "mcp_call"}, {"type": "mcp_list_tools"}]}, {"mcp": 1}),
        ({"output": [{"type": "function_call"}, {"type": "computer_call"}]}, {}),
        ({"output": [{"type": "telepathy_call"}]}, {"telepathy": 1}),
        ({"output": ["odd", None], "tools": "odd", "tool_usage": []}, {}),
    ],
)
def test_openai_leaves_items(response: dict[str, Any], calls: dict[str, int]) -> None:
    assert of_responses(response) == calls


def test_an_image_that_tells_its_tokens_is_billed_by_them() -> None:
    told = {
        "total_tokens": 300,
        "input_tokens": 50,
        "output_tokens": 250,
        "input_tokens_details": {"text_tokens": 40, "image_tokens": 10},
        "output_tokens_details": {"text_tokens": 0, "image_tokens": 250},
    }
    response = {
        "output": [{"type": "image_generation_call"}],
        "tools": [{"type": "image_generation", "model": "gpt-image-2"}],
        "tool_usage": {"image_gen": told},
    }
    found = of_images(response)
    assert found is not None
    model, usage = found
    assert (model, usage.input_tokens, usage.output_tokens) == ("gpt-image-2", 50, 250)
    assert usage.input_tokens_by_modality == {"text": 40, "image": 10}
    assert of_responses(response) == {}


def test_google_counts_each_query_once_and_empty_ones_not() -> None:
    assert queries(["", "a", "b", "a", " ", None]) == 2


def test_what_usage_tells_stays() -> None:
    told = Usage(server_tool_calls={"web_search": 2})
    assert also_ran(told, web_search=5) is told
    both = also_ran(told, code_execution=1)
    assert both is not None
    assert both.server_tool_calls == {"web_search": 2, "code_execution": 1}
    assert also_ran(None, web_search=1) is None
