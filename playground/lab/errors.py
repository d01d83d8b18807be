"""Each fault of each provider on demand: what is sent for it, what came, what it means, and how code handles it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playground import catalog as models
from playground.demo import faults
from playground.domain import Endpoint, ModelRef, Request, Response
from playground.export.handling import handling
from playground.files import read_yaml
from playground.lab.doors import label, through_all

DATA = Path(__file__).with_name("errors.yaml")
PROMPT = "What is a token?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that can go wrong."""

    name: str
    """As it is spelled behind a simulated model: `~429`."""
    title: str
    happens: str
    chat: str
    """What a chat product shows in its place: typical, not quoted."""
    reaction: str
    """How code handles it, a row of REACTIONS in `playground.export.handling`."""


@functools.cache
def catalog() -> Mapping[str, Fault]:
    """Every fault by its name, in the order of the file."""
    loaded = read_yaml(DATA)
    return {name: Fault(name=name, **row) for name, row in loaded.items()}


def refs() -> list[ModelRef]:
    """Each provider's usual model, through every one of its doors."""
    return through_all(models.defaults())


def request(ref: ModelRef, fault: str, mark: str = "", *, timeout: float = 600.0) -> Request:
    """The request that brings this fault about at the simulated provider.

    With a `mark` of its own it is another one than before: a rate limit lets the same request through after a while.
    """
    bare = faults.split(ref.model)[0]
    prompt = f"{PROMPT} ({mark})" if mark else PROMPT
    return Request.ask(replace(ref, model=f"{bare}~{fault}"), prompt, timeout=timeout)


def requests(refs: Iterable[ModelRef], fault: str, mark: str = "") -> list[Request]:
    """The same for each of these models; one that stands still is given up after three seconds."""
    patience = 3.0 if fault == "stall" else 600.0
    return [request(ref, fault, mark, timeout=patience) for ref in refs]


def code(sent: Request, fault: str, endpoint: Endpoint) -> str:
    """Python that sends such a request with the provider's SDK and handles this fault."""
    bare = replace(sent.model, model=faults.split(sent.model.model)[0])
    return handling(replace(sent, model=bare, timeout=600.0), endpoint, catalog()[fault].reaction)


def raw(response: Response) -> str:
    """The answer as it came: the status with its body, or the last events of the stream."""
    exchange = response.exchange
    if exchange is None or exchange.status is None:
        return "Nothing came."
    head = f"{exchange.http_version or 'HTTP'} {exchange.status}"
    if exchange.events:
        last = [event.data for event in exchange.events[-2:]]
        return "\n\n".join([head, f"… {len(exchange.events):,} events, the last of them:", *last])
    return f"{head}\n\n{exchange.response_body or ''}"


def row(fault: str, response: Response, endpoint: Endpoint | None) -> dict[str, Any]:
    """One provider's fault as JSON values."""
    failure = response.failure
    sent = request(response.model, fault)
    return {
        "model": str(response.model),
        "door": label(response.model),
        "simulated": response.simulated,
        "status": response.exchange.status if response.exchange else None,
        "state": response.state,
        "finish_reason": response.finish_reason,
        "raw": raw(response),
        "type": failure.type if failure else None,
        "meaning": failure.meaning if failure else None,
        "next_step": failure.next_step if failure else None,
        "retry_after": failure.retry_after if failure else None,
        "chat": catalog()[fault].chat,
        "code": code(sent, fault, endpoint) if endpoint else None,
    }
