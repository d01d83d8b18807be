"""Compares what is locked with what the package index says of it now: `python -m scripts.audit`.

It asks the index that pip is set up with, by the simple API (PEP 691, 700, 792), and nothing else. Exit code 1 where a
locked release is gone or yanked, a hash is not the index's, or a project is quarantined; what is only old or deprecated is
said. An index that cannot be reached is a warning: then nothing is known, and nothing fails.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from scripts.locked import Locked, locked

JSON = "application/vnd.pypi.simple.v1+json"
AT_ONCE = 8
SECONDS = 20

Ask = Callable[[str], dict[str, Any]]
"""A project's name → what the index says of it; OSError where it cannot be asked."""


class Finding(NamedTuple):
    """What is said of one release; `wrong` fails the audit."""

    name: str
    said: str
    wrong: bool = False


def audit(releases: Iterable[Locked], ask: Ask) -> list[Finding]:
    """What the index says against these releases, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [found for each in pool.map(lambda one: _one(one, ask), releases) for found in each]


def _one(release: Locked, ask: Ask) -> list[Finding]:
    name = f"{release.name} {release.version}"
    try:
        project = ask(release.name)
    except (OSError, ValueError) as error:
        return [Finding(name, f"the index could not be asked ({_plain(error)})")]
    found = [Finding(name, said, wrong) for said, wrong in _against(release, project)]
    status = project.get("project-status") or {}
    if status.get("status") in ("archived", "deprecated", "quarantined"):
        reason = f": {status['reason']}" if status.get("reason") else ""
        said = f"the project is {status['status']}{reason}"
        found.append(Finding(name, said, status["status"] == "quarantined"))
    return found


def _against(release: Locked, project: dict[str, Any]) -> Iterable[tuple[str, bool]]:
    """What is wrong with the release's files, or that there is a newer one."""
    files = [file for file in project["files"] if _version(file["filename"]) == release.version]
    if not files:
        yield "the index no longer has this release", True
        return
    if yanked := [file["yanked"] for file in files if file.get("yanked")]:
        reason = next((why for why in yanked if isinstance(why, str)), "no reason given")
        yield f"yanked: {reason}", True
    if not release.hashes:
        yield "locked without hashes: run make lock", True
    here = {file["hashes"].get("sha256") for file in files}
    if strange := [digest for digest in release.hashes if digest not in here]:
        yield f"{len(strange)} of {len(release.hashes)} locked hashes are not the index's", True
    if (newest := _newest(project)) and Version(newest) > Version(release.version):
        yield f"newest is {newest}", False


def _newest(project: dict[str, Any]) -> str | None:
    """The newest release that is no preview and not yanked."""
    found = {_version(file["filename"]) for file in project["files"] if not file.get("yanked")}
    versions = [Version(text) for text in found if text]
    return max((str(v) for v in versions if not v.is_prerelease), key=Version, default=None)


def _version(filename: str) -> str | None:
    """The version in a file's name as lock files spell it; None for other kinds of files."""
    try:
        if filename.endswith(".whl"):
            return str(parse_wheel_filename(filename)[1])
        return str(parse_sdist_filename(filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def index() -> str:
    """The address of the index that pip asks: its environment, its configuration, or its own default."""
    from pip._internal.models.index import PyPI

    set_up = os.environ.get("PIP_INDEX_URL") or _configured("index-url") or PyPI.simple_url
    return str(set_up).rstrip("/")


def _configured(name: str) -> str | None:
    """What pip is set up with; None where that is left to pip."""
    for section in ("install", "global"):
        command = [sys.executable, "-m", "pip", "config", "get", f"{section}.{name}"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.strip():
            return said.stdout.strip()
    return None


def asking(address: str, certificate: str | None = None) -> Ask:
    """A function that asks this index."""
    context = ssl.create_default_context(cafile=certificate)

    def ask(name: str) -> dict[str, Any]:
        where = f"{address}/{canonicalize_name(name)}/"
        request = urllib.request.Request(where, headers={"Accept": JSON})
        with urllib.request.urlopen(request, timeout=SECONDS, context=context) as answer:
            if answer.headers.get_content_type() != JSON:
                raise ValueError("it does not speak the JSON simple API")
            project: dict[str, Any] = json.load(answer)
            return project

    return ask


def _plain(error: Exception) -> str:
    """Why, without an address: an index may have a password in its own."""
    reason = getattr(error, "reason", error)
    return str(reason) if isinstance(error, ValueError) else type(reason).__name__


def main() -> None:
    certificate = os.environ.get("PIP_CERT") or _configured("cert")
    releases = locked()
    found = audit(releases, asking(index(), certificate))
    wrong = [each for each in found if each.wrong]
    for each in sorted(found, key=lambda one: not one.wrong):
        print(f"{'WRONG' if each.wrong else 'note '}  {each.name}: {each.said}")
    print(f"{len(releases)} locked releases compared with the index: {len(wrong)} findings.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
