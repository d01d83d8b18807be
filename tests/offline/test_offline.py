"""Whatever tries to reach another computer fails the test that made it, also when nobody looks at the error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ELSEWHERE = "192.0.2.7"
"""An address for documentation: nobody has it."""

TRIES = {
    "connects": f"socket.create_connection(('{ELSEWHERE}', 80), 1)",
    "connects by IPv6": "socket.create_connection(('2001:db8::7', 80), 1)",
    "connects without waiting": f"use('connect_ex', ('{ELSEWHERE}', 80))",
    "sends a datagram": f"use('sendto', b'', ('{ELSEWHERE}', 53), type=socket.SOCK_DGRAM)",
    "looks up a name": "socket.getaddrinfo('playground.invalid', 80)",
    "fetches": f"httpx2.get('http://{ELSEWHERE}')",
    "connects in asyncio": f"asyncio.run(asyncio.open_connection('{ELSEWHERE}', 80))",
    "connects in uvloop": f"uvloop.run(asyncio.open_connection('{ELSEWHERE}', 80))",
    "looks up in uvloop": "uvloop.run(asyncio.open_connection('playground.invalid', 80))",
    "calls from a thread": f"call_in_thread(socket.create_connection, ('{ELSEWHERE}', 80), 1)",
    "calls from a child": f"run_child('import socket; socket.create_connection((\"{ELSEWHERE}\", 80))')",
    "calls from a child's uvloop": "run_child('import asyncio, uvloop; "
    f'uvloop.run(asyncio.open_connection("{ELSEWHERE}", 80))\')',
}
STAYS = {
    "loopback": "socket.create_connection(('127.0.0.1', 9), 1)",
    "loopback by IPv6": "socket.create_connection(('::1', 9), 1)",
    "localhost": "socket.create_connection(('localhost', 9), 1)",
    "a Unix socket": "use('connect', '/nowhere', family=socket.AF_UNIX)",
    "uvloop on loopback": "uvloop.run(asyncio.open_connection('localhost', 9))",
    "a written address is read": f"socket.getaddrinfo('{ELSEWHERE}', 80)",
}
HEAD = """
import asyncio, contextlib, socket, subprocess, sys, threading
import httpx2, uvloop

def use(method, *arguments, **kind):
    with socket.socket(**kind) as made:
        getattr(made, method)(*arguments)

def call_in_thread(*call):
    thread = threading.Thread(target=lambda: swallow(*call))
    thread.start()
    thread.join()

def run_child(code):
    subprocess.run([sys.executable, "-c", code], capture_output=True)

def swallow(function, *arguments):
    with contextlib.suppress(Exception):
        function(*arguments)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What pytest says, with our conftest.py, of tests that swallow every error: name → the line of its summary."""
    tests = {**TRIES, **STAYS}
    bodies = (
        f"def test_{number}():\n    swallow(lambda: {tests[name]})\n"
        for number, name in enumerate(tests)
    )
    file = tmp_path_factory.mktemp("tries") / "test_tries.py"
    file.write_text(HEAD + "\n\n".join(bodies))
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-rA", "-c", "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(file), *options],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
    )
    lines = re.finditer(r"^(?:PASSED|FAILED) .*::test_(\d+).*$", done.stdout, re.MULTILINE)
    ends = {int(line[1]): line[0] for line in lines}
    assert sorted(ends) == list(range(len(tests))), done.stdout + done.stderr
    return {name: ends[number] for number, name in enumerate(tests)}


@pytest.mark.parametrize("what", TRIES)
def test_an_attempt_fails_the_test_that_made_it(outcomes: dict[str, str], what: str) -> None:
    assert outcomes[what].startswith("FAILED")
    assert "tried to reach another computer" in outcomes[what]


@pytest.mark.parametrize("what", STAYS)
def test_this_computer_may_be_called(outcomes: dict[str, str], what: str) -> None:
    assert outcomes[what].startswith("PASSED")
