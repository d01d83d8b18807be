"""JSON that a person types: what is wrong with it is said with its place, and what is right is never refused."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.domain import Tool
from playground.domain.typed import (
    Unreadable,
    read_json,
    read_object,
    read_schema,
    read_tools,
    typed,
)

EXCHANGES = Path(__file__).parents[2].parent / "shared" / "exchanges"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', "is not JSON: a comma is missing in line 3, column 3."),
        ('{"a" 1}', "is not JSON: a colon is missing in line 1, column 6."),
        ("{a: 1}", "is not JSON: a name in double quotes is missing in line 1, column 2."),
        ('{"a": }', "is not JSON: a value is missing in line 1, column 7."),
        ("{} {}", "is not JSON: there is more behind the end in line 1, column 4."),
        ('{"a": "b', "is not JSON: the text that begins there has no closing quote in line 1, col"),
        ('{"a": NaN}', "is not JSON: NaN is no number there."),
        ('{"a": 1e999}', "is not JSON: 1e999 is no number there."),
        ('{"a": -Infinity}', "is not JSON: -Infinity is no number there."),
        ('{"a": "\\ud800"}', "is not JSON: it holds half a character"),
        ('{"a": 1, "a": 2}', 'has "a" twice in one object.'),
        ("[" * 100_000, "is nested too deeply."),
        ("[1]", "must be a JSON object"),
        ("null", "must be a JSON object"),
    ],
)
def test_what_is_no_json_object_is_said_with_its_place(text: str, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_object(text)
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ([], "it must be a JSON object"),
        ({"type": "int"}, 'type is "int", which is none of string, number, integer'),
        ({"type": ["string", "nil"]}, 'type is "nil"'),
        ({"type": []}, "type is []"),
        ({"properties": {"age": {"type": "Integer"}}}, 'properties.age.type is "Integer"'),
        ({"properties": ["age"]}, "properties must be an object of schemas"),
        ({"properties": {"age": "integer"}}, "properties.age must be an object, true or false"),
        ({"items": {"anyOf": [{"type": "x"}]}}, 'items.anyOf[0].type is "x"'),
        ({"oneOf": {"type": "string"}}, "oneOf must be a list of schemas"),
        ({"required": "age"}, "required must be a list"),
        ({"enum": "a"}, "enum must be a list"),
        ({"$defs": {"a": {"type": 1}}}, "$defs.a.type is 1"),
    ],
)
def test_a_schema_that_can_not_be_one_is_said_with_its_place(schema: Any, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_schema(json.dumps(schema))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": ["string", "null"]},
        {"properties": {"type": {"type": "string"}, "required": {"enum": [1, "a", None]}}},
        {"type": "array", "items": [{"type": "string"}, True], "additionalItems": False},
        {"$ref": "#/$defs/a", "$defs": {"a": True}},
        {"const": {"type": "int"}, "default": {"properties": 3}, "x-own": {"type": "warp"}},
        {"minimum": 1, "exclusiveMinimum": True, "pattern": "(", "format": "anything"},
    ],
)
def test_what_may_be_a_schema_is_taken_as_it_is(schema: dict[str, Any]) -> None:
    assert read_schema("\ufeff" + json.dumps(schema)) == schema


def recorded_schemas() -> list[Any]:
    """Every schema that a recorded request carried to a provider which took it."""
    found = []
    for file in sorted(EXCHANGES.glob("*.json")):
        exchange = json.loads(file.read_text(encoding="utf-8"))
        body = exchange["request"]["body"]
        if exchange["response"]["status"] == 200 and isinstance(body, dict):
            schemas = list(_schemas_in(body))
            if schemas:
                found.append(pytest.param(schemas, id=file.stem))
    return found


def _schemas_in(value: Any) -> Any:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("schema", "parameters", "input_schema", "responseJsonSchema") and inner:
                yield inner
            else:
                yield from _schemas_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _schemas_in(inner)


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
@pytest.mark.parametrize("schemas", recorded_schemas())
def test_a_schema_that_a_provider_took_is_not_refused(schemas: list[Any]) -> None:
    for schema in schemas:
        if isinstance(schema, dict) and schema.get("type") != "OBJECT":  # Gemini's own dialect
            assert read_schema(json.dumps(schema)) == schema


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ({}, "must be a JSON list"),
        (["weather"], 'tool 1 must be {"name"'),
        ([{"name": ""}], 'tool 1 must be {"name"'),
        ([{"name": "a"}, {"name": "a"}], "two tools that are named 'a'"),
        ([{"name": "a", "strict": True}], "'strict' in tool 1: a tool has name, description and"),
        ([{"name": "a"}, {"name": "b", "description": 1}], "a description in tool 2 that is no"),
        ([{"name": "a", "parameters": []}], "tool 1 that are no JSON Schema: it is no object"),
        (
            [{"name": "a", "parameters": {"properties": {"n": {"type": "int"}}}}],
            'tool 1 that are no JSON Schema: properties.n.type is "int"',
        ),
    ],
)
def test_what_is_no_list_of_tools_is_said_with_its_place(tools: Any, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_tools(json.dumps(tools))
    assert says in str(caught.value)


def test_a_tool_needs_a_name_only() -> None:
    (tool,) = read_tools('[{"name": "now"}]')
    assert tool == Tool(name="now", description="", parameters={"type": "object", "properties": {}})


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, JSON, min_size=1, max_size=4))
def test_what_is_written_for_a_field_reads_as_the_same(fields: dict[str, Any]) -> None:
    assert read_object(typed(fields)) == fields


@given(
    st.lists(
        st.builds(
            Tool,
            name=TEXT.filter(bool),
            description=TEXT,
            parameters=st.just({"type": "object", "properties": {"n": {"type": "integer"}}}),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda tool: tool.name,
    )
)
def test_tools_that_are_written_for_a_field_read_as_the_same(tools: list[Tool]) -> None:
    assert read_tools(typed(tuple(tools))) == tuple(tools)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_read_or_say_why_not(text: str) -> None:
    for read in (read_json, read_object, read_schema, read_tools):
        with contextlib.suppress(Unreadable):
            read(text)
