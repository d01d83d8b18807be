"""Who may talk to the server: by the rule, through the whole app, and by raw handshakes with the real server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground.ui.shell import origin
from tests.offline.environment import bare

HOME = "http://localhost:8501"


def scope(host: str | None, page: str | None = None, **more: Any) -> dict[str, Any]:
    """A WebSocket's handshake at 127.0.0.1:8501, unless said otherwise."""
    headers = [(b"host", host.encode())] if host is not None else []
    headers += [(b"origin", page.encode())] if page is not None else []
    return {
        "type": "websocket",
        "path": "/_stcore/stream",
        "server": ("127.0.0.1", 8501),
        "headers": headers,
    } | more


OWN = {
    "localhost": ("localhost:8501", HOME),
    "by number": ("127.0.0.1:8501", "http://127.0.0.1:8501"),
    "IPv6": ("[::1]:8501", "http://[::1]:8501"),
    "IPv6, written long": ("[0:0:0:0:0:0:0:1]:8501", "http://[::1]:8501"),
    "upper case": ("LOCALHOST:8501", "HTTP://Localhost:8501"),
    "a trailing dot": ("localhost.:8501", "http://localhost.:8501"),
}
FOREIGN = {
    "another site": ("localhost:8501", "https://evil.example"),
    "another port": ("localhost:8501", "http://localhost:3000"),
    "the default port": ("localhost:8501", "http://localhost"),
    "no Origin": ("localhost:8501", None),
    "null": ("localhost:8501", "null"),
    "empty": ("localhost:8501", ""),
    "a file": ("localhost:8501", "file://"),
    "an extension": ("localhost:8501", "chrome-extension://localhost:8501"),
    "a name that begins like ours": ("localhost:8501", "http://localhost:8501.evil.example"),
    "a name that ends like ours": ("localhost:8501", "http://evil-localhost:8501"),
    "a user that is called like us": ("localhost:8501", "http://localhost:8501@evil.example"),
    "a path": ("localhost:8501", "http://localhost:8501/"),
    "two": ("localhost:8501", "http://localhost:8501 https://evil.example"),
    "two dots": ("localhost..:8501", "http://localhost..:8501"),
    "no Host": (None, HOME),
    "an empty Host": ("", HOME),
    "DNS rebinding": ("evil.example:8501", "http://evil.example:8501"),
    "DNS rebinding without Origin": ("evil.example:8501", None),
    "every address": ("0.0.0.0:8501", "http://0.0.0.0:8501"),
    "another computer's number": ("192.168.1.9:8501", "http://192.168.1.9:8501"),
    "a port that is not served": ("localhost:8502", "http://localhost:8502"),
    "no port where one is served": ("localhost", "http://localhost"),
    "a port that is none": ("localhost:99999", "http://localhost:99999"),
    "the Cloud, in local mode": ("app.streamlit.app", "https://app.streamlit.app"),
}


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (origin.VARIABLE, "PLAYGROUND_HOSTED"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("case", OWN)
def test_a_page_of_the_server_itself_passes(case: str) -> None:
    assert origin.allowed(scope(*OWN[case]))


@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_foreign_or_missing_is_refused(case: str) -> None:
    assert not origin.allowed(scope(*FOREIGN[case]))


def test_an_address_bar_sends_no_origin_so_http_needs_none() -> None:
    assert origin.allowed(scope("localhost:8501", type="http"))
    assert not origin.allowed(scope("localhost:8501", "null", type="http"))
    assert not origin.allowed(scope("localhost:8501", "https://evil.example", type="http"))


def test_a_header_given_twice_is_refused() -> None:
    twice = scope("localhost:8501", HOME)
    assert not origin.allowed(twice | {"headers": [*twice["headers"], (b"host", b"evil.example")]})
    assert not origin.allowed(twice | {"headers": [*twice["headers"], (b"origin", b"null")]})


CALLED = {
    "192.168.1.9": "192.168.1.9:8501",
    "::ffff:192.168.1.9": "192.168.1.9:8501",
    "fe80::0:1": "[fe80::1]:8501",
    "172.17.0.2": "localhost:8501",  # Docker's -p 8501:8501
}
"""The address that the connection came to → what the browser calls it."""


@pytest.mark.parametrize("came_to", CALLED)
def test_a_server_for_the_network_answers_under_the_number_that_was_called(came_to: str) -> None:
    host = CALLED[came_to]
    assert origin.allowed(scope(host, f"http://{host}", server=(came_to, 8501)))


def test_a_name_is_never_taken_from_the_server_nor_from_a_proxy() -> None:
    assert not origin.allowed(scope("box:8501", "http://box:8501", server=("box", 8501)))
    forwarded = scope("evil.example", "https://evil.example")
    forwarded["headers"].append((b"x-forwarded-host", b"localhost:8501"))
    assert not origin.allowed(forwarded)


def test_on_the_usual_port_none_is_written() -> None:
    assert origin.allowed(scope("localhost", "http://localhost", server=("127.0.0.1", 80)))
    assert not origin.allowed(scope("localhost", "http://localhost:8501", server=("127.0.0.1", 80)))


CONFIGURED = " https://play.example.org/, box , corp.example:8443, *.team.example, not a name"


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("play.example.org", "https://play.example.org"),
        ("PLAY.example.org:443", "https://play.example.org"),
        ("127.0.0.1:8501", "https://play.example.org"),  # nginx calls the server by its number
        ("box:8501", "http://box:8501"),
        ("corp.example:8443", "https://corp.example:8443"),
        ("a.team.example", "https://a.team.example"),
        ("localhost:8501", HOME),
    ],
)
def test_configured_names_pass(monkeypatch: pytest.MonkeyPatch, host: str, page: str) -> None:
    monkeypatch.setenv(origin.VARIABLE, CONFIGURED)
    assert origin.allowed(scope(host, page))


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("play.example.org", "https://evil.example"),
        ("play.example.org", "https://play.example.org:8443"),
        ("corp.example", "https://corp.example"),
        ("a.team.example", "https://b.team.example"),  # a neighbour's page
        ("127.0.0.1:8501", "https://a.team.example"),
        ("team.example", "https://team.example"),
        ("badteam.example", "https://badteam.example"),
    ],
)
def test_configured_names_open_nothing_else(
    monkeypatch: pytest.MonkeyPatch, host: str, page: str
) -> None:
    monkeypatch.setenv(origin.VARIABLE, CONFIGURED)
    assert not origin.allowed(scope(host, page))


def test_a_configured_name_that_is_none_is_named_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(origin.VARIABLE, "what ever, *")
    assert not origin.allowed(scope("evil.example", "https://evil.example"))
    assert "'what ever'" in caplog.text
    assert "' *'" in caplog.text


def test_hosted_the_cloud_s_names_pass_each_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert origin.allowed(scope("my.streamlit.app", "https://my.streamlit.app"))
    assert not origin.allowed(scope("my.streamlit.app", "https://evil.streamlit.app"))


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/live/unknown", "/static/nothing.js"])
def test_every_route_is_behind_the_check(client: TestClient, path: str) -> None:
    refused = client.get(path, headers={"host": "evil.example"})
    assert refused.status_code == 421
    assert origin.VARIABLE in refused.text
    assert "set-cookie" not in refused.headers
    assert client.get(path, headers={"origin": "https://evil.example"}).status_code == 421
    assert client.get(path).status_code in (200, 404, 503)


@pytest.mark.parametrize(
    "path",
    [
        *("/_stcore/metrics", "/_stcore/metrics/", "/_stcore/%6Detrics"),
        *("/_stcore/agent/mcp", "/_stcore/agent/openapi.json", "/_stcore/%61gent/interact/"),
    ],
)
def test_the_figures_of_the_process_and_the_way_in_for_programs_are_closed(
    client: TestClient, path: str
) -> None:
    assert client.get(path).status_code == 404
    assert client.options(path).status_code == 404


SERVER = """
import sys
from streamlit import net_util
net_util._make_blocking_http_get = lambda url, timeout=5: print("ASKED", url, flush=True)
from playground.ui.shell.serving import serve
serve(int(sys.argv[1]), open_browser=False)
"""


@dataclass
class Server:
    """The real app in a process of its own; what it prints tells whether a third party was asked."""

    port: int
    log: Path

    def handshake(self, host: str, page: str | None) -> bytes:
        """The answer's status line to a WebSocket's handshake."""
        lines = ["GET /_stcore/stream HTTP/1.1", f"Host: {host}"]
        lines += [f"Origin: {page}"] if page is not None else []
        lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]
        return self.say("\r\n".join(lines))

    def say(self, text: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
            connection.sendall(text.encode())
            return connection.makefile("rb").readline().split(b" ")[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(port)],
            env=bare(HOME=str(home)),
            stdout=out,
            stderr=out,
            cwd=Path(__file__).parents[3],
        )
    found = Server(port, log)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait(20)


def test_the_real_server_takes_its_own_pages_and_asks_nobody(server: Server) -> None:
    """10 foreign handshakes held the event loop for 20 s: Streamlit asked checkip.amazonaws.com, twice for each."""

    def at(text: str | None) -> str | None:
        return text and text.replace(":8501", f":{server.port}")

    for own in OWN.values():
        assert server.handshake(at(own[0]) or "", at(own[1])) == b"101", own
    for foreign in FOREIGN.values():
        if foreign[0] is not None:
            assert server.handshake(at(foreign[0]) or "", at(foreign[1])) in (b"403", b"400"), (
                foreign
            )
    assert "ASKED" not in server.log.read_text()


def test_the_real_server_refuses_what_rebinding_sends(server: Server) -> None:
    assert server.say(f"GET / HTTP/1.1\r\nHost: evil.example:{server.port}\r\n\r\n") == b"421"
    assert server.say(f"GET / HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n") == b"200"
    metrics = f"GET /_stcore/metrics HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n"
    assert server.say(metrics) == b"404"


def test_streamlit_alone_would_have_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch above can see it: without our check the same handshake asks."""
    from streamlit import net_util
    from streamlit.web.server.starlette import starlette_websocket

    asked: list[str] = []
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_internal_ip", "127.0.0.1")
    monkeypatch.setattr(
        net_util, "_make_blocking_http_get", lambda url, timeout=5: asked.append(url)
    )
    assert not starlette_websocket._is_origin_allowed("https://evil.example", "localhost:8501")
    assert len(asked) == 2
