"""The recorded sequences of the lab: steps in an order, over HTTP or a WebSocket, with what is expected of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conformance.conftest import SHARED

FOLDER = SHARED / "lab_exchanges"


def sequences(*kinds: str) -> list[Path]:
    """The recorded sequences of these kinds; none where the folder is absent."""
    return [path for path in sorted(FOLDER.glob("*.json")) if load(path)["kind"] in kinds]


def load(path: Path) -> dict[str, Any]:
    """One recorded sequence."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
