"""Calls as OpenTelemetry's spans and metrics, by its conventions for generative AI, over OTLP/HTTP (the extra `[otel]`).

A run is a trace whose id is the run's own, with a span for the run and one below it for each call.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from playground import __version__
from playground.domain import Request, Response
from playground.domain.secret import living
from playground.engine import Lane, LiveRun
from playground.export.telemetry import attributes, metrics
from playground.wire import Redactor

SERVICE = "ai-api-playground"
CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
TOKENS = "gen_ai.client.token.usage"
SECONDS_AT = tuple(0.01 * 2**n for n in range(14))
TOKENS_AT = tuple(4**n for n in range(14))
"""The borders of the histograms that the conventions ask for."""
DIMENSIONS = (
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "server.address",
    "server.port",
    "error.type",
)
"""What a metric is told apart by."""
TOKEN_TYPES = {"input": "gen_ai.usage.input_tokens", "output": "gen_ai.usage.output_tokens"}


@dataclass
class _Ids(IdGenerator):
    """Random ids, or those that the next span is to have; spans begin on one thread only."""

    trace: int = 0
    span: int = 0

    def generate_trace_id(self) -> int:
        return self.trace or secrets.randbits(128)

    def generate_span_id(self) -> int:
        span, self.span = self.span, 0
        return span or secrets.randbits(64)


class Exporter:
    """Sends spans and metrics to the collector that the environment names."""

    def __init__(self) -> None:
        resource = Resource.create(
            {
                "service.name": os.environ.get("OTEL_SERVICE_NAME") or SERVICE,
                "service.version": __version__,
            }
        )
        self._ids = _Ids()
        self._traces = TracerProvider(
            resource=resource, id_generator=self._ids, shutdown_on_exit=False
        )
        self._traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._traces.get_tracer(SERVICE, __version__)
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        self._meters = MeterProvider(
            metric_readers=[reader], resource=resource, shutdown_on_exit=False
        )
        self._meter = self._meters.get_meter(SERVICE, __version__)
        self._histograms: dict[str, Any] = {}

    def told(self, run: LiveRun, lane: Lane) -> None:
        """Export a call that has ended, and its run with the last of them."""
        response = lane.response
        if response is None:
            return
        found = {**attributes(lane.request, response), **_server(response)}
        self._call(run, lane, response, found)
        self._measure(response, {name: found[name] for name in DIMENSIONS if name in found})
        if run.done and lane.index == _last(run):
            self._run(run)

    def close(self) -> None:
        """Send what is left."""
        self._traces.shutdown()
        self._meters.shutdown()

    def _call(self, run: LiveRun, lane: Lane, response: Response, found: Mapping[str, Any]) -> None:
        begun = _nanoseconds(response.timing.started_at)
        content = _content(lane.request, response) if captures() else {}
        span = self._tracer.start_span(
            f"{found['gen_ai.operation.name']} {lane.request.model.model}",
            context=_below(run),
            kind=SpanKind.CLIENT,
            attributes={**found, **content},
            start_time=begun,
        )
        if response.failure:
            span.set_status(Status(StatusCode.ERROR, response.failure.type))
        span.end(begun + int((response.timing.duration or 0) * 1e9))

    def _run(self, run: LiveRun) -> None:
        self._ids.trace, self._ids.span = _trace(run), _parent(run)
        span = self._tracer.start_span(
            "run",
            context=Context(),
            attributes={
                "playground.lanes": len(run.lanes),
                "playground.simulated": run.simulated,
            },
            start_time=_nanoseconds(run.created_at),
        )
        span.end()
        self._ids.trace = 0

    def _measure(self, response: Response, dimensions: Mapping[str, Any]) -> None:
        for name, seconds in metrics(response).items():
            self._histogram(name, "s", SECONDS_AT).record(seconds, dimensions)
        usage = response.usage
        for kind in TOKEN_TYPES:
            if (tokens := getattr(usage, f"{kind}_tokens", None)) is not None:
                kept = {**dimensions, "gen_ai.token.type": kind}
                self._histogram(TOKENS, "{token}", TOKENS_AT).record(tokens, kept)

    def _histogram(self, name: str, unit: str, borders: tuple[float, ...]) -> Any:
        if name not in self._histograms:
            self._histograms[name] = self._meter.create_histogram(
                name, unit, explicit_bucket_boundaries_advisory=borders
            )
        return self._histograms[name]


def captures() -> bool:
    """Whether prompts and answers are asked for: OpenTelemetry's variable, `true` or a word that names spans."""
    return os.environ.get(CAPTURE, "").strip().lower() in ("true", "span_only", "span_and_event")


def _trace(run: LiveRun) -> int:
    return int(run.id, 16)


def _parent(run: LiveRun) -> int:
    """The id of the run's own span, which is sent after those below it."""
    return int(run.id[:16], 16) or 1


def _below(run: LiveRun) -> Context:
    flags = TraceFlags(TraceFlags.SAMPLED)
    context = SpanContext(_trace(run), _parent(run), is_remote=False, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(context))


def _last(run: LiveRun) -> int:
    """The lane that ended last."""
    return max(run.lanes, key=lambda lane: lane.finished_at or 0.0).index


def _nanoseconds(moment: str | None) -> int:
    """A moment of the wall clock, or now where it is unknown."""
    return int(datetime.fromisoformat(moment).timestamp() * 1e9) if moment else time.time_ns()


def _server(response: Response) -> dict[str, Any]:
    if response.exchange is None:
        return {}
    parts = urlsplit(response.exchange.url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return {"server.address": parts.hostname, "server.port": port} if parts.hostname else {}


def _content(request: Request, response: Response) -> dict[str, str]:
    """What was said, as the conventions write it; files are named by their type, and keys in memory are masked."""
    redactor = Redactor(living())
    asked = [{"role": m.role, "parts": [_part(part) for part in m.parts]} for m in request.messages]
    answered = {
        "role": "assistant",
        "parts": [{"type": "text", "content": response.text}],
        "finish_reason": response.finish_reason or "error",
    }
    told: dict[str, Any] = {
        "gen_ai.input.messages": asked,
        "gen_ai.output.messages": [answered],
    }
    if request.system:
        told["gen_ai.system_instructions"] = [{"type": "text", "content": request.system}]
    return {name: json.dumps(redactor.value(value)) for name, value in told.items()}


def _part(part: Any) -> dict[str, Any]:
    match part.kind:
        case "text" | "reasoning":
            return {"type": part.kind, "content": part.text}
        case "tool_call":
            return {
                "type": "tool_call",
                "id": part.id,
                "name": part.name,
                "arguments": part.arguments,
            }
        case "tool_result":
            return {"type": "tool_call_response", "id": part.id, "response": part.content}
        case "file":
            return {"type": "file", "mime_type": part.media_type}
    return {"type": part.kind}
