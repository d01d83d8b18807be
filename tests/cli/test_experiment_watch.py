"""`playground experiment run --every` and `--watch`: again and again until Ctrl+C, with an exit code for cron."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke
from tests.experiments.provider import Provider, Reply
from tests.offline.environment import bare, with_path

ROOT = Path(__file__).parents[2]
SPEC = json.dumps(
    {
        "prompts": ["{{q}}"],
        "models": ["openai/chat:m"],
        "cases": [
            {"vars": {"q": f"question {n}"}} for n in range(6)
        ],  # too few for times alone to be an alarm
    }
)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()
    monkeypatch.setenv("OPENAI_BASE_URL", made.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "test-key")
    yield made
    made.close()


def test_cron_is_told_by_the_exit_code_whether_something_has_changed(
    invoke: Invoke, home: Path, provider: Provider
) -> None:
    (home / "e.json").write_text(SPEC)
    first = invoke("experiment", "run", "e.json", "--watch", "--json")
    assert (first.code, json.loads(first.out)["watch"]) == (0, None)
    again = invoke("experiment", "run", "e.json", "--watch", "--json")
    watch = json.loads(again.out)["watch"]
    assert (again.code, watch["alarm"], watch["look"]) == (0, False, 1)
    assert watch["first"] == json.loads(first.out)["experiment_id"]
    provider.behave = lambda text, n: Reply(model="another-model")
    changed = invoke("experiment", "run", "e.json", "--watch")
    assert changed.code == 1
    assert "the provider's response model was m-2026-11-01 and is another-model" in changed.out


def test_what_begins_anew_each_time_goes_on_with_nothing(invoke: Invoke, home: Path) -> None:
    (home / "e.json").write_text("{}")
    done = invoke("experiment", "run", "e.json", "--every", "1d", "--resume", "3f2a")
    assert done.code == 2
    assert "leave --resume out" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_every_span_it_asks_the_same_again_until_ctrl_c(home: Path, provider: Provider) -> None:
    (home / "e.json").write_text(SPEC)
    provider.behave = lambda text, n: Reply(fingerprint="fp_1" if n == 1 else "fp_2")
    environment = bare(HOME=str(home), OPENAI_BASE_URL=provider.base_url, OPENAI_API_KEY="test-key")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "playground",
            "experiment",
            "run",
            "e.json",
            "--every",
            "1s",
            "--json",
        ],
        cwd=home,
        env=environment | {"PYTHONPATH": with_path(str(ROOT))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    provider.wait_for(13, 90)  # the third time has begun: two are told
    (home / "e.json").write_text(
        "broken: ["
    )  # what was pinned is asked, whatever becomes of the file
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    documents, at = [], 0
    while out[at:].strip():
        document, end = json.JSONDecoder().raw_decode(out[at:].lstrip())
        at = len(out) - len(out[at:].lstrip()) + end
        documents.append(document)
    assert len(documents) >= 2
    assert len({d["digest"] for d in documents}) == 1
    assert len({d["experiment_id"] for d in documents}) == len(documents)
    assert documents[0]["watch"] is None
    watch = documents[1]["watch"]
    assert watch["alarm"]
    assert watch["provider_changed"] == [
        {"model": "openai/chat:m", "what": "fingerprint", "before": ["fp_1"], "now": ["fp_2"]}
    ]


@pytest.mark.parametrize("span", ["1 week", "0h", "d", "-1m"])
def test_a_span_that_is_none_is_said(invoke: Invoke, home: Path, span: str) -> None:
    (home / "e.json").write_text(SPEC)
    done = invoke("experiment", "run", "e.json", "--every", span)
    assert done.code == 2
    assert "30m, 6h or 1d" in done.err
