"""The app in a process that can be asked what is in its memory: `python heap.py PORT PROBE_PORT`.

The probe takes a needle, turned round so that it is not itself found, and answers with the kinds of objects that hold it.
"""

from __future__ import annotations

import gc
import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any


def holders(needle: str) -> dict[str, int]:
    """Kind of object → how many texts with the needle such objects refer to, after everything else was collected."""
    gc.collect()
    return _search(needle)


def _search(needle: str) -> dict[str, int]:
    raw = needle.encode()
    found: Counter[str] = Counter()
    seen = {id(needle), id(raw)}
    for thing in gc.get_objects():
        for held in gc.get_referents(thing):
            if id(held) in seen:
                continue
            text = isinstance(held, str) and needle in held
            if text or (isinstance(held, bytes | bytearray) and raw in held):
                seen.add(id(held))
                found[_kind(thing)] += 1
    return dict(found)


def everywhere(needle: str) -> dict[str, int]:
    """The same, also in what has been taken out of all collections, and without collecting anything now."""
    gc.unfreeze()
    return _search(needle)


def chains(needle: str, depth: int = 9) -> list[str]:
    """How such objects are reached, for who looks for the reason."""
    secret = [
        thing
        for thing in gc.get_objects()
        if type(thing).__name__ == "Secret" and needle in thing.reveal()
    ]
    texts = [] if secret else [t for t in gc.get_objects() if _holds(t, needle)]
    found: list[str] = []
    seen = {id(secret), id(texts), id(found)}
    level = [(thing, _kind(thing)) for thing in [*secret, *texts][:5]]
    for _ in range(depth):
        following: list[tuple[Any, str]] = []
        for thing, way in level[:40]:
            for holder in gc.get_referrers(thing):
                if id(holder) in seen or type(holder).__name__ in ("frame", "list_iterator"):
                    continue
                if holder is level or holder is following:
                    continue
                seen.add(id(holder))
                following.append((holder, f"{way} < {_kind(holder)}"))
        found += [way for _, way in following]
        level = following
    return found[-30:]


def _holds(thing: Any, needle: str) -> bool:
    return any(isinstance(held, str) and needle in held for held in gc.get_referents(thing))


def _kind(thing: Any) -> str:
    names = f" {sorted(map(str, thing))[:6]}" if isinstance(thing, dict) else ""
    return f"{type(thing).__module__}.{type(thing).__qualname__}{names}"


def answer(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            asked = connection.recv(1_000).decode()[::-1]
            ways: dict[str, Callable[[str], Any]] = {"?": chains, "!": everywhere}
            how = ways.get(asked[0], holders)
            found: Any = how(asked.lstrip("?!"))
            connection.sendall(json.dumps(found).encode())


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", int(sys.argv[2])))
    threading.Thread(target=answer, args=(listener,), daemon=True).start()
    from playground.ui.shell.serving import serve

    serve(int(sys.argv[1]), open_browser=False)
