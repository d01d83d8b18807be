"""The demo's process: it starts when asked, never twice, and never outlives whoever started it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from playground.demo.process import DemoServer

COMMAND = [sys.executable, "-m", "playground.demo", "--port", "0"]
PATIENCE = 5.0


def gone(pid: int) -> bool:
    """True when the process has ended within five seconds."""
    deadline = time.monotonic() + PATIENCE
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


def spawn() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith('{"port": ')
    return process


def close(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None and not pipe.closed:
            pipe.close()


def test_endpoints_are_simulated_and_on_loopback(demo: DemoServer) -> None:
    found = demo.endpoints()
    assert found.keys() == {"openai", "anthropic", "gemini"}
    for name, endpoint in found.items():
        assert endpoint.provider == name
        assert endpoint.simulated
        assert endpoint.key
        assert urlsplit(endpoint.base_url).hostname == "127.0.0.1"
    assert found["openai"].base_url.endswith("/openai/v1")


def test_many_threads_start_one_process() -> None:
    server = DemoServer(pace=0)
    ports: list[int] = []
    threads = [threading.Thread(target=lambda: ports.append(server.start())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.stop()
    assert len(ports) == 8
    assert len(set(ports)) == 1


def test_a_server_that_died_is_started_again() -> None:
    with DemoServer(pace=0) as server:
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while server.running and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not server.running
        server.start()
        assert server.running
        assert server.pid != first


def test_stop_ends_the_process_and_may_be_repeated() -> None:
    server = DemoServer(pace=0)
    server.start()
    pid = server.pid
    assert pid is not None
    server.stop()
    server.stop()
    assert gone(pid)
    assert not server.running


def test_it_ends_when_stdin_closes() -> None:
    process = spawn()
    close(process)
    assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_a_signal_and_says_nothing(name: signal.Signals) -> None:
    process = spawn()
    process.send_signal(name)
    assert process.wait(PATIENCE) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    close(process)


def test_it_ends_when_its_parent_is_killed() -> None:
    code = (
        "import sys, time; from playground.demo.process import DemoServer; s = DemoServer(pace=0);"
        "s.start(); print(s.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def test_keys_in_the_environment_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    monkeypatch.setenv("PLAYGROUND_TEST", "kept")
    with DemoServer(pace=0) as server:
        environment = psutil.Process(server.pid).environ()
    assert "OPENAI_API_KEY" not in environment
    assert environment["PLAYGROUND_TEST"] == "kept"


def test_it_listens_on_loopback_only(demo: DemoServer) -> None:
    listening = [
        c.laddr.ip
        for c in psutil.Process(demo.pid).net_connections(kind="inet")
        if c.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_a_port_in_use_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND[:-1], f"{port}"], capture_output=True, text=True, timeout=20, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"The demo cannot listen on 127.0.0.1:{port}")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="an open socket can't be handed to a child")
def test_who_connects_to_a_reserved_port_waits_for_the_process() -> None:
    with httpx2.Client(trust_env=False, timeout=30) as client, ThreadPoolExecutor(1) as pool:
        server = DemoServer()
        url = server.endpoints(start=False)["openai"].base_url
        assert not server.running
        asked = pool.submit(client.get, f"{url}/models", headers={"authorization": "Bearer demo"})
        try:
            assert server.start() == server.reserve() == int(url.split(":")[2].split("/")[0])
            assert asked.result(30).status_code == 200
            assert server.endpoints()["openai"].base_url == url
            process = psutil.Process(server.pid)
            process.kill()
            process.wait(10)
            assert server.endpoints()["openai"].base_url == url
            assert client.get(f"{url}/models", headers={"authorization": "Bearer demo"}).is_success
        finally:
            server.stop()


def test_a_port_that_is_reserved_after_the_start_is_the_one_it_listens_on() -> None:
    with DemoServer() as server, httpx2.Client(trust_env=False, timeout=30) as client:
        assert server.reserve() == server.start()
        url = server.endpoints(start=False)["openai"].base_url
        assert client.get(f"{url}/models", headers={"authorization": "Bearer demo"}).is_success
