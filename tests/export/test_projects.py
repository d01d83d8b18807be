"""Every project that people take away passes its own tests on the simulation and sends what the app sends.

CI runs a covering set, in which every file stands once; `PLAYGROUND_PROJECTS=all` runs all of them, and `=install` installs each
by itself besides (test_installing).
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from playground.demo.process import DemoServer
from playground.domain import Message, Request, Response, Text, ToolResult
from playground.domain.hops import following
from playground.export.projects import LANGUAGES, WAYS, project, write, zipped
from playground.providers import preview
from playground.providers.doors import door
from playground.providers.draft import Draft
from playground.wire.sse import SSEParser
from tests.export.projects import (
    NODE_MODULES,
    Case,
    all_cases,
    endpoint_for,
    request_for,
    some_cases,
)
from tests.export.test_snippets import camel
from tests.offline.environment import bare

CASES = list(
    all_cases() if os.environ.get("PLAYGROUND_PROJECTS") in ("all", "install") else some_cases()
)
CODE = {"python": "python", "typescript": "typescript"}
Run = Callable[[Path, str, str], tuple[int, str]]
"""Folder, the simulation's address and `main` or `calls` → the exit code of these tests and what they said."""


@pytest.fixture(scope="module")
def python() -> Iterator[Run]:
    """The tests of Python projects; the SDKs are imported once."""
    command = [sys.executable, str(Path(__file__).with_name("programs.py"))]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=bare(), **pipes) as process:

        def run(folder: Path, demo: str, tests: str) -> tuple[int, str]:
            asked = {"folder": str(folder), "demo": demo, "modules": [f"test_{tests}"]}
            assert process.stdin is not None
            assert process.stdout is not None
            print(json.dumps(asked), file=process.stdin, flush=True)
            code, said = json.loads(process.stdout.readline())
            return int(code), str(said)

        yield run
        process.kill()


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The tests of TypeScript projects, built with the real compiler."""
    if shutil.which("node") is None or not NODE_MODULES.exists():
        pytest.skip(f"node or {NODE_MODULES} is missing: .ci/run installs both")

    def run(folder: Path, demo: str, tests: str) -> tuple[int, str]:
        if not (folder / "node_modules").exists():
            (folder / "node_modules").symlink_to(NODE_MODULES)
            built = _said(["node", str(NODE_MODULES / "typescript/bin/tsc"), "-p", str(folder)])
            if built[0]:
                return built
        return _said(["node", "--test", f"dist/{tests}.test.js"], cwd=folder, DEMO_URL=demo)

    return run


def _said(command: list[str], cwd: Path | None = None, **env: str) -> tuple[int, str]:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=bare(**env), timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def made(case: Case, folder: Path) -> tuple[Request, Path]:
    """The request and the project of it, in its folder."""
    request = request_for(case.door, case.kind)
    many = 2 if case.kind == "batch" else 1
    written = project(
        [request] * many,
        endpoint_for(request),
        kind=case.kind,
        language=case.language,
        way=case.way,
    )
    write(written, folder / written.name)
    return request, folder / written.name


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_passes_its_tests_and_sends_what_the_app_sends(
    case: Case, tmp_path: Path, simulation: DemoServer, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(CODE[case.language])
    asked, folder = made(case, tmp_path)
    token = uuid.uuid4().hex
    code, said = run(folder, f"{simulation.base_url}/heard/{token}", "main")
    assert code == 0, said
    code, said = run(folder, simulation.base_url, "calls")
    assert code == 0, said
    heard = [one for one in simulation.heard(token) if one["status"] == 200]
    SENT[case.kind](asked, heard)


COMMANDS = {
    "python": [sys.executable, "-m", "unittest"],
    "typescript": ["node", "--test", "dist/calls.test.js"],
}


@pytest.mark.parametrize("language", COMMANDS)
def test_without_the_simulation_its_tests_say_in_one_sentence_how_to_start_it(
    language: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    case = next(case for case in CASES if case.language == language)
    run: Run = request.getfixturevalue(language)
    _, folder = made(case, tmp_path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        demo = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        run(folder, demo, "calls")  # builds what is built
        code, said = _said(COMMANDS[language], cwd=folder, DEMO_URL=demo)
    assert code == 1
    assert said.count(f"No simulation answers at {demo}. Start it in another terminal") == 1
    start = ".venv/bin/playground demo --port 8600"
    assert start in said
    assert "Traceback" not in said
    assert "APIConnectionError" not in said
    assert start in (folder / "README.md").read_text("utf-8")


def _sends_the_request(asked: Request, heard: list[dict[str, Any]]) -> None:
    first = heard[0]
    assert camel(json.loads(first["body"])) == camel(preview(asked))
    headers = dict(first["headers"])
    assert {"authorization", "x-api-key", "x-goog-api-key"} & headers.keys()


def _sends_the_results(asked: Request, heard: list[dict[str, Any]]) -> None:
    """The second hop is the one that the app's own loop would send after this very answer."""
    _sends_the_request(asked, heard)
    answer = _answer(asked, heard[0])
    results = [
        ToolResult(id=call.id, name=call.name, content=f"Write what {call.name} gives here.")
        for call in answer.tool_calls
    ]
    assert results
    assert _plain(heard[1]) == _plain_body(preview(following(asked, answer, results)))


def _sends_the_turns(asked: Request, heard: list[dict[str, Any]]) -> None:
    _sends_the_request(asked, heard)
    said = Message(role="assistant", parts=_answer(asked, heard[0]).turn)
    told = Message(role="user", parts=(Text(text="And why is that so?"),))
    longer = Request(
        model=asked.model,
        messages=(*asked.messages, said, told),
        system=asked.system,
        settings=asked.settings,
    )
    assert _plain(heard[1]) == _plain_body(preview(longer))


def _sends_the_lines(asked: Request, heard: list[dict[str, Any]]) -> None:
    """Whatever the form of the batch, the bodies of its lines are the app's."""
    single = Request(
        model=asked.model,
        messages=asked.messages,
        system=asked.system,
        settings=asked.settings,
        stream=False,
    )
    wanted = camel({n: v for n, v in preview(single).items() if n != "stream"})
    text = heard[0]["body"]
    if asked.model.provider == "openai":  # a form with a file in it
        rows = [json.loads(line) for line in text.splitlines() if line.startswith('{"custom_id"')]
        bodies = [row["body"] for row in rows]
    elif asked.model.provider == "anthropic":
        bodies = [row["params"] for row in json.loads(text)["requests"]]
    else:
        batch = json.loads(text)["batch"]
        bodies = [row["request"] for row in camel(batch)["inputConfig"]["requests"]["requests"]]
    assert [camel(body) for body in bodies] == [wanted, wanted]


SENT: dict[str, Callable[[Request, list[dict[str, Any]]], None]] = {
    "request": _sends_the_request,
    "schema": _sends_the_request,
    "tools": _sends_the_results,
    "conversation": _sends_the_turns,
    "batch": _sends_the_lines,
}
"""Kind → what is looked for on the wire."""


def _answer(asked: Request, exchange: dict[str, Any]) -> Response:
    """What the app makes of the answer that the project got."""
    draft, own = Draft(asked.model.provider), door(asked.model)
    for _, data in SSEParser().feed(exchange["response_body"].encode() + b"\n\n"):
        if data != b"[DONE]":
            own.read_event(draft, json.loads(data))
    own.finish(draft)
    return Response(model=asked.model, turn=tuple(draft.turn), tool_calls=tuple(draft.tool_calls))


def _plain(exchange: dict[str, Any]) -> Any:
    return _plain_body(json.loads(exchange["body"]))


def _plain_body(body: Any) -> Any:
    """Arguments of calls as values: the same JSON may be written with other spaces."""
    if isinstance(body, dict):
        return camel(
            {
                name: json.loads(value)
                if name == "arguments" and isinstance(value, str)
                else _plain_body(value)
                for name, value in body.items()
            }
        )
    return [_plain_body(item) for item in body] if isinstance(body, list) else body


PROGRAMS = {
    "python": [sys.executable, "main.py"],
    "typescript": ["node", "dist/main.js"],
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_program_answers_and_says_what_is_wrong_in_a_sentence(
    language: str, tmp_path: Path, simulation: DemoServer, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(CODE[language])
    _, folder = made(Case("messages", "request", language, "http"), tmp_path)
    assert run(folder, simulation.base_url, "main")[0] == 0  # builds it, too
    where = {"ANTHROPIC_BASE_URL": simulation.base_urls()["anthropic"]}

    def program(**env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            PROGRAMS[language],
            capture_output=True,
            text=True,
            cwd=folder,
            env=bare(**where, **env),
            timeout=60,
        )

    done = program(ANTHROPIC_API_KEY="canary-key", SPENDING_LIMIT_USD="1000")
    assert (done.returncode, bool(done.stdout.strip())) == (0, True), done.stderr
    (line,) = map(json.loads, (folder / "calls.jsonl").read_text().splitlines())
    assert float(line["usd"]) > 0
    for env, said in (
        ({}, "No key: put it into .env as ANTHROPIC_API_KEY"),
        ({"ANTHROPIC_API_KEY": "canary-wrong-key"}, "The key is wrong"),
        ({"ANTHROPIC_API_KEY": "canary-key", "SPENDING_LIMIT_USD": "0.000001"}, "Not sent: $"),
    ):
        done = program(**env)
        assert done.returncode == 1
        assert said in done.stderr
        assert "canary" not in done.stdout + done.stderr
        assert len(done.stderr.strip().splitlines()) == 1  # no traceback
    (folder / ".env").write_text("# mine\nANTHROPIC_API_KEY = 'canary-key'\n")
    assert program().returncode == 0
    assert b"canary" not in (folder / "calls.jsonl").read_bytes()


def test_ci_runs_every_file() -> None:
    files = Path(project.__code__.co_filename).with_name("files")
    used = {
        path.relative_to(files)
        for path in files.rglob("*")
        if path.is_file() and path.suffix in (".py", ".ts")
    }
    texts = {(files / path).read_text(encoding="utf-8") for path in used}
    for case in some_cases():
        request = request_for(case.door, case.kind)
        one = project(
            [request],
            endpoint_for(request),
            kind=case.kind,
            language=case.language,
            way=case.way,
        )
        texts -= set(one.files.values())
    assert not texts


def test_no_key_is_in_any_and_its_zip_is_its_folder(tmp_path: Path) -> None:
    for case in all_cases():
        request, folder = made(case, tmp_path / str(case))
        files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert {".env.example", ".gitignore", "README.md", "request.json"} <= files.keys()
        assert not any(b"canary" in data for data in files.values())
        assert b".env\n" in files[".gitignore"]
        one = project(
            [request] * (2 if case.kind == "batch" else 1),
            endpoint_for(request),
            kind=case.kind,
            language=case.language,
            way=case.way,
        )
        with zipfile.ZipFile(io.BytesIO(zipped(one))) as archive:
            packed = {Path(name).name: archive.read(name) for name in archive.namelist()}
        assert packed == files
        assert zipped(one) == zipped(one)


def test_what_python_needs_is_what_is_tested_here(tmp_path: Path) -> None:
    for case in all_cases():
        if case.language == "python":
            _, folder = made(case, tmp_path / str(case))
            for line in (folder / "requirements.txt").read_text().splitlines():
                needed = Requirement(line)
                assert metadata.version(needed.name) in needed.specifier


def test_every_project_says_what_to_run(tmp_path: Path) -> None:
    for language in LANGUAGES:
        for way in WAYS:
            case = Case("messages", "request", language, way)
            _, folder = made(case, tmp_path / language / way)
            readme = (folder / "README.md").read_text()
            assert LANGUAGES[language].install in readme
            assert LANGUAGES[language].test in readme
            assert "ANTHROPIC_API_KEY=\n" in (folder / ".env.example").read_text()


def test_there_is_none_where_the_request_is_none_of_it(tmp_path: Path) -> None:
    request = request_for("responses", "request")
    for kind, why in (("tools", "no functions"), ("schema", "no schema")):
        with pytest.raises(ValueError, match=why):
            project([request], endpoint_for(request), kind=kind, language="python", way="sdk")
    request = request_for("compatible", "schema")
    with pytest.raises(ValueError, match="schema"):
        project([request], endpoint_for(request), kind="schema", language="python", way="sdk")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    request = request_for("chat", "request")
    one = project([request], endpoint_for(request), kind="request", language="python", way="http")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        write(one, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


CUT = '{"city": "Lis'
"""Arguments that the answer's limit cut off."""
CUT_CALLS: dict[str, dict[str, Any]] = {
    "chat": {
        "choices": [
            {
                "finish_reason": "length",
                "message": {
                    "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": CUT}}]
                },
            }
        ]
    },
    "responses": {
        "object": "response",
        "status": "incomplete",
        "output": [{"type": "function_call", "call_id": "1", "name": "f", "arguments": CUT}],
    },
    "messages": {"type": "message_stop"},
    "interactions": {
        "event_type": "interaction.completed",
        "interaction": {"status": "incomplete"},
    },
}
BEFORE: dict[str, list[dict[str, Any]]] = {
    "messages": [
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "tool_use", "id": "1", "name": "f", "input": {}},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": CUT},
        },
    ],
    "interactions": [
        {
            "event_type": "step.start",
            "index": 0,
            "step": {"type": "function_call", "id": "1", "name": "f"},
        },
        {
            "event_type": "step.delta",
            "index": 0,
            "delta": {"type": "arguments_delta", "arguments": CUT},
        },
    ],
}


def read_by(folder: Path, events: list[dict[str, Any]], what: str) -> Any:
    """Something of what a Python project's door reads out of these events."""
    code = (
        "import json, sys, door\n"
        "found = door.read(json.loads(sys.argv[1]), lambda _: None)\n"
        f"print(json.dumps({what}))\n"
    )
    command = [sys.executable, "-c", code, json.dumps(events)]
    done = subprocess.run(
        command, cwd=folder, env=bare(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("door", CUT_CALLS)
def test_arguments_that_were_cut_off_are_no_crash(door: str, tmp_path: Path) -> None:
    _, folder = made(Case(door, "tools", "python", "http"), tmp_path)
    events = [*BEFORE.get(door, []), CUT_CALLS[door]]
    arguments, turn = read_by(folder, events, "[[c.arguments for c in found.calls], found.turn]")
    assert arguments == [None]
    assert "null" not in json.dumps(turn).replace('"content": null', "")


def test_functions_whose_names_differ_in_a_sign_are_two_functions() -> None:
    request = request_for("chat", "tools")
    tools = tuple(replace(request.tools[0], name=name) for name in ("a-b", "a_b", "c"))
    results = {"a-b": "dash", "a_b": "line"}
    one = project(
        [replace(request, tools=tools)],
        endpoint_for(request),
        kind="tools",
        language="python",
        way="http",
        results=results,
    )
    found: dict[str, Any] = {}
    exec(one.files["functions.py"], found)
    assert {name: found["FUNCTIONS"][name]({}) for name in results} == results


def test_a_batch_is_read_line_by_line_whatever_its_texts_hold(tmp_path: Path) -> None:
    request = request_for("chat", "batch")
    said = Message(role="user", parts=(Text(text="one\u2028two\x85three"),))
    one = project(
        [replace(request, messages=(said,))] * 2,
        endpoint_for(request),
        kind="batch",
        language="python",
        way="sdk",
    )
    write(one, tmp_path / "it")
    command = [sys.executable, "-c", "import main; print(len(main.lines()))"]
    done = subprocess.run(
        command, cwd=tmp_path / "it", env=bare(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


@pytest.mark.parametrize(
    ("door", "words"), [("chat", ("prompt", "completion")), ("responses", ("input", "output"))]
)
def test_what_openai_writes_to_its_cache_is_counted_at_its_price(
    door: str, words: tuple[str, str], tmp_path: Path
) -> None:
    _, folder = made(Case(door, "request", "python", "http"), tmp_path)
    given, out = words
    counted = {
        f"{given}_tokens": 100,
        f"{out}_tokens": 5,
        f"{given}_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 30},
    }
    event = {
        "usage": counted,
        "object": "response",
        "status": "completed",
        "output": [],
        "choices": [{"finish_reason": "stop", "message": {"content": "Hi"}}],
    }
    assert read_by(folder, [event], "vars(found.usage)") == {
        "input": 100,
        "cached": 20,
        "written": 30,
        "output": 5,
    }
