"""The recorded exchanges, replayed on loopback."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
EXCHANGES = SHARED / "exchanges"


def recorded() -> list[Path]:
    """Every recorded exchange; none where the folder is absent."""
    return sorted(p for p in EXCHANGES.glob("*.json") if p.name not in ("index.json",))


def load(path: Path) -> dict[str, Any]:
    """One recorded exchange."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def replay() -> Iterator[str]:
    """Address of a server that answers with the recorded exchanges."""
    script = SHARED / "replay.py"
    if not script.exists():
        pytest.skip(f"needs the recorded exchanges beside the repository ({SHARED})")
    spec = importlib.util.spec_from_file_location("replay", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.serve([str(EXCHANGES)], 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
