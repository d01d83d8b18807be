"""The real app in a process of its own, looked at through a real headless Chromium."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from playground.demo.process import DemoServer
from tests.offline.environment import bare

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
ROOT = Path(__file__).parents[2]
VIEWPORT: ViewportSize = {"width": 1280, "height": 1100}

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


@dataclass
class App:
    """The running app: where it is, what it has printed, and the home folder that it may write to."""

    url: str
    process: psutil.Process
    log: Path
    home: Path

    def demo_url(self) -> str:
        """Where the app's own simulation listens, which starts when it is first needed."""
        for _ in range(200):
            for child in self.process.children(recursive=True):
                for connection in child.net_connections("inet"):
                    if connection.status == psutil.CONN_LISTEN:
                        return f"http://127.0.0.1:{connection.laddr.port}"
            time.sleep(0.1)
        pytest.fail("the app has started no simulation")


@pytest.fixture(scope="session")
def real_api() -> Iterator[DemoServer]:
    """A second simulation that plays the real APIs: the app reaches it only with a typed key."""
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, real_api: DemoServer) -> Iterator[App]:
    """The app with a simulation that answers at once."""
    home = tmp_path_factory.mktemp("home")
    with served(home, free_port(), real_api, PLAYGROUND_DEMO_PACE="0") as running:
        yield running


@pytest.fixture(scope="session")
def slow_app(tmp_path_factory: pytest.TempPathFactory, real_api: DemoServer) -> Iterator[App]:
    """The app with a simulation that answers as slowly as slow models: there is time to see a stream, on a busy machine too."""
    home = tmp_path_factory.mktemp("slow_home")
    with served(home, free_port(), real_api, PLAYGROUND_DEMO_PACE="2") as running:
        yield running


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(home: Path, port: int, real_api: DemoServer, **environment: str) -> Iterator[App]:
    """The app as `python -m playground` starts it, until the block ends; its history is in the home folder."""
    log = home.parent / f"{home.name}.log"
    urls = real_api.base_urls()
    env = bare(
        HOME=str(home),
        OPENAI_BASE_URL=urls["openai"],
        ANTHROPIC_BASE_URL=urls["anthropic"],
        GOOGLE_GEMINI_BASE_URL=urls["gemini"],
        **environment,
    )
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "playground", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        url = f"http://localhost:{port}"
        try:
            _wait_until_up(url, process)
            yield App(url, psutil.Process(process.pid), log, home)
        finally:
            process.terminate()
            process.wait(20)


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"the app ended with exit code {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    pytest.fail("the app did not answer within 30 seconds")


@pytest.fixture(scope="session")
def profile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser keeps of compiled scripts: a page opens a third faster, which no private window would."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="package")
def chromium(profile_folder: Path) -> Iterator[BrowserContext]:
    """One browser for the files of this folder that follow each other; no longer, for Playwright's event loop would be in the way of asynchronous tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile_folder,
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport=VIEWPORT,
            accept_downloads=True,
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def profile(chromium: BrowserContext) -> Iterator[BrowserContext]:
    """The browser, of which a file leaves no tab, no permission and no private window to the next."""
    yield chromium
    for page in chromium.pages[1:]:
        page.close()
    chromium.clear_permissions()
    assert chromium.browser is not None
    for window in chromium.browser.contexts:
        if window is not chromium:
            window.close()


@pytest.fixture(scope="module")
def browser(profile: BrowserContext) -> Browser:
    """The browser itself, for private windows."""
    assert profile.browser is not None
    return profile.browser


@dataclass
class Seen:
    """What the browser did beside showing the page."""

    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def check(self, app: App) -> None:
        """Fails when the console showed an error or a remote load."""
        remote = [url for url in self.requests if not url.startswith((app.url, "data:", "blob:"))]
        assert remote == []
        assert self.problems == []


@contextmanager
def tab(profile: BrowserContext, seen: Seen, scheme: str = "light") -> Iterator[Page]:
    """A new tab of someone who was never here; it has opened nothing yet."""
    page = profile.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_default_timeout(30_000)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on(
        "console",
        lambda message: seen.problems.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: seen.problems.append(str(error)))
    yield page
    page.evaluate("localStorage.clear()")
    page.close()
    profile.clear_cookies()


@contextmanager
def visit(profile: BrowserContext, app: App, seen: Seen, scheme: str = "light") -> Iterator[Page]:
    """The app's first page for someone who was never here: two seconds of work, so tests that only look may share one."""
    with tab(profile, seen, scheme) as page:
        page.goto(app.url)
        page.get_by_role("button", name="Run").wait_for()
        yield page


@pytest.fixture(params=["light"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(profile: BrowserContext, app: App, seen: Seen, scheme: str) -> Iterator[Page]:
    """A visit of the test's own; fails when the console shows an error or a remote load."""
    with visit(profile, app, seen, scheme) as page:
        yield page
    seen.check(app)


@pytest.fixture
def new_tab(profile: BrowserContext, app: App, seen: Seen, scheme: str) -> Iterator[Page]:
    """The same before anything was opened, for a test that begins with a link."""
    with tab(profile, seen, scheme) as page:
        yield page
    seen.check(app)


@pytest.fixture
def slow_page(profile: BrowserContext, slow_app: App, seen: Seen, scheme: str) -> Iterator[Page]:
    """The same where answers take their time."""
    with visit(profile, slow_app, seen, scheme) as page:
        yield page
    seen.check(slow_app)
