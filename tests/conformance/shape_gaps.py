"""What recorded answers hold and the demo's do not: the list may only shrink."""

from __future__ import annotations

GAPS: dict[tuple[str, bool], set[str]] = {
    # Only Vertex says these.
    ("gemini.generateContent", True): {
        "chunk createTime: string",
        "chunk usageMetadata.trafficType: string",
    },
}
