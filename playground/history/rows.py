"""Nouns → rows: what is written of a run when it begins, and of each lane when it has ended."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.domain import Request, Response, Run
from playground.engine import Lane, LiveRun
from playground.history import labels as labelled
from playground.history.labels import Labels
from playground.store.file import DONE, RUNNING
from playground.store.packing import (
    NOTHING_SECRET,
    attachments,
    digests,
    pack_request,
    pack_response,
    storable,
    storable_json,
    units,
)
from playground.wire import Redactor

PROMPT_SHOWN = 300
"""Characters of the prompt that the list shows."""


@dataclass(slots=True)
class Beginning:
    """The rows of a run that has begun, made before any lock is taken."""

    run: dict[str, Any]
    lanes: list[dict[str, Any]]
    bodies: list[dict[str, Any]]
    files: list[dict[str, Any]]
    tags: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Ending:
    """The rows of a lane that has ended."""

    run_id: str
    lane: int
    figures: dict[str, Any]
    body: bytes
    files: dict[str, bytes]


def writer_name() -> str:
    """This process, as other processes on this or another computer can check it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def begun(
    run: Run,
    labels: Labels,
    *,
    owner: str,
    writer: str | None,
    simulations: Sequence[bool] | None = None,
    redactor: Redactor = NOTHING_SECRET,
    context: Mapping[str, Any] | None = None,
) -> Beginning:
    """The rows of a run that begins, from its requests alone; `simulations` says it lane by lane."""
    labels = without_secrets(labels, redactor)
    simulated = simulations or [run.simulated] * len(run.requests)
    apart = digests(file for request in run.requests for file in attachments(request, None))
    return Beginning(
        run={
            **_begun_run(run, labels, redactor),
            "owner": labelled.owner_digest(owner),
            "writer": writer,
            "heartbeat": time.time(),
            "context": redactor.value(storable_json(dict(context))) if context else None,
        },
        lanes=[
            _begun_lane(i, request, run.created_at[:10], simulated[i])
            for i, request in enumerate(run.requests)
        ],
        bodies=[
            {"lane": i, "request": pack_request(request, apart, redactor), "response": None}
            for i, request in enumerate(run.requests)
        ],
        files=[{"digest": digest, "data": data} for digest, data in apart.items()],
        tags=labelled.tags(map(storable, labels.tags)),
        text=redactor.text(searched(replace(run, responses=()), labels)),
    )


def without_secrets(labels: Labels, redactor: Redactor) -> Labels:
    """The labels with keys that someone typed into them masked."""
    return replace(
        labels,
        title=redactor.text(labels.title) if labels.title else None,
        tags=tuple(map(redactor.text, labels.tags)),
        department=redactor.text(labels.department),
        note=redactor.text(labels.note),
    )


def _begun_run(run: Run, labels: Labels, redactor: Redactor) -> dict[str, Any]:
    models = dict.fromkeys(str(request.model) for request in run.requests)
    return {
        "id": storable(run.id),
        "created_at": run.created_at,
        "day": run.created_at[:10],
        "kind": labels.kind,
        "state": RUNNING if run.requests else DONE,
        "title": storable(labels.title) if labels.title else None,
        "prompt": _prompt(run.requests, redactor),
        "models": storable(", ".join(models)),
        "tags": ", ".join(labelled.tags(map(storable, labels.tags))),
        "department": storable(labels.department.strip()),
        "note": storable(labels.note[: labelled.LONGEST_NOTE]),
        "starred": labels.starred,
        "simulated": run.simulated,
        "lanes": len(run.requests),
        "failed": 0,
        "unpriced": 0,
        "cost": None,
    }


def _begun_lane(number: int, request: Request, day: str, simulated: bool) -> dict[str, Any]:
    return {
        "lane": number,
        "day": day,
        "provider": storable(request.model.provider),
        "api": request.model.api,
        "model": storable(request.model.model),
        "state": RUNNING,
        "failure": None,
        "simulated": simulated,
        "input_tokens": None,
        "output_tokens": None,
        "cost": None,
        "bound": False,
    }


def ended(
    run_id: str,
    lane: int,
    response: Response,
    request: Request,
    redactor: Redactor = NOTHING_SECRET,
) -> Ending:
    """The rows of a lane that has ended."""
    apart = digests(attachments(request, response))
    cost, failure = response.cost, response.failure
    return Ending(
        run_id=run_id,
        lane=lane,
        figures={
            "state": response.state,
            "failure": failure.type if failure else None,
            "simulated": response.simulated,
            "input_tokens": response.usage.input_tokens,
            "output_tokens": response.usage.output_tokens,
            "cost": units(cost.total) if cost else None,
            "bound": bool(cost and (cost.estimate or cost.lower_bound or cost.upper_bound)),
        },
        body=pack_response(response, apart, redactor),
        files=digests(attachments(None, response)),
    )


def charge(
    run: LiveRun, lane: Lane, labels: Labels, redactor: Redactor = NOTHING_SECRET
) -> dict[str, Any] | None:
    """An ended lane's row of the ledger; None where nothing was billed, or nobody knows how much."""
    response = lane.response
    if response is None or response.cost is None or response.simulated:
        return None
    masked = without_secrets(labels, redactor)
    return {
        "run_id": run.id,
        "lane": lane.index,
        "day": run.created_at[:10],
        "provider": storable(lane.request.model.provider),
        "tags": ", ".join(labelled.tags(map(storable, masked.tags))),
        "department": storable(masked.department.strip()),
        "amount": units(response.cost.total),
    }


def searched(run: Run, labels: Labels) -> str:
    """Everything that the search looks through: title, note, prompts and answers, each text once."""
    found: dict[str, None] = {}
    for request in run.requests:
        found |= dict.fromkeys(
            [request.system or "", *(message.text for message in request.messages)]
        )
    for response in run.responses:
        found |= dict.fromkeys([response.text, response.reasoning_text, response.refusal or ""])
    found.pop("", None)
    return head(labels.title, labels.note) + storable("\n".join(found))


def head(title: str | None, note: str) -> str:
    """Title and note as they stand in front of what is searched."""
    return storable(f"{title or ''}\n{note}\n")


def _prompt(requests: Sequence[Request], redactor: Redactor) -> str:
    """The beginning of what was asked last, on one line; masked before it is cut, which might halve a key."""
    texts = (
        m.text for r in requests[:1] for m in reversed(r.messages) if m.role == "user" and m.text
    )
    whole = redactor.text(next(texts, ""))
    return storable(" ".join(whole[: 4 * PROMPT_SHOWN].split())[:PROMPT_SHOWN])
