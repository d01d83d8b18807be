"""A class with its owner and members, for all that is tested of classes."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from types import FunctionType, ModuleType
from typing import Any

from playground.classes import kept
from playground.classes.nouns import Class, Role, Seat, Terms
from playground.domain import Message, ModelRef, Request, Secret, Text
from playground.engine import Engine
from playground.history.labels import owner_digest
from playground.store.store import Store

TEACHER, ANN, BOB, EVE = (owner_digest(name) for name in ("teacher", "ann", "bob", "eve"))
SOL, CLAUDE = "openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5"


def later(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat(timespec="seconds")


def terms(**changed: Any) -> Terms:
    usual: dict[str, Any] = {
        "name": "Physics",
        "models": (SOL,),
        "budget": Decimal("0.50"),
        "total": Decimal(5),
        "longest": 100,
        "ends_at": later(hours=1),
    }
    return Terms(**{**usual, **changed})


def opened(store: Store, **changed: Any) -> Class:
    return kept.make(store, terms(**changed), owner=TEACHER)


def joined(store: Store, of: Class, who: str = ANN, role: Role = "member") -> Seat:
    code = kept.new_code(store, of.id, role, owner=TEACHER)
    return kept.join(store, code, f"name of {who[:6]}", owner=who, source=who)


def question(model: str = SOL, text: str = "What is a token?", **more: Any) -> Request:
    message = Message(role="user", parts=(Text(text=text),))
    return Request(model=ModelRef.parse(model), messages=(message,), **more)


BEYOND = (type, ModuleType, FunctionType, Engine, Thread)
"""What leads from a value to all of the process."""


def reaches(root: object, secret: str) -> list[str]:
    """Where the text, or a Secret of it, lies in what a value holds, however deep."""
    seen, waiting, found = set[int](), [(root, type(root).__name__)], []
    while waiting:
        value, path = waiting.pop()
        if id(value) in seen or isinstance(value, BEYOND):
            continue
        seen.add(id(value))
        if isinstance(value, Secret) and value.reveal() == secret:
            found.append(path)
        elif isinstance(value, str | bytes):
            spelled = value if isinstance(value, str) else value.decode("latin-1")
            found += [path] if secret in spelled else []
        else:
            waiting += [(one, f"{path} › {type(one).__name__}") for one in gc.get_referents(value)]
    return found
