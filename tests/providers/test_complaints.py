"""Errors as servers and gateways really send them: the type is what is meant, the words are theirs, wherever they stand."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from playground.domain import Failure, FailureType
from playground.providers.complaint import complaint, title
from playground.wire import Pool
from tests.loopback import answer, sse, stream, whole
from tests.providers.calling import Serve, respond


class Said(NamedTuple):
    """What a server answers, what it means, and words that must be shown."""

    status: int
    body: Any
    type: FailureType
    words: str


def raw(inner: Any, outer: int) -> dict[str, Any]:
    """What OpenRouter makes of an error of the provider behind it."""
    text = inner if isinstance(inner, str) else json.dumps(inner)
    metadata = {"raw": text, "provider_name": "Crucible", "is_byok": False}
    error = {"message": "Provider returned error", "code": outer, "metadata": metadata}
    return {"error": error, "user_id": "user_1"}


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


CONTEXT: dict[str, Said] = {
    "llama.cpp": Said(
        400,
        error(
            "the request exceeds the available context size. try increasing the context size or enable context shift",
            code=400,
            type="exceed_context_size_error",
            n_prompt_tokens=1407,
            n_ctx=256,
        ),
        "context_length",
        "exceeds the available context size",
    ),
    "llama.cpp, older": Said(
        500,
        error("the request exceeds the available context size, try increasing it", code=500),
        "context_length",
        "try increasing it",
    ),
    "llama-cpp-python": Said(
        500,
        error(
            "Requested tokens (2285) exceed context window of 2048", type="internal_server_error"
        ),
        "context_length",
        "2285",
    ),
    "LM Studio": Said(
        400,
        {
            "error": "Trying to keep the first 14538 tokens when context the overflows. However, the model is loaded with "
            "context length of only 2048 tokens, which is not enough."
        },
        "context_length",
        "14538 tokens",
    ),
    "LM Studio in a 200": Said(
        200,
        {"error": "Trying to keep the first 111490 tokens when context the overflows."},
        "context_length",
        "111490",
    ),
    "Ollama": Said(
        400,
        error("prompt too long; exceeded max context length by 12 tokens", type="api_error"),
        "context_length",
        "by 12 tokens",
    ),
    "Ollama, embedding": Said(
        500,
        {"error": "the input length exceeds the context length"},
        "context_length",
        "input length",
    ),
    "vLLM": Said(
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens "
            "(112946 in the messages, 10000 in the completion). Please reduce the length of the messages or completion.",
            "type": "BadRequestError",
            "param": None,
            "code": 400,
        },
        "context_length",
        "122946 tokens",
    ),
    "vLLM V1": Said(
        400,
        error(
            "The decoder prompt (length 21535) is longer than the maximum model length of 16384.",
            type="BadRequestError",
            code=400,
        ),
        "context_length",
        "21535",
    ),
    "vLLM with images": Said(
        500,
        error(
            "The prompt (total length 25938) is too long to fit into the model (context length 4096)"
        ),
        "context_length",
        "25938",
    ),
    "SGLang": Said(
        400,
        error("The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
        "context_length",
        "9000 tokens",
    ),
    "TGI": Said(
        422,
        {
            "error": "Input validation error: `inputs` must have less than 4095 tokens. Given: 5000",
            "error_type": "validation",
        },
        "context_length",
        "Given: 5000",
    ),
    "Bedrock": Said(
        400, {"message": "Input is too long for requested model."}, "context_length", "too long"
    ),
    "DashScope": Said(
        400,
        error(
            "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]",
            code="invalid_parameter_error",
            type="invalid_request_error",
        ),
        "context_length",
        "Range of input length",
    ),
    "Moonshot": Said(
        400,
        error(
            "Invalid request: Your request exceeded model token limit: 8192",
            type="invalid_request_error",
        ),
        "context_length",
        "8192",
    ),
    "Mistral": Said(
        400,
        {
            "object": "error",
            "message": "Prompt contains 65673 tokens, too large for model with 32768 maximum context length",
        },
        "context_length",
        "65673",
    ),
    "Azure": Said(
        413,
        error(
            "Request body too large for gpt-5-mini model. Max size: 4000 tokens.",
            code="tokens_limit_reached",
        ),
        "context_length",
        "4000 tokens",
    ),
    "behind LiteLLM": Said(
        400,
        error(
            'litellm.BadRequestError: AnthropicException - b\'{"type":"error","error":{"type":"invalid_request_error",'
            '"message":"input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000"}}\'',
            type=None,
            param=None,
            code="400",
        ),
        "context_length",
        "174167 + 64000 > 200000",
    ),
    "behind OpenRouter": Said(
        400,
        raw(
            error(
                "prompt is too long: 210000 tokens > 200000 maximum", type="invalid_request_error"
            ),
            400,
        ),
        "context_length",
        "210000 tokens > 200000",
    ),
}
"""A prompt that is too long, in the words of who refuses it."""

MONEY: dict[str, Said] = {
    "xAI, a team without credits": Said(
        403,
        {
            "code": "The caller does not have permission to execute the specified operation",
            "error": "Your newly created teams doesn't have any credits yet.",
        },
        "quota_exceeded",
        "any credits",
    ),
    "Fireworks": Said(
        412,
        error(
            "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.",
            code="PRECONDITION_FAILED",
        ),
        "quota_exceeded",
        "monthly spending limit",
    ),
    "Cloudflare's free neurons": Said(
        429,
        {
            "success": False,
            "errors": [
                {"code": 3036, "message": "you have used up your daily free allocation of neurons"}
            ],
        },
        "quota_exceeded",
        "daily free allocation",
    ),
    "OpenAI": Said(
        429,
        error(
            "You exceeded your current quota, please check your plan.", code="insufficient_quota"
        ),
        "quota_exceeded",
        "current quota",
    ),
    "DeepSeek": Said(
        402,
        error("Insufficient Balance", type="unknown_error", code="invalid_request_error"),
        "quota_exceeded",
        "Balance",
    ),
    "MiniMax": Said(
        500,
        {"type": "error", "error": {"type": "api_error", "message": "insufficient balance (1008)"}},
        "quota_exceeded",
        "(1008)",
    ),
    "MiniMax behind ModelScope": Said(
        429,
        {
            "error": {
                "http_code": "429",
                "message": "insufficient balance (1008)",
                "type": "insufficient_balance_error",
            }
        },
        "quota_exceeded",
        "insufficient balance",
    ),
    "Zhipu": Said(
        429, error("余额不足或无可用资源包,请充值。", code="1113"), "quota_exceeded", "余额不足"
    ),
    "Moonshot": Said(
        403,
        error(
            "Your account is not active, organization exceeded current quota, please check your plan",
            type="exceeded_current_quota_error",
        ),
        "quota_exceeded",
        "exceeded current quota",
    ),
    "SiliconFlow": Said(
        403,
        {
            "code": 30011,
            "message": "Your paid balance is insufficient. Please top up.",
            "data": None,
        },
        "quota_exceeded",
        "paid balance",
    ),
    "OpenCode, with the status of a wrong key": Said(
        401,
        {
            "message": "Insufficient balance. Manage your billing here: https://x.example",
            "type": "CreditsError",
            "code": None,
        },
        "quota_exceeded",
        "Insufficient balance",
    ),
    "OpenRouter": Said(
        402,
        error("This request requires more credits, or fewer max_tokens.", code=402),
        "quota_exceeded",
        "more credits",
    ),
    "a key's own limit at OpenRouter": Said(
        403, error("Key limit exceeded (total limit).", code=403), "quota_exceeded", "Key limit"
    ),
    "LiteLLM's budget": Said(
        400,
        error(
            "Budget has been exceeded! Current cost: 26.075, Max budget: 0.25",
            type="budget_exceeded",
            code="400",
        ),
        "quota_exceeded",
        "26.075",
    ),
    "Google's credits": Said(
        429,
        error("Your prepayment credits are depleted.", status="RESOURCE_EXHAUSTED", code=429),
        "quota_exceeded",
        "prepayment credits",
    ),
}
PACE: dict[str, Said] = {
    "Groq's too many tokens at once": Said(
        413,
        error(
            "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce your message size",
            type="tokens",
            code="rate_limit_exceeded",
        ),
        "rate_limited",
        "Requested 12328",
    ),
    "Moonshot": Said(
        429,
        error(
            "Your account request reached max request: 3, please try again after 1 seconds",
            type="rate_limit_reached_error",
        ),
        "rate_limited",
        "max request: 3",
    ),
    "Bedrock": Said(
        429,
        {"message": "Too many tokens, please wait before trying again."},
        "rate_limited",
        "please wait",
    ),
    "Bedrock with a vague status": Said(
        400,
        {"__type": "com.amazon.coral.service#ThrottlingException", "Message": "Rate exceeded"},
        "rate_limited",
        "Rate exceeded",
    ),
    "behind OpenRouter": Said(
        429,
        raw("z-ai/glm-5.3-flash is temporarily rate-limited upstream. Please retry shortly.", 429),
        "rate_limited",
        "temporarily rate-limited upstream",
    ),
    "behind OpenRouter, in its words only": Said(
        502, raw({"message": "Too many requests"}, 502), "rate_limited", "Too many requests"
    ),
    "Google, listed": Said(
        429,
        [
            {
                "error": {
                    "code": 429,
                    "message": "You exceeded your current quota, please check your plan and billing details.",
                    "status": "RESOURCE_EXHAUSTED",
                    "details": [
                        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}
                    ],
                }
            }
        ],
        "rate_limited",
        "current quota",
    ),
    "a number in a body of status 500": Said(
        500, error("slow down please", code=429), "rate_limited", "slow down"
    ),
    "a number as text": Said(400, error("nope", code="429"), "rate_limited", "nope"),
    "Kong": Said(429, {"message": "API rate limit exceeded"}, "rate_limited", "API rate limit"),
}
KEYS: dict[str, Said] = {
    "MiniMax": Said(
        200,
        {
            "base_resp": {
                "status_code": 1004,
                "status_msg": "login fail: Please carry the API secret key",
            },
            "error": {"message": "login fail"},
        },
        "authentication",
        "login fail",
    ),
    "MiniMax with a status": Said(
        401,
        {"type": "error", "error": {"type": "authorized_error", "message": "login fail (1004)"}},
        "authentication",
        "(1004)",
    ),
    "Kong": Said(401, {"message": "No API key found in request"}, "authentication", "No API key"),
    "FastAPI": Said(403, {"detail": "Not authenticated"}, "authentication", "Not authenticated"),
    "LiteLLM": Said(
        400,
        error(
            "Authentication Error, Invalid proxy server token passed.",
            type="auth_error",
            param="None",
            code="401",
        ),
        "authentication",
        "Invalid proxy server token",
    ),
    "Cloudflare": Said(
        400,
        {
            "success": False,
            "errors": [{"code": 10000, "message": "Authentication error"}],
            "messages": [],
            "result": None,
        },
        "authentication",
        "Authentication error",
    ),
    "Apigee": Said(
        401,
        {
            "fault": {
                "faultstring": "Invalid ApiKey",
                "detail": {"errorcode": "oauth.v2.InvalidApiKey"},
            }
        },
        "authentication",
        "Invalid ApiKey",
    ),
    "DashScope": Said(
        400,
        {"code": "InvalidApiKey", "message": "Invalid API-key provided.", "request_id": "r"},
        "authentication",
        "API-key",
    ),
    "RFC 9457": Said(
        400,
        {
            "type": "about:blank",
            "title": "Unauthorized",
            "status": 401,
            "detail": "The token is gone",
        },
        "authentication",
        "The token is gone",
    ),
    "a number in a body": Said(
        400, {"statusCode": 401, "msg": "who are you"}, "authentication", "who are you"
    ),
}
MODELS: dict[str, Said] = {
    "Together": Said(
        404,
        error("Unable to access model x.", code="model_not_available"),
        "not_found",
        "Unable to access",
    ),
    "Hugging Face": Said(
        400,
        error(
            "The requested model 'x' is not supported by any provider you have enabled.",
            code="model_not_supported",
        ),
        "not_found",
        "not supported by any provider",
    ),
    "Bedrock": Said(
        400,
        {"message": "The provided model identifier is invalid."},
        "not_found",
        "identifier is invalid",
    ),
    "vLLM": Said(
        404,
        error("The model `x` does not exist.", type="NotFoundError", code=404),
        "not_found",
        "`x` does not exist",
    ),
    "Ollama": Said(
        404,
        error('model "x" not found, try pulling it first', type="api_error"),
        "not_found",
        "try pulling",
    ),
    "LM Studio": Said(
        400,
        error("No models loaded. Please load a model in the developer page."),
        "not_found",
        "No models loaded",
    ),
    "DeepSeek": Said(
        400, error("Model Not Exist", type="invalid_request_error"), "not_found", "Model Not Exist"
    ),
    "OpenRouter": Said(
        400, error("x/y is not a valid model ID", code=400), "not_found", "valid model ID"
    ),
    "Azure": Said(
        404,
        error("The API deployment for this resource does not exist.", code="DeploymentNotFound"),
        "not_found",
        "API deployment",
    ),
    "new-api": Said(
        503,
        error(
            "No available channel for model x under group default (distributor)",
            type="new_api_error",
        ),
        "not_found",
        "No available channel",
    ),
    "Zhipu": Said(
        400, error("模型不存在，请检查模型代码。", code="1211"), "not_found", "模型不存在"
    ),
    "Groq": Said(
        400,
        error(
            "The model `x` has been decommissioned and is no longer supported.",
            code="model_decommissioned",
        ),
        "not_found",
        "decommissioned",
    ),
}
OTHERS: dict[str, Said] = {
    "TGI": Said(
        424,
        {"error": "Request failed during generation: out of memory", "error_type": "generation"},
        "server",
        "out of memory",
    ),
    "Baidu": Said(
        200,
        {"error_code": 17, "error_msg": "Open api daily request limit reached"},
        "rate_limited",
        "daily request limit",
    ),
    "Spark": Said(
        200,
        {"code": 10013, "message": "input content audit failed", "sid": "x"},
        "refused",
        "audit failed",
    ),
    "Azure's filter": Said(
        400,
        error(
            "The response was filtered due to the prompt triggering our content management policy.",
            code="content_filter",
            innererror={"code": "ResponsibleAIPolicyViolation"},
        ),
        "refused",
        "content management policy",
    ),
    "DeepSeek's filter": Said(
        400, error("Content Exists Risk", code="invalid_request_error"), "refused", "Risk"
    ),
    "llama.cpp loads": Said(
        503,
        error("Loading model", type="unavailable_error", code=503),
        "overloaded",
        "Loading model",
    ),
    "Envoy": Said(503, "no healthy upstream", "overloaded", "no healthy upstream"),
    "Envoy's patience": Said(
        504, "upstream request timeout", "timeout", "upstream request timeout"
    ),
    "FastAPI": Said(
        422,
        {
            "detail": [
                {"loc": ["body", "messages", 0, "role"], "msg": "field required", "type": "missing"}
            ]
        },
        "invalid_request",
        "messages.0.role: field required",
    ),
    "Rails": Said(
        400, {"errors": {"top_p": ["is too high"]}}, "invalid_request", "top_p: is too high"
    ),
    "words in a list": Said(400, {"error": ["odd", "even"]}, "invalid_request", "odd; even"),
    "no words": Said(400, {"ok": False, "why": 7}, "invalid_request", '"why": 7'),
    "Google's unknown field": Said(
        400,
        [
            error(
                'Invalid JSON payload received. Unknown name "thinking": Cannot find field.',
                code=400,
                status="INVALID_ARGUMENT",
            )
        ],
        "unsupported_parameter",
        "Cannot find field",
    ),
    "Ollama cannot do tools": Said(
        400,
        error("registry.ollama.ai/library/x does not support tools"),
        "unsupported_parameter",
        "tools",
    ),
    "JSON in the message": Said(
        500, {"message": '{"error": {"message": "inside", "code": 503}}'}, "overloaded", "inside"
    ),
    "Python in the message": Said(
        500,
        error("Error code: 402 - {'error': {'message': 'no money', 'code': 402}}"),
        "quota_exceeded",
        "no money",
    ),
    "Baidu, a limit": Said(
        400,
        {"error_code": 336003, "error_msg": "the length is wrong"},
        "invalid_request",
        "the length is wrong",
    ),
}
KINDS = {
    "context": CONTEXT,
    "money": MONEY,
    "pace": PACE,
    "keys": KEYS,
    "models": MODELS,
    "others": OTHERS,
}
ALL = {f"{kind}: {name}": said for kind, rows in KINDS.items() for name, said in rows.items()}


async def failure(serve: Serve, pool: Pool, said: Said, door: str, **more: Any) -> Failure:
    body = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
    kind = "text/plain" if isinstance(said.body, str) else "application/json"
    response = await respond(serve, pool, door, whole(said.status, body, content_type=kind), **more)
    assert response.failure is not None
    return response.failure


@pytest.mark.parametrize("name", ALL)
async def test_the_type_is_what_is_meant(serve: Serve, pool: Pool, name: str) -> None:
    said = ALL[name]
    found = await failure(serve, pool, said, "openai/chat:m")
    assert (found.type, found.status) == (said.type, said.status)
    assert said.words in found.message
    assert not found.message.startswith(("{'", "['", "[{"))


@pytest.mark.parametrize("door", ["openai:m", "anthropic:m", "gemini:m", "gemini/interactions:m"])
@pytest.mark.parametrize("name", [n for n, said in ALL.items() if said.status != 200])
async def test_every_door_reads_every_shape(serve: Serve, pool: Pool, door: str, name: str) -> None:
    found = await failure(serve, pool, ALL[name], door)
    assert found.type == ALL[name].type
    assert ALL[name].words in found.message


@pytest.mark.parametrize(
    "name", [n for n, said in ALL.items() if isinstance(said.body, dict | list)]
)
async def test_a_stream_whose_status_says_that_it_failed(
    serve: Serve, pool: Pool, name: str
) -> None:
    said = ALL[name]
    if said.status == 200:
        return
    for lines in (
        f"event: error\ndata: {json.dumps(said.body)}\n\n",
        f"data: {json.dumps(said.body)}",
    ):
        handler = whole(said.status, lines.encode(), content_type="text/event-stream")
        response = await respond(serve, pool, "openai/chat:m", handler)
        assert response.failure is not None
        assert (response.failure.type, response.failure.status) == (said.type, said.status)
        assert said.words in response.failure.message
        assert "data:" not in response.failure.message


@pytest.mark.parametrize("name", [n for n, said in ALL.items() if isinstance(said.body, dict)])
async def test_an_error_event_in_a_stream_that_began_well(
    serve: Serve, pool: Pool, name: str
) -> None:
    said = ALL[name]
    event = f"event: error\ndata: {json.dumps(said.body)}\n\n"
    first = {"id": "r", "choices": [{"index": 0, "delta": {"content": "He"}}]}
    response = await respond(serve, pool, "openai/chat:m", stream([sse(first), event.encode()]))
    assert response.text == "He"
    assert response.failure is not None
    assert said.words in response.failure.message
    only_the_status_said_so = said.type == "invalid_request"
    assert response.failure.type == ("server" if only_the_status_said_so else said.type)


NUMBERS: dict[int, FailureType] = {
    401: "authentication",
    402: "quota_exceeded",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "context_length",
    429: "rate_limited",
    500: "server",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}


@pytest.mark.parametrize("status", [200, 400, 500, 502])
@pytest.mark.parametrize("number", NUMBERS)
async def test_a_number_means_what_it_means_wherever_it_stands(
    serve: Serve, pool: Pool, status: int, number: int
) -> None:
    for code in (
        {"code": number},
        {"code": str(number)},
        {"status": number},
        {"statusCode": number},
    ):
        for body in (error("hm", **code), [error("hm", **code)], raw(error("hm", **code), status)):
            if status == 200 and isinstance(body, list):
                continue
            found = await failure(serve, pool, Said(status, body, "server", "hm"), "openai/chat:m")
            assert found.type == NUMBERS[number], (code, body)


@pytest.mark.parametrize("stream", [True, False])
async def test_an_error_of_status_200_for_a_request_that_streams_or_not(
    serve: Serve, pool: Pool, stream: bool
) -> None:
    said = error("Provider returned error", code=429)
    response = await respond(serve, pool, "openai/chat:m", answer(said), stream=stream)
    assert response.failure is not None
    assert (response.failure.type, response.failure.code) == ("rate_limited", "429")


PAGES: tuple[tuple[int, str, FailureType, str], ...] = (
    (
        502,
        "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
        "server",
        "502 Bad Gateway",
    ),
    (
        504,
        "<HTML>\n<TITLE >504 Gateway\n Time-out</TITLE><script>var a</script>",
        "timeout",
        "504 Gateway Time-out",
    ),
    (
        403,
        "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>",
        "permission",
        "Attention Required! | Cloudflare",
    ),
    (
        429,
        "<html><body><h1>Slow &amp; steady</h1><script>alert(1)</script></body>",
        "rate_limited",
        "Slow & steady",
    ),
    (
        404,
        "<!doctype html><style>p{}</style><pre>Cannot POST /chat/completions</pre>",
        "not_found",
        "Cannot POST /chat/completions",
    ),
    (
        500,
        "\ufeff <?xml version='1.0'?><Error><Code>Internal</Code><Message>We broke</Message></Error>",
        "server",
        "We broke",
    ),
)


@pytest.mark.parametrize(("status", "page", "type_", "words"), PAGES)
async def test_a_page_is_told_by_its_title_and_not_by_its_source(
    serve: Serve, pool: Pool, status: int, page: str, type_: FailureType, words: str
) -> None:
    response = await respond(
        serve, pool, "openai/chat:m", whole(status, page.encode(), content_type="text/html")
    )
    assert response.failure is not None
    assert response.failure.type == type_
    assert words in response.failure.message
    assert "<" not in response.failure.message
    assert "alert" not in response.failure.message


def test_an_error_that_nests_without_end_or_is_huge_is_read_at_once() -> None:
    deep: Any = "bottom"
    for _ in range(200):
        deep = {"error": deep}
    assert complaint(deep).message.startswith('{"error"')
    assert complaint({"error": ["x" * 9] * 100_000}).message == "x" * 9
    assert title("<title>" * 100_000) == ""
    assert complaint("{'" * 30_000).message
