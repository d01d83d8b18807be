"""What the provider says was used. None means that it did not say; it is never turned into 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts of one response on one scale for all providers, in OpenTelemetry's terms."""

    input_tokens: int | None = None
    """All input: includes cache reads and writes, and what server tools fed back to the model."""
    cache_read_input_tokens: int | None = None
    """Included in `input_tokens`."""
    cache_write_input_tokens: int | None = None
    """Included in `input_tokens`; the sum over all times to live."""
    cache_write_by_ttl: Mapping[str, int] = field(default_factory=dict)
    """The split of `cache_write_input_tokens` where reported: `5m`, `30m`, `1h`, `12h` → tokens."""
    output_tokens: int | None = None
    """All output: includes reasoning."""
    reasoning_output_tokens: int | None = None
    """Included in `output_tokens`."""
    tool_use_input_tokens: int | None = None
    """Included in `input_tokens`: what Gemini's own tools fed back to the model."""
    input_tokens_by_modality: Mapping[str, int] = field(default_factory=dict)
    """`text`, `image`, `audio`, `video`, `document` → tokens, where reported."""
    output_tokens_by_modality: Mapping[str, int] = field(default_factory=dict)
    cache_read_tokens_by_modality: Mapping[str, int] = field(default_factory=dict)
    server_tool_calls: Mapping[str, int] = field(default_factory=dict)
    """Calls that are billed apart, `web_search` → count."""
    compute_seconds: float | None = None
    """Seconds in which the model's server computed, where it says so (llama.cpp's `timings`)."""
    also_billed: tuple[tuple[str | None, Usage], ...] = ()
    """Work billed but left out of the figures above (Anthropic compaction, advisor): model (None = the same), usage."""
    raw: Mapping[str, Any] | None = None
    """The provider's usage object, unchanged."""

    def problems(self) -> list[str]:
        """Sentences about counts that contradict each other; empty when all is well."""
        found = [
            f"{f.name.replace('_', ' ')} are below zero ({number:,})"
            for f in fields(self)
            if isinstance(number := getattr(self, f.name), int) and number < 0
        ]
        parts = (self.cache_read_input_tokens or 0) + (self.cache_write_input_tokens or 0)
        if self.input_tokens is not None and parts > self.input_tokens:
            found.append(
                f"cache reads and writes ({parts:,}) exceed all input ({self.input_tokens:,})"
            )
        if (
            self.output_tokens is not None
            and self.reasoning_output_tokens is not None
            and self.reasoning_output_tokens > self.output_tokens
        ):
            found.append(
                f"reasoning ({self.reasoning_output_tokens:,}) exceeds all output ({self.output_tokens:,})"
            )
        if self.cache_write_by_ttl and self.cache_write_input_tokens is not None:
            split = sum(self.cache_write_by_ttl.values())
            if split != self.cache_write_input_tokens:
                found.append(
                    f"cache writes by time to live add up to {split:,}, reported {self.cache_write_input_tokens:,}"
                )
        return found
