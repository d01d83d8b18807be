"""Looks a second time, by themselves, at tests that failed beside others on a busy machine; in CI, `make test` calls it.

A browser that got no processor for seconds says nothing of the page. What fails twice fails, more than a few fail at once,
and each that passed only alone is named at the end, so that it is not forgotten.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

FAILED = Path(".pytest_cache/v/cache/lastfailed")
MOST = 10
"""A fault shows in more tests than these, or in the same ones again."""


def main() -> int:
    """0 when all that failed passes alone."""
    names = sorted(json.loads(FAILED.read_text())) if FAILED.exists() else []
    if not 0 < len(names) <= MOST:
        return 1
    print(f"\nOnce more, alone: {len(names)} of the tests above", flush=True)
    if code := pytest.main(["-p", "no:cacheprovider", *names]):
        return int(code)
    print("\nFailed beside others and passed alone:", *names, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
