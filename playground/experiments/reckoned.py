"""What takes seconds to reckon, done beside the page: a screen asks for it again until it is there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 12
"""Values that are kept, the last ones used."""
_lock = threading.Lock()
_made: OrderedDict[Hashable, Future[Any]] = OrderedDict()


def reckoned(key: Hashable, make: Callable[[], T]) -> Future[T]:
    """What `make` gives, begun at once on a thread of its own where nobody has asked for this key before."""
    with _lock:
        found = _made.get(key)
        if found is not None and not (found.done() and found.exception()):
            _made.move_to_end(key)
            return found
        future: Future[T] = Future()
        _made[key] = future
        while len(_made) > MOST:
            _made.popitem(last=False)
    threading.Thread(target=_run, args=(future, make), name="reckoned", daemon=True).start()
    return future


def _run(future: Future[T], make: Callable[[], T]) -> None:
    try:
        future.set_result(make())
    except BaseException as error:
        future.set_exception(error)
