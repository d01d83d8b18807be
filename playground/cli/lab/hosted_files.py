"""What `playground lab files` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from playground import catalog, history, settings
from playground import figures as fmt
from playground.cli import attach, keeping
from playground.cli.lab import asking
from playground.cli.say import say
from playground.domain import Endpoint, File, ModelRef, Request, Response, Run
from playground.engine import Engine
from playground.history import Labels
from playground.lab import files as lab
from playground.lab.file_search import Desk
from playground.lab.files import SAMPLES, Measured
from playground.providers import ProviderError
from playground.providers.files import FILES

PATIENCE = 120.0


def measure(name: str | None, options: asking.Options) -> int:
    """Count, upload, send, print, and delete what was uploaded; the exit code: 0 all answered, 1 any failed."""
    file = attach.attachment(name) if name else list(SAMPLES.values())[1]()
    if not options.models:
        options = replace(options, models=tuple(str(ref) for ref in catalog.defaults()))
    engine = Engine()
    try:
        with asking.asked(options) as (refs, endpoints):
            for ref in refs:
                if ref.provider not in FILES:
                    raise click.UsageError(f"{ref.provider} keeps no files that are known here.")
            kept = history.get_store() if settings.keeps_history() else None
            measured: list[Measured] = []
            try:
                for ref in refs:
                    measured.append(_one(engine, ref, file, endpoints[ref.provider], kept))
                done = _answered(engine, lab.requests(file, measured), lab.where(endpoints))
            finally:  # also where a budget forbids it, or Ctrl+C ends it
                for one in measured:
                    _drop(engine, one, endpoints[one.model.provider], kept)
    except keeping.Forbidden as error:
        say(str(error))
        return 1
    finally:
        engine.close()
        keeping.finish()
    _print(file, measured, list(zip(done.requests, done.responses, strict=True)), options)
    return asking.exit_code(done)


def _answered(
    engine: Engine, requests: Sequence[Request], endpoints: Mapping[str, Endpoint]
) -> Run:
    keeping.foretold(requests, endpoints)
    live = keeping.start(engine, requests, endpoints, labels=Labels(kind="lab"))
    keeping.until_ended(live)
    return live.run()


def _one(engine: Engine, ref: ModelRef, file: File, endpoint: Any, kept: Any) -> Measured:
    work = engine.submit(
        lambda pool: lab.measure(Desk(endpoint=endpoint, pool=pool, kept=kept), ref, file)
    )
    return asking.within(PATIENCE, work)


def _drop(engine: Engine, one: Measured, endpoint: Any, kept: Any) -> None:
    hosted = one.hosted
    if hosted is None:
        return
    work = engine.submit(
        lambda pool: lab.drop(Desk(endpoint=endpoint, pool=pool, kept=kept), hosted)
    )
    try:
        asking.within(PATIENCE, work)
    except ProviderError as error:
        say(error.failure.told)
    except click.ClickException as late:  # the others are deleted all the same
        say(f"{hosted.id} may not be deleted: {late.message}")


def _print(
    file: File,
    measured: Sequence[Measured],
    lanes: Sequence[tuple[Request, Response]],
    options: asking.Options,
) -> None:
    if options.as_json:
        from playground.export import dumps

        print(dumps({"file": _json_file(file), "models": [_json(one, lanes) for one in measured]}))
        return
    print(f"{file.name}: {lab.shape(file)}, {len(file.data):,} bytes")
    for one in measured:
        rule = one.rule
        told = f"{rule.tokens:,} by the rule ({rule.rule.how})" if rule else "no rule is published"
        print(f"# {one.model}: {told}; counted by the provider: {fmt.count(one.counted)}")
        for request, response in lanes:
            if request.model == one.model:
                way = "by its id" if lab.is_by_id(request) else "inline"
                simulated = " (simulated)" if response.simulated else ""
                print(
                    f"{way}: {fmt.count(lab.sent(response))} characters sent,"
                    f" input {fmt.count(response.usage.input_tokens)}, {fmt.cost_of(response)}{simulated}"
                )
        if one.problem:
            print(one.problem)


def _json_file(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "bytes": len(file.data),
        "shape": lab.shape(file),
    }


def _json(one: Measured, lanes: Sequence[tuple[Request, Response]]) -> dict[str, Any]:
    from playground.domain.nouns import jsonable

    rule = one.rule
    return {
        "model": str(one.model),
        "rule_tokens": rule.tokens if rule else None,
        "rule": {"how": rule.rule.how, "source": rule.rule.source, "as_of": rule.rule.as_of}
        if rule
        else None,
        "counted_tokens": one.counted,
        "problem": one.problem,
        "hosted": jsonable(one.hosted),
        "answers": [
            {
                "sent": "by_id" if lab.is_by_id(request) else "inline",
                "request_characters": lab.sent(response),
                "response": jsonable(replace(response, exchange=None)),
            }
            for request, response in lanes
            if request.model == one.model
        ],
    }
