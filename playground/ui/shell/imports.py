"""Imports of several threads at once: pages, the engine and the warming import what they need when they need it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

Import = Callable[[str], ModuleType]


def packages_first() -> None:
    """Let a package be imported before what is in it, as newer Pythons do by themselves (python/cpython#137196).

    Where a thread imports SQLAlchemy and another a part of it, each waits for the other's; Python ends that by handing
    out a half-made module, and a page fails with an ImportError.
    """
    python: Any = importlib._bootstrap
    load: Callable[[str, Import], ModuleType] = python._find_and_load

    def package_first(name: str, import_: Import) -> ModuleType:
        package = name.rpartition(".")[0]
        if package and not _whole(package):
            with suppress(python._DeadlockError):  # packages that import each other
                package_first(package, import_)
        return load(name, import_)

    if load.__name__ != package_first.__name__:
        python._find_and_load = package_first


def _whole(name: str) -> bool:
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    return module is not None and not getattr(spec, "_initializing", False)
