"""AI API playground: one prompt, several providers, exact tokens, latency and cost side by side.

    from playground import ask

    answers = ask("What is a token?", "openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", demo=True)
    for response in answers:
        print(response.model, response.usage.output_tokens, response.cost and response.cost.total)

What is named in `__all__` is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.domain import (
        Cost,
        Failure,
        File,
        Message,
        ModelRef,
        Request,
        Response,
        Run,
        Settings,
        Text,
        Timing,
        Tool,
        ToolCall,
        ToolResult,
        Usage,
    )
    from playground.scripting import Answers, NotSent, ask, ask_async

__version__ = "0.1.0"
__all__ = [
    "ask",
    "ask_async",
    "Answers",
    "NotSent",
    "Cost",
    "Failure",
    "File",
    "Message",
    "ModelRef",
    "Request",
    "Response",
    "Run",
    "Settings",
    "Text",
    "Timing",
    "Tool",
    "ToolCall",
    "ToolResult",
    "Usage",
]
_SCRIPTING = ("ask", "ask_async", "Answers", "NotSent")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'playground' has no attribute {name!r}")
    home = "playground.scripting" if name in _SCRIPTING else "playground.domain"
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
