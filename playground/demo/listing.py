"""The models endpoints: what each vendor says about its models."""

from __future__ import annotations

import calendar
import re
import time
from typing import Any

from playground.demo import models
from playground.demo.models import Model


def listing(vendor: str) -> dict[str, Any]:
    """The answer of the vendor's list of models."""
    rows = [ROW[vendor](m) for m in models.of(vendor)]
    if vendor == "gemini":
        return {"models": rows}
    if vendor == "anthropic":
        ids = [row["id"] for row in rows]
        return {"data": rows, "first_id": ids[0], "last_id": ids[-1], "has_more": False}
    return {"object": "list", "data": rows}


def one(vendor: str, name: str) -> dict[str, Any] | None:
    """The answer about one model; None if the vendor has none of that name."""
    model = models.find(vendor, name)
    return ROW[vendor](model) if model else None


def _openai(model: Model) -> dict[str, Any]:
    created = calendar.timegm(time.strptime(model.created, "%Y-%m-%d"))
    owner = "library" if model.vendor == "compatible" else "system"
    row: dict[str, Any] = {
        "id": model.id,
        "object": "model",
        "created": created,
        "owned_by": owner,
    }
    if model.vendor == "openai":
        row["shutdown_date"] = model.retires
    return row


def _anthropic(model: Model) -> dict[str, Any]:
    line = re.search(r"haiku|sonnet|opus|fable|mythos", model.id)
    thinks = model.reasoning > 0
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.label,
        "created_at": f"{model.created}T00:00:00Z",
        "lifecycle": "deprecated" if model.retires else "active",
        "deprecated_at": None,
        "retires_at": f"{model.retires}T00:00:00Z" if model.retires else None,
        "line": line[0] if line else None,
        "max_input_tokens": model.context,
        "max_tokens": model.output,
        "capabilities": {
            "batch": _yes(),
            "citations": _yes(),
            "code_execution": _yes(not model.brief),
            "context_management": {
                "supported": True,
                "clear_thinking_20251015": _yes(thinks),
                "clear_tool_uses_20250919": _yes(),
                "compact_20260112": _yes(thinks),
            },
            "effort": {
                "supported": thinks,
                **{level: _yes(thinks) for level in ("low", "medium", "high", "max", "xhigh")},
            },
            "image_input": _yes(),
            "pdf_input": _yes(),
            "server_tools": {"supported": True, "code_execution": _yes(), "web_search": _yes()},
            "structured_outputs": _yes(),
            "thinking": {
                "supported": True,
                "types": {
                    "adaptive": _yes(thinks),
                    "between_tools": _yes(False),
                    "disabled": _yes(not thinks),
                    "enabled": _yes(not thinks),
                },
            },
        },
    }


def _yes(supported: bool = True) -> dict[str, bool]:
    return {"supported": supported}


def _gemini(model: Model) -> dict[str, Any]:
    return {
        "name": f"models/{model.id}",
        "version": "001",
        "displayName": model.label,
        "description": f"Simulated {model.label}",
        "inputTokenLimit": model.context,
        "outputTokenLimit": model.output,
        "supportedGenerationMethods": ["generateContent", "countTokens", "createCachedContent"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": model.reasoning > 0,
    }


ROW = {"openai": _openai, "anthropic": _anthropic, "gemini": _gemini, "compatible": _openai}
