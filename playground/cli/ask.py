"""`playground ask`: options → Requests → one run of the engine → the terminal or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import click

from playground import settings
from playground.cli import attach, here, replay
from playground.cli.options import values
from playground.cli.say import say
from playground.demo import recorded
from playground.domain import Endpoint, Message, ModelRef, Part, Request, Run, Text
from playground.domain.endpoint import replaying
from playground.domain.provider import built_in, provider_of, unknown
from playground.domain.values import put

if TYPE_CHECKING:
    from playground.engine import LiveRun
    from playground.history.once import Once

STOP_PATIENCE = 10.0
"""Seconds that stopped lanes get to close their connections."""


class Asking(Protocol):
    """What says which models are asked; every command that asks has it among its options."""

    @property
    def models(self) -> tuple[str, ...]: ...
    @property
    def demo(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    prompt: str
    models: tuple[str, ...]
    system: str | None
    files: tuple[str, ...]
    retries: int
    timeout: float
    demo: bool
    as_json: bool
    settings: Mapping[str, Any]
    """Row of the table of settings → what was typed for it."""
    tags: tuple[str, ...] = ()
    department: str = ""
    no_history: bool = False


def ask(options: Options) -> int:
    """Ask, print, and return the exit code: 0 all answered, 1 any failed, 130 stopped."""
    from playground.cli import keeping

    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    refs = chosen(options, here.known(loaded.endpoints))
    once = keeping.prepare_once(keep=not options.no_history, demo=options.demo)
    requests = [replay.request(request) or fitted(request) for request in build(options, refs)]
    if options.demo:
        with simulated() as endpoints:
            return _run(options, requests, endpoints, once)
    _missing_keys(refs, here.known(loaded.endpoints))
    with here.serving(refs, loaded.endpoints) as real, replayed(refs, real) as endpoints:
        return _run(options, requests, endpoints, once)


def run_simulated(options: Options, requests: list[Request]) -> int:
    """Send these requests to the simulation and print what comes; the exit code is that of `ask`."""
    from playground.cli import keeping

    once = keeping.prepare_once(keep=not options.no_history, demo=True)
    with simulated() as endpoints:
        return _run(options, requests, endpoints, once)


def chosen(options: Asking, endpoints: Mapping[str, Endpoint]) -> list[ModelRef]:
    """The models to ask; UsageError names what is wrong with a spelling or a provider."""
    known = {n: e for n, e in endpoints.items() if not options.demo or provider_of(n).built_in}
    if not options.models:
        return _defaults(options, known)
    refs = []
    for spelling in options.models:
        try:
            ref = recorded.parse(spelling)
        except ValueError as error:
            raise click.UsageError(f"{error}.") from None
        if ref.provider not in known:
            raise nowhere(ref.provider, known, demo=options.demo)
        refs.append(ref)
    return refs


def nowhere(provider: str, known: Iterable[str], *, demo: bool = False) -> click.UsageError:
    """What is told of a provider that is not among the known ones, with the command that adds it."""
    if demo:
        names = ", ".join(known)
        return click.UsageError(f"--demo simulates {names}; {provider!r} is none of them.")
    where = "" if provider_of(provider).base_url else " BASE_URL"
    how = f"Add an OpenAI-compatible one: playground endpoints add {provider}{where}."
    return click.UsageError(unknown(provider, known, how))


def build(options: Options, refs: list[ModelRef]) -> list[Request]:
    """One Request a model, all with the same prompt, files and settings."""
    parts: tuple[Part, ...] = (
        *(attach.attachment(name) for name in options.files),
        Text(text=attach.prompt_text(options.prompt)),
    )
    asked = values(options.settings)
    return [
        put(
            Request(
                model=ref,
                messages=(Message(role="user", parts=parts),),
                system=options.system,
                timeout=options.timeout,
            ),
            asked,
        )
        for ref in refs
    ]


def fitted(request: Request) -> Request:
    """The request without what its model does not take; says on standard error what was changed and why."""
    from playground.providers.acceptance import check, fit

    for note in check(request):
        if note.action != "sent":
            say(f"{request.model}: {note.setting} {note.action}: {note.why}")
    return fit(request)


@contextmanager
def simulated() -> Iterator[dict[str, Endpoint]]:
    """The endpoints of a demo server that runs as long as this block."""
    from playground.demo.process import DemoServer

    server = DemoServer()
    try:
        server.start()
        yield dict(server.endpoints())
    finally:
        server.stop()


@contextmanager
def replayed(
    refs: Iterable[ModelRef], endpoints: Mapping[str, Endpoint]
) -> Iterator[Mapping[str, Endpoint]]:
    """The endpoints, and beside them the simulation where one of these models is a recorded answer."""
    if not any(ref.recorded for ref in refs):
        yield endpoints
        return
    with simulated() as simulation:
        yield {**endpoints, **replaying(simulation)}


def _defaults(options: Asking, endpoints: Mapping[str, Endpoint]) -> list[ModelRef]:
    """The default lanes of every provider that can be asked."""
    from playground.catalog import defaults

    refs = [r for r in defaults() if options.demo or endpoints[r.provider].key is not None]
    if not refs:
        names = ", ".join(row.key_variables[0] for row in built_in())
        raise click.UsageError(
            f"No provider has a key: set one of {names}, or try the simulated providers with --demo."
        )
    return refs


def _missing_keys(refs: list[ModelRef], endpoints: Mapping[str, Endpoint]) -> None:
    """Say which variables hold no key, and that --demo needs none when no lane has one."""
    providers = dict.fromkeys(ref.provider for ref in refs if not ref.recorded)
    without = [
        (name, variables)
        for name in providers
        if endpoints[name].key is None
        and not endpoints[name].problem
        and (variables := settings.key_variables(name))
    ]
    for name, variables in without:
        say(f"{name} has no key: set {' or '.join(variables)}.")
    if without and len(without) == len(providers):
        say("None of these models has a key; --demo asks simulated ones without any.")


def _run(
    options: Options,
    requests: list[Request],
    endpoints: Mapping[str, Endpoint],
    once: Once | None,
) -> int:
    from playground.cli import keeping
    from playground.engine import Engine
    from playground.history import Labels

    engine = Engine()
    interrupted = False
    labels = Labels(kind="ask", tags=options.tags, department=options.department)
    foretold = keeping.foretold(requests, endpoints, once)
    try:
        run = keeping.start(
            engine,
            requests,
            endpoints,
            labels=labels,
            keep=not options.no_history,
            retries=options.retries,
            once=once,
        )
        try:
            _watch(options, run)
        except KeyboardInterrupt:
            interrupted = True
            run.stop()
            run.wait(STOP_PATIENCE)
        finished = _told(run) if interrupted else run.run()
    except keeping.Forbidden as error:
        say(str(error))
        return 1
    finally:
        engine.close()
        keeping.finish(keep=not options.no_history, once=once)
    _print(options, finished, interrupted, foretold)
    if interrupted:
        return 130
    return 0 if all(response.ok for response in finished.responses) else 1


def _told(run: LiveRun) -> Run:
    """A stopped run; what a busy computer has not ended by now is stopped all the same, and says so."""
    from playground.engine.engine import STOPPED

    so_far = run.run()
    responses = (
        response if lane.ended else replace(response, failure=lane.stopped_by or STOPPED)
        for lane, response in zip(run.lanes, so_far.responses, strict=True)
    )
    return replace(so_far, responses=tuple(responses))


def _watch(options: Options, run: LiveRun) -> None:
    from playground.cli import keeping

    if options.as_json:
        keeping.until_ended(run)
        return
    from playground.cli.show import follow

    follow(run)


def _print(
    options: Options, run: Run, interrupted: bool, foretold: Mapping[str, Any] | None
) -> None:
    if options.as_json:
        from playground.export import document, dumps

        print(dumps(document(run) | {"forecast": foretold}), flush=True)
        return
    from playground.cli.show import conclude

    conclude(run, interrupted)
