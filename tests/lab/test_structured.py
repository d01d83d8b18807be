"""Reading a schema (nothing of a pasted class runs), and judging answers by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from playground.domain import Failure, ModelRef, Response
from playground.lab import structured
from playground.lab.schema_reading import Unread, from_form, from_pydantic, read
from playground.lab.structured import judge

REF = ModelRef.parse("openai:gpt-6.1-sol")
SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "day": {"type": "string", "format": "date"}},
    "required": ["n"],
}


class Line(BaseModel):
    """One line."""

    product: str = Field(min_length=2, description="What")
    count: int = Field(ge=1)


class Order(BaseModel):
    lines: list[Line] = Field(max_length=5)
    state: Literal["open", "paid"] = "open"
    note: str | None = None
    total: float


TEXT = '''
class Line(BaseModel):
    """One line."""

    product: str = Field(min_length=2, description="What")
    count: int = Field(ge=1)

class Order(BaseModel):
    lines: list[Line] = Field(max_length=5)
    state: Literal["open", "paid"] = "open"
    note: str | None = None
    total: float
'''


def bare(value: Any) -> Any:
    """Without what Pydantic adds for people: titles, and defaults of null."""
    if isinstance(value, dict):
        return {
            k: bare(v)
            for k, v in value.items()
            if not (k == "title" and isinstance(v, str)) and not (k == "default" and v is None)
        }
    return [bare(v) for v in value] if isinstance(value, list) else value


def test_a_pasted_class_gives_the_schema_that_pydantic_gives() -> None:
    assert bare(from_pydantic(TEXT)) == bare(Order.model_json_schema())


def test_nothing_of_a_pasted_class_runs(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    text = f"""
import pathlib
pathlib.Path({str(trace)!r}).touch()
class Order(BaseModel):
    name: str = Field(default=pathlib.Path({str(trace)!r}).touch())
    other: str = pathlib.Path({str(trace)!r}).touch()
"""
    assert set(from_pydantic(text)["properties"]) == {"name", "other"}
    assert not trace.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class X(BaseModel)\n  a: int", "no Python, line 1"),
        ("x = 1", "no class"),
        ("class X(BaseModel):\n    a: Frobnicator", "`Frobnicator` is not understood .line 2"),
        ("", "no schema yet"),
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"properties": [1]}', "properties must be an object of schemas"),
        ('{"properties": {"a": {"enum": 5}}}', "properties.a.enum must be a list"),
        ('{"items":' * 101 + "true" + "}" * 101, "nested deeper than 100 levels"),
        ('{"title": "' + "x" * 120_000 + '"}', "has 120,013 characters"),
        ("class A(B):\n    x: int\nclass B(A):\n    y: int", "inherit from each other"),
        ("class A(BaseModel):\n    x: 'list['", "`'list\\['` is not understood .line 2"),
        ("class A(BaseModel):\n    x: tuple[()]", "`tuple..... is not understood .line 2"),
    ],
)
def test_what_can_not_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(Unread, match=said):
        read(text)


def test_a_form_gives_a_schema() -> None:
    made = from_form(
        [
            {"name": "city", "type": "text", "description": "Where", "needed": True},
            {"name": "mood", "type": "one of", "values": "good, bad", "needed": False},
            {"name": ""},
        ]
    )
    assert made["properties"] == {
        "city": {"type": "string", "description": "Where"},
        "mood": {"type": "string", "enum": ["good", "bad"]},
    }
    assert made["required"] == ["city"]
    with pytest.raises(Unread, match="mood"):
        from_form([{"name": "mood", "type": "one of"}])
    with pytest.raises(Unread, match="Two fields are named city"):
        from_form([{"name": "city", "type": "text"}, {"name": "city", "type": "number"}])


@pytest.mark.parametrize(
    ("text", "state", "why"),
    [
        ('{"n": 1}', "valid", ""),
        ('{"n": 1.5}', "invalid", "n: 1.5 is not of type 'integer'"),
        ('{"n": 1, "day": "soon"}', "invalid", "day: 'soon' is not a 'date'"),
        ("{}", "invalid", "the root: 'n' is a required property"),
        ("Here: {}", "not JSON", "Expecting value: line 1 column 1 (char 0)."),
    ],
)
def test_an_answer_is_judged_by_the_schema(text: str, state: str, why: str) -> None:
    found = judge(Response(model=REF, text=text), SCHEMA)
    assert (found.state, found.why) == (state, why)


def test_what_is_no_whole_answer_is_no_invalid_one() -> None:
    cut = Response(model=REF, text='{"n": ', finish_reason="max_output_tokens")
    assert judge(cut, SCHEMA).state == "cut short"
    assert judge(Response(model=REF, refusal="No."), SCHEMA).state == "refused"
    failure = Failure(type="server", message="x", meaning="y.", next_step="z.")
    assert judge(Response(model=REF, failure=failure), SCHEMA).state == "failed"
    assert judge(Response(model=REF, text="{}"), {"type": "nonsense"}).state == "invalid"
    assert judge(Response(model=REF, text="{}"), {"$ref": "#/nowhere"}).state == "invalid"


def test_brackets_without_end_are_no_json() -> None:
    assert judge(Response(model=REF, text="[" * 100_000), SCHEMA).state == "not JSON"


def test_fields_that_differ_are_listed() -> None:
    def tally(value: Any) -> structured.Tally:
        return structured.Tally(REF, (structured.Verdict("valid", "", value),), ())

    found = structured.differences([tally({"a": 1, "b": [1]}), tally({"a": 1, "b": [2]})])
    assert found == {"b[0]": ["1", "2"]}
