"""Which function draws which panel of `playground.lab.panels`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playground.domain import Endpoint
from playground.ui.api_lab import (
    batch,
    caching,
    created,
    doors,
    errors,
    file_search,
    files,
    gateway,
    jobs,
    limits,
    realtime,
    structured,
    tools,
)
from playground.ui.api_lab.models import panel as models
from playground.ui.api_lab.wire import panel as wire

Draw = Callable[[Mapping[str, Endpoint]], None]
"""Draws a panel, told where each provider is asked."""

DRAW: dict[str, Draw] = {
    "wire": wire.view,
    "doors": doors.view,
    "errors": errors.view,
    "gateway": gateway.view,
    "limits": limits.view,
    "models": models.view,
    "structured": structured.view,
    "tools": tools.view,
    "caching": caching.view,
    "jobs": jobs.view,
    "batch": batch.view,
    "created": created.view,
    "realtime": realtime.view,
    "file_search": file_search.view,
    "files": files.view,
}
