"""Every call is a span, a log line and figures of metrics: the real SDK of OpenTelemetry, to a collector on this computer."""

from __future__ import annotations

import http.server
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from playground import runs, telemetry
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import Engine, LiveRun

CANARY = "prompt-canary-of-a-visitor"
KEY = "sk-key-canary-0123456789"
MODELS = ("openai:gpt-6.1-sol", "openai:gpt-6.1-sol~401")


class Collector:
    """An OTLP/HTTP collector that keeps what it is sent."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[bytes]] = {"/v1/traces": [], "/v1/metrics": []}
        bodies = self.bodies

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                bodies[self.path].append(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self) -> list[Any]:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
        )

        asked = [ExportTraceServiceRequest.FromString(body) for body in self.bodies["/v1/traces"]]
        return [
            span
            for one in asked
            for resource in one.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> dict[str, Any]:
        from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
            ExportMetricsServiceRequest,
        )

        asked = [
            ExportMetricsServiceRequest.FromString(body) for body in self.bodies["/v1/metrics"]
        ]
        return {
            metric.name: metric
            for one in asked
            for resource in one.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    pytest.importorskip("opentelemetry.sdk", reason="make installs it with all of the dev lock")
    made = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.url)
    telemetry._exporter.cache_clear()
    yield made
    telemetry.close()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def ran(engine: Engine, simulation: DemoServer) -> LiveRun:
    """A run of two lanes: one that answers, one whose key is refused."""
    url = simulation.base_urls()["openai"]
    endpoint = Endpoint(provider="openai", base_url=url, key=Secret(KEY), simulated=True)
    asked = [Request.ask(ModelRef.parse(model), CANARY) for model in MODELS]
    started = runs.start(engine, asked, {"openai": endpoint}, keep=False)
    assert isinstance(started, runs.Started)
    assert started.run.wait(30)
    telemetry.close()
    return started.run


def values(found: Any) -> dict[str, Any]:
    """A span's or a point's attributes as a dict."""
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in found.attributes}


def test_a_run_is_a_trace_with_a_span_for_each_call(
    engine: Engine, simulation: DemoServer, collector: Collector
) -> None:
    run = ran(engine, simulation)
    spans = collector.spans()
    assert {span.trace_id.hex() for span in spans} == {run.id}
    (root,) = [span for span in spans if not span.parent_span_id]
    good, bad = sorted(
        (span for span in spans if span is not root), key=lambda span: span.status.code
    )
    assert {good.parent_span_id, bad.parent_span_id} == {root.span_id}
    assert good.name == "chat gpt-6.1-sol"
    response = run.run().responses[0]
    told = values(good)
    assert told["gen_ai.provider.name"] == "openai"
    assert told["gen_ai.usage.input_tokens"] == response.usage.input_tokens
    assert told["server.address"] == "127.0.0.1"
    took = (good.end_time_unix_nano - good.start_time_unix_nano) / 1e9
    assert took == pytest.approx(response.timing.duration, abs=1e-6)
    assert (bad.status.code, bad.status.message) == (2, "authentication")
    assert values(bad)["error.type"] == "authentication"
    assert values(bad)["http.response.status_code"] == 401


def test_the_conventions_metrics_have_each_call(
    engine: Engine, simulation: DemoServer, collector: Collector
) -> None:
    run = ran(engine, simulation)
    found = collector.metrics()
    duration = found["gen_ai.client.operation.duration"]
    assert duration.unit == "s"
    assert sum(point.count for point in duration.histogram.data_points) == len(MODELS)
    usage = run.run().responses[0].usage
    tokens = {
        values(point)["gen_ai.token.type"]: point.sum
        for point in found["gen_ai.client.token.usage"].histogram.data_points
    }
    assert tokens == {"input": usage.input_tokens, "output": usage.output_tokens}


def test_what_was_said_is_sent_only_when_asked_for_and_a_key_never(
    engine: Engine,
    simulation: DemoServer,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran(engine, simulation)
    sent = b"".join(body for bodies in collector.bodies.values() for body in bodies)
    assert b"gpt-6.1-sol" in sent
    assert CANARY.encode() not in sent
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")
    run = ran(engine, simulation)
    (asked, answered) = (
        json.loads(values(span)[f"gen_ai.{way}.messages"])
        for way in ("input", "output")
        for span in collector.spans()
        if span.trace_id.hex() == run.id and values(span).get(f"gen_ai.{way}.messages")
        if span.status.code != 2
    )
    assert asked == [{"role": "user", "parts": [{"type": "text", "content": CANARY}]}]
    assert answered[0]["parts"][0]["content"] == run.run().responses[0].text
    assert KEY.encode() not in b"".join(collector.bodies["/v1/traces"])


def test_every_call_is_a_line_of_the_json_log_without_what_was_said(
    engine: Engine,
    simulation: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("PLAYGROUND_LOG", "json")
    with caplog.at_level(logging.INFO, "playground"):
        run = ran(engine, simulation)
    told = [vars(record) for record in caplog.records if record.name == "playground.calls"]
    assert sorted(each["message"] for each in told) == ["done", "failed"]
    assert {each["run"] for each in told} == {run.id}
    assert {each["gen_ai.request.model"] for each in told} == {"gpt-6.1-sol", "gpt-6.1-sol~401"}
    assert CANARY not in str(told)
    assert KEY not in str(told)


def test_without_the_sdk_one_line_says_what_to_install_and_runs_go_on(
    engine: Engine,
    simulation: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "playground.otel", None)
    monkeypatch.delattr("playground.otel", raising=False)
    telemetry._exporter.cache_clear()
    ran(engine, simulation)
    ran(engine, simulation)
    (said,) = [r.getMessage() for r in caplog.records if "[otel]" in r.getMessage()]
    assert said.startswith("OTEL_EXPORTER_OTLP_ENDPOINT is set")
    telemetry._exporter.cache_clear()


def test_where_nobody_wants_to_know_nothing_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    assert telemetry.observed(None) is None
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert telemetry.observed(None) is None
