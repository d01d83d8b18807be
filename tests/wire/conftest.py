"""The engine's loop is uvloop's where the platform has it: what lies right on the sockets is tested on both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

Loops = Mapping[str, Callable[[], asyncio.AbstractEventLoop]]
PLAIN: Loops = {"asyncio": asyncio.new_event_loop}
BOTH: Loops = {**PLAIN, "uvloop": uvloop.new_event_loop}


def pytest_asyncio_loop_factories(item: pytest.Item) -> Loops:
    return BOTH if item.path.name in ("test_line.py", "test_sockets.py") else PLAIN
