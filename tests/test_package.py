"""The wheel is the whole app: built from the source distribution, installed alone, run from a folder that knows nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import playground
from tests.offline.environment import bare

ROOT = Path(__file__).parents[1]

OPEN_EVERY_PAGE = """
import json
from streamlit.testing.v1 import AppTest
import playground
from playground.ui.shell import pages
from playground.ui.shell.serving import ROUTER, configured

found = {"package": playground.__file__, "address": configured()["server.address"], "pages": {}}
for row in pages.PAGES:
    at = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    if row is not pages.PAGES[0]:
        at.switch_page(pages.path(row.file)).run()
    found["pages"][row.title] = [t.value for t in at.title]
    assert not at.exception, at.exception
    assert not at.error, at.error
print(json.dumps(found))
"""


ASK = """
from playground import ask

answers = ask("Hi", "openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", demo=True)
print(all(response.ok and response.cost.total > 0 for response in answers), len(answers))
"""


SAVE_A_PRICE = """
from datetime import date
from decimal import Decimal
from playground.pricing import Price
from playground.pricing.editing import save

rates = {"input": Decimal(1), "output": Decimal(2)}
own = Price(
    provider="openai", model="own-model", rates=rates, source="contract", as_of=date(2026, 11, 1)
)
print(save(own))
"""


@dataclass(frozen=True)
class Installed:
    """A fresh environment in which the wheel is, and a folder to run it from."""

    folder: Path
    wheel: Path
    source: Path
    elsewhere: Path

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.programs / "python"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the person who runs the tests."""
        return bare(HOME=str(self.elsewhere), PLAYGROUND_DEMO_PACE="0")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            cwd=self.elsewhere,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Offline and quick: the packages that the app needs are those of the environment that runs the tests."""
    base = tmp_path_factory.mktemp("package")
    built, fresh, elsewhere = base / "built", base / "fresh", base / "elsewhere"
    elsewhere.mkdir()
    python = [sys.executable, "-m"]
    _do(*python, "hatchling", "build", "-t", "sdist", "-d", str(built))
    (source,) = built.glob("*.tar.gz")
    alone = ("--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check")
    _do(*python, "pip", "wheel", *alone, "-w", str(built), str(source))
    (wheel,) = built.glob("*.whl")
    _do(*python, "venv", "--without-pip", str(fresh))
    found = Installed(fresh, wheel, source, elsewhere)
    _do(*python, "pip", "--python", str(found.python), "install", *alone, str(wheel))
    (site,) = [*fresh.glob("lib/python*/site-packages"), *fresh.glob("Lib/site-packages")][:1]
    # Read as one more folder of modules: what is installed for editing there stays out.
    (site / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return found


def _do(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_carries_what_people_edit_and_no_secret(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = set(wheel.namelist())
        assert wheel.read("playground/_data/pricing.yaml") == (ROOT / "pricing.yaml").read_bytes()
    pages = {path.name for path in (ROOT / "pages").glob("*.py")}
    assert {f"playground/_data/pages/{page}" for page in pages} <= names
    assert "playground/_data/.streamlit/config.toml" in names
    code = {str(p.relative_to(ROOT)) for p in (ROOT / "playground").rglob("*.py")}
    assert code <= names
    with tarfile.open(installed.source) as source:
        carried = {*names, *source.getnames()}
    assert not {name for name in carried if "secrets" in Path(name).name or "overrides" in name}
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"playground"}


def test_the_wheel_carries_the_recorded_answers_with_source_and_licence(
    installed: Installed,
) -> None:
    folder = ROOT / "playground" / "demo" / "recordings"
    assert {"NOTICE.md", "LICENSE-APACHE-2.0.txt"} <= {file.name for file in folder.iterdir()}
    with zipfile.ZipFile(installed.wheel) as wheel:
        for file in folder.iterdir():
            assert wheel.read(str(file.relative_to(ROOT))) == file.read_bytes()
        assert "playground/local/smollm2.jinja" in wheel.namelist()
    listed = installed.run("playground", "recorded", "list", "--json")
    rows = json.loads(listed.stdout)
    assert len(rows) >= 24
    assert {row["licence"] for row in rows} == {"MIT", "Apache-2.0"}
    assert all(row["source"].startswith("https://github.com/") for row in rows)


def test_every_page_opens_from_the_installed_package(installed: Installed) -> None:
    done = installed.run("python", "-c", OPEN_EVERY_PAGE)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert Path(found["package"]).is_relative_to(installed.folder)
    assert found["address"] == "localhost"  # .streamlit/config.toml
    assert found["pages"] == {title: [title] for title in found["pages"]}
    assert len(found["pages"]) == len(list((ROOT / "pages").glob("*.py")))


def test_the_terminal_knows_prices_and_the_demo_answers(installed: Installed) -> None:
    prices = installed.run("playground", "prices", "gpt-6.1-sol")
    assert prices.returncode == 0, prices.stderr
    assert "gpt-6.1-sol" in prices.stdout
    asked = installed.run("playground", "ask", "Hello", "-m", "openai:gpt-6.1-sol", "--demo")
    assert asked.returncode == 0, asked.stderr
    assert "Simulated" in asked.stdout + asked.stderr


def test_it_is_a_typed_library_under_the_mit_licence(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        (licence,) = (name for name in names if name.endswith("licenses/LICENSE"))
        told = wheel.read(metadata).decode()
        assert "the AI API playground contributors" in wheel.read(licence).decode()
    assert "playground/py.typed" in names
    assert "License-Expression: MIT" in told
    assert f"Version: {playground.__version__}\n" in told
    done = installed.run("python", "-c", ASK)
    assert done.stdout.split() == ["True", "2"], done.stderr


@pytest.mark.parametrize("name", ["playground", "ai-api-playground"])
def test_pipx_and_uvx_find_a_program_by_either_name(installed: Installed, name: str) -> None:
    assert installed.run(name, "--version").stdout.split() == ["playground", playground.__version__]


def test_prices_of_ones_own_outlive_an_upgrade(installed: Installed) -> None:
    done = installed.run("python", "-c", SAVE_A_PRICE)
    own = Path(done.stdout.strip())
    assert own.name == "pricing.overrides.yaml", done.stderr
    assert own.is_relative_to(installed.elsewhere)
    assert "own-model" in installed.run("playground", "prices", "own-model").stdout


@pytest.fixture
def served(installed: Installed) -> Iterator[str]:
    """The address of the installed app, started as a person does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(installed.programs / "playground"), "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=installed.elsewhere,
        env=installed.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield _answering(f"http://localhost:{port}", process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _answering(url: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        assert process.poll() is None, process.communicate()[0]
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return url
    pytest.fail("the app did not answer within 30 seconds")


def test_the_installed_app_is_served(served: str) -> None:
    with urllib.request.urlopen(served) as answer:
        assert b"<html" in answer.read()
        assert "default-src 'self'" in answer.headers["content-security-policy"]
