"""Where a template looks its variables up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.functions import GLOBALS


class Frame:
    """Variables in their scopes; `root` holds what the template was given and what it sets at the top."""

    __slots__ = ("budget", "env", "isolated", "parent", "root", "top", "variables")

    def __init__(
        self,
        root: dict[str, Any],
        env: Mapping[str, str],
        budget: Budget,
        parent: Frame | None = None,
        isolated: bool = False,
        top: bool = False,
    ) -> None:
        self.root = root
        self.env = env
        self.budget = budget
        self.parent = parent
        self.isolated = isolated
        self.top = top
        self.variables: dict[str, Any] = {}

    def push(self, isolated: bool = False) -> Frame:
        return Frame(self.root, self.env, self.budget, self, isolated)

    def look_up(self, name: str) -> Any:
        frame: Frame | None = self
        while frame is not None:
            value = frame.variables.get(name, UNDEFINED)
            if value is not UNDEFINED:
                return value
            frame = frame.parent
        if name in self.root:
            return self.root[name]
        if name == "env":
            return self.env
        return GLOBALS.get(name, UNDEFINED)

    def set(self, name: str, value: Any) -> None:
        """Where the name stands already, else here."""
        frame: Frame | None = self
        while frame is not None:
            if frame.variables.get(name, UNDEFINED) is not UNDEFINED:
                frame.variables[name] = value
                break
            frame = None if frame.isolated else frame.parent
        else:
            self.variables[name] = value
        if self.top:
            self.root[name] = value
