"""`playground experiment run` killed or interrupted, as a real process: nothing is lost, and nothing is paid twice unasked."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from playground.experiments import kept
from playground.experiments.kept import Experiment
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store
from tests.experiments.provider import Provider, Reply, plainly
from tests.offline.environment import bare, with_path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

ROOT = Path(__file__).parents[2]
CASES = 40
SPEC = {
    "name": "killed",
    "prompts": ["{{q}}"],
    "models": ["openai/chat:m"],
    "cases": [{"vars": {"q": f"question {n}"}} for n in range(CASES)],
    "defaults": {"checks": [{"type": "contains", "value": "fine"}]},
    "concurrency": 3,
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider(lambda text, n: Reply(delay=0.02 + 0.01 * (len(text) % 3)))
    yield made
    made.close()


class Terminal:
    """One person's terminal: a folder of data, and a provider that counts."""

    def __init__(self, folder: Path, provider: Provider) -> None:
        self.folder, self.provider = folder, provider
        (folder / "e.json").write_text(json.dumps(SPEC))
        self.environment = bare(
            HOME=str(folder),
            PLAYGROUND_DATA_DIR=str(folder / "data"),
            OPENAI_BASE_URL=provider.base_url,
            OPENAI_API_KEY="test-key",
        ) | {"PYTHONPATH": with_path(str(ROOT))}

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "playground", "experiment", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def killed_at(self, requests: int, *arguments: str) -> None:
        """Start it and kill it, and the processes it has, when so many requests have come since."""
        before = self.provider.total
        process = self.start(*arguments)
        try:
            self.provider.wait_for(before + requests, 60)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def cells(self) -> tuple[Experiment, dict[str, tuple[str, int]]]:
        """The experiment as it is kept, and question → state and tries."""
        store = Store(sqlite_url(self.folder / "data" / FILE))
        try:
            (made,) = kept.all_experiments(store, owner=None)
            rows = kept.table(store, made.seq, "case", "state", "tries", "passed")
        finally:
            store.close()
        for row in rows:
            assert (row.passed is True) == (row.state == kept.DONE)
        return made, {f"question {row.case}": (row.state, row.tries) for row in rows}


@pytest.fixture
def terminal(tmp_path: Path, provider: Provider) -> Terminal:
    return Terminal(tmp_path, provider)


def held(terminal: Terminal, again: Collection[str] = ()) -> int:
    """Nothing is lost, and what was asked is known to be; how many are uncertain.

    What someone has said to ask `again` waits, whatever became of it before.
    """
    made, found = terminal.cells()
    assert (len(found), made.cells, made.alive) == (CASES, CASES, False)
    for text, (state, tries) in found.items():
        assert state in (kept.DONE, kept.SENT, kept.WAITING)
        asked = terminal.provider.asked[text]
        assert asked <= tries
        if state == kept.DONE:
            assert terminal.provider.answered[text] >= 1
        if state == kept.WAITING and text not in again:
            assert asked == tries == 0
    return sum(state == kept.SENT for state, _ in found.values())


def test_killed_again_and_again_no_cell_is_lost_and_none_is_asked_twice_unasked(
    terminal: Terminal, provider: Provider
) -> None:
    terminal.killed_at(1, "run", "e.json")
    made, _ = terminal.cells()
    again: Counter[str] = Counter()
    for requests in (2, 9, 14):
        assert held(terminal, again) > 0
        code, out, err = terminal.run("run", "--resume", made.id)
        assert (code, out) == (2, "")
        assert "under way when the experiment ended" in err
        assert "--again" in err
        assert "--skip-uncertain" in err
        _, before = terminal.cells()
        again.update(text for text, (state, _) in before.items() if state == kept.SENT)
        terminal.killed_at(requests, "run", "--resume", made.id, "--again")
    uncertain = held(terminal, again)
    code, out, err = terminal.run("run", "--resume", made.id, "--skip-uncertain", "--json")
    found = json.loads(out)
    assert (found["experiment_id"], found["skipped"]) == (made.id, uncertain)
    assert (found["waiting"], found["uncertain"], code) == (0, 0, 0)
    _, ended = terminal.cells()
    for text, (state, _) in ended.items():
        assert state in (kept.DONE, kept.SKIPPED)
        assert provider.asked[text] <= 1 + again[text]
    assert sum(state == kept.DONE for state, _ in ended.values()) == CASES - uncertain


@pytest.mark.parametrize("processes", ["1", "2"])
def test_ctrl_c_leaves_what_can_be_gone_on_with(
    terminal: Terminal, provider: Provider, processes: str
) -> None:
    process = terminal.start("run", "e.json", "--json", "--processes", processes)
    provider.wait_for(8, 60)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    first = json.loads(out)
    assert first["state"] == "stopped"
    assert first["waiting"] + first["requests"] == CASES
    assert first["waiting"] > 0
    assert first["uncertain"] == 0  # what was under way was waited for
    assert "Stopping" in err
    assert "Traceback" not in err
    code, out, err = terminal.run("run", "--resume", first["experiment_id"], "--json")
    assert code == 0
    assert json.loads(out)["requests"] == CASES
    assert Counter(provider.asked.values()) == {1: CASES}


def test_ctrl_c_twice_cuts_off_what_is_under_way_and_asks_about_it(
    terminal: Terminal, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(delay=60 if n == 1 and text.endswith("5") else 0)
    process = terminal.start("run", "e.json", "--json")
    provider.wait_for(20, 60)
    process.send_signal(signal.SIGINT)
    assert process.stderr
    while "Stopping" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    first = json.loads(out)
    assert first["uncertain"] > 0
    provider.behave = plainly
    primary, secondary = pty.openpty()
    try:
        process = terminal.start(
            "run", "--resume", first["experiment_id"], "--json", stdin=secondary
        )
        os.write(primary, b"y\n")
        out, err = process.communicate(timeout=60)
    finally:
        os.close(primary)
        os.close(secondary)
    assert "Ask them once more?" in err
    assert process.returncode == 0
    assert json.loads(out)["requests"] == CASES
    twice = [text for text, count in provider.asked.items() if count == 2]
    assert len(twice) == first["uncertain"]
    assert sum(provider.asked.values()) == CASES + first["uncertain"]


def test_killed_before_their_verdicts_answers_are_judged_and_not_asked_again(
    terminal: Terminal, provider: Provider
) -> None:
    rubric = {"type": "llm-rubric", "value": "is it fine?", "judge": "openai/chat:j"}
    few = {"cases": SPEC["cases"][:5], "defaults": {"checks": [rubric]}}  # type: ignore[index]
    (terminal.folder / "judged.json").write_text(json.dumps({**SPEC, **few}))
    verdict = json.dumps({"reason": "fine", "score": 1, "pass": True})
    hang = 60.0

    def behave(text: str, n: int) -> Reply:
        return Reply(text=verdict, delay=hang) if text.startswith("Criterion:") else Reply()

    provider.behave = behave
    process = terminal.start("run", "judged.json")
    provider.wait_for(8, 60)  # five answers, and the judges who wait hold all three turns
    time.sleep(0.5)  # until the last answer is written down
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    hang = 0.0
    code, out, _ = terminal.run("list", "--json")
    (listed,) = json.loads(out)["experiments"]
    assert (listed["state"], listed["unjudged"]) == ("interrupted", 5)
    code, out, err = terminal.run("run", "--resume", listed["id"], "--json")
    found = json.loads(out)
    assert (code, found["unjudged"], found["pass_rate"]) == (0, 0, 1.0), err
    assert all(n == 1 for text, n in provider.asked.items() if text.startswith("question"))
