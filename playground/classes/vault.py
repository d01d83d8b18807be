"""The keys that classes lend: in this process's memory and nowhere else, until the class is over or the process ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from playground import settings
from playground.classes.nouns import Class
from playground.domain import Endpoint, Secret

_lock = threading.Lock()
_held: dict[str, dict[str, Secret]] = {}
"""Class → provider → key."""


def put(class_id: str, keys: Mapping[str, Secret]) -> None:
    """Lend these keys to a class, in place of what it had."""
    with _lock:
        _held[class_id] = dict(keys)


def forget(class_id: str) -> None:
    """Let go of a class's keys."""
    with _lock:
        _held.pop(class_id, None)


def classes() -> set[str]:
    """Those that have a key here."""
    with _lock:
        return set(_held)


def missing(of: Class) -> tuple[str, ...]:
    """Providers of a class whose key this process does not have: it was typed in another one, or before a restart."""
    if of.simulated:
        return ()
    return tuple(name for name in of.providers if endpoint(of, name) is None)


def endpoint(of: Class, provider: str) -> Endpoint | None:
    """Where a class's lanes of this provider go, with its key; None where the key is not here.

    The address is the server's own, never one that a member typed.
    """
    found = server_endpoints().get(provider)
    if found is None or found.problem:
        return None
    with _lock:
        key = found.key if of.from_environment else _held.get(of.id, {}).get(provider)
    if key is None:
        return None
    return Endpoint(provider=provider, base_url=found.base_url, key=key, key_from_server=True)


def server_endpoints() -> dict[str, Endpoint]:
    """The providers as the server's environment has them, also where it is hosted for visitors: they get no key of it
    but through a class that whoever runs the server has made."""
    return settings.endpoints({**os.environ, "PLAYGROUND_HOSTED": "0"})
