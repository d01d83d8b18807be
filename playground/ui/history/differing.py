"""What tells runs of the same prompt and the same models apart in the list: the settings that differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from playground.domain import Request, typed
from playground.domain.values import changed
from playground.history.labels import Row
from playground.history.reading import asked
from playground.store.packing import storable
from playground.store.store import Store

LONGEST = 60
"""Characters of one setting's value."""


def differing(store: Store, rows: Sequence[Row]) -> list[str]:
    """For each row what is set in it and not in the others that look the same; empty where nothing looks the same."""
    alike: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        alike[row.name, row.models].append(row)
    doubles = [row for same in alike.values() if len(same) > 1 for row in same]
    requests = asked(store, [row.seq for row in doubles])
    told: dict[int, str] = {}
    for same in alike.values():
        sets = {row.seq: _settings(requests.get(row.seq, ())) for row in same}
        common = set.intersection(*map(set, sets.values()))
        for row in same:
            told[row.seq] = ", ".join(one for one in sets[row.seq] if one not in common)
    return [told[row.seq] for row in rows]


def _settings(requests: Iterable[Request]) -> list[str]:
    """Every setting of these requests in words, each once."""
    words: dict[str, None] = {}
    for request in requests:
        if request.system:
            words[f"system prompt “{_short(request.system)}”"] = None
        for row, value in changed(request):
            words[f"{row.label.lower()} {_short(typed.written(row, value))}"] = None
    return list(words)


def _short(text: str) -> str:
    line = storable(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
