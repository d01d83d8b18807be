"""Workers on a Ray cluster, or on a Ray that is started here: `--engine ray`. Nothing else imports Ray.

Each worker is a process of its own beside a small actor, which carries lines to and from it. What a worker is told holds
keys: it is sealed for that process, so that no task, log, object or spilled file of Ray's holds one.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import click

from playground import settings
from playground.cli.experiment.workers import last_line, read
from playground.cli.say import say
from playground.domain.provider import built_in
from playground.experiments.relay import Relay

MISSING = "--engine ray needs Ray: pip install 'ai-api-playground[ray]'."
READY_SECONDS = 60.0
"""How long workers may take to be placed on the cluster and to start."""
SHARE_OF_A_CPU = 0.01
"""What an actor asks of Ray: its process mostly waits, but a machine without a CPU to give is to have none."""
MOST = 64


class Host:
    """The actor: starts a worker's process where Ray has put it, and carries its lines."""

    def __init__(self, path: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "playground.experiments.worker", "--sealed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        self._lock = threading.Lock()

    def introduction(self) -> str:
        """What the process says of itself first."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return self._process.stdout.readline()

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with self._lock, contextlib.suppress(BrokenPipeError):  # how it ended says it
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def said(self, part: int, relay: Any) -> str:
        """Its words at the end, when that has come; what it learns of limits goes to the cluster's one relay, an actor too."""
        return last_line(self._process, lambda line: relay.tell.remote(part, line))

    def interrupt(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)


@dataclass(eq=False, slots=True)
class RayWorker:
    """One of them, as it is seen from here."""

    host: Any
    relay: Any
    address: str
    """Whom what it is told is sealed for."""
    _said: Any = field(default=None, init=False)

    def tell(self, order: Any) -> None:
        import ray

        from playground.experiments.sealing import sealed

        host = self.host
        with contextlib.suppress(ray.exceptions.RayError):  # how it ended says it
            ray.get(host.tell.remote(sealed(order.line(abroad=True), self.address)))
            ray.get(self.relay.join.remote(order.part, lambda line: host.tell.remote(line)))
        self._said = host.said.remote(order.part, self.relay)

    @property
    def under_way(self) -> bool:
        import ray

        return not ray.wait([self._said], timeout=0)[0]

    def interrupt(self) -> None:
        self.host.interrupt.remote()

    def ended(self) -> dict[str, Any] | None:
        import ray

        try:
            return read(ray.get(self._said))
        except ray.exceptions.RayError:  # its machine or its actor is gone
            return None


class RayWorkers:
    """Workers of a cluster, which is asked for when it is needed: a spec's mistakes are said before."""

    relay = None

    def __init__(self, count: int | None) -> None:
        if importlib.util.find_spec("ray") is None:
            raise click.UsageError(MISSING)
        self._wanted = count
        self._actors: list[Any] = []
        """Of the last experiment."""

    def __enter__(self) -> RayWorkers:
        self._printing = own_stdout()
        self._printing.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            if "_address" in self.__dict__:
                import ray

                ray.shutdown()
        finally:
            self._printing.__exit__(None, None, None)

    @cached_property
    def _address(self) -> str:
        """Where the cluster is, when this process has joined it."""
        address = os.environ.get("RAY_ADDRESS", "").strip() or "local"
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        more: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
        try:
            with without_keys():
                ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **more)
        except Exception as error:  # whatever it meets, it is said in a sentence
            raise click.UsageError(
                f"The Ray at {address} can't be used: {_reason(error)}"
            ) from None
        return address

    @cached_property
    def count(self) -> int:
        if self._wanted is not None:
            return self._wanted
        assert self._address  # noqa: S101 - joined
        import ray

        return max(1, min(MOST, int(ray.cluster_resources().get("CPU", 1))))

    def take(self, count: int, here: str = "") -> Sequence[RayWorker]:
        import ray

        strategy = self._placed(count, here)
        path = os.pathsep.join(filter(None, sys.path))
        for actor in self._actors:  # with --every there is one experiment after the other
            ray.kill(actor)
        place = ray.remote(num_cpus=SHARE_OF_A_CPU, max_concurrency=4)(Host)
        hosts = [place.options(scheduling_strategy=strategy).remote(path) for _ in range(count)]
        relay = ray.remote(num_cpus=SHARE_OF_A_CPU)(Relay).remote()
        self._actors = [*hosts, relay]
        said = [host.introduction.remote() for host in hosts]
        try:
            found = [read(line) for line in ray.get(said, timeout=READY_SECONDS)]
        except ray.exceptions.GetTimeoutError:
            raise click.UsageError(
                f"The Ray at {self._address} has started no {count} workers in {READY_SECONDS:g} s: it has no CPU to give."
            ) from None
        except ray.exceptions.RayError as error:
            why = str(error).partition("\n")[0]
            raise click.UsageError(
                f"A worker on the Ray at {self._address} can't start: {why}"
            ) from None
        return [RayWorker(h, relay, _address_of(f)) for h, f in zip(hosts, found, strict=True)]

    def _placed(self, count: int, here: str) -> Any:
        """Over all machines, or on this one where others lack something."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        elsewhere = self._address.startswith("ray://")
        others = [node for node in ray.nodes() if node["Alive"]][1:]
        if here and elsewhere:
            raise click.UsageError(f"{here} The Ray at {self._address} is elsewhere.")
        if not (here and others):
            return "SPREAD"
        say(f"{here} So all {count} workers run on this one, not on {len(others)} others.")
        me = ray.get_runtime_context().get_node_id()
        return NodeAffinitySchedulingStrategy(me, soft=False)


class _Ours:
    """Standard output for the thread that has made it; what others print goes to standard error."""

    def __init__(self, out: Any) -> None:
        self._out, self._mine = out, threading.get_ident()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out if threading.get_ident() == self._mine else sys.stderr, name)


@contextmanager
def own_stdout() -> Iterator[None]:
    """In this block no thread of Ray's writes between what we print: it tells there, unasked, that a machine is gone."""
    before = sys.stdout
    sys.stdout = _Ours(before)
    try:
        yield
    finally:
        sys.stdout = before


@contextmanager
def without_keys() -> Iterator[None]:
    """A Ray that starts in this block inherits no key and no address that may hold a password."""
    names = {name for row in built_in() for name in row.key_variables}
    names |= {e.key_env for e in settings.saved_endpoints().values() if e.key_env}
    names.add("PLAYGROUND_DATABASE_URL")
    taken: Mapping[str, str] = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def _reason(error: Exception) -> str:
    """What went wrong without the traceback that Ray's client brings from its server: its first words and its last."""
    first, traceback, rest = str(error).partition("Traceback (most recent call last)")
    lines = rest.split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"{first.strip()} {last}" if traceback else first.strip()


def _address_of(introduced: Mapping[str, Any] | None) -> str:
    """UsageError where the worker is not like us: results would not be."""
    from playground.experiments.worker import likeness

    if introduced is None:
        raise click.UsageError(
            "A worker did not start: every machine of the cluster needs ai-api-playground in the Python that Ray uses."
        )
    if introduced["likeness"] != likeness():
        raise click.UsageError(
            "A machine of the cluster has another version of ai-api-playground, or other prices, than this one: make them alike."
        )
    return str(introduced["address"])
