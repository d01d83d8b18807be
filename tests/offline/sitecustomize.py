"""Keeps a Python process on this computer, and writes down every attempt to leave it.

The tests import it, and have its folder on PYTHONPATH, so that every Python process that a test starts imports it too.
A refused attempt looks like a network that is down. It stands in the file named in PLAYGROUND_TEST_ATTEMPTS, so that
the test fails even when the code under test has swallowed the error.
"""

from __future__ import annotations

import errno
import functools
import importlib.util
import ipaddress
import os
import sys
import traceback
from typing import Any

ATTEMPTS = "PLAYGROUND_TEST_ATTEMPTS"
NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
"""Audit events whose first argument is a host."""
ADDRESSES = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
"""Audit events whose second argument is where it goes."""
METHODS = {
    "getaddrinfo": (1, "host"),
    "create_connection": (2, "host"),
    "create_datagram_endpoint": (3, "remote_addr"),
    "sock_connect": (2, "address"),
}
"""uvloop's ways out → the place and the name of the argument that says where to."""


def outside(host: object) -> bool:
    """Whether this host is another computer; a name, but `localhost`, may be any."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_loopback or mapped.is_unspecified)


def refuse(host: object, how: str) -> OSError:
    """Write the attempt down; the error to raise."""
    where = f"{how} {host!r}"
    if file := os.environ.get(ATTEMPTS):
        frames = traceback.extract_stack()[:-2][-8:]
        stack = " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(frames))
        with open(file, "a", encoding="utf-8") as kept:
            kept.write(f"{where} by process {os.getpid()}: {stack}\n")
    return OSError(errno.ENETUNREACH, f"tests stay on this computer: {where}")


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event in ADDRESSES:
        where = args[1]
        if isinstance(where, tuple) and where and outside(where[0]):  # a path is a Unix socket
            raise refuse(where[0], event)
    elif event in NAMES and outside(args[0]) and not _is_number(args[0]):
        raise refuse(args[0], event)


def _is_number(host: object) -> bool:
    """An address that is written out is looked up without the network; connecting to it is another event."""
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


class _Uvloop:
    """uvloop looks up and connects in C, where nothing is audited: its methods are wrapped when it is imported."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "uvloop":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        loader: Any = spec and spec.loader
        if loader is not None:
            run = loader.exec_module

            def run_and_wrap(module: Any) -> None:
                run(module)
                wrap(module.Loop)

            loader.exec_module = run_and_wrap
        return spec


def wrap(loop: Any) -> None:
    """Refuse in this class of event loops what the audit refuses elsewhere."""
    for name, (place, keyword) in METHODS.items():
        setattr(loop, name, _checked(getattr(loop, name), name, place, keyword))


def _checked(method: Any, name: str, place: int, keyword: str) -> Any:
    @functools.wraps(method)
    async def checked(*args: Any, **more: Any) -> Any:
        target = args[place] if len(args) > place else more.get(keyword)
        host = target[0] if isinstance(target, tuple) else target
        number = name == "getaddrinfo" and _is_number(host)
        if isinstance(host, str | bytes) and outside(host) and not number:
            raise refuse(host, f"uvloop.{name}")
        return await method(*args, **more)

    return checked


def install() -> None:
    """From here on this process stays on this computer, for good: an audit hook can't be taken out."""
    if not hasattr(sys, "_playground_offline"):
        sys._playground_offline = True  # type: ignore[attr-defined]
        sys.addaudithook(_hook)
        if loaded := sys.modules.get("uvloop"):
            wrap(loaded.Loop)
        else:
            sys.meta_path.insert(0, _Uvloop())


install()
