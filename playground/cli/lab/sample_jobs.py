"""What `playground lab jobs` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from playground import figures as fmt
from playground.cli import attach, keeping
from playground.cli.lab import asking, looping
from playground.cli.show import safe
from playground.domain import Endpoint, ModelRef
from playground.lab import chain as chains
from playground.lab import jobs as lab

CHAIN = "chain"


def run(options: Mapping[str, Any]) -> int:
    """Do it, print it, and return the exit code: 0 every answer can be used, 1 any can't, 130 stopped."""
    name = options["job"]
    if name is None:
        return _listed(as_json=options["as_json"])
    if name != CHAIN and name not in lab.JOBS:
        known = ", ".join([*lab.JOBS, CHAIN])
        raise click.UsageError(f"There is no job {name!r}; there are {known}.")
    own = asking.Options(**{key: options[key] for key in ("models", "demo", "as_json")})
    if name == CHAIN:
        own = replace(own, models=own.models or (chains.STRONG, chains.SMALL))
    with asking.asked(own) as (refs, endpoints):
        if name == CHAIN:
            return _chain(refs, endpoints, as_json=own.as_json)
        job = lab.JOBS[name]
        if options["prompt"]:
            job = replace(job, prompt=attach.prompt_text(options["prompt"]))
        return _job(job, refs, endpoints, as_json=own.as_json)


def _listed(*, as_json: bool) -> int:
    titles = {**{job.name: job.title for job in lab.JOBS.values()}, CHAIN: "Chain of five steps"}
    if as_json:
        from playground.export import dumps

        print(dumps(titles))
    else:
        for name, title in titles.items():
            print(f"{name:10} {title}")
    return 0


def _job(
    job: lab.Job, refs: list[ModelRef], endpoints: Mapping[str, Endpoint], *, as_json: bool
) -> int:
    with looping.sending(endpoints) as sending:
        loops = lab.begin(job, refs, sending)
        code = looping.concluded(loops, lambda done: lab.document(job, done), as_json=as_json)
    done = [loop.hops for loop in loops]
    if code or as_json:
        return code or int(any(lab.verdict(job, hops).state != "valid" for hops in done))
    for hops in done:
        found, many = lab.verdict(job, hops), lab.per_thousand(hops)
        print(
            f"{hops.model}: {found.state} {safe(found.why)} 1,000 cases: {fmt.money(many['cost'])}"
        )
    return int(any(lab.verdict(job, hops).state != "valid" for hops in done))


def _chain(refs: list[ModelRef], endpoints: Mapping[str, Endpoint], *, as_json: bool) -> int:
    if len(refs) != 2:
        raise click.UsageError(
            "The chain takes two models: -m for the strong one, -m for the small one."
        )
    with looping.sending(endpoints) as sending:
        begun = chains.begin(chains.mixes(refs[0], refs[1]), sending)
        try:
            for one in begun.chains:
                keeping.until_ended(one)
        except KeyboardInterrupt:
            for one in begun.chains:
                one.stop()
            return asking.STOPPED
    done = [one.state for one in begun.chains]
    if as_json:
        from playground.export import dumps

        print(dumps(chains.document(done)), flush=True)
    else:
        for state in done:
            _print(state)
    return int(any(state.row is None for state in done))


def _print(state: chains.Chained) -> None:
    simulated = any(step.response.simulated for step in state.steps if step.response)
    print(f"# {state.mix.name}{' (simulated)' if simulated else ''}")
    for step in state.steps:
        who = step.model or "plain code"
        print(f"{step.name}: {who}, {fmt.money(step.cost)}, {fmt.seconds(step.duration)}")
        print(f"  {safe(step.result)}")
    many = fmt.money(state.per_thousand["cost"]) if state.row else fmt.NOT_AVAILABLE
    print(f"in all {fmt.money(state.cost)}, 1,000 cases {many}. {safe(state.problem)}\n")
