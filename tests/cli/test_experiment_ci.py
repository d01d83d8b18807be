"""What CI pipelines read: the workflow in docs runs as it stands, JUnit and HTML tell every cell, progress is shown."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from playground.cli.experiment.progress import Bar, told
from playground.domain import ModelRef
from playground.experiments.kept import Experiment
from playground.experiments.running import Progress
from playground.experiments.spec import Spec
from tests.cli.conftest import Invoke
from tests.offline.environment import bare, with_path

ROOT = Path(__file__).parents[2]
SOL, FLASH = "openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"


def test_every_command_of_the_workflow_in_docs_runs(
    invoke: Invoke, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = yaml.safe_load((ROOT / "docs/experiment.github.yml").read_text())
    lines = [
        line
        for job in workflow["jobs"].values()
        for step in job["steps"]
        for line in step.get("run", "").splitlines()
    ]
    ours = [line for line in lines if line.startswith("playground ")]
    assert len(ours) == 3
    assert [line for line in lines if line not in ours] == ["pip install ."]
    (home / "docs").mkdir()
    (home / "docs/experiment.ci.yaml").write_text((ROOT / "docs/experiment.ci.yaml").read_text())
    for line in ours:
        command, _, into = line.partition(" > ")
        done = invoke(*shlex.split(command)[1:])
        assert done.code == 0, done.err
        if into:
            (home / into).write_text(done.out)
    uploaded = [
        s["with"]["path"]
        for s in workflow["jobs"]["experiment"]["steps"]
        if "path" in s.get("with", {})
    ]
    for name in uploaded[0].split():
        assert (home / name).stat().st_size > 500
    found = json.loads((home / "experiment.json").read_text())
    assert (found["simulated"], found["failures"], found["pass_rate"]) == (True, 0, 1.0)


ODD = '<script>alert(1)</script> "&" \x07 ?'


@pytest.fixture
def ran(invoke: Invoke, home: Path) -> Any:
    """An experiment with passes, fails, errors and cells that were not asked."""
    spec = {
        "name": "odd & <b>bold</b>",
        "prompts": [{"label": "p", "text": "{{q}}"}],
        "models": [SOL, FLASH, {"model": "anthropic:claude-haiku-5-5~401", "label": "locked"}],
        "cases": [
            {"vars": {"q": "What is a token?"}},
            {
                "vars": {"q": "What is a prompt?"},
                "description": ODD,
                "checks": [{"type": "contains", "value": "no such word"}],
            },
            {"vars": {"q": "hi"}, "checks": [{"type": "json-path", "value": 1}]},
        ],
        "repeats": 2,
        "retries": 0,
    }
    (home / "odd.json").write_text(json.dumps(spec))
    done = invoke(
        "experiment", "run", "odd.json", "--demo", "--json", "--junit", "j.xml", "--html", "r.html"
    )
    assert done.code == 1
    return json.loads(done.out)


def test_junit_has_a_suite_a_model_and_a_test_a_cell(ran: Any, home: Path) -> None:
    root = ET.parse(home / "j.xml").getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == [SOL, FLASH, "locked"]
    for model in ran["models"]:
        suite = suites[model["model"]]
        tests = suite.findall("testcase")
        assert len(tests) == int(suite.get("tests", "")) == model["n"] == 6
        assert len({test.get("name") for test in tests}) == 6
        kinds = Counter(child.tag for test in tests for child in test)
        assert [kinds[k] for k in ("failure", "error", "skipped")] == [
            int(suite.get(k, "")) for k in ("failures", "errors", "skipped")
        ]
        assert model["pass_rate"]["passed"] == 6 - sum(kinds.values())
        assert suite.find("properties/property[@name='simulated']") is not None
    assert suites["locked"].get("errors") == "6"
    assert suites[SOL].get("failures") == "2"
    assert (
        suites[SOL].get("errors") == "2"
    )  # a check that could not be judged is no failure of the answer
    failure = suites[SOL].find("testcase/failure")
    assert failure is not None
    assert "no such word" in (failure.get("message") or "")
    times = [float(test.get("time", "")) for test in suites[SOL].findall("testcase")]
    assert all(seconds > 0 for seconds in times)
    unanswered = {test.get("time") for test in suites["locked"].findall("testcase")}
    assert unanswered == {None}  # nobody knows how long an answer takes that never came


def test_cells_that_were_not_asked_are_skipped_in_junit(invoke: Invoke, home: Path) -> None:
    cases = [{"vars": {"q": f"question {n}"}} for n in range(10)]
    spec = {"prompts": ["{{q}}"], "models": [SOL], "cases": cases, "concurrency": 1}
    (home / "s.json").write_text(json.dumps(spec))
    done = invoke(
        *("experiment", "run", "s.json", "--demo", "--budget", "0.01", "--json", "--junit", "j.xml")
    )
    assert done.code == 1
    (suite,) = ET.parse(home / "j.xml").getroot()
    waiting = json.loads(done.out)["waiting"]
    assert int(suite.get("skipped", "")) == waiting > 0


def test_the_report_holds_everything_and_runs_nothing(ran: Any, home: Path) -> None:
    text = (home / "r.html").read_text()
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "odd &amp; &lt;b&gt;bold&lt;/b&gt;" in text
    assert "Content-Security-Policy" in text
    assert not re.search(r"""(?:src|href)=|url\(|@import""", text)  # it works offline
    assert "Simulated: no model was asked" in text
    assert ran["experiment_id"] in text
    for heading in ("Models", "Comparisons", "Why not", "Cases"):
        assert f"<h2>{heading}</h2>" in text
    for word in ("not passed", "not judged", "authentication", "0 of 2", "2 of 2"):
        assert word in text


def test_a_file_that_cannot_be_written_is_said_and_the_rest_is_told(
    invoke: Invoke, home: Path
) -> None:
    (home / "e.yaml").write_text(f'prompts: ["Hi"]\nmodels: ["{SOL}"]\n')
    done = invoke("experiment", "run", "e.yaml", "--demo", "--json", "--junit", "no/such/j.xml")
    assert "no/such/j.xml can't be written" in done.err
    assert done.code == 1  # a pipeline takes a report that is not there for success
    assert json.loads(done.out)["requests"] == 1


MADE = Progress(
    cells=3_000,
    ended=120,
    failed=2,
    under_way=8,
    spent=Decimal("0.12"),
    elapsed=12.0,
    held_up={ModelRef.parse(SOL): 4.2},
    stopping=False,
)


def test_progress_says_how_far_it_is_what_it_costs_and_how_long_it_takes() -> None:
    said = told(MADE)
    assert said.startswith("120 of 3,000 · 2 failed · 8 under way · $0.12, about $2.88 to come")
    assert "waits 4 s for its rate limit" in said
    assert said.endswith("5 min left") or said.endswith("288 s left")


def test_without_a_terminal_it_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = Spec.model_validate({"name": "n", "prompts": ["Hi"], "models": [SOL]})
    experiment = Experiment(
        seq=1,
        id="x",
        name="n",
        created_at="",
        ended_at=None,
        state="running",
        digest="",
        spec=spec,
        simulated=True,
        cells=1,
        elapsed=0.0,
        note="",
        alive=True,
    )
    monkeypatch.setattr("playground.cli.experiment.progress.LINE_SECONDS", 0.0)
    with Bar(experiment) as bar:
        bar.show(MADE)
    with Bar(experiment, quiet=True) as bar:
        bar.show(MADE)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("120 of 3,000") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_on_a_terminal_there_is_a_bar_and_json_stays_alone_on_standard_output(home: Path) -> None:
    cases = [{"vars": {"q": f"question {n}"}} for n in range(30)]
    spec = {
        "name": "shown",
        "prompts": ["{{q}}"],
        "models": [SOL + "~slow"],
        "cases": cases,
        "concurrency": 10,
    }
    (home / "b.json").write_text(json.dumps(spec))
    primary, secondary = pty.openpty()
    environment = bare(HOME=str(home), TERM="xterm", COLUMNS="120", PLAYGROUND_DEMO_PACE="0.2")
    process = subprocess.Popen(
        [sys.executable, "-m", "playground", "experiment", "run", "b.json", "--demo", "--json"],
        cwd=home,
        env=environment | {"PYTHONPATH": with_path(str(ROOT))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=secondary,
    )
    os.close(secondary)
    seen = b""
    try:
        while piece := os.read(primary, 4096):
            seen += piece
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(primary)
    assert process.stdout
    document = json.loads(process.stdout.read())
    process.stdout.close()
    assert process.wait(30) == 0
    assert document["requests"] == 30
    text = seen.decode("utf-8", "replace")
    assert "shown" in text
    assert re.search(r"\d+ of 30", text)
    assert "━" in text
