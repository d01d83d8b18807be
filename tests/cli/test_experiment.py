"""`playground experiment …` on the terminal."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from tests.cli.conftest import Invoke


def test_the_schema_is_a_json_schema_that_editors_know(invoke: Invoke) -> None:
    result = invoke("experiment", "schema")
    assert result.code == 0, result.err
    schema = json.loads(result.out)
    Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == {"prompts", "models"}
