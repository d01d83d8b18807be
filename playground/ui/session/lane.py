"""Under which names Compare's lanes keep what was set in them."""

from __future__ import annotations

from typing import Any

from playground.domain import setting, typed
from playground.domain.setting import Setting


def key(name: str, lane: int, model: str) -> str:
    """The widget of this setting in a lane, by model where the setting does not stay when another model is chosen."""
    row = setting.find(name)
    return f"{name}_{lane}" if row and row.stays else f"{name}_{lane}_{model}"


def kept(row: Setting, value: Any) -> Any:
    """The value as the widget keeps it."""
    if row.kind in typed.READ:
        return typed.typed(value)
    return list(value) if isinstance(value, tuple) else value
