"""What the simulated organisation used.

Every answer of this server is in it, under the id of the key that asked, and on each day with use, where the bill tells keys
apart, a job of another key that nobody here has asked for, as in an organisation with more than one program.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Lock
from zoneinfo import ZoneInfo

from playground.demo.anthropic_blocks import compaction, iterations, on_demand, summary_tokens
from playground.demo.compose import Reply
from playground.domain import ModelRef, Usage
from playground.domain.provider import PROVIDERS

ZONES = {"gemini": ZoneInfo("America/Los_Angeles")}
"""Whose midnight a vendor's days begin at, where it is not UTC's."""
KEYS_TOLD = ("openai", "anthropic")
"""Vendors whose bills tell keys apart."""
OTHER = "key_simulated_other"
"""The id of the key of a program that is not this one."""
OTHERS = Usage(input_tokens=120_000, output_tokens=8_000)
"""What that one uses a day, in a batch."""
MAX_ROWS = 100_000


@dataclass(frozen=True)
class Row:
    """One answer that is billed."""

    day: date
    model: str
    tier: str
    key: str
    usage: Usage
    requests: int = 1


@dataclass
class Billed:
    """The answers of one vendor since the server started."""

    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    rows: dict[str, list[Row]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, vendor: str, reply: Reply, key: str, *, batch: bool = False, fed: bool) -> None:
        """Note one answer; the oldest are forgotten when there are very many."""
        said = str(reply.ask.body.get("service_tier") or "").lower()
        echoed = said if vendor == "openai" and said not in ("auto", "default") else ""
        row = Row(
            day=datetime.now(ZONES.get(vendor, UTC)).date(),
            model=reply.ask.model.id,
            tier="batch" if batch else echoed or "standard",
            key=key_id(key),
            usage=used(vendor, reply, fed),
        )
        with self._lock:
            rows = self.rows.setdefault(vendor, [])
            rows.append(row)
            if vendor == "anthropic" and compaction(reply):
                rows.append(replace(row, usage=_compacted(reply), requests=0))
            del rows[:-MAX_ROWS]

    def of(self, vendor: str, day: date) -> list[Row]:
        """What is billed on a day, the other key's job with it."""
        with self._lock:
            rows = [row for row in self.rows.get(vendor, ()) if row.day == day]
        if not rows or vendor not in KEYS_TOLD:
            return rows
        return [*rows, replace(rows[0], key=OTHER, tier="batch", usage=OTHERS)]


def key_id(key: str) -> str:
    """The id of a key, which is not the key."""
    return f"key_{hashlib.blake2b(key.encode(), digest_size=6).hexdigest()}"


def used(vendor: str, reply: Reply, fed: bool) -> Usage:
    """The usage of an answer as the vendor counts it; `fed` = with what its own tools brought."""
    tools = Counter(one.tool for one in reply.used if one.tool in TOOLS.get(vendor, ()))
    return Usage(
        input_tokens=reply.input_tokens + (reply.fed_tokens if fed else 0),
        cache_read_input_tokens=reply.cached.read,
        cache_write_input_tokens=reply.cached.written,
        cache_write_by_ttl={ttl: n for ttl, n in reply.cached.writes.items() if n},
        output_tokens=summary_tokens(reply) if on_demand(reply) else reply.output_tokens,
        server_tool_calls=dict(tools) if fed else {},
    )


TOOLS = {"openai": ("web_search", "file_search"), "anthropic": ("web_search",)}
"""Tools whose calls are billed one by one."""


def _compacted(reply: Reply) -> Usage:
    """The pass of a compaction, which is billed beside the answer."""
    read, written = reply.cached.read, reply.cached.written
    counted = {
        "input_tokens": 0,
        "output_tokens": 0,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "cache_creation": {},
    }
    first = iterations(counted, reply)[0]
    return Usage(
        input_tokens=first["input_tokens"] + read + written,
        cache_read_input_tokens=read,
        cache_write_input_tokens=written,
        cache_write_by_ttl={ttl: n for ttl, n in reply.cached.writes.items() if n},
        output_tokens=first["output_tokens"],
    )


def lines(vendor: str, rows: list[Row]) -> Iterator[tuple[Row, str, int, str, Decimal]]:
    """Row, line of the receipt, quantity, unit and amount, by the list prices of the day."""
    from playground import pricing  # a fifth of a second that only a bill needs

    book = pricing.load(own=False)
    for row in rows:
        ref = ModelRef(vendor, PROVIDERS[vendor].default_api, row.model)
        tier = None if row.tier == "standard" else row.tier
        cost = book.price(ref, None, row.usage, on=row.day, service_tier=tier)
        for line in cost.lines if cost else ():
            yield row, line.name, line.quantity, line.unit, line.amount
