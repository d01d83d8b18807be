"""Tools of a real MCP server, over stdio and streamable HTTP, in the loop of every provider."""

from __future__ import annotations

import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground.domain import Endpoint, ModelRef, ToolCall
from playground.engine import Engine
from playground.lab import functions, servers, tools
from playground.lab.hops import Sending
from playground.lab.tools import Asked
from playground.providers.mcp_server import McpError, McpServer
from tests.lab.test_hops import REFS

SAMPLE = Path(__file__).parents[1] / "providers" / "mcp_sample.py"
STDIO = f"{sys.executable} {SAMPLE}"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Address of a real server over streamable HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(SAMPLE), f"{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    process.wait(10)


@pytest.fixture(params=["stdio", "http"])
def server(request: pytest.FixtureRequest) -> Iterator[McpServer]:
    """The sample, connected over each transport."""
    where = STDIO if request.param == "stdio" else request.getfixturevalue("address")
    made = McpServer(where)
    yield made
    made.close()


def test_a_program_whose_line_has_no_end_is_not_read_on() -> None:
    """An endless line was kept whole in memory, and copied at every piece that came."""
    endless = "import sys; sys.stdout.write('x' * 5_000_000)"
    with pytest.raises(McpError, match=r"a line of it is longer than 4,194,304 bytes\."):
        McpServer(shlex.join([sys.executable, "-c", endless]))


def test_tools_are_listed_with_their_schemas(server: McpServer) -> None:
    level, city = server.tools
    assert (level.name, city.name) == ("stock_level", "warehouse_city")
    assert level.description == "How many pieces of a product are in stock."
    assert level.parameters["properties"]["product"]["type"] == "string"


def test_tools_are_listed_to_the_last_page() -> None:
    """Those behind the first page were missing without a word."""
    server = McpServer(f"{sys.executable} {SAMPLE.with_name('mcp_paged.py')}")
    try:
        assert [tool.name for tool in server.tools] == ["one", "two", "three", "four", "five"]
    finally:
        server.close()


def test_tools_are_called_and_say_what_went_wrong(server: McpServer) -> None:
    made = functions.of_server(server)
    bolts = functions.perform(
        made, ToolCall(id="1", name="stock_level", arguments={"product": "bolts"})
    )
    assert (bolts.content, bolts.is_error) == ("35 pieces of bolts", False)
    failed = functions.perform(
        made, ToolCall(id="2", name="stock_level", arguments={"product": "anvil"})
    )
    assert failed.is_error
    assert failed.content.startswith("error: ")
    wrong = functions.perform(made, ToolCall(id="3", name="stock_level", arguments={}))
    assert wrong.is_error


@pytest.mark.parametrize("ref", REFS, ids=str)
def test_every_provider_calls_them_in_its_loop(
    ref: ModelRef, server: McpServer, engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = Asked(
        models=(ref,),
        question="In which city is the warehouse?",
        functions=functions.of_server(server),
    )
    (loop,) = tools.begin(asked, Sending(engine=engine, endpoints=where, keep=False))
    assert loop.wait(30)
    assert loop.hops.ended == "answered"
    assert [ran.call.name for ran in loop.hops.hops[0].ran] == ["warehouse_city"]
    assert "Porto" in loop.hops.text


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(McpError, match="no-such-program-here can't be used"):
        McpServer("no-such-program-here")


def test_an_address_that_answers_nothing_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(McpError, match=f"127.0.0.1:{port}"):
        McpServer(f"http://127.0.0.1:{port}/mcp")


def test_hosted_no_program_is_started() -> None:
    with pytest.raises(McpError, match="strangers may start no programs"):
        McpServer(STDIO, hosted=True)


def test_hosted_no_private_address_is_called(address: str) -> None:
    with pytest.raises(McpError, match="https"):
        McpServer(address, hosted=True)
    with pytest.raises(McpError, match=r"private|loopback|not called|public"):
        McpServer("https://127.0.0.1/mcp", hosted=True)


def test_the_metadata_of_a_cloud_is_never_called() -> None:
    with pytest.raises(McpError, match="never called"):
        McpServer("http://169.254.169.254/mcp")


def test_a_server_that_two_presses_connect_at_once_is_kept_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both, closed = threading.Barrier(2, timeout=10), []

    class Slow:
        def __init__(self, where: str, **how: object) -> None:
            both.wait()

        def close(self) -> None:
            closed.append(self)

    monkeypatch.setattr(servers, "McpServer", Slow)
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(servers.connect, "https://twice.test", owner="twice") for _ in "ab"]
        first, second = (one.result(10) for one in made)
    assert first is second
    assert len(closed) == 1
    servers.disconnect("https://twice.test", owner="twice")
    assert len(closed) == 2


def test_whoever_has_too_many_servers_loses_his_own(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    class Fake:
        def __init__(self, where: str, **how: object) -> None:
            self.where = where

        def close(self) -> None:
            closed.append(self.where)

    monkeypatch.setattr(servers, "McpServer", Fake)
    servers.connect("https://ben.test", owner="ben")
    for number in range(servers.MOST + 1):
        servers.connect(f"https://ana.test/{number}", owner="ana")
    assert closed == ["https://ana.test/0"]
    monkeypatch.setattr(servers, "IN_ALL", 3)
    servers.connect("https://cy.test", owner="cy")
    assert closed[:2] == ["https://ana.test/0", "https://ben.test"]
    for owner in ("ana", "ben", "cy"):
        servers.leave(owner)
    assert len(closed) == len(set(closed)) == servers.MOST + 3
