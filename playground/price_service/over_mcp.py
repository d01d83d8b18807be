"""The price table as three tools of an MCP server, for assistants and editors."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from playground import __version__
from playground.price_service import answering
from playground.price_service.answering import LONGEST, CostQuestion, Unanswerable
from playground.pricing import PriceBook
from playground.wire.lines import BoundedInput

INSTRUCTIONS = (
    "List prices of AI APIs with the days on which they held, each with its source. Money is exact decimal USD. A model is"
    " spelled provider:model (openai:gpt-6.1-sol); days are ISO dates, today where none is given."
)
T = TypeVar("T")


def server(book: Callable[[], PriceBook]) -> MCPServer[Any]:
    """The server; `book` is asked at every call, so that a price that was edited counts at once."""
    made: MCPServer[Any] = MCPServer(
        "ai-api-playground-prices",
        title="Prices of AI APIs",
        instructions=INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
    )

    @made.tool()
    def models(words: str = "") -> list[str]:
        """The models that have a price, whose spelling holds these words."""
        return answering.models(book(), words)

    @made.tool()
    def price(model: str, on: str | None = None) -> dict[str, Any]:
        """The price of a model on a day, in USD per 1,000,000 tokens, with its source and the day it was checked."""
        return _answered(lambda: answering.price(book(), model, on))

    @made.tool()
    def cost(
        model: str,
        usage: dict[str, Any] | None = None,
        reported: dict[str, Any] | None = None,
        on: str | None = None,
        service_tier: str | None = None,
        processing: str = "standard",
        regional: bool = False,
    ) -> dict[str, Any]:
        """What a usage cost by the prices of a day, line by line: tokens × rate = amount.

        `usage` has input_tokens (all input, cached included), cache_read_input_tokens, cache_write_input_tokens,
        output_tokens (all output, reasoning included) and others; or give `reported`, the usage object as the provider sent
        it. `processing` is standard or batch.
        """
        asked = CostQuestion(
            model=model,
            on=on,
            usage=usage,
            reported=reported,
            service_tier=service_tier,
            processing=processing,
            regional=regional,
        )
        return _answered(lambda: answering.cost(book(), asked))

    return made


def on_stdio(book: Callable[[], PriceBook], told: Callable[[], None]) -> int:
    """Answer on standard input and output until the input ends; one with a line too long ends there, which `told` hears of.

    The exit code: 1 where it ended so.
    """
    codes = [0]

    def endless() -> None:
        codes.append(1)
        told()

    given = BoundedInput(sys.stdin.fileno(), LONGEST, endless)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(given), encoding="utf-8", errors="replace")
    server(book).run("stdio")
    return codes[-1]


def _answered(answer: Callable[[], T]) -> T:
    try:
        return answer()
    except Unanswerable as why:
        raise ToolError(str(why)) from None
