"""What every call tells whoever operates the app: a line of the JSON log, and a span and metrics where OpenTelemetry is set up.

OpenTelemetry's own variables say where to: `OTEL_EXPORTER_OTLP_ENDPOINT` and its kin. Names are those of its conventions for
generative AI. Prompts and answers go only where `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` asks for them.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from playground.domain.single import Single
from playground.engine import Journal, Lane, LiveRun

LOG = logging.getLogger("playground.calls")
PROBLEMS = logging.getLogger("playground")

LOG_VARIABLE = "PLAYGROUND_LOG"
ENDPOINTS = tuple(f"OTEL_EXPORTER_OTLP_{signal}ENDPOINT" for signal in ("", "TRACES_", "METRICS_"))
"""OpenTelemetry is set up where one of these variables is."""
NO_SDK = (
    "%s is set, and OpenTelemetry's SDK is not installed: run `pip install 'ai-api-playground[otel]'`, or"
    " `pip install -r requirements-server.txt` in a checkout. Nothing is exported."
)
CLOSE_SECONDS = 3.0
"""So long the end of the program waits for a collector."""

Tell = Callable[[LiveRun, Lane], None]


@dataclass(frozen=True, slots=True)
class Observed:
    """A journal that also lets others know of every lane that has ended."""

    journal: Journal | None
    tell: Tell

    def began(self, run: LiveRun) -> Future[None]:
        """What the journal says; done at once where there is none."""
        if self.journal is not None:
            return self.journal.began(run)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        """Told on a thread of its own: here others are being timed."""
        self.tell(run, lane)
        if self.journal is not None:
            self.journal.lane_ended(run, lane)


def observed(journal: Journal | None) -> Journal | None:
    """The journal, with whoever else wants to know of the run; itself where nobody does."""
    tells = told()
    if not tells:
        return journal
    return Observed(journal, functools.partial(_teller().put, tells))


def told() -> tuple[Tell, ...]:
    """Who wants to know of calls, as this process's variables say."""
    wanted: list[Tell] = []
    if os.environ.get(LOG_VARIABLE, "").strip().lower() == "json":
        wanted.append(log)
    if (variable := next((name for name in ENDPOINTS if os.environ.get(name)), None)) and not off():
        with _making:
            exporter = _exporter(variable)
        wanted += [exporter] if exporter else []
    return tuple(wanted)


def off() -> bool:
    """OpenTelemetry's own switch."""
    return os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"


def log(run: LiveRun, lane: Lane) -> None:
    """A line for a call that has ended: what it was and what it took, nothing of what was said."""
    # Only here: reports come with it, and a Markdown parser.
    from playground.export.telemetry import attributes

    response = lane.response
    if response is None:
        return
    figures = {"run": run.id, "lane": lane.index, "duration": response.timing.duration}
    LOG.info("%s", lane.state, extra={**figures, **attributes(lane.request, response)})


@functools.cache
def _exporter(variable: str) -> Tell | None:
    """OpenTelemetry's exporter, made once; None, and one line in the log, where its SDK is not installed."""
    try:
        from playground import otel
    except ImportError:
        PROBLEMS.warning(NO_SDK, variable)
        return None
    exporter = otel.Exporter()
    _closing.append(exporter.close)
    return exporter.told


class _Teller:
    """One thread that tells what has ended, in order."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[tuple[Tell, ...], LiveRun, Lane] | threading.Event] = (
            queue.SimpleQueue()
        )
        threading.Thread(target=self._work, name="telemetry", daemon=True).start()

    def put(self, tells: tuple[Tell, ...], run: LiveRun, lane: Lane) -> None:
        self._queue.put((tells, run, lane))

    def flush(self, seconds: float) -> bool:
        """Wait until all that was put has been told; False when the time is over first."""
        reached = threading.Event()
        self._queue.put(reached)
        return reached.wait(seconds)

    def _work(self) -> None:
        while True:
            item = self._queue.get()
            if isinstance(item, threading.Event):
                item.set()
                continue
            tells, run, lane = item
            for tell in tells:
                try:
                    tell(run, lane)
                except Exception:
                    PROBLEMS.exception("A call could not be told to telemetry.")


@Single
def _teller() -> _Teller:
    return _Teller()


_closing: list[Callable[[], None]] = []
_making = threading.Lock()


@atexit.register
def close() -> None:
    """Send what is left; what a collector does not take in time is lost, and nothing is held up."""
    if not _teller.made:
        return
    _teller().flush(CLOSE_SECONDS)
    ends, _closing[:] = list(_closing), []
    if ends:
        _exporter.cache_clear()
    threads = [threading.Thread(target=end, daemon=True) for end in ends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(CLOSE_SECONDS)
