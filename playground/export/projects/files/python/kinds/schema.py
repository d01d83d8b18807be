"""Sends the request, and takes the answer only if it is JSON that holds to the schema."""

from __future__ import annotations

import json
import sys
from typing import Any

import door
import jsonschema
import settings
from calling import ask
from errors import Problem, run


class NotByTheSchema(Problem):
    """The answer is no JSON, or other JSON than was asked for: refused, cut short, or wrong."""


def answer() -> Any:
    """The answer's JSON value, checked; NotByTheSchema says what is wrong with it."""
    body = settings.request()
    found = ask(body)
    try:
        value = json.loads(found.text)
        jsonschema.validate(value, door.schema(body))
    except ValueError as error:
        raise NotByTheSchema(f"No JSON came (it ended so: {found.finish}): {error}") from None
    except jsonschema.ValidationError as error:
        raise NotByTheSchema(f"{error.json_path}: {error.message[:300]}") from None
    return value


def main() -> int:
    json.dump(answer(), sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    run(main)
