"""Anthropic's SDK: its client, the list of models, and the count of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.domain import Endpoint
from playground.providers.listed import PAGE, ListedModel, day, listed_model, told, unread
from playground.providers.sdk import NO_KEY, kept, relayed, silence_log, some, timeout_of

COUNTED = "input_tokens"
_COUNTS = frozenset(
    {"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"}
)
"""Arguments of a Messages request that its counting endpoint takes."""


@kept
def client(endpoint: Endpoint, silence: float) -> Any:
    """An AsyncAnthropic without retries and traces."""
    from anthropic import AsyncAnthropic

    silence_log("anthropic")
    revealed = endpoint.key.reveal() if endpoint.key else NO_KEY
    return AsyncAnthropic(
        base_url=endpoint.base_url.rstrip("/").removesuffix("/v1"),
        api_key=revealed,
        webhook_key="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        open_telemetry=False,
        http_client=relayed(),
        max_retries=0,
        timeout=timeout_of(silence),
    )


async def models(endpoint: Endpoint, silence: float, after: str | None = None) -> Any:
    """Ask for a page of the list of models."""
    more = {"after_id": after} if after else {}
    return await client(endpoint, silence).models.with_raw_response.list(limit=PAGE, **more)


async def model(endpoint: Endpoint, silence: float, name: str) -> Any:
    """Ask for one model's row."""
    return await client(endpoint, silence).models.with_raw_response.retrieve(name)


def next_page(body: Mapping[str, Any]) -> str | None:
    return body.get("last_id") if body.get("has_more") else None


_ABLE = ("effort", "image_input", "pdf_input", "server_tools", "structured_outputs", "thinking")
"""Capabilities that the catalog has too."""
_READ = frozenset(
    {"id", "type", "display_name", "created_at", "lifecycle", "deprecated_at", "retires_at", "line"}
    | {
        "max_input_tokens",
        "max_tokens",
        "capabilities",
        *(f"capabilities.{able}" for able in _ABLE),
    }
)


def listed(row: Mapping[str, Any]) -> ListedModel | None:
    able = row.get("capabilities") or {}
    return listed_model(
        row.get("id"),
        created=day(row.get("created_at")),
        shutdown_date=day(row.get("retires_at")),
        context=row.get("max_input_tokens"),
        max_output=row.get("max_tokens"),
        told=told(
            efforts=_parts(able.get("effort")),
            images=_is(able.get("image_input")),
            pdf=_is(able.get("pdf_input")),
            response_schema=_is(able.get("structured_outputs")),
            server_tools=_parts(able.get("server_tools")),
            thinking=_thinking(able.get("thinking")),
        ),
        row=row,
        unread=unread(row, _READ, ("capabilities",)),
    )


def _is(able: Any) -> bool | None:
    """Whether it is supported; None where that is not said."""
    said = able.get("supported") if isinstance(able, Mapping) else None
    return said if isinstance(said, bool) else None


def _thinking(able: Any) -> tuple[str, ...] | dict[str, bool] | None:
    """The types of thinking, as `_parts` has them: the list names them one level deeper."""
    if _is(able) is False or not isinstance(able, Mapping):
        return _parts(able)
    return _parts(able.get("types"))


def _parts(able: Any) -> tuple[str, ...] | dict[str, bool] | None:
    """The parts of a capability that the list names, and whether each is supported; none where the whole is not."""
    if not isinstance(able, Mapping):
        return None
    if _is(able) is False:
        return ()
    named = {name: said for name, part in able.items() if (said := _is(part)) is not None}
    return named or None


async def count(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Ask how many input tokens a Messages request has."""
    counting = client(endpoint, silence).messages.with_raw_response
    return await counting.count_tokens(**some(arguments, _COUNTS))
