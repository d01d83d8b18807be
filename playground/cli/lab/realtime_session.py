"""What `playground lab realtime` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from playground import figures as fmt
from playground.cli import keeping
from playground.cli.lab import asking
from playground.cli.say import say
from playground.cli.show import safe
from playground.domain import Endpoint, ModelRef, Request
from playground.domain.session import MODELS
from playground.engine import Engine, LiveRun
from playground.history import Labels
from playground.lab import realtime
from playground.lab.realtime import QUESTIONS, SESSION, Turn
from playground.providers import Session


def hold(messages: Sequence[str], options: asking.Options, *, speech: bool, functions: bool) -> int:
    """One session a model; returns the exit code: 0 all answered, 1 any failed, 130 stopped."""
    if not options.models:
        options = replace(options, models=(str(MODELS[0].ref),))
    found: dict[str, tuple[Turn, ...]] = {}
    with asking.asked(options) as (refs, endpoints):
        for ref in refs:
            if ref.api not in realtime.SPEECH:
                known = ", ".join(str(model.ref) for model in MODELS)
                raise click.UsageError(f"{ref} holds no session: use one of {known}.")
        engine = Engine()
        try:
            for ref in refs:
                said = messages or ((realtime.CALLING,) if functions else QUESTIONS)
                found[str(ref)] = _session(
                    engine, ref, said, endpoints, speech=speech, functions=functions
                )
        except keeping.Forbidden as error:
            say(str(error))
            return 1
        except KeyboardInterrupt:
            return asking.STOPPED
        finally:
            engine.close()
            keeping.finish()
    _print(found, as_json=options.as_json)
    ended = [turn.response.ok for turns in found.values() for turn in turns]
    return 0 if all(ended) else 1


def _session(
    engine: Engine,
    ref: ModelRef,
    messages: Sequence[str],
    endpoints: Mapping[str, Endpoint],
    *,
    speech: bool,
    functions: bool,
) -> tuple[Turn, ...]:
    session, runs = Session(), list[LiveRun]()

    def turn(request: Request) -> None:
        keeping.foretold([request], endpoints)
        live = keeping.start(
            engine,
            [request],
            endpoints,
            labels=Labels(kind="lab"),
            caller=session.call,
            context={SESSION: session.id},
        )
        runs.append(live)
        keeping.until_ended(live)

    for message in messages:
        turn(realtime.asked(ref, message, runs, speech=speech, functions=functions))
        while realtime.waits(runs):
            turn(realtime.going_on(runs[-1]))
        if not realtime.turns(runs)[-1].response.ok:
            break
    engine.submit(lambda pool: realtime.close([session], pool)).result(10)
    return realtime.turns(runs)


def _print(found: Mapping[str, Sequence[Turn]], *, as_json: bool) -> None:
    if as_json:
        from playground.export import dumps

        print(dumps({"sessions": [_json(name, turns) for name, turns in found.items()]}))
        return
    for name, turns in found.items():
        simulated = any(turn.response.simulated for turn in turns)
        print(f"# {name}{' (simulated)' if simulated else ''}")
        for turn in turns:
            for event in turn.events:
                arrow = ">" if event.direction == "sent" else "<"
                print(f"{turn.number} {event.offset:9.3f} {arrow} {event.type}")
            for ran in turn.ran:
                print(safe(f"{ran.call.name}({ran.call.arguments}) → {ran.result.content}"))
            failure = turn.response.failure
            print(safe(failure.told if failure else turn.response.text))
            print(
                f"Turn {turn.number}: input {fmt.count(turn.response.usage.input_tokens)}"
                f" ({fmt.count(turn.again)} again), output {fmt.count(turn.response.usage.output_tokens)},"
                f" cost {fmt.cost_of(turn.response)}"
            )
        print(f"Session: {fmt.money(realtime.total(turns))}")


def _json(name: str, turns: Sequence[Turn]) -> dict[str, Any]:
    from playground.domain.nouns import jsonable

    return {
        "model": name,
        "simulated": any(turn.response.simulated for turn in turns),
        "cost": jsonable(realtime.total(turns)),
        "turns": [
            {
                "number": turn.number,
                "message": turn.question,
                "ran": jsonable(turn.ran),
                "billed_with_the_next": turn.later,
                "input_tokens_again": turn.again,
                "input_tokens_new": turn.new,
                "response": jsonable(replace(turn.response, exchange=None)),
                "events": jsonable(turn.events),
            }
            for turn in turns
        ],
    }
