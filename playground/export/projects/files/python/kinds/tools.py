"""Sends the request, runs the functions that the model calls, and goes on until it has answered."""

from __future__ import annotations

import json
import sys

import door
import settings
from answer import Answer, Call
from calling import ask
from errors import run
from functions import FUNCTIONS

MOST_ROUNDS = 8
"""How often functions may run: a model that never stops calling would never stop costing."""


def answer() -> Answer:
    """The answer after all calls; the last one that called where the rounds were used up."""
    body = settings.request()
    found = ask(body)
    for _ in range(MOST_ROUNDS):
        if not found.calls:
            break
        body = door.following(body, found, [(call, perform(call)) for call in found.calls])
        found = ask(body)
    return found


def perform(call: Call) -> str:
    """What a function gives, as text for the model; a mistake is told to it, so that it can try otherwise."""
    print(f"{call.name}({json.dumps(call.arguments, ensure_ascii=False)})", file=sys.stderr)
    function = FUNCTIONS.get(call.name)
    if function is None:
        return f"error: there is no function {call.name}"
    if call.arguments is None:
        return "error: the arguments are no JSON"
    try:
        given = function(call.arguments)
    except Exception as error:
        return f"error: {type(error).__name__}: {error}"
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def main() -> int:
    found = answer()
    print(found.text)
    print(f"It ended so: {found.finish}.", file=sys.stderr)
    return 1 if found.calls else 0


if __name__ == "__main__":
    run(main)
