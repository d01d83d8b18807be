"""A Response as what checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from playground.domain import Request, Response
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

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def answer_of(request: Request, response: Response, vars: Mapping[str, Any] = _NOTHING) -> Answer:
    """What was answered, with what was measured and reported; only costs in US dollars count as known."""
    reason = response.finish_reason.lower() if response.finish_reason else None
    cost = response.cost
    return Answer(
        output=response.text,
        vars=vars,
        tool_calls=response.tool_calls,
        cost=cost.total if cost is not None and cost.currency == "USD" else None,
        duration=response.timing.duration,
        time_to_first_text=response.time_to_first_text,
        input_tokens=response.usage.input_tokens,
        output_tokens=response.usage.output_tokens,
        finish_reason=FINISH_REASONS.get(reason, reason) if reason else None,
        refusal=response.refusal,
        tools=[
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            }
            for tool in request.tools
        ]
        or None,
    )
