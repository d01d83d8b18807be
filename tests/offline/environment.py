"""The environment of the processes that tests start."""

from __future__ import annotations

import os

from playground.domain.clock import TODAY
from tests.offline import sitecustomize

FOLDER = os.path.dirname(os.path.abspath(sitecustomize.__file__))


def with_path(*folders: str | None) -> str:
    """A PYTHONPATH on which the process stays on this computer."""
    return os.pathsep.join([FOLDER, *filter(None, folders)])


def bare(**more: str) -> dict[str, str]:
    """Nothing of whoever runs the tests but the programs; with `more`."""
    kept = ("PATH", "LANG", TODAY, sitecustomize.ATTEMPTS)
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, "PYTHONPATH": with_path(), **more}
