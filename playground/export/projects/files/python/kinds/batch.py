"""Sends all lines as one batch: `try` asks the first line alone, then `submit`, `status` and, when it is done, `results`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import batch
import door
import settings
import spending
from answer import Answer
from calling import ask, tried
from errors import Problem, run

KEPT = settings.HERE / "batch.json"
"""Holds the batch's id, so that another day can fetch it."""
RESULTS = settings.HERE / "results.jsonl"


def lines() -> list[dict[str, Any]]:
    """The lines: each with an id and the body of its request."""
    text = (settings.HERE / "lines.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def attempt() -> Answer:
    """The first line as a call of its own, to see whether it is what you want; it costs twice a line's price."""
    return ask(settings.request())


def submit() -> str:
    """Submit the lines and keep the batch's id; on the day it counts with the most that it may cost."""
    if KEPT.exists():
        raise Problem(f"There is a batch already: fetch it, or delete {KEPT.name}.")
    todo = lines()
    costs = [spending.worst_case(line["body"]) for line in todo]
    known = [cost for cost in costs if cost is not None]
    worst = sum(known, Decimal(0)) if len(known) == len(costs) else None
    spending.check(worst)
    found = tried(lambda: batch.submit(todo))
    KEPT.write_text(json.dumps({"id": found}) + "\n")
    usd = None if worst is None else f"{worst:f}"
    spending.note(model=settings.MODEL, ended="submitted", lines=len(todo), usd=usd)
    return found


def status() -> batch.State:
    """How far it is."""
    if not KEPT.exists():
        raise Problem("There is no batch yet: submit it first.")
    found: str = json.loads(KEPT.read_text())["id"]
    return tried(lambda: batch.look(found))


def results() -> list[dict[str, Any]]:
    """Every line's answer or error, written into results.jsonl too."""
    state = status()
    if not state.over:
        raise Problem(
            f"It is not done: {state.word}. Come again later, it may take up to 24 hours."
        )
    found = [_result(*line) for line in tried(lambda: list(batch.results(state)))]
    with RESULTS.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found)
    return found


def _result(name: str, body: dict[str, Any] | None, error: str) -> dict[str, Any]:
    if body is None:
        return {"id": name, "text": None, "finish": None, "usd": None, "error": error}
    answer = door.read([body], lambda _: None)
    usd = spending.cost(answer.usage, "batch_prices_usd_per_million_tokens")
    return {
        "id": name,
        "text": answer.text,
        "finish": answer.finish,
        "usd": None if usd is None else f"{usd:f}",
        "error": None,
    }


def _results() -> int:
    found = results()
    failed = sum(one["error"] is not None for one in found)
    print(f"{len(found) - failed} answers and {failed} errors are in {RESULTS.name}.")
    return 1 if failed else 0


def _print(text: object) -> int:
    print(text)
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "try": lambda: _print(attempt().text),
    "submit": lambda: _print(submit()),
    "status": lambda: _print(status().word),
    "results": _results,
}


def main() -> int:
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if command is None:
        raise Problem(f"Say one of: {', '.join(COMMANDS)}.")
    return command()


if __name__ == "__main__":
    run(main)
