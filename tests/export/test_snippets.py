"""Code to reproduce a call sends the very body that the app sends, through every door and in every language."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from playground.domain import (
    Endpoint,
    File,
    Message,
    ModelRef,
    Request,
    Secret,
    Settings,
    Text,
    Tool,
)
from playground.export import SNIPPETS, snippets
from playground.providers import preview
from tests.offline.environment import bare

NASTY = 'It\'s "quoted" `id` $(id) $HOME ${HOME} \\n \\ % ! JSON\nJSON\n\'\'\'\n"""\r\tgrün 日本 🎈\u2028 {x} */ </script>'
SPELLINGS = {
    "responses": "openai:gpt-6.1-sol",
    "chat": "openai/chat:gpt-6.1-sol",
    "messages": "anthropic:claude-sonnet-5-5",
    "generate_content": "gemini:gemini-3.8-flash",
    "interactions": "gemini/interactions:gemini-3.8-flash",
}
KEY_HEADERS = {
    "responses": ("authorization", "Bearer env-key"),
    "chat": ("authorization", "Bearer env-key"),
    "messages": ("x-api-key", "env-key"),
    "generate_content": ("x-goog-api-key", "env-key"),
    "interactions": ("x-goog-api-key", "env-key"),
}
NAMES = {
    "curl": "run.sh",
    "python-sdk": "sdk.py",
    "python-http": "http_.py",
    "javascript": "run.mjs",
}
VARIABLES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "MINE_API_KEY")


class Recorder(BaseHTTPRequestHandler):
    """Keeps what it was sent and answers with an empty stream."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server: Any = self.server
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.seen.append((self.path, headers, body))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    listening: Any = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    listening.seen = []
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    yield listening
    listening.shutdown()
    listening.server_close()


Run = Callable[[str, Path], str]
"""Runs the snippet in a file of this language and gives back what it said."""


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Python snippets share one interpreter, which has imported the SDKs; the others get a process each."""
    env = bare(HOME="/nowhere", **dict.fromkeys(VARIABLES, "env-key"))
    command = [sys.executable, str(Path(__file__).with_name("interpreter.py"))]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": env}

    def run(language: str, file: Path) -> str:
        if language.startswith("python"):
            print(file, file=python.stdin, flush=True)
            assert python.stdout is not None
            return str(json.loads(python.stdout.readline()))
        program = {"curl": "bash", "javascript": "node"}[language]
        if shutil.which(program) is None or (language == "curl" and shutil.which("curl") is None):
            pytest.skip(f"{program} or curl is not installed")
        done = subprocess.run(
            [program, str(file)], capture_output=True, text=True, env=env, timeout=60
        )
        return done.stdout + done.stderr

    with subprocess.Popen(command, **pipes) as python:
        yield run
        python.kill()  # it would take seconds to let go of the SDKs


def sent_by(
    language: str, code: str, server: Any, folder: Path, run: Run
) -> tuple[str, dict[str, str], Any]:
    """What arrives when the snippet runs: path, headers, body."""
    file = folder / NAMES[language]
    file.write_text(code, encoding="utf-8")
    said = run(language, file)
    assert server.seen, said
    path, headers, body = server.seen.pop()
    return path, headers, body


def camel(value: Any) -> Any:
    """Google takes both spellings of a field and of base64; the SDK mixes them."""
    if isinstance(value, dict):
        return {
            re.sub(r"_([a-z])", lambda m: m[1].upper(), name): camel(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [camel(item) for item in value]
    return value.replace("-", "+").replace("_", "/") if isinstance(value, str) else value


def request_for(api: str, stream: bool = True) -> Request:
    settings = {
        "responses": Settings(max_output_tokens=64, effort="low"),
        "chat": Settings(max_output_tokens=64, seed=7, stop=("END",)),
        "messages": Settings(max_output_tokens=64, stop=("END",)),
        "generate_content": Settings(max_output_tokens=64, seed=7, temperature=0.5, effort="low"),
        "interactions": Settings(max_output_tokens=64, effort="low"),
    }[api]
    parts = (File(media_type="image/png", data=bytes(range(256)), name="a.png"), Text(text=NASTY))
    schema = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}
    return Request(
        model=ModelRef.parse(SPELLINGS[api]),
        messages=(Message(role="user", parts=parts),),
        system=NASTY,
        settings=settings,
        tools=(Tool(name="look", description="Looks it up: 'x'", parameters=schema),),
        stream=stream,
    )


def endpoint_for(request: Request, server: Any) -> Endpoint:
    base = f"http://127.0.0.1:{server.server_port}"
    path = "/v1" if request.model.provider == "openai" else ""
    key = Secret("canary-key")
    return Endpoint(provider=request.model.provider, base_url=base + path, key=key)


@pytest.mark.parametrize("api", SPELLINGS)
@pytest.mark.parametrize("language", SNIPPETS)
def test_the_code_sends_what_the_app_sends(
    server: Any, tmp_path: Path, run: Run, language: str, api: str
) -> None:
    request = request_for(api)
    code = snippets(request, endpoint_for(request, server))[language]
    path, headers, body = sent_by(language, code, server, tmp_path, run)
    assert camel(body) == camel(preview(request))
    if not (api == "messages" and language == "python-sdk"):
        name, value = KEY_HEADERS[api]
        assert headers[name] == value
    assert "env-key" in " ".join(headers.values())
    assert "env-key" not in path


@pytest.mark.parametrize("api", SPELLINGS)
def test_the_code_without_streaming_does_too(
    server: Any, tmp_path: Path, run: Run, api: str
) -> None:
    request = request_for(api, stream=False)
    code = snippets(request, endpoint_for(request, server))
    paths = set()
    for language in ("python-sdk", "python-http"):
        path, _, body = sent_by(language, code[language], server, tmp_path, run)
        assert camel(body) == camel(preview(request))
        paths.add(path)
    assert len(paths) == 1, "the SDK and the plain request must go to the same address"


@pytest.mark.parametrize("api", SPELLINGS)
def test_sdk_and_plain_http_call_the_same_address(
    server: Any, tmp_path: Path, run: Run, api: str
) -> None:
    request = request_for(api)
    code = snippets(request, endpoint_for(request, server))
    paths = {sent_by(n, code[n], server, tmp_path, run)[0] for n in ("python-sdk", "python-http")}
    assert len(paths) == 1


@pytest.mark.parametrize("api", SPELLINGS)
def test_no_key_is_in_the_code(server: Any, api: str) -> None:
    request = request_for(api)
    for code in snippets(request, endpoint_for(request, server)).values():
        assert "canary" not in code
        assert re.search(r"[A-Z]+_API_KEY", code)


def test_a_server_without_a_key_gets_none(server: Any, tmp_path: Path, run: Run) -> None:
    request = Request.ask(ModelRef("local", "chat", "llama3:8b"), NASTY)
    base_url = f"http://127.0.0.1:{server.server_port}/v1"
    code = snippets(request, Endpoint(provider="local", base_url=base_url))
    assert not any("API_KEY" in text for text in code.values())
    path, headers, body = sent_by("python-http", code["python-http"], server, tmp_path, run)
    assert (path, body) == ("/v1/chat/completions", preview(request))
    assert "authorization" not in headers
    assert sent_by("python-sdk", code["python-sdk"], server, tmp_path, run)[2] == preview(request)


def test_a_server_with_a_key_of_its_own_gets_a_variable_of_its_own() -> None:
    request = Request.ask(ModelRef("mine", "chat", "m"), "Hi")
    endpoint = Endpoint(provider="mine", base_url="https://mine.example/v1", key=Secret("canary"))
    for code in snippets(request, endpoint).values():
        assert "MINE_API_KEY" in code


def test_code_of_a_simulated_call_asks_the_real_provider_and_says_so() -> None:
    request = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), "Hi")
    endpoint = Endpoint(provider="openai", base_url="http://127.0.0.1:1/openai/v1", simulated=True)
    for code in snippets(request, endpoint).values():
        assert "https://api.openai.com/v1" in code
        assert "127.0.0.1" not in code
        assert "simulated" in code.splitlines()[0]


@pytest.mark.parametrize("api", SPELLINGS)
def test_a_large_attachment_is_left_out_and_named(api: str) -> None:
    file = File(media_type="image/png", data=os.urandom(200_000), name="big\n$(id).png")
    message = Message(role="user", parts=(file, Text(text="What is it?")))
    request = Request(model=ModelRef.parse(SPELLINGS[api]), messages=(message,))
    endpoint = Endpoint(provider=request.model.provider, base_url="https://x.example/v1")
    for code in snippets(request, endpoint).values():
        assert len(code) < 5_000
        assert "<base64 of attachment 1>" in code
        assert "big?$(id).png, 200.0 kB" in code.splitlines()[0]
        assert re.match(r"(#|//) ", code)


def test_settings_passed_through_unchanged_are_sent_by_the_sdks_too(
    server: Any, tmp_path: Path, run: Run
) -> None:
    def one(spelling: str) -> None:
        extra = {"x_own": {"deep": [1, None, True]}}
        request = Request.ask(ModelRef.parse(spelling), "Hi", settings=Settings(extra=extra))
        code = snippets(request, endpoint_for(request, server))["python-sdk"]
        folder = tmp_path / re.sub(r"\W", "_", spelling)
        folder.mkdir()
        body = sent_by("python-sdk", code, server, folder, run)[2]
        assert camel(body) == camel(preview(request))

    for spelling in SPELLINGS.values():
        one(spelling)


@pytest.mark.parametrize("door", ["openai/realtime", "gemini/live"])
def test_the_code_of_a_session_holds_a_models_name_as_text(door: str) -> None:
    name = 'x") or print("run'
    ref = ModelRef.parse(f"{door}:m")
    request = Request.ask(replace(ref, model=name), "Hi")
    endpoint = Endpoint(provider=ref.provider, base_url="https://x.test", key=None)
    (code,) = snippets(request, endpoint).values()
    tree = ast.parse(code)
    assert name in {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
