"""What the server remembers while it runs: prefixes, conversations, and what it saw. Nothing is written anywhere."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from playground.demo.batches import Batches, Files
from playground.demo.billed import Billed
from playground.demo.caching import Cache
from playground.demo.compose import Conversations
from playground.demo.diagnosing import Diagnoses
from playground.demo.exhausted import RETRY_AFTER
from playground.demo.explicit import Prefixes
from playground.demo.limits import Limits, row_of
from playground.demo.shelves import Shelves
from playground.demo.stored import Stored

FORGOTTEN = 30.0
"""Seconds after which a request that was limited is a new one."""
MAX_LOG = 20_000
MAX_MODELS = 1_000
MAX_BODIES = 200
MAX_KEPT_BODY = 256 * 1024
RID = re.compile(rb"rid=(\d+)")
now = time.monotonic_ns


class State:
    """One running server."""

    def __init__(
        self, scale: float, record: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.scale = scale
        """1 = as slow as the models' rows say, 0 = no waiting."""
        self.record = record
        """True when bodies are kept for `GET /_requests`."""
        self.cache = Cache()
        self.conversations = Conversations()
        self.stored = Stored()
        self.billed = Billed()
        self.diagnoses = Diagnoses()
        self.files = Files()
        self.prefixes = Prefixes()
        self.batches = Batches(clock, scale)
        self.shelves = Shelves(clock, scale)
        self.clock = clock
        """Seconds, for limits only: a test turns it on by hand."""
        self._limits: dict[tuple[str, str, str | None], Limits] = {}
        self.limited: dict[tuple[str, ...], float] = {}
        """A request to a model named with `~429` → when it may come again."""
        self.log: deque[dict[str, Any]] = deque(maxlen=MAX_LOG)
        self.bodies: deque[tuple[dict[str, Any], bytes]] = deque(maxlen=MAX_BODIES)
        self.count = 0

    def seen(self, method: str, path: str) -> dict[str, Any]:
        """A new line of the log; times are nanoseconds of the monotonic clock."""
        self.count += 1
        line = {"n": self.count, "method": method, "path": path, "recv": now()}
        self.log.append(line)
        return line

    def limits(self, vendor: str, model: str, suffix: str | None) -> Limits:
        """What was used of this model's limits; those of a name that has none are not kept."""
        row = row_of(vendor, model, suffix)
        if row is None:
            return Limits(None, self.clock)
        key = (vendor, model, row.suffix)
        if key not in self._limits:
            if len(self._limits) >= MAX_MODELS:
                self._limits.clear()  # names that nobody has are kept too, until a failure is told
            self._limits[key] = Limits(row, self.clock)
        return self._limits[key]

    def rate_limited(self, request: tuple[str, ...]) -> bool:
        """True while this request has to wait: from the first time on for as long as Retry-After says."""
        moment = self.clock()
        until = self.limited.setdefault(request, moment + RETRY_AFTER)
        if moment < until:
            return True
        del self.limited[request]
        if len(self.limited) > MAX_LOG:
            self.limited.clear()
        return moment > until + FORGOTTEN

    def keep(self, line: dict[str, Any], body: bytes) -> None:
        """Note which request this was, and keep its body if bodies are recorded."""
        rid = RID.search(body)
        line["rid"] = int(rid[1]) if rid else None
        if self.record:
            self.bodies.append((line, body if len(body) <= MAX_KEPT_BODY else b""))

    def requests(self) -> list[dict[str, Any]]:
        """The recorded bodies, newest last; a body over 256 kB is None."""
        return [
            {"n": line["n"], "method": line["method"], "path": line["path"], "body": _json(body)}
            for line, body in self.bodies
        ]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
