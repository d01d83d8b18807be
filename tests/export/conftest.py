"""One run with everything in it that an export must carry: an answer with a receipt, and a failed lane."""

from __future__ import annotations

from decimal import Decimal

import pytest

from playground.domain import (
    Cost,
    CostLine,
    Failure,
    File,
    Message,
    ModelRef,
    PriceSource,
    Request,
    Response,
    Run,
    Settings,
    Text,
    Timing,
    ToolCall,
    Usage,
)

OPENAI = ModelRef("openai", "responses", "gpt-x")
OLLAMA = ModelRef("ollama", "chat", "llama3:8b")


def answered() -> Response:
    line = CostLine(
        name="input",
        quantity=200,
        unit="token",
        rate=Decimal("1.25"),
        per=1_000_000,
        amount=Decimal("0.00025"),
    )
    return Response(
        model=OPENAI,
        response_model="gpt-x-2026-10-01",
        request_id="req_1",
        text="Hello | `world`\n# not a heading",
        reasoning_text="Hm.",
        tool_calls=(ToolCall(id="c1", name="look", arguments={"q": "x"}),),
        finish_reason="completed",
        usage=Usage(
            input_tokens=200,
            cache_read_input_tokens=0,
            output_tokens=30,
            reasoning_output_tokens=10,
        ),
        timing=Timing(first_chunk=0.1, first_text=0.25, last_text=0.75, last_chunk=0.8),
        cost=Cost(
            total=Decimal("0.00025000"),
            lines=(line,),
            price=PriceSource(model="gpt-x", source="https://prices.example", as_of="2026-11-01"),
        ),
    )


def failed() -> Response:
    return Response(
        model=OLLAMA,
        failure=Failure(
            type="connection",
            message="nobody listens",
            meaning="The server could not be reached.",
            next_step="Start it.",
        ),
    )


@pytest.fixture
def run() -> Run:
    request = Request(
        model=OPENAI,
        system="Be brief.",
        messages=(
            Message(
                role="user",
                parts=(
                    Text(text="Say hello"),
                    File(media_type="image/png", data=b"\x89PNG", name="a.png"),
                ),
            ),
        ),
        settings=Settings(max_output_tokens=100, effort="low"),
    )
    return Run(
        id="run1",
        created_at="2026-11-21T12:00:00+00:00",
        requests=(request, Request.ask(OLLAMA, "Say hello")),
        responses=(answered(), failed()),
    )
