"""What `{{ env.NAME }}` in a prompt or a check sees while an experiment runs: this computer's variables, but none that may hold a secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from playground import settings
from playground.domain.provider import PROVIDERS

SECRET = re.compile(
    r"KEY|TOKEN|SECRET|PASS|PWD|CREDENTIAL|AUTH|COOKIE|SESSION|PRIVATE|DSN|URL|URI|PROXY|CONN|WEBHOOK"
    r"|(?:^|_)PAT(?:_|$)|^PLAYGROUND_"
)
"""In a name: what it holds may be a secret, or an address with one in it."""
NAMED = re.compile(r"\benv(?:\.(\w+)|\[\s*[\"'](\w+)[\"']\s*\])")


class Environment(Mapping[str, str]):
    """The variables that may be seen, each by its name and none in a list; where strangers ask there are none."""

    def __getitem__(self, name: str) -> str:
        if not may_be_seen(name):
            raise KeyError(name)
        return os.environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def may_be_seen(name: str) -> bool:
    """Whether a variable may stand in what is sent to a provider."""
    keys = {key for row in PROVIDERS.values() for key in row.key_variables}
    return not (settings.hosted() or name in keys or SECRET.search(name.upper()))


def hidden(text: str) -> str | None:
    """The first variable that a template names and may not see."""
    names = (found[1] or found[2] for found in NAMED.finditer(text))
    return next((name for name in names if not may_be_seen(name)), None)


def named(text: str) -> dict[str, str]:
    """The variables that its templates name and may see, as far as they are set."""
    names = {found[1] or found[2] for found in NAMED.finditer(text)}
    return {name: os.environ[name] for name in names if name in os.environ and may_be_seen(name)}
