"""MCP servers that are connected, by whose they are and where they are; the oldest is closed where there are too many."""

from __future__ import annotations

import threading
from collections import OrderedDict

from playground.domain import Secret
from playground.providers.mcp_server import McpError, McpServer

MOST = 8
_lock = threading.Lock()
_open: OrderedDict[tuple[str, str], McpServer] = OrderedDict()


def connect(
    where: str, *, owner: str = "", hosted: bool = False, token: Secret | None = None
) -> McpServer:
    """The server, connected now or before by the same owner; McpError when it can't be."""
    key = (owner, where.strip())
    with _lock:
        known = _open.get(key)
    if known is not None:
        return known
    made = McpServer(where, hosted=hosted, token=token)
    with _lock:
        kept = _open.setdefault(key, made)
        old = [_open.popitem(last=False)[1] for _ in range(len(_open) - MOST)]
    if kept is not made:  # connected meanwhile by another press
        old.append(made)
    for server in old:
        server.close()
    return kept


def connected(owner: str = "") -> list[McpServer]:
    """This owner's servers."""
    with _lock:
        return [server for (whose, _), server in _open.items() if whose == owner]


def leave(owner: str) -> None:
    """Close all of this owner's."""
    for server in connected(owner):
        disconnect(server.where, owner=owner)


def disconnect(where: str, *, owner: str = "") -> None:
    """Close it; nothing happens where it is not connected."""
    with _lock:
        known = _open.pop((owner, where.strip()), None)
    if known is not None:
        known.close()


__all__ = ["McpError", "McpServer", "connect", "connected", "disconnect", "leave"]
