"""Answers in a schema fit it, whatever it asks for, and take their values from the prompt where they are there."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.demo.pattern import from_pattern
from playground.demo.schema import Instance
from tests.conformance.conftest import load, recorded

PATTERNS = (
    r"^[A-Z]{2}\d{4}$",
    r"^\d{3}-\d{2}$",
    r"^(foo|bar)+$",
    r"^[^abc]+x?$",
    r"^\w+@\w+\.(com|org)$",
    r"[0-9a-f]{8}",
    r"^#[0-9A-Fa-f]{6}$",
    r"^a.c$",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_kept(pattern: str) -> None:
    assert re.search(pattern, from_pattern(pattern))


def made(schema: dict[str, Any], prompt: str = "") -> Any:
    instance = Instance(schema, prompt, random.Random(7)).make()
    jsonschema.validate(instance, schema)
    return instance


def bounds(low: str, high: str, of: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, int]]:
    return st.tuples(of, of).map(lambda two: {low: min(two), high: max(two)})


NUMBERS = st.integers(-1000, 1000)
SIZES = st.integers(0, 6)
LEAVES = st.one_of(
    bounds("minimum", "maximum", NUMBERS).map(lambda b: {"type": "integer", **b}),
    bounds("minimum", "maximum", NUMBERS).map(lambda b: {"type": "number", **b}),
    NUMBERS.map(lambda n: {"type": "number", "exclusiveMinimum": n}),
    st.integers(1, 9).map(lambda n: {"type": "integer", "multipleOf": n}),
    bounds("minLength", "maxLength", SIZES).map(lambda b: {"type": "string", **b}),
    st.sampled_from(PATTERNS).map(lambda p: {"type": "string", "pattern": p}),
    st.lists(st.one_of(st.text(max_size=5), st.integers()), min_size=1, max_size=4).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from(
        [{"type": "boolean"}, {"type": "null"}, {"const": 7}, {"type": ["string", "null"]}]
    ),
)


def objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from("abcdef"), children, max_size=4).flatmap(
        lambda fields: st.sets(st.sampled_from(sorted(fields)) if fields else st.nothing()).map(
            lambda needed: {
                "type": "object",
                "properties": fields,
                "required": sorted(needed),
                "additionalProperties": False,
            }
        )
    )


def arrays(children: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    sized = bounds("minItems", "maxItems", st.integers(0, 4))
    return st.tuples(children, sized).map(lambda t: {"type": "array", "items": t[0], **t[1]})


def alternatives(children: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(children, min_size=1, max_size=3).map(lambda options: {"anyOf": options})


ALL_OF = objects(LEAVES).flatmap(
    lambda one: st.just(
        {
            "allOf": [
                {k: v for k, v in one.items() if k != "additionalProperties"},
                {"type": "object"},
            ]
        }
    )
)
SCHEMAS = st.recursive(
    LEAVES, lambda c: st.one_of(objects(c), arrays(c), alternatives(c), ALL_OF), max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(SCHEMAS, st.text(max_size=30))
def test_an_instance_fits_its_schema(schema: dict[str, Any], prompt: str) -> None:
    made(schema, prompt)


TREE: dict[str, Any] = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "left": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "left", "children"],
            "additionalProperties": False,
        }
    },
}


def test_recursion_comes_to_an_end() -> None:
    assert len(json.dumps(made(TREE))) < 50_000


def test_values_come_from_the_prompt() -> None:
    text = "Ticket of 2026-03-05: Ada Lovelace (ada@example.org) paid 42 euros in Lisbon, urgent."
    found = made(
        {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "email": {"type": "string", "format": "email"},
                "date": {"type": "string", "format": "date"},
                "city": {"type": "string"},
                "priority": {"enum": ["low", "urgent"]},
            },
            "required": ["name", "email"],
        },
        text,
    )
    assert found == {
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "date": "2026-03-05",
        "city": "Lisbon",
        "priority": "urgent",
    }


def schemas(value: Any) -> list[dict[str, Any]]:
    """Every JSON Schema in a recorded request."""
    if isinstance(value, list):
        return [s for item in value for s in schemas(item)]
    if not isinstance(value, dict):
        return []
    found = [
        value[key]
        for key in (
            "schema",
            "parameters",
            "input_schema",
            "responseJsonSchema",
            "parametersJsonSchema",
        )
        if isinstance(value.get(key), dict) and value[key].get("type") in ("object", "array")
    ]
    return found + [s for key, inner in value.items() for s in schemas(inner)]


def test_the_schemas_of_the_recorded_exchanges_are_fitted() -> None:
    exchanges = [load(path) for path in recorded()]
    if not exchanges:
        pytest.skip("needs the recorded exchanges beside the repository")
    found = [s for exchange in exchanges for s in schemas(exchange["request"]["body"])]
    assert len(found) > 40
    for schema in found:
        made(schema, "What is the weather in Lisbon?")
