"""The playground from a script or a notebook: one prompt or Request to several models, Responses with usage, timing and receipt."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

from playground import history, runs, settings
from playground.demo.process import get_demo
from playground.domain import (
    Endpoint,
    File,
    Message,
    ModelRef,
    Request,
    Response,
    Run,
    Secret,
    lane_names,
    media_type,
)
from playground.domain.endpoint import replaying
from playground.domain.setting import SETTINGS
from playground.domain.values import put
from playground.engine import LiveRun, get_engine
from playground.history import Labels
from playground.providers.acceptance import check, fit

LOOK = 0.02
"""Seconds between two looks whether all have answered."""
PATIENCE = 10.0
"""Seconds for stopped lanes to close their connections, and for the history to be written."""


class NotSent(Exception):
    """Nothing was sent: a key stands in the prompt, or a budget forbids it; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Answers(Sequence[Response]):
    """The Responses of one run in the order of its Requests; a notebook shows them side by side with their figures."""

    run: Run
    notes: tuple[str, ...] = ()
    """What was changed before it was sent, and what a budget warns of, in sentences."""

    @property
    def names(self) -> tuple[str, ...]:
        """A unique name for each lane: the model's spelling, numbered where one runs twice."""
        return tuple(lane_names(request.model for request in self.run.requests))

    @overload
    def __getitem__(self, which: int | str) -> Response: ...
    @overload
    def __getitem__(self, which: slice) -> Answers: ...
    def __getitem__(self, which: int | str | slice) -> Response | Answers:
        """The Response at a place or of a lane's name; of a slice, Answers again."""
        if isinstance(which, str):
            if which not in self.names:
                raise KeyError(f"{which} was not asked: {', '.join(self.names)} were.")
            return self.run.responses[self.names.index(which)]
        if isinstance(which, int):
            return self.run.responses[which]
        part = replace(
            self.run, requests=self.run.requests[which], responses=self.run.responses[which]
        )
        return Answers(part, self.notes)

    def __len__(self) -> int:
        return len(self.run.responses)

    def __repr__(self) -> str:
        ended = (f"{n}: {r.ending}" for n, r in zip(self.names, self, strict=True))
        return f"<Answers {', '.join(ended)}>"

    def rows(self) -> list[dict[str, Any]]:
        """One row of figures a lane (`pandas.DataFrame(answers.rows())`): tokens, seconds, Decimal USD; None = unknown."""
        from playground.figures import FIGURES

        return [
            {"lane": name, **{f.name: f.value(response) for f in FIGURES.values()}}
            for name, response in zip(self.names, self, strict=True)
        ]

    def to_json(self) -> str:
        """The whole run as the app exports it."""
        from playground.export import to_json

        return to_json(self.run)

    def _repr_html_(self) -> str:
        from playground.export.fragment import to_fragment

        return to_fragment(self.run, self.notes)


def ask(
    what: str | Request,
    *models: str | ModelRef,
    demo: bool = False,
    system: str | None = None,
    files: Sequence[str | Path | File] = (),
    keys: Mapping[str, str] | None = None,
    retries: int = 0,
    keep: bool = False,
    tags: Sequence[str] = (),
    **settings: Any,
) -> Answers:
    """Send a prompt or a Request to all models at the same time and wait; a call that failed is a Response too.

    `models` are spelled `provider:model`; without any, a Request goes to its own. `demo` asks the built-in simulation,
    without a key. `keys` has a key for a provider beside those of the environment. Settings are those of a Request:
    `max_output_tokens=200`, `effort="low"`. With `keep` the run goes into the history; without, only its cost is noted.
    ValueError for a spelling or a setting that is none, NotSent where a budget or a key in the prompt forbids it.
    """
    requests, notes = _requests(what, models, system, files, settings)
    started, warned = _start(requests, demo, keys, retries, keep, tags)
    try:
        while not started.wait(0.2):  # in short pieces: Windows hears Ctrl+C only between them
            pass
    except KeyboardInterrupt:
        started.stop()
        started.wait(PATIENCE)
        raise
    return Answers(started.run(), (*notes, *warned, *_written()))


async def ask_async(
    what: str | Request,
    *models: str | ModelRef,
    demo: bool = False,
    system: str | None = None,
    files: Sequence[str | Path | File] = (),
    keys: Mapping[str, str] | None = None,
    retries: int = 0,
    keep: bool = False,
    tags: Sequence[str] = (),
    **settings: Any,
) -> Answers:
    """`ask` for a coroutine: the loop goes on meanwhile, and a task that is cancelled stops its calls."""
    requests, notes = _requests(what, models, system, files, settings)
    going, cancelled = list[LiveRun](), threading.Event()

    def start() -> tuple[LiveRun, tuple[str, ...]]:
        """On a thread, which nobody can cancel: a run that begins when its task is over is stopped at once."""
        found = _start(requests, demo, keys, retries, keep, tags)
        going.append(found[0])
        if cancelled.is_set():
            found[0].stop()
        return found

    try:
        started, warned = await asyncio.to_thread(start)
        while not started.done:  # noqa: ASYNC110 - it ends on the engine's thread
            await asyncio.sleep(LOOK)
    except asyncio.CancelledError:
        cancelled.set()
        for run in going:
            run.stop()
        raise
    unwritten = await asyncio.to_thread(_written)
    return Answers(started.run(), (*notes, *warned, *unwritten))


def _requests(
    what: str | Request,
    models: Sequence[str | ModelRef],
    system: str | None,
    files: Sequence[str | Path | File],
    given: Mapping[str, Any],
) -> tuple[list[Request], list[str]]:
    """One Request a model, fitted to what it takes, and what was changed for it."""
    known = [row.name for row in SETTINGS]
    if unknown := [name for name in given if name not in known]:
        raise ValueError(f"There is no setting {unknown[0]!r}: there are {', '.join(known)}.")
    refs = [ModelRef.parse(model) if isinstance(model, str) else model for model in models]
    if isinstance(what, Request):
        refs = refs or [what.model]
        base = what if system is None else replace(what, system=system)
    else:
        if not refs:
            raise ValueError("Name a model to ask: ask(prompt, 'openai:gpt-6.1-sol').")
        base = Request.ask(refs[0], what, system=system)
    if files:
        base = _with_files(base, [_file(file) for file in files])
    asked = [put(replace(base, model=ref), given) for ref in refs]
    notes = [
        f"{request.model}: {note.setting} {note.action}: {note.why}"
        for request in asked
        for note in check(request)
        if note.action != "sent"
    ]
    return [fit(request) for request in asked], notes


def _with_files(request: Request, files: Sequence[File]) -> Request:
    """The request with these before the words of its last message."""
    *before, last = request.messages
    return replace(
        request, messages=(*before, Message(role=last.role, parts=(*files, *last.parts)))
    )


def _file(given: str | Path | File) -> File:
    if isinstance(given, File):
        return given
    data = Path(given).read_bytes()
    kind = media_type(data)
    if kind is None:
        raise ValueError(f"{given} is neither PNG, JPEG, GIF, WebP nor PDF.")
    return File(media_type=kind, data=data, name=Path(given).name)


def _start(
    requests: Sequence[Request],
    demo: bool,
    keys: Mapping[str, str] | None,
    retries: int,
    keep: bool,
    tags: Sequence[str],
) -> tuple[LiveRun, tuple[str, ...]]:
    found = runs.start(
        get_engine(),
        requests,
        dict(_endpoints(requests, demo, keys or {})),
        session="script",
        labels=Labels(kind="ask", tags=tuple(tags)),
        keep=keep,
        secrets=[
            *(e.key for e in settings.load().endpoints.values()),
            *map(Secret, (keys or {}).values()),
        ],
        retries=retries,
    )
    if isinstance(found, runs.Refusal):
        raise NotSent(found.reason)
    return found.run, found.warnings


def _endpoints(
    requests: Sequence[Request], demo: bool, keys: Mapping[str, str]
) -> Iterator[tuple[str, Endpoint]]:
    """Where each provider is asked, with the keys that were given in place of the environment's."""
    simulated = demo or any(request.model.recorded for request in requests)
    simulation = get_demo().endpoints() if simulated else {}
    if demo:
        yield from simulation.items()
        return
    known = settings.load().endpoints
    if wrong := sorted(keys.keys() - known.keys()):
        raise ValueError(
            f"There is no provider {wrong[0]!r} to have a key for: {', '.join(known)}."
        )
    for name, endpoint in known.items():
        given = keys.get(name)
        own = replace(endpoint, key=Secret(given), key_from_server=False) if given else endpoint
        yield name, own
    yield from replaying(simulation).items()


def _written() -> tuple[str, ...]:
    """Wait until what is kept is written; a sentence where it was not."""
    if "playground.history.journal" not in sys.modules:
        return ()
    writer = history.get_writer()
    if writer.flush(PATIENCE):
        return ()
    return (f"Not written into the history: {writer.problem or 'it took too long'}.",)
