"""`playground prices export` and `serve`: the table as a file, and the same answers over HTTP, MCP and on standard output."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.price_service import answering, published
from playground.pricing import load
from playground.providers.mcp_server import McpServer
from tests.cli.conftest import Invoke

ASKED = {
    "model": "anthropic:claude-sonnet-5-5",
    "on": "2026-11-26",
    "usage": {"input_tokens": 9, "output_tokens": 4},
}
ROOT = Path(__file__).parents[2]
SERVE = ["-m", "playground", "prices", "serve"]
BY_ITSELF = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from playground.__main__ import main; main()"
)
"""The same from any folder: a client starts its MCP servers where it likes, with little of its environment."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server that a person has started."""
    command = [sys.executable, *SERVE, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.split()[2]
        process.terminate()


def fetched(address: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            text = error.read()
        return error.code, json.loads(text) if text[:1] == b"{" else text


def test_the_table_goes_to_a_file_and_to_standard_output(invoke: Invoke, home: Path) -> None:
    assert invoke("prices", "export", "-o", "prices.json").code == 0
    kept = (home / "prices.json").read_text(encoding="utf-8")
    assert kept == invoke("prices", "export").out == published.text(load(own=False))
    assert json.loads(invoke("prices", "export", "--schema").out) == published.json_schema()


def test_prices_of_ones_own_are_left_out_unless_asked_for(
    invoke: Invoke, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = home / "own.yaml"
    own.write_text(
        "prices:\n  openai:\n"
        "    - {model: ours, input: 1, output: 2, source: contract, as_of: 2026-11-01}\n"
    )
    monkeypatch.setenv("PLAYGROUND_PRICES", str(own))
    assert '"ours"' not in invoke("prices", "export").out
    with_own = json.loads(invoke("prices", "export", "--own").out)
    (row,) = [row for row in with_own["prices"] if row["model"] == "ours"]
    assert row["override"] is True


def test_a_file_that_can_not_be_written_is_bad_usage(invoke: Invoke) -> None:
    result = invoke("prices", "export", "-o", "no-such-folder/prices.json")
    assert (result.code, "no-such-folder" in result.err) == (2, True)


def test_over_http_it_answers_as_the_terminal_does(address: str) -> None:
    book = load(own=False)
    assert fetched(f"{address}/prices.json") == (200, published.document(book))
    assert fetched(f"{address}/prices.schema.json") == (200, published.json_schema())
    priced = fetched(f"{address}/price?model=gemini:gemini-4-argon&on=2026-12-01")
    assert priced == (200, answering.price(book, "gemini:gemini-4-argon", "2026-12-01"))
    cost = answering.cost(book, answering.question(ASKED))
    assert fetched(f"{address}/cost", ASKED) == (200, cost)
    query = f"model={ASKED['model']}&on={ASKED['on']}&input_tokens=9&output_tokens=4"
    assert fetched(f"{address}/cost?{query}") == (200, cost)
    assert fetched(f"{address}/models?words=sonnet")[1] == answering.models(book, "sonnet")
    told = fetched(address)[1]
    for name in ("prices", "schema", "models", "price", "cost"):
        assert fetched(told[name])[0] == 200, name


def test_over_http_a_mistake_has_its_sentence(address: str) -> None:
    expected = {
        "/price?model=openai:no-such-model": (404, "has no price on"),
        "/price?model=sonnet": (400, "provider:model"),
        "/price?modell=openai:gpt-6.1-sol": (400, "'modell' means nothing here"),
        "/cost?model=openai:gpt-6.1-sol&input_tokens=-3": (400, "not a whole number"),
    }
    for path, (status, words) in expected.items():
        code, said = fetched(address + path)
        assert code == status, path
        assert words in said["error"], path


def test_on_loopback_it_answers_to_no_other_name(address: str) -> None:
    """A web page that has made its own name point here must learn nothing."""
    assert fetched(f"{address}/prices.json", Host="prices.example.org")[0] == 400


def test_a_line_without_end_ends_the_server_on_standard_input() -> None:
    ended = subprocess.run(
        [sys.executable, *SERVE, "--stdio"],
        input=b'{"jsonrpc": "' + b"x" * answering.LONGEST,
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert b"a line is longer than 1,000,000 bytes" in ended.stderr


@pytest.mark.parametrize("way", ["stdio", "http"])
def test_over_mcp_the_tools_give_the_same_answers(way: str, request: pytest.FixtureRequest) -> None:
    stdio = shlex.join([sys.executable, "-c", BY_ITSELF, *SERVE[2:], "--stdio"])
    where = stdio if way == "stdio" else f"{request.getfixturevalue('address')}/mcp"
    book, server = load(own=False), McpServer(where)
    try:
        assert [tool.name for tool in server.tools] == ["models", "price", "cost"]
        told = server.call("price", {"model": ASKED["model"], "on": "2026-11-26"})
        assert json.loads(told.text) == answering.price(book, str(ASKED["model"]), "2026-11-26")
        cost = server.call("cost", ASKED)
        assert json.loads(cost.text) == answering.cost(book, answering.question(ASKED))
        wrong = server.call("price", {"model": "openai:no-such-model"})
        assert wrong.is_error
        assert "has no price on" in wrong.text
    finally:
        server.close()
