"""The linter against what providers accepted and refused, and the proposed schema against the linter and the simulation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.domain import Endpoint, ModelRef
from playground.engine import Engine
from playground.lab import structured
from playground.lab.schema_common import common
from playground.lab.schema_lint import PROVIDERS, RULES, lint
from playground.lab.schema_reading import from_pydantic

SHARED = Path(__file__).parents[2].parent / "shared" / "lab_exchanges"
RECORDED = sorted(SHARED.glob("schema-*.json"))
PLACES = ("input_schema", "parameters", "schema", "responseJsonSchema")
PRICE = {"type": "number", "minimum": 0}


def schemas(value: Any) -> Iterator[Any]:
    """Every schema in a request's body; an empty one for a strict function without any."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in PLACES and not (name == "schema" and "schema" in str(inner)[:9]):
                yield inner
            else:
                yield from schemas(inner)
        if value.get("strict") and "name" in value and not set(PLACES) & value.keys():
            yield {}
    elif isinstance(value, list):
        for inner in value:
            yield from schemas(inner)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_what_was_refused_is_found_and_what_was_accepted_is_not(path: Path) -> None:
    sequence = json.loads(path.read_text(encoding="utf-8"))
    for step, status in zip(sequence["steps"], sequence["expected"]["statuses"], strict=True):
        found = [
            finding
            for schema in schemas(step["request"]["body"])
            for finding in lint(schema, (sequence["provider"],))
        ]
        if status == 200:
            assert [f for f in found if f.action == "refused"] == []
        else:
            assert any("refused" in finding.action for finding in found)


def words(schema: Any, provider: str) -> list[tuple[str, str, str]]:
    return [(f.action, f.place, f.what) for f in lint(schema, (provider,))]


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def test_bounds_are_refused_by_anthropic_only() -> None:
    schema = closed(price=PRICE)
    assert words(schema, "anthropic") == [("refused", "properties.price", "minimum")]
    assert words(schema, "openai") == []
    assert words(schema, "gemini") == []


def test_a_property_that_is_called_like_a_keyword_is_none() -> None:
    assert lint(closed(default={"type": "string"}, pattern={"type": "string"})) == []


def test_an_optional_property_is_refused_by_openai_only() -> None:
    schema = {**closed(a={"type": "string"}, b={"type": "string"}), "required": ["a"]}
    assert words(schema, "openai") == [("refused", "", "required (without b)")]
    assert words(schema, "anthropic") == []


def test_an_object_that_is_open_is_refused_by_two() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert {f.provider for f in lint(schema)} == {"openai", "anthropic"}


def test_recursion_is_openais_alone() -> None:
    tree = {
        **closed(root={"$ref": "#/$defs/Node"}),
        "$defs": {"Node": closed(kids={"type": "array", "items": {"$ref": "#/$defs/Node"}})},
    }
    assert words(tree, "openai") == []
    assert ("refused", "properties.root", "recursion in #/$defs/Node") in words(tree, "anthropic")
    assert {f.action for f in lint(tree, ("gemini",))} == {"may be refused"}


def test_what_gemini_ignores_is_said() -> None:
    assert words(closed(a={"type": "string", "pattern": "^x"}), "gemini") == [
        ("ignored", "properties.a", "pattern")
    ]


def test_every_rule_has_a_source_and_a_sentence() -> None:
    for rule in RULES:
        assert rule.provider in PROVIDERS
        assert rule.source
        assert rule.why.endswith(".")


HARD = """
class Address(BaseModel):
    street: str = Field(min_length=3)
    code: str = Field(pattern=r"^(?=x)")

class Node(BaseModel):
    name: str
    child: "Node | None" = None
    address: Address
    tags: set[str]
    size: tuple[int, str]
    price: float = Field(ge=0, default=1.0)
    site: HttpUrl
    extra: dict[str, int]
    kind: Literal["a"] = "a"
"""


@pytest.mark.parametrize(
    "schema",
    [
        from_pydantic(structured.SAMPLE),
        from_pydantic(HARD),
        {"type": "array", "items": PRICE},
        {"allOf": [closed(a=PRICE), {"properties": {"b": {"const": 3}}}]},
        {"oneOf": [closed(a=PRICE), {"type": "string"}]},
        {"type": "object", "patternProperties": {"^x": PRICE}, "not": {}},
        True,
    ],
    ids=["sample", "hard", "list", "allOf", "oneOf", "patterns", "anything"],
)
def test_the_proposed_schema_is_taken_by_all(schema: Any) -> None:
    made = common(schema)
    assert lint(made.schema) == []
    assert made.changes


def test_a_schema_that_all_take_stays_as_it_is() -> None:
    schema = closed(a={"type": "string"}, b={"anyOf": [{"type": "number"}, {"type": "null"}]})
    assert common(schema).schema == schema
    assert common(schema).changes == ()


def parts(schema: Any) -> int:
    """How many values a schema is made of."""
    inner = schema.values() if isinstance(schema, dict) else schema
    return 1 + sum(map(parts, inner)) if isinstance(schema, dict | list) else 1


def test_definitions_that_lead_to_each_other_are_not_written_out_without_end() -> None:
    names = "abcd"
    to_all = closed(**{name: {"$ref": f"#/$defs/{name}"} for name in names})
    schema = {**to_all, "$defs": dict.fromkeys(names, to_all)}
    made = common(schema)
    assert parts(made.schema) < 60_000
    assert any("too large to be written out whole" in change for change in made.changes)
    chain = {f"d{n}": closed(next={"$ref": f"#/$defs/d{n + 1}"}) for n in range(400)}
    assert lint(common({**closed(a={"$ref": "#/$defs/d0"}), "$defs": chain}).schema)


@pytest.mark.parametrize(
    ("all_of", "names"),
    [
        ([True, closed(a=PRICE)], {"a"}),
        ([{"$ref": "#/$defs/Any"}, closed(a=PRICE)], {"a"}),
        ([{"$ref": "#/$defs/Both"}], {"a", "b"}),
        ([{"$ref": "#/$defs/Round"}], {"b"}),
    ],
)
def test_what_stands_in_all_of_is_followed(all_of: list[Any], names: set[str]) -> None:
    defs = {
        "Any": True,
        "A": closed(a=PRICE),
        "Both": {**closed(b=PRICE), "allOf": [{"$ref": "#/$defs/A"}]},
        "Round": {**closed(b=PRICE), "allOf": [{"$ref": "#/$defs/Round"}]},
    }
    made = common({"type": "object", "allOf": all_of, "$defs": defs}).schema
    assert set(made["properties"]) == names


def test_a_definition_that_takes_anything_is_text() -> None:
    made = common({**closed(a={"$ref": "#/$defs/Any"}), "$defs": {"Any": True}}).schema
    assert made["properties"]["a"] == {"type": "string"}


MODELS = tuple(
    map(
        ModelRef.parse,
        ("openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"),
    )
)


@pytest.mark.parametrize("text", [structured.SAMPLE, HARD], ids=["sample", "hard"])
def test_the_simulation_refuses_the_first_and_takes_the_proposed(
    text: str, engine: Engine, where: dict[str, Endpoint]
) -> None:
    """OpenAI and Anthropic refuse what the linter says; all answer the proposed one with valid JSON."""
    schema = from_pydantic(text)
    asked = structured.Asked(models=MODELS, schema=schema)
    run = engine.start(structured.requests(asked), where)
    assert run.wait(30)
    tallies = structured.tallies(run.run())
    refused = {t.model.provider for t in tallies if t.verdicts[0].state == "failed"}
    found = structured.before_sending(asked)
    assert (
        refused == {f.provider for f in found if f.action == "refused"} == {"openai", "anthropic"}
    )
    better = structured.Asked(models=MODELS, schema=common(schema).schema, times=2)
    run = engine.start(structured.requests(better), where)
    assert run.wait(30)
    for tally in structured.tallies(run.run()):
        assert [(v.state, v.why) for v in tally.verdicts] == [("valid", "")] * 2
        assert tally.failure_rate == 0
