"""Runs a Python project's tests in a process of its own, after the SDKs were imported once for all: `python programs.py`.

A line of stdin is JSON: `folder`, `demo` and the `modules` to test; a line of stdout is the exit code and what was said.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import unittest
from typing import Any


def run(folder: str, demo: str, modules: list[str]) -> None:
    """Be the project's test process."""
    os.chdir(folder)
    os.environ["DEMO_URL"] = demo
    sys.path.insert(0, folder)
    unittest.main(module=None, argv=["unittest", "-q", *modules])


def forked(asked: dict[str, Any]) -> tuple[int, str]:
    """The exit code and what was said."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            try:
                run(**asked)
            except SystemExit as left:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(int(left.code or 0))
            finally:
                os._exit(70)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        return code, said.read().decode()


if __name__ == "__main__":
    import anthropic  # noqa: F401
    import openai  # noqa: F401
    from google import genai  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(forked(json.loads(line))), flush=True)
