"""Three counts of one request, and what lies between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.demo.process import DemoServer
from playground.domain import Endpoint, File, Message, ModelRef, Request, Text, Tool, Usage
from playground.lab.token_audit import Audit, Counts, audit, count_parts, variants
from playground.tokens import count
from playground.wire import Pool

MODELS = ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"]
TEXT = "How long is a piece of string?"
TOOL = Tool(
    name="measure", description="Measures.", parameters={"type": "object", "properties": {}}
)
SIZE = (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
PICTURE = File(
    media_type="image/png",
    data=b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + SIZE + b"\x08\x02" + bytes(7),
    name="p.png",
)


def full(model: str) -> Request:
    """A request with everything in it."""
    return Request(
        model=ModelRef.parse(model),
        system="Be brief.",
        messages=(Message(role="user", parts=(PICTURE, Text(text=TEXT))),),
        tools=(TOOL,),
    )


def parts(found: Audit) -> dict[str, int | None]:
    return {part.name: part.tokens for part in found.parts}


def test_each_part_of_a_request_is_counted_once() -> None:
    request = full("openai:gpt-6.1-sol")
    steps = variants(request)
    assert list(steps) == ["letter", "text", "system", "tools", "whole"]
    assert steps["text"].system is None
    assert steps["text"].tools == ()
    assert steps["whole"] == request
    bare = Request.ask(request.model, TEXT)
    assert list(variants(bare)) == ["letter", "text"]


def test_the_parts_add_up_to_the_bill() -> None:
    request = full("openai:gpt-5")
    local = count(TEXT)
    counts = Counts(
        letter=7, text=local + 8, system=local + 15, tools=local + 55, whole=local + 820
    )
    found = audit(request, counts, Usage(input_tokens=local + 823))
    assert parts(found) == {
        "tokenizer": 8 - 6,
        "chat framing": 7 - 1,
        "system prompt": 15 - 8,
        "tools": 55 - 15,
        "images and files": 820 - 55,
        "only in the bill": 823 - 820,
    }
    assert found.local.tokens + sum(part.tokens or 0 for part in found.parts) == found.billed


def test_what_is_not_there_is_not_explained() -> None:
    request = Request.ask(ModelRef.parse("openai:gpt-5"), TEXT)
    found = audit(request, Counts(letter=7, text=20, system=20, tools=20, whole=20))
    assert set(parts(found)) == {"tokenizer", "chat framing"}
    assert (found.counted, found.billed) == (20, None)
    assert audit(request, Counts()).parts == ()
    partly = audit(request, Counts(text=20, system=20, tools=20, whole=20))
    assert not any("None" in part.why for part in partly.parts)


def test_without_a_counting_endpoint_the_rest_is_one_part() -> None:
    request = Request.ask(ModelRef.parse("ollama:llama3"), TEXT)
    found = audit(request, Counts(), Usage(input_tokens=31))
    assert parts(found) == {"all the rest": 31 - count(TEXT)}
    assert found.local.estimate


@pytest.fixture(scope="module")
def endpoints(simulation: DemoServer) -> dict[str, Endpoint]:
    return simulation.endpoints()


@pytest.mark.parametrize("model", MODELS)
async def test_a_providers_own_counts(
    model: str, endpoints: dict[str, Endpoint], pool: Pool
) -> None:
    request = full(model)
    counts = await count_parts(request, endpoints[request.model.provider], pool=pool)
    assert counts.failure is None
    rising = [counts.letter, counts.text, counts.system, counts.tools, counts.whole]
    assert None not in rising
    assert rising == sorted(rising, key=lambda n: n or 0)
    assert counts.system != counts.text
    assert counts.whole != counts.tools
    found = audit(request, counts)
    assert found.local.tokens + sum(part.tokens or 0 for part in found.parts) == found.counted


async def test_a_refused_count_says_why(endpoints: dict[str, Endpoint], pool: Pool) -> None:
    endpoint = replace(endpoints["openai"], key=None)
    counts = await count_parts(full("openai:gpt-6.1-sol"), endpoint, pool=pool)
    assert counts.whole is None
    assert counts.failure is not None
    assert counts.failure.type == "authentication"
