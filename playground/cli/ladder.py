"""`playground ladder`: one prompt from a bare call to something like a chat product, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground import settings
from playground.cli import attach, here
from playground.cli.ask import chosen, simulated
from playground.cli.say import say
from playground.cli.show import bare_table, console, not_live, safe
from playground.domain import Endpoint, ModelRef, Run

if TYPE_CHECKING:
    from playground.lab.ladder import Counts, Rung

FIGURES = fmt.named("input_tokens", "output_tokens", "time_to_first_text", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    prompt: str
    models: tuple[str, ...]
    profile: str
    demo: bool
    as_json: bool


def ladder(options: Options) -> int:
    """Climb, print, and return the exit code: 0 all steps answered, 1 any failed, 130 stopped."""
    from playground.lab import ladder_profile

    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    prompt = attach.prompt_text(options.prompt)
    try:
        profile = ladder_profile.load(options.profile)
    except ladder_profile.ProfileError as error:
        raise click.UsageError(str(error)) from None
    refs = list(dict.fromkeys(chosen(options, here.known(loaded.endpoints))))
    if again := next((ref for ref in refs if ref.recorded), None):
        raise click.UsageError(f"{again} is a recorded answer: it was given to one prompt only.")
    if options.demo:
        with simulated() as endpoints:
            return _climb(options, prompt, refs, profile, endpoints)
    with here.serving(refs, loaded.endpoints) as endpoints:
        return _climb(options, prompt, refs, profile, endpoints)


def _climb(
    options: Options,
    prompt: str,
    refs: Sequence[ModelRef],
    profile: Any,
    endpoints: Mapping[str, Endpoint],
) -> int:
    from playground.cli import keeping
    from playground.engine import Engine
    from playground.history import Labels
    from playground.lab.ladder import climb, count, refusals

    now = datetime.now().astimezone()
    ladders = [climb(ref, prompt, profile, now=now) for ref in refs]
    for rungs in ladders:
        for said in refusals(rungs):
            say(said)
    requests = [rung.request for rungs in ladders for rung in rungs]
    foretold = keeping.foretold(requests, endpoints)
    engine = Engine()
    try:
        run = keeping.start(
            engine,
            requests,
            endpoints,
            labels=Labels(kind="ladder"),
        )
        try:
            counting = [
                engine.submit(partial(count, rungs, endpoints.get(ref.provider)))
                for ref, rungs in zip(refs, ladders, strict=True)
            ]
            keeping.until_ended(run)
            counts = [future.result() for future in counting]
        except KeyboardInterrupt:
            run.stop()
            return 130
        finished = run.run()
    except keeping.Forbidden as error:
        say(str(error))
        return 1
    finally:
        engine.close()
        keeping.finish()
    _print(options, profile, ladders, counts, finished, foretold)
    return 0 if all(response.ok for response in finished.responses) else 1


def by_model(run: Run, ladders: Sequence[Sequence[Rung]]) -> list[tuple[Any, ...]]:
    """The run's responses, one row a model."""
    height = len(ladders[0])
    return [run.responses[i * height : (i + 1) * height] for i in range(len(ladders))]


def _print(
    options: Options,
    profile: Any,
    ladders: Sequence[Sequence[Rung]],
    counts: Sequence[Counts],
    run: Run,
    foretold: Mapping[str, Any] | None,
) -> None:
    from playground.lab.ladder import refusals, steps_document

    answers = by_model(run, ladders)
    if options.as_json:
        from playground.export import document, dumps

        whole = document(run)
        rows = whole.pop("responses")
        height = len(ladders[0])
        documents = [rows[i * height : (i + 1) * height] for i in range(len(ladders))]
        whole["steps"] = steps_document(ladders, counts, answers, documents)
        print(dumps(whole | {"forecast": foretold}), flush=True)
        return
    out = console()
    out.print(Text(f"{profile.name} ({profile.label})", style="bold"))
    for rungs, counted, responses in zip(ladders, counts, answers, strict=True):
        out.print()
        out.print(Text(safe(str(rungs[0].request.model)), style="bold"))
        out.print(_table(rungs, counted, responses))
        for said in refusals(rungs):
            out.print(Text(safe(said), style="yellow"))
        _failures(out, rungs, responses)
    out.print()
    out.print(Text("Not imitated:", style="bold"))
    for sentence in profile.not_imitated:
        out.print(Text(f"- {safe(sentence)}"))
    not_live(out, run)


def _failures(out: Any, rungs: Sequence[Rung], responses: Sequence[Any]) -> None:
    """Why steps failed or were stopped, and what is odd in the others, each reason once."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for rung, response in zip(rungs, responses, strict=True):
        if failure := response.failure:
            kind = ("■ stopped,", "yellow") if failure.stopped else ("✗", "red")
            reasons.setdefault((*kind, failure.told), []).append(rung.name)
        for remark in response.remarks:
            reasons.setdefault(("!", "yellow", remark), []).append(rung.name)
    for (mark, style, said), names in reasons.items():
        which = "All steps" if len(names) == len(rungs) else ", ".join(names)
        out.print(Text(f"{mark} {safe(which)}: {safe(said)}", style=style))


def _table(rungs: Sequence[Rung], counts: Counts, responses: Sequence[Any]) -> Table:
    """One row a step: what it added to the input, what was reported, what it cost."""
    from playground.lab.ladder import FRAMING, not_sent, parts

    table = bare_table()
    table.add_column("Step", overflow="fold", ratio=1)
    for name in ("Adds", "Framing", *(figure.label for figure in FIGURES)):
        table.add_column(name, justify="right", overflow="fold")
    for index, (rung, response) in enumerate(zip(rungs, responses, strict=True)):
        found = parts(rungs, counts, index, response.usage.input_tokens)
        framing = next(part for part in found if part.name == FRAMING)
        own = found[-1] if index else found[0]
        table.add_row(
            Text(safe(f"{'+ ' if index else ''}{rung.name}")),
            "not sent"
            if not_sent(rungs, index)
            else f"{'≈' if own.estimate else ''}{own.tokens:+,}",
            f"{framing.tokens:,}",
            *(figure.write(response) for figure in FIGURES),
        )
    return table
