"""What commands share that run tool loops: how hops are sent, waiting for them, and printing them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from playground import figures as fmt
from playground.cli import keeping
from playground.cli.lab.asking import STOPPED
from playground.cli.show import safe
from playground.domain import Endpoint
from playground.domain.hops import Hops
from playground.engine import Engine
from playground.history import Labels
from playground.lab.hops import Loop, Sending


@contextmanager
def sending(endpoints: Mapping[str, Endpoint]) -> Iterator[Sending]:
    """How a command's hops are sent, for as long as this block."""
    engine = Engine()
    try:
        yield Sending(
            engine=engine,
            endpoints=endpoints,
            session=keeping.SESSION,
            labels=Labels(kind="lab"),
            secrets=tuple(keeping.secrets()),
        )
    finally:
        engine.close()
        keeping.finish()


def waited(loops: Sequence[Loop]) -> bool:
    """Wait for all; False where Ctrl+C ended it."""
    try:
        for loop in loops:
            keeping.until_ended(loop)
    except KeyboardInterrupt:
        for loop in loops:
            loop.stop()
        return False
    return True


def concluded(
    loops: Sequence[Loop], document: Callable[[list[Hops]], Any], *, as_json: bool
) -> int:
    """Wait, print, and return the exit code: 0 all answered, 1 any did not, 130 stopped."""
    if not waited(loops):
        return STOPPED
    done = [loop.hops for loop in loops]
    if as_json:
        from playground.export import dumps

        print(dumps(document(done)), flush=True)
    else:
        for hops in done:
            show(hops)
    return 0 if all(hops.ended == "answered" for hops in done) else 1


def show(hops: Hops) -> None:
    """One loop as text, hop by hop."""
    simulated = " (simulated)" if any(hop.response.simulated for hop in hops.hops) else ""
    print(f"# {hops.model}{simulated}")
    for number, hop in enumerate(hops.hops, 1):
        response, usage = hop.response, hop.response.usage
        print(
            f"hop {number}: {fmt.count(usage.input_tokens)} in, {fmt.count(usage.output_tokens)} out,"
            f" {fmt.cost(response.cost)}, {fmt.seconds(response.timing.duration)}"
        )
        if response.failure:
            print(f"  {safe(response.failure.told)}")
        for ran in hop.ran:
            arguments = json.dumps(ran.call.arguments, ensure_ascii=False)
            print(f"  {safe(ran.call.name)}({safe(arguments)}) -> {safe(ran.result.content)}")
        if response.text:
            print(safe(response.text))
    total = f"{fmt.money(hops.cost)}" if hops.hops else "nothing sent"
    print(
        f"{hops.ended}: {len(hops.hops)} hops, {hops.calls} calls, {total}. {safe(hops.problem)}\n"
    )
