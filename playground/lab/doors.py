"""The same prompt through every door: what is sent, what comes, how it is counted, and what each door can't do."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from playground import catalog
from playground import figures as fmt
from playground.domain import APIS, ModelRef, Request, Response, Tool
from playground.domain.provider import provider_of
from playground.files import read_yaml
from playground.providers.acceptance import check

DATA = Path(__file__).with_name("doors.yaml")
Effect = Literal["refused", "ignored", "missing", "other"]
WEATHER = Tool(
    name="get_weather",
    description="Today's weather in a city.",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
"""The function that is offered where the panel is asked to offer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One thing that a door can't do, or does otherwise."""

    door: str
    """`provider/api`."""
    what: str
    effect: Effect
    says: str
    url: str
    as_of: date
    note: str = ""


@functools.cache
def limits() -> tuple[Limit, ...]:
    """Every row of the file."""
    loaded = read_yaml(DATA)
    return tuple(
        Limit(
            **{name: row[name] for name in ("door", "what", "effect", "says")},
            url=row["source"]["url"],
            as_of=row["source"]["as_of"],
            note=row["source"].get("note", ""),
        )
        for row in loaded["limits"]
    )


def door_of(ref: ModelRef) -> str:
    """`provider/api`, as the rows name a door."""
    return f"{ref.provider}/{ref.api}"


def label(ref: ModelRef) -> str:
    """The door for people: `OpenAI · Chat Completions`."""
    return f"{provider_of(ref.provider).label} · {APIS[ref.api].label}"


def through_all(refs: Iterable[ModelRef]) -> list[ModelRef]:
    """Each model through every door that offers it."""
    found = []
    for ref in refs:
        offered = catalog.describe(ref).apis
        doors = provider_of(ref.provider).apis
        found += [replace(ref, api=api) for api in doors if not offered or api in offered]
    return list(dict.fromkeys(found))


def requests(prompt: str, refs: Iterable[ModelRef], *, function: bool = False) -> list[Request]:
    """The same prompt to each of these; with a function it is offered also where the door refuses it."""
    tools = (WEATHER,) if function else ()
    return [Request.ask(ref, prompt, tools=tools) for ref in refs]


def warnings(asked: Iterable[Request]) -> Iterator[str]:
    """What these doors will refuse or make nothing of, in sentences, before anything is sent."""
    for request in asked:
        for note in check(request):
            if note.action in ("dropped", "ignored", "unavailable"):
                yield f"{label(request.model)}: {note.setting}: {note.why}."


def own_usage(response: Response) -> Any:
    """The provider's own count as it came, in its own words; None where none came."""
    exchange = response.exchange
    if exchange is None:
        return None
    texts = [event.data for event in exchange.events] or [exchange.response_body or ""]
    for text in reversed(texts):
        if "usage" in text and (found := _find_usage(_read(text))):
            return found
    return None


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _find_usage(value: Any) -> Any:
    """The first object under a name that providers give it, as deep as it lies."""
    if isinstance(value, list):
        return next((found for one in value if (found := _find_usage(one))), None)
    if not isinstance(value, dict):
        return None
    for name in ("usage", "usageMetadata", "usage_metadata"):
        if value.get(name):
            return value[name]
    return next((found for one in value.values() if (found := _find_usage(one))), None)


def kinds(response: Response) -> dict[str, int]:
    """The kinds of events that came and how many of each; of events without a kind only their number."""
    exchange, field = response.exchange, APIS[response.model.api].event_type
    events = exchange.events if exchange else ()
    said = (event.name or _kind(_read(event.data), field) for event in events if field)
    found = Counter(filter(None, said))
    return dict(found) or ({"data": len(events)} if events else {})


def _kind(event: Any, field: str) -> str:
    return str(event.get(field, "")) if isinstance(event, Mapping) else ""


FIGURES = ("time_to_first_text", "duration", "input_tokens", "output_tokens", "cost")


def row(response: Response) -> dict[str, Any]:
    """One door as JSON values: sizes, events, usage, latency, or why it failed."""
    exchange, timing = response.exchange, response.timing
    sent = exchange.sent_text if exchange else None
    return {
        "door": door_of(response.model),
        "model": response.model.model,
        "simulated": response.simulated,
        "status": exchange.status if exchange else None,
        "request_bytes": None if sent is None else len(sent.encode("utf-8", "replace")),
        "response_bytes": exchange.bytes_received if exchange else None,
        "events": len(exchange.events) if exchange else 0,
        "event_kinds": kinds(response),
        "usage": own_usage(response),
        "time_to_first_text": response.time_to_first_text,
        "duration": timing.duration,
        "input_tokens": response.usage.input_tokens,
        "output_tokens": response.usage.output_tokens,
        "failure": response.failure.told if response.failure else None,
    }


def table(responses: Iterable[Response]) -> list[Mapping[str, Any]]:
    """The doors side by side as people read them, one row a door."""
    rows: list[Mapping[str, Any]] = []
    for response in responses:
        made = row(response)
        rows.append(
            {
                "door": label(response.model),
                "model": response.model.model,
                "HTTP": made["status"],
                "sent": _size(made["request_bytes"]),
                "received": _size(made["response_bytes"]),
                "events": made["events"],
                **{figure.label: figure.write(response) for figure in fmt.named(*FIGURES)},
            }
        )
    return rows


def _size(number: int | None) -> str:
    return fmt.NOT_AVAILABLE if number is None else fmt.size(number)
