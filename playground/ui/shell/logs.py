"""The log as JSON lines, for machines to read (`PLAYGROUND_LOG=json`): one object a line, without secrets.

Every key that is in memory is masked wherever it stands, as is what looks like a key and what an address hides. An
exception is told by its type and its places, not by its message, which may hold anything.
"""

from __future__ import annotations

import json
import logging
import os
import re
import traceback
from datetime import UTC, datetime
from typing import Any

import streamlit.logger

from playground.domain.secret import living
from playground.wire import Redactor
from playground.wire.redact import MASK

VARIABLE = "PLAYGROUND_LOG"
LOOKS_LIKE_A_KEY = re.compile(
    r"\b(?:sk|pk|rk|xai|gsk|hf|key)[-_][\w-]{12,}|\bAIza[\w-]{20,}|(?<=Bearer )\S{8,}"
)
OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
"""What every record has: all else was given by whoever logged it."""


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, logger, message, exception, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        redactor = Redactor(living())

        def clean(value: Any) -> Any:
            match value:
                case dict():
                    return {str(k): clean(v) for k, v in value.items()}
                case list() | tuple():
                    return [clean(v) for v in value]
                case bool() | int() | float() | None:
                    return value
            return LOOKS_LIKE_A_KEY.sub(MASK, redactor.url(str(value)))

        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in OWN},
        }
        if record.exc_info and (error := record.exc_info[1]):
            told["exception"] = {"type": type(error).__name__, "places": _places(error)}
        return json.dumps(clean(told), ensure_ascii=False)


def _places(error: BaseException) -> list[str]:
    """Where it went, the innermost place last; no line of code, which may hold a value."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def set_up() -> None:
    """Make every logger of this process write JSON lines, where that is asked for; later ones of Streamlit's too."""
    if os.environ.get(VARIABLE, "").strip().lower() != "json":
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.root.handlers[:] = [handler]
    logging.getLogger("playground").setLevel(logging.INFO)
    for logger in (logging.getLogger(name) for name in list(logging.root.manager.loggerDict)):
        _through_the_root(logger)
    streamlit.logger.setup_formatter = _through_the_root


def _through_the_root(logger: logging.Logger) -> None:
    """Streamlit and uvicorn give their loggers handlers of their own."""
    logger.handlers[:] = []
    logger.propagate = True
