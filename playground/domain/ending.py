"""How a response ended, in one word: what every place that shows one reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

State = Literal["done", "cut", "filtered", "refused", "stopped", "failed"]
"""`cut` at a limit, `filtered` and `refused` are answers, only no whole ones; `stopped` broke off because someone or a
budget ended it, which is no failure."""
STATES: frozenset[State] = frozenset(get_args(State))
SHORT: dict[State, str] = {"cut": "cut short", "filtered": "filtered", "refused": "refused"}
"""Answers that are no whole ones → what is said of them in a table."""
MEANINGS: dict[State, str] = {
    "cut": "The answer was cut short: it is not whole",
    "filtered": "The provider's filter ended the answer: it is not whole",
    "refused": "The model refused",
}

_WORDS: dict[State, str] = {
    "cut": "length max_tokens max_output_tokens max_completion_tokens max_new_tokens model_length max_length"
    " token_limit incomplete model_context_window_exceeded context_length_exceeded pause_turn other"
    " queued in_progress"
    " malformed_function_call malformed_response unexpected_tool_call too_many_tool_calls missing_thought_signature",
    "filtered": "content_filter content_filtered safety recitation language blocklist prohibited_content spii"
    " image_safety image_prohibited_content image_recitation sensitive moderation guardrail_intervened"
    " guardrails blocked model_armor jailbreak",
    "refused": "refusal refused",
    "failed": "error failed failure abort aborted cancelled canceled network_error server_error internal_error"
    " upstream_error insufficient_system_resource",
}
FINISH_REASONS: Mapping[str, State] = {
    word: state for state, words in _WORDS.items() for word in words.split()
}
"""The providers' words in lower case → state; any other word says that the answer is whole.

OpenAI and compatible servers, Anthropic, Google, Mistral (`model_length`), Zhipu (`sensitive`, `network_error`), DeepSeek
(`insufficient_system_resource`), vLLM (`abort`), Bedrock behind gateways (`guardrail_intervened`).
"""


def said(state: str) -> str:
    """The state as it is said to people."""
    return SHORT.get(state, state)  # type: ignore[call-overload, no-any-return]


def ended_as(finish_reason: str | None) -> State:
    """What the provider's own word for the end means; `done` where there is none."""
    return FINISH_REASONS.get((finish_reason or "").lower(), "done")
