"""The settings of a request: the values, and one row a setting that says what it is called, what it may be, and how it
is asked for on a screen and in a terminal. Adding a setting is a field and a row here, and the adapters that have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to answer. None means "the provider's default": the field is then left out of the request."""

    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    effort: str | None = None
    """Reasoning effort or thinking level, in the provider's own word (`low`, `high`, `none`, …)."""
    reasoning_summary: bool = False
    """Ask for a readable summary of the reasoning where the provider offers one."""
    verbosity: str | None = None
    service_tier: str | None = None
    cache_ttl: str | None = None
    """Ask for prompt caching with this time to live (`5m`, `1h`, `30m`, `12h`) where it must be asked for."""
    response_schema: Mapping[str, Any] | None = None
    """JSON Schema that the answer must follow."""
    tool_choice: Literal["auto", "required", "none"] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Body fields passed through unchanged, for what has no setting of its own."""


Kind = Literal[
    "integer", "number", "flag", "choice", "several", "words", "object", "schema", "tools"
]
"""A choice is one of some words, `several` any of them; `words` are texts of one's own; the last three are JSON: an
object, a JSON Schema, a list of functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: its name, its values, its place on the screen and on the command line."""

    name: str
    """The field of `Settings`, or that of `Request` for what is no field there."""
    label: str
    group: Literal["Answer", "Sampling", "Format", "Tools", "Call"]
    """Where it stands on the screen."""
    help: str
    """A sentence for both the screen and `--help`."""
    kind: Kind
    option: str
    """How the command line spells it; `--on/--off` for a flag that is on by itself."""
    metavar: str | None = None
    least: float | None = None
    most: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    """What may be chosen at every model; empty where each model has its own."""
    placeholder: str = "the provider's default"
    stays: bool = False
    """On the screen it stays as it is when another model is chosen."""
    attribute: str | None = None
    """OpenTelemetry's name for it."""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="max_output_tokens",
        label="Max output tokens",
        group="Answer",
        help="The longest answer, its reasoning included.",
        kind="integer",
        option="--max-output-tokens",
        metavar="N",
        least=1,
        step=256,
        attribute="gen_ai.request.max_tokens",
    ),
    Setting(
        name="effort",
        label="Reasoning effort",
        group="Answer",
        help="How much the model thinks: low, medium, high, …",
        kind="choice",
        option="--effort",
        metavar="LEVEL",
    ),
    Setting(
        name="reasoning_summary",
        label="Reasoning summary",
        group="Answer",
        help="Ask for a readable summary of the model's reasoning.",
        kind="flag",
        option="--reasoning-summary",
    ),
    Setting(
        name="verbosity",
        label="Verbosity",
        group="Answer",
        help="How many words the answer takes.",
        kind="choice",
        option="--verbosity",
        choices=("low", "medium", "high"),
    ),
    Setting(
        name="stop",
        label="Stop sequences",
        group="Answer",
        help="Stop before any of these texts.",
        kind="words",
        option="--stop",
        metavar="TEXT",
        placeholder="type a word, Enter",
        attribute="gen_ai.request.stop_sequences",
    ),
    Setting(
        name="temperature",
        label="Temperature",
        group="Sampling",
        help="0 takes the likeliest token each time; higher is more varied.",
        kind="number",
        option="--temperature",
        metavar="T",
        least=0,
        most=2,
        step=0.1,
        attribute="gen_ai.request.temperature",
    ),
    Setting(
        name="top_p",
        label="Top p",
        group="Sampling",
        help="Draw from the likeliest tokens that have this probability together.",
        kind="number",
        option="--top-p",
        metavar="P",
        least=0,
        most=1,
        step=0.05,
        attribute="gen_ai.request.top_p",
    ),
    Setting(
        name="top_k",
        label="Top k",
        group="Sampling",
        help="Draw from this many of the likeliest tokens.",
        kind="integer",
        option="--top-k",
        metavar="K",
        least=1,
        step=1,
        attribute="gen_ai.request.top_k",
    ),
    Setting(
        name="seed",
        label="Seed",
        group="Sampling",
        help="The same seed draws the same, as far as the provider can.",
        kind="integer",
        option="--seed",
        metavar="N",
        step=1,
        placeholder="none",
        attribute="gen_ai.request.seed",
    ),
    Setting(
        name="response_schema",
        label="Response schema",
        group="Format",
        help="JSON Schema that the answer must follow.",
        kind="schema",
        option="--schema",
        metavar="FILE",
        placeholder='{\n  "type": "object",\n  "properties": {"answer": {"type": "string"}},\n'
        '  "required": ["answer"],\n  "additionalProperties": false\n}',
        stays=True,
    ),
    Setting(
        name="server_tools",
        label="Server tools",
        group="Tools",
        help="Tools that the provider runs itself and may bill for.",
        kind="several",
        option="--server-tool",
        choices=("web_search", "code_execution"),
    ),
    Setting(
        name="tools",
        label="Tools",
        group="Tools",
        help="Functions that the model may ask for: a JSON list of name, description and parameters.",
        kind="tools",
        option="--tools",
        metavar="FILE",
        placeholder='[{\n  "name": "weather",\n  "description": "The weather in a city.",\n  "parameters": {\n'
        '    "type": "object",\n    "properties": {"city": {"type": "string"}}\n  }\n}]',
        stays=True,
    ),
    Setting(
        name="tool_choice",
        label="Tool choice",
        group="Tools",
        help="Whether the model decides (auto), must call a tool (required) or may not (none).",
        kind="choice",
        option="--tool-choice",
        choices=("auto", "required", "none"),
    ),
    Setting(
        name="service_tier",
        label="Service tier",
        group="Call",
        help="Way of processing, with a price of its own: flex, priority, …",
        kind="choice",
        option="--service-tier",
        metavar="TIER",
    ),
    Setting(
        name="cache_ttl",
        label="Cache time to live",
        group="Call",
        help="Have the prompt cached for this long, where it must be asked for: 5m, 30m, 1h, 12h.",
        kind="choice",
        option="--cache-ttl",
        metavar="TIME",
    ),
    Setting(
        name="extra",
        label="Extra body fields",
        group="Call",
        help="Fields of the request's body that have no setting here; sent as they are.",
        kind="object",
        option="--extra",
        metavar="KEY=JSON",
        placeholder='{"metadata": {"team": "docs"}}',
    ),
    Setting(
        name="stream",
        label="Stream",
        group="Call",
        help="Take the answer piece by piece, or whole at the end, without a time to first text.",
        kind="flag",
        option="--stream/--no-stream",
        stays=True,
    ),
)
"""In the order in which they are offered. Read it as `setting.SETTINGS`: a row that is added later counts as well."""


def find(name: str) -> Setting | None:
    """The row of this name; None for what is no setting (`images`, `api`)."""
    return next((row for row in SETTINGS if row.name == name), None)
