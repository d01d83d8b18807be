"""What is said of a rate limit that is used up: numbers, waits and headers of each vendor's 429."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from playground.demo.limits import Over, Row

RETRY_AFTER = 2
"""Seconds that the fault `~429` asks to wait."""
USUAL_REQUESTS = 1_000
"""Requests a minute in the words of `~429`, where a model's limit is not published; made up."""
NOT_OVER = Over("requests", 0, 0, 1, RETRY_AFTER)
PER_MINUTE = {"requests": "requests per min (RPM)", "tokens": "tokens per min (TPM)"}


def by_fault(row: Row | None) -> Over:
    """What `~429` says: the model's requests a minute are used up, for two seconds."""
    limit = (row and row.requests) or USUAL_REQUESTS
    return Over("requests", limit, limit, 1, RETRY_AFTER, row is not None and row.tier == "Free")


def unit(over: Over) -> str:
    """OpenAI's words for what is limited."""
    return PER_MINUTE["requests" if over.kind == "requests" else "tokens"]


def openai_headers(over: Over) -> Mapping[str, str]:
    """When to come again, in seconds and in milliseconds."""
    return {"retry-after": f"{ceil(over.wait)}", "retry-after-ms": f"{ceil(over.wait * 1000)}"}


def anthropic_headers(over: Over) -> Mapping[str, str]:
    """When to come again, and that it is worth it."""
    return {"retry-after": f"{ceil(over.wait)}", "x-should-retry": "true"}


def gemini(over: Over, model: str) -> tuple[str, list[dict[str, Any]]]:
    """The words and details of Gemini's 429: the limit, and when to come again."""
    tokens = over.kind != "requests"
    metric = f"{SERVICE}/generate_content_{'free_tier_' if over.free else ''}{'input_token_count' if tokens else 'requests'}"
    quota = (
        "GenerateContentInputTokensPerModelPerMinute"
        if tokens
        else "GenerateRequestsPerMinutePerProjectPerModel"
    )
    wait = seconds(over.wait)
    violation = {
        "quotaMetric": metric,
        "quotaId": f"{quota}-FreeTier" if over.free else quota,
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": f"{over.limit}",
    }
    message = f"{QUOTA_MESSAGE}\n* Quota exceeded for metric: {metric}, limit: {over.limit}, model: {model}\nPlease retry in {wait}."
    help_links = [{"description": "Learn more about Gemini API quotas", "url": QUOTA_PAGE}]
    return message, [
        {"@type": "type.googleapis.com/google.rpc.Help", "links": help_links},
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": wait},
    ]


def seconds(wait: float) -> str:
    """`2s`, `18.642s`."""
    return f"{round(wait, 3):g}s"


SERVICE = "generativelanguage.googleapis.com"
QUOTA_PAGE = "https://ai.google.dev/gemini-api/docs/rate-limits"
QUOTA_MESSAGE = f"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: {QUOTA_PAGE}."
