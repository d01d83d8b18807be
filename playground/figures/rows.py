"""The figures of a Response, one row each: every table, card, report and file that lists figures reads these rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playground.domain import Response
from playground.figures.writing import NOT_REPORTED, cost_of, count, money, seconds, speed

Kind = Literal["count", "seconds", "speed", "money", "text"]
Place = Literal["card", "table", "report", "terminal"]
"""A lane's card, the table of all lanes on the screen, the tables of Markdown and HTML, the terminal's table."""

EVERYWHERE: frozenset[Place] = frozenset(("card", "table", "report", "terminal"))
WRITTEN: dict[Kind, Callable[[Any], str]] = {
    "count": count,
    "seconds": seconds,
    "speed": speed,
    "money": money,
    "text": lambda value: value or NOT_REPORTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: what it is called, where its value comes from, where it is shown."""

    name: str
    """Field, JSON key and CSV header: OpenTelemetry's word where it has one."""
    label: str
    """Its one name for people."""
    help: str
    kind: Kind
    """Decides how it is written, and where it stands in the screen's table."""
    value: Callable[[Response], Any]
    """As it is in files: tokens, seconds, tokens per second, Decimal USD or a word; None = unknown."""
    document: Literal["usage", "timing", ""] = ""
    """The part of the JSON document that holds it; what is in one is a column of the CSV file too."""
    attribute: str = ""
    """OpenTelemetry's name among the JSON export's `attributes`."""
    metric: str = ""
    """OpenTelemetry's name among the JSON export's `metrics`: what it measures and does not attribute."""
    under: str = ""
    """The figure beneath which a card and the terminal show it: it is a part of that one, or a remark on it."""
    best: str = ""
    """What the lane with the least of it is called; empty = lanes do not compete in it."""
    shown: frozenset[Place] = EVERYWHERE
    wording: Callable[[Response], str] | None = None
    """How it is written where more than its value decides."""

    def write(self, response: Response) -> str:
        """The figure of this response for people, the same in every place."""
        if self.wording:
            return self.wording(response)
        return WRITTEN[self.kind](self.value(response))


def shown(place: Place) -> tuple[Figure, ...]:
    """The figures of a place, in their order."""
    return tuple(figure for figure in FIGURES.values() if place in figure.shown)


def parts_of(whole: Figure, place: Place) -> tuple[Figure, ...]:
    """The figures that a place shows beneath another one."""
    return tuple(figure for figure in shown(place) if figure.under == whole.name)


def named(*names: str) -> tuple[Figure, ...]:
    """The figures of these names, in this order."""
    return tuple(FIGURES[name] for name in names)


def _ending(response: Response) -> str:
    """The provider's word for why the answer ended, or the kind of failure that ended it, or that it was stopped."""
    if response.failure:
        return response.failure.word
    return response.finish_reason or NOT_REPORTED


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            name="input_tokens",
            label="Input tokens",
            help="All input tokens, cached ones included",
            kind="count",
            value=lambda r: r.usage.input_tokens,
            document="usage",
            attribute="gen_ai.usage.input_tokens",
        ),
        Figure(
            name="cache_read_input_tokens",
            label="Cached",
            help="Input tokens read from a cache, part of the input tokens",
            kind="count",
            value=lambda r: r.usage.cache_read_input_tokens,
            document="usage",
            attribute="gen_ai.usage.cache_read.input_tokens",
            under="input_tokens",
        ),
        Figure(
            name="cache_write_input_tokens",
            label="Written to cache",
            help="Input tokens written to a cache, part of the input tokens",
            kind="count",
            value=lambda r: r.usage.cache_write_input_tokens,
            document="usage",
            attribute="gen_ai.usage.cache_creation.input_tokens",
            under="input_tokens",
            shown=frozenset(("card", "terminal")),
        ),
        Figure(
            name="output_tokens",
            label="Output tokens",
            help="All output tokens, reasoning included",
            kind="count",
            value=lambda r: r.usage.output_tokens,
            document="usage",
            attribute="gen_ai.usage.output_tokens",
        ),
        Figure(
            name="reasoning_output_tokens",
            label="Reasoning",
            help="Tokens spent on reasoning, part of the output tokens",
            kind="count",
            value=lambda r: r.usage.reasoning_output_tokens,
            document="usage",
            attribute="gen_ai.usage.reasoning.output_tokens",
            under="output_tokens",
        ),
        Figure(
            name="time_to_first_chunk",
            label="First chunk",
            help="From the request's head on the wire to the first event of the stream, whatever it holds; n/a when not streamed",
            kind="seconds",
            value=lambda r: r.time_to_first_chunk,
            document="timing",
            attribute="gen_ai.response.time_to_first_chunk",
            metric="gen_ai.client.operation.time_to_first_chunk",
            shown=frozenset(),
        ),
        Figure(
            name="time_to_first_text",
            label="First text",
            help="From the request's head on the wire to the first text of the answer; n/a when not streamed",
            kind="seconds",
            value=lambda r: r.time_to_first_text,
            document="timing",
            best="first",
        ),
        Figure(
            name="duration",
            label="Total time",
            help="From the request's head on the wire to the end",
            kind="seconds",
            value=lambda r: r.timing.duration,
            document="timing",
            metric="gen_ai.client.operation.duration",
            best="fastest",
        ),
        Figure(
            name="compute_seconds",
            label="Compute",
            help="Seconds in which the model's own server says that it computed: what an answer costs that no money is paid for",
            kind="seconds",
            value=lambda r: r.usage.compute_seconds,
            document="usage",
            under="duration",
            shown=frozenset(("card", "terminal")),
        ),
        Figure(
            name="output_tokens_per_second",
            label="Speed",
            help="Steps from token to token of the text ÷ time from its first to its last piece; n/a when too short, or with calls",
            kind="speed",
            value=lambda r: r.output_tokens_per_second,
            document="timing",
        ),
        Figure(
            name="cost",
            label="Cost",
            help="Each lane's receipt shows how it is computed",
            kind="money",
            value=lambda r: r.cost.total if r.cost else None,
            best="cheapest",
            shown=EVERYWHERE - {"card"},  # there it is the name of the receipt
            wording=cost_of,
        ),
        Figure(
            name="finish_reason",
            label="Finish reason",
            help="The provider's word for why the answer ended, or the failure that ended it",
            kind="text",
            value=lambda r: r.finish_reason,
            shown=frozenset(("card", "report")),
            wording=_ending,
        ),
        Figure(
            name="service_tier",
            label="Service tier",
            help="The tier that the provider says it used",
            kind="text",
            value=lambda r: r.service_tier,
            under="finish_reason",
            shown=frozenset(("card",)),
            wording=lambda r: r.service_tier or "",
        ),
    )
}
"""Name → figure, in the order of cards, reports and files."""
