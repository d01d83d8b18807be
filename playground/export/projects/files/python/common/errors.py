"""What can go wrong with a call, and what to do about each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any


class Problem(Exception):
    """Something a person can be told in a sentence."""


class Refused(Problem):
    """The provider answered with an error, before any of an answer came. It is not billed."""

    def __init__(self, status: int, headers: Mapping[str, str], body: str) -> None:
        self.status = status
        self._headers = {name.lower(): value for name, value in headers.items()}
        self._body = body
        self._told = _told(body)
        super().__init__(f"HTTP {status}: {self.code or 'no code'}. {self.advice}")

    @property
    def code(self) -> str:
        """The provider's own word for it; empty where it has none."""
        return next(
            (str(self._told[n]) for n in ("code", "status", "type") if _word(self._told.get(n))), ""
        )

    @property
    def wrong_key(self) -> bool:
        """True where the key is wrong or may not do this; Google says the first with a 400."""
        said = ("API_KEY_INVALID", "API key not valid")
        return self.status in (401, 403) or any(words in self._body for words in said)

    @property
    def out_of_money(self) -> bool:
        """True where waiting does not help: the account has no credit left."""
        return (
            self.code in ("insufficient_quota", "billing_error") or "credit balance" in self._body
        )

    @property
    def again(self) -> bool:
        """True where the same request may succeed later."""
        return (self.status in (408, 409, 429) or self.status >= 500) and not self.out_of_money

    @property
    def wait(self) -> float | None:
        """Seconds that the provider asks to wait; None where it says nothing."""
        for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            found = re.fullmatch(r"\d+(\.\d+)?", self._headers.get(name, ""))
            if found:
                return float(found[0]) * unit
        in_body = re.search(r'"retryDelay":\s*"([\d.]+)s"|retry in ([\d.]+)s', self._body)
        return float(in_body[1] or in_body[2]) if in_body else None

    @property
    def request_id(self) -> str:
        """What support asks for."""
        return self._headers.get("x-request-id") or self._headers.get("request-id") or ""

    @property
    def advice(self) -> str:
        if self.wrong_key:
            return "The key is wrong, or may not use this model: check .env."
        if self.out_of_money:
            return "The account has no credit left: waiting does not help."
        if self.again:
            return "Try again later."
        return f"Sending it again would not help. {str(self._told.get('message') or '')[:300]}"


class Broken(Problem):
    """The connection or the stream broke off. What came may be billed, and is not the whole answer."""


class OverLimit(Problem):
    """It was not sent: it might cost more than is left of the spending limit."""


def _told(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    found = found[0] if isinstance(found, list) and found else found
    found = found.get("error", found) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


def _word(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def run(main: Callable[[], int]) -> None:
    """Run the program; a problem is one sentence on standard error and exit code 1, never a traceback."""
    import sys

    try:
        code = main()
    except Problem as problem:
        print(problem, file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)
