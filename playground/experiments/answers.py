"""A Response as what checks look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from playground.domain import Response, Tool
from playground.experiments.js import UNDEFINED
from playground.experiments.promptfoo.vars import prepared
from playground.experiments.verdict import Answer

FINISH_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "end_turn": "stop",
        "stop_sequence": "stop",
        "completed": "stop",
        "max_tokens": "length",
        "model_context_window_exceeded": "length",
        "tool_use": "tool_calls",
        "function_call": "tool_calls",
        "refusal": "content_filter",
    }
)
"""A provider's word in lower case → the one that `finish-reason` knows; any other stays as it is."""


def answer_of(
    response: Response,
    vars: Mapping[str, Any],
    output: Any = UNDEFINED,
    tools: Sequence[Tool] = (),
) -> Answer:
    """What was answered, with what was measured and reported; `output` is the answer where it was changed or recorded.

    Only costs in US dollars count as known.
    """
    reason = response.finish_reason.lower() if response.finish_reason else None
    cost = response.cost
    return Answer(
        output=response.text if output is UNDEFINED else output,
        vars=prepared(vars),
        tool_calls=response.tool_calls,
        cost=cost.total if cost is not None and cost.currency == "USD" else None,
        duration=response.timing.duration,
        time_to_first_text=response.time_to_first_text,
        input_tokens=response.usage.input_tokens,
        output_tokens=response.usage.output_tokens,
        finish_reason=FINISH_REASONS.get(reason, reason) if reason else None,
        refusal=response.refusal,
        tools=[_offered(tool) for tool in tools] or None,
    )


def _offered(tool: Tool) -> dict[str, Any]:
    """A function as Chat Completions is told of it."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
