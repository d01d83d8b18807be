"""Runs with something of everything in them."""

from __future__ import annotations

from decimal import Decimal

from playground.domain import (
    Attempt,
    Cost,
    CostLine,
    Event,
    Exchange,
    Failure,
    File,
    Message,
    ModelRef,
    PriceSource,
    Reasoning,
    Request,
    Response,
    Run,
    Settings,
    Text,
    Timing,
    Tool,
    ToolCall,
    ToolResult,
    Trust,
    Usage,
)

SOL = ModelRef.parse("openai:gpt-6.1-sol")
CLAUDE = ModelRef.parse("anthropic:claude-sonnet-5-5")
LLAMA = ModelRef.parse("ollama:llama3:8b")
PICTURE = File(media_type="image/png", data=bytes(range(256)) * 40, name="a.png")
CALL = ToolCall(id="c1", name="look", arguments={"q": ["x", 1, None]}, signature="sig")


def cost(total: str) -> Cost:
    amount = Decimal(total)
    line = CostLine(
        name="input",
        quantity=1,
        unit="token",
        rate=amount * 1_000_000,
        per=1_000_000,
        amount=amount,
    )
    price = PriceSource(model="m", source="https://prices.example", as_of="2026-11-01")
    return Cost(total=amount, lines=(line,), price=price, notes=("a note",))


def full_request() -> Request:
    """Every field set."""
    return Request(
        model=SOL,
        system="Be brief.",
        messages=(
            Message(
                role="user",
                parts=(PICTURE, Text(text="Wie heißt die Hauptstadt von Frankreich? \x00\ud800")),
            ),
            Message(role="assistant", parts=(Reasoning(text="hm", signature="s", id="i"), CALL)),
            Message(
                role="user",
                parts=(ToolResult(id="c1", name="look", content="Paris", is_error=True),),
            ),
        ),
        settings=Settings(
            max_output_tokens=100,
            temperature=0.5,
            stop=("a", "b"),
            response_schema={"type": "object", "properties": {"x": {"type": ["string", "null"]}}},
            extra={"deep": {"list": [1, 2.5, "x"]}},
            tool_choice="auto",
        ),
        tools=(Tool(name="look", description="Looks", parameters={"type": "object"}),),
        server_tools=("web_search",),
        stream=True,
        timeout=12.5,
    )


def full_response() -> Response:
    """Every field set."""
    return Response(
        model=SOL,
        response_model="gpt-6.1-sol-2026-10-01",
        response_id="resp_1",
        request_id="req_1",
        text="Paris ist die Hauptstadt. =1+1",
        reasoning_text="Nachdenken",
        sent_text="<think>Nachdenken</think>Paris ist die Hauptstadt. =1+1",
        refusal="nein",
        choices=("Paris", "Lyon"),
        tool_calls=(CALL,),
        server_tools=("web_search_call",),
        files=(PICTURE,),
        citations=({"url": "https://x.example", "title": None},),
        finish_reason="completed",
        service_tier="flex",
        usage=Usage(
            input_tokens=200,
            cache_read_input_tokens=0,
            cache_write_by_ttl={"5m": 3},
            output_tokens=30,
            server_tool_calls={"web_search": 1},
            also_billed=((None, Usage(input_tokens=7)), ("other", Usage(output_tokens=1))),
            raw={"input_tokens": 200, "details": {"x": [1]}},
        ),
        timing=Timing(
            started_at="2026-11-21T12:00:00.100+00:00",
            queued=0.01,
            first_chunk=0.1,
            first_text=0.25,
            last_text=0.75,
            last_chunk=0.8,
        ),
        trust=Trust(loop_lag_p95=0.001, cpu_share=0.25, concurrent=2),
        cost=cost("0.000250001"),
        failure=Failure(
            type="stream_truncated",
            status=200,
            message="cut",
            meaning="It was cut.",
            next_step="Again.",
        ),
        exchange=Exchange(
            method="POST",
            url="https://api.example/v1/responses",
            request_headers={"authorization": "Bearer •••"},
            request_body={"input": [{"image": "x"}]},
            status=200,
            http_version="HTTP/2",
            response_headers={"x-request-id": "req_1"},
            events=(
                Event(offset=0.1, data='{"type": "x"}', name="x"),
                Event(offset=0.2, data="[DONE]"),
            ),
            bytes_received=123,
        ),
        attempts=(
            Attempt(failure=Failure(type="overloaded", status=529), duration=0.5, waited=1.0),
        ),
        streamed=True,
        turn=(Text(text="Paris"), Reasoning(text="hm"), CALL),
    )


def full_run() -> Run:
    """One lane with everything, one that failed before anything came."""
    failed = Response(model=LLAMA, failure=Failure(type="connection", message="nobody listens"))
    return Run(
        id="full-run",
        created_at="2026-11-21T12:00:00.000+00:00",
        requests=(full_request(), Request.ask(LLAMA, "Hallo")),
        responses=(full_response(), failed),
    )


def small_run(
    number: int,
    *,
    day: str = "2026-11-20",
    model: ModelRef = SOL,
    prompt: str = "What is a token?",
    text: str = "A piece of a word.",
    total: str | None = "0.001",
    failure: Failure | None = None,
    simulated: bool = False,
) -> Run:
    """One answered lane."""
    response = Response(
        model=model,
        text=text,
        usage=Usage(input_tokens=10, output_tokens=20),
        cost=cost(total) if total else None,
        failure=failure,
        simulated=simulated,
    )
    return Run(
        id=f"run-{number}",
        created_at=f"{day}T10:00:{number % 60:02d}.000+00:00",
        requests=(Request.ask(model, prompt),),
        responses=(response,),
        simulated=simulated,
    )
