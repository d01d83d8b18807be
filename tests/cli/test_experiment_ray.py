"""`playground experiment run --engine ray`, on a real Ray of this computer: two workers, each a process of its own."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from cryptography.exceptions import InvalidTag

from playground.cli.experiment import on_ray
from playground.experiments.sealing import Letterbox, sealed
from playground.experiments.worker import introduction
from tests.cli.conftest import Invoke
from tests.conftest import new_database
from tests.experiments.provider import Provider, Reply
from tests.offline.environment import bare

ROOT = Path(__file__).parents[2]
CANARY = "sk-canary-0f9d8b"
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install ray"
)
CLUSTER = """
import sys
from playground.cli.experiment.on_ray import RayWorkers
with RayWorkers(None) as workers:
    assert workers.count >= 1
    import ray
    print(ray.get_runtime_context().gcs_address, flush=True)
    sys.stdin.read()
"""


TOLD = """
import pathlib, sys, time
from playground.cli.experiment.on_ray import RayWorkers
with RayWorkers(1) as workers:
    assert workers._address
    from ray._private.utils import publish_error_to_driver
    from ray._private.worker import global_worker
    publish_error_to_driver("node", "a machine is gone", gcs_client=global_worker.gcs_client)
    print("{}", flush=True)
    while not any("is gone" in pathlib.Path(file).read_text() for file in sys.argv[1:]):
        time.sleep(0.1)
"""
"""What Ray does when a machine dies, and ours beside it."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Not kept from the network as other tests' processes are: Ray asks the system for its address by way of a socket."""
    return bare(HOME=str(home), RAY_TMPDIR=str(home), RAY_AUTH_MODE="token", **more) | {
        "PYTHONPATH": str(ROOT)
    }


@dataclass(frozen=True, slots=True)
class Ray:
    """One that our own code has started, and the folder with all that it writes."""

    address: str
    home: Path

    def run(self, folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
        """`playground experiment run` as a process on this Ray."""
        done = subprocess.run(
            [sys.executable, "-m", "playground", "experiment", "run", *arguments],
            cwd=folder,
            env=environment(self.home, RAY_ADDRESS=self.address, **variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def ray() -> Iterator[Ray]:
    home = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # its sockets' names must be short
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        env=environment(home, OPENAI_API_KEY=CANARY),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield Ray(process.stdout.readline().strip(), home)
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


def written(folder: Path, **more: Any) -> Path:
    spec = {
        "prompts": ["Say {{ env.GREETING }} and {{ q }}"],
        "cases": [{"vars": {"q": f"question {n}"}} for n in range(8)],
        "concurrency": 4,
        "repeats": 2,
    }
    file = folder / "e.json"
    file.write_text(json.dumps(spec | more))
    return file


def told(found: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on who asks."""
    names = ("requests", "failures", "waiting", "uncertain", "digest", "pass_rate", "simulated")
    models = [
        (m["model"], m["n"], m["failures"], m["output_tokens"], m["cost"]["total"], m["pass_rate"])
        for m in found["models"]
    ]
    return {name: found[name] for name in names} | {"models": models}


@needs_ray
def test_on_ray_the_demo_says_what_it_says_here(
    ray: Ray, invoke: Invoke, home: Path, own_demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = ["openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"]
    check = {"type": "length", "value": {"max": 300}}
    file = written(home, models=models, defaults={"checks": [check]})
    monkeypatch.setenv("GREETING", "good morning")
    here = json.loads(invoke("experiment", "run", str(file), "--demo", "--json").out)
    data = {"PLAYGROUND_DATA_DIR": str(home / "data"), "GREETING": "good morning"}
    arguments = ("e.json", "--demo", "--json", "--engine", "ray", "--processes", "2")
    code, out, err = ray.run(home, *arguments, **data)
    assert out, err
    assert told(json.loads(out)) == told(here)
    assert code == 0


@needs_ray
def test_workers_write_into_postgresql_obey_one_limit_and_leave_no_key_in_rays_files(
    ray: Ray, postgresql: str, home: Path
) -> None:
    url = new_database(postgresql)
    written(home, models=["openai/chat:m"])
    refused: list[float] = []

    def once_refused(text: str, n: int) -> Reply:
        """The first is to come back in 12 seconds; the others hear nothing before all must know that."""
        if not refused:
            refused.append(time.monotonic())
            return Reply(status=429, headers={"retry-after": "12"})
        return Reply(text=text, delay=max(0.0, refused[0] + 8 - time.monotonic()))

    provider = Provider(once_refused)
    try:
        code, out, err = ray.run(
            home,
            "e.json",
            "--json",
            "--engine",
            "ray",
            "--processes",
            "2",
            GREETING="hello",
            OPENAI_BASE_URL=provider.base_url,
            OPENAI_API_KEY=CANARY,
            PLAYGROUND_DATABASE_URL=url.set(password=f"{CANARY}-password").render_as_string(False),
        )
    finally:
        provider.close()
    assert code == 0, err
    found = json.loads(out)
    assert (found["requests"], found["failures"], found["waiting"]) == (16, 0, 0)
    assert provider.total == 17
    early = [at - refused[0] for at, _ in provider.came if at < refused[0] + 11.9]
    assert max(early) < 8, "what one worker was told holds for the other"
    assert set(provider.asked) == {f"Say hello and question {n}" for n in range(8)}
    assert not list(home.glob("**/*.sqlite3"))
    held = [path for path in ray.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".log" for path in held)
    assert [path for path in held if CANARY.encode() in path.read_bytes()] == []


@needs_ray
def test_what_ray_tells_unasked_stays_out_of_the_output(ray: Ray, tmp_path: Path) -> None:
    files = [tmp_path / "out", tmp_path / "err"]
    with files[0].open("w") as out, files[1].open("w") as err:
        subprocess.run(
            [sys.executable, "-u", "-c", TOLD, *map(str, files)],
            env=environment(ray.home, RAY_ADDRESS=ray.address),
            stdout=out,
            stderr=err,
            timeout=300,
            check=True,
        )
    said, told_beside = (file.read_text() for file in files)
    assert said == "{}\n"
    assert "a machine is gone" in told_beside


def test_what_is_sealed_for_one_process_is_read_by_no_other() -> None:
    one, other = Letterbox(), Letterbox()
    text = sealed(f"{CANARY} — ü", one.address)
    assert one.opened(text) == f"{CANARY} — ü"
    assert "canary" not in text
    with pytest.raises(InvalidTag):
        other.opened(text)


def test_what_rays_client_could_not_do_is_said_without_its_servers_traceback() -> None:
    said = (
        "Initialization failure from server:\nTraceback (most recent call last):\n"
        '  File "proxier.py", line 772, in Datapath\n    raise RuntimeError(\n'
        "RuntimeError: Starting Ray client server failed. See ray_client_server.err.\n\n"
    )
    assert on_ray._reason(ConnectionAbortedError(said)) == (
        "Initialization failure from server: RuntimeError: Starting Ray client server failed."
        " See ray_client_server.err."
    )
    assert on_ray._reason(ConnectionError("ray client connection timeout")) == (
        "ray client connection timeout"
    )


def test_a_worker_that_is_not_like_us_is_refused() -> None:
    mine = json.loads(introduction(Letterbox()))
    assert on_ray._address_of(mine) == mine["address"]
    with pytest.raises(click.UsageError, match="another version"):
        on_ray._address_of(mine | {"likeness": "0"})
    with pytest.raises(click.UsageError, match="every machine"):
        on_ray._address_of(None)


def test_without_ray_it_says_what_to_install(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = invoke("experiment", "run", "e.json", "--engine", "ray")
    assert done.code == 2
    assert "ai-api-playground[ray]" in done.err
