"""MCP servers that are connected, by whose they are and where they are; of too many of one owner the oldest is closed."""

from __future__ import annotations

import threading

from playground.domain import Secret
from playground.providers.mcp_server import McpError, McpServer

MOST, IN_ALL = 8, 64
"""Servers of one owner, and of all together."""
_lock = threading.Lock()
_open: dict[tuple[str, str], McpServer] = {}


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
        mine = [whose for whose in _open if whose[0] == owner]
        oldest = dict.fromkeys([*mine[:-MOST], *list(_open)[:-IN_ALL]])
        old = [_open.pop(one) for one in oldest]
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
