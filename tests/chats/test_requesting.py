"""What is proposed of a conversation: rules, a limit, a schema, the request; and a test set that is a spec."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.chats import cases, requesting, sample
from playground.chats.structure import proposed, schema_of
from playground.chats.talk import Talk, Turn, pasted
from playground.domain import ModelRef
from playground.experiments.cells import Cells
from playground.experiments.reading import read_text
from playground.experiments.sources import Sources
from playground.lab.schema_lint import lint

MODEL = ModelRef.parse("openai:gpt-6.1-sol")


def talk(*texts: str, instructions: str = "") -> Talk:
    """Turns in turn, the user's first."""
    turns = [Turn("assistant" if n % 2 else "user", text) for n, text in enumerate(texts)]
    return Talk(turns=tuple(turns), instructions=instructions)


def test_what_holds_for_all_answers_becomes_the_system_prompt() -> None:
    found = requesting.proposal(
        talk(
            "You are a patient tutor. What is 2 + 2?",
            "4",
            "From now on answer in German. And 3 + 3? Should I always add?",
            "6",
            instructions="Call me Ana.",
        ),
        MODEL,
    )
    assert found.system == "Call me Ana.\n\nYou are a patient tutor.\nFrom now on answer in German."
    assert [rule.turn for rule in found.rules] == [1, 2]
    assert any("question 1, 2" in why.why for why in found.reasons)


def test_nothing_is_invented() -> None:
    found = requesting.proposal(talk("What is 2 + 2?", "4"), MODEL)
    assert (found.system, found.schema) == ("", None)
    assert any(why.why.startswith("none") for why in found.reasons)


def test_quotes_and_code_are_no_rules() -> None:
    text = "Mend this:\n```\n# always be brief.\n```\n> Never use it.\n| always | x |"
    assert requesting.rules(talk(text, "Done.")) == ()


def test_the_limit_is_twice_the_longest_answer_and_room_for_reasoning() -> None:
    answer = "word " * 1_500  # 1,500 tokens, and one for the space at the end
    plain = ModelRef.parse("openai/chat:gpt-4.1")
    assert requesting.proposal(talk("Why?", answer.strip()), plain).max_output_tokens == 3 * 1_024
    more = requesting.proposal(talk("Why?", answer.strip()), MODEL).max_output_tokens
    assert more == 3 * 1_024 + requesting.REASONING_ROOM


def test_the_request_asks_for_the_last_answer_again() -> None:
    said = talk("One?", "1", "Two?", "2")
    whole = requesting.request(said, MODEL, system=" Be brief. ")
    assert [(m.role, m.text) for m in whole.messages] == [
        ("user", "One?"), ("assistant", "1"), ("user", "Two?"),
    ]  # fmt: skip
    assert whole.system == "Be brief."
    alone = requesting.request(said, MODEL, whole=False)
    assert [m.text for m in alone.messages] == ["Two?"]
    assert alone.system is None


@pytest.mark.parametrize(
    ("answer", "kind", "value"),
    [
        ('{"city": "Lisbon", "seats": 3}', "JSON", {"city": "Porto", "seats": 1}),
        ('Here:\n```json\n[{"a": 1}, {"a": null}]\n```', "JSON", {"items": [{"a": 5}]}),
        ("| City name | Seats |\n| --- | ---: |\n| Lisbon | 3 |", "table", {"rows": [{"city_name": "x", "seats": 9}]}),
        ("- **Name**: Ana\n- **Plan:** Team\n- **Seats**: 12", "list", {"name": "B", "plan": "c", "seats": 1}),
    ],
)  # fmt: skip
def test_a_schema_of_a_structured_answer(answer: str, kind: str, value: Any) -> None:
    found = proposed([answer])
    assert found is not None
    assert found.kind == kind
    jsonschema.Draft7Validator.check_schema(found.schema)
    jsonschema.validate(value, found.schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"other": 1}, found.schema)


def test_no_schema_of_plain_text() -> None:
    assert proposed(["Because.", "- one\n- two\n- three", "a | b", "{}", '"text"']) is None


def test_several_answers_make_one_schema() -> None:
    found = proposed(['{"a": 1, "b": "x"}', '{"a": 2.5}', "That was all."])
    assert found is not None
    assert found.values == 2
    assert found.schema["properties"]["a"] == {"type": "number"}
    assert found.schema["properties"]["b"] == {"type": ["string", "null"]}
    assert not [one for one in lint(dict(found.schema)) if one.action == "refused"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), values, min_size=1), min_size=1, max_size=4)
)
def test_every_value_holds_to_the_schema_that_was_read_from_all(objects: list[Any]) -> None:
    found = proposed([json.dumps(one) for one in objects])
    assert found is not None
    for one in objects:
        jsonschema.validate(_filled(one, found.schema), found.schema)


@given(values)
def test_a_value_holds_to_its_own_schema(value: Any) -> None:
    schema = schema_of(value)
    jsonschema.validate(_filled(value, schema), schema)


def _filled(value: Any, schema: Any) -> Any:
    """The value as a provider would write it: with null for each field that it lacks."""
    kind = {"dict": "object", "list": "array"}.get(type(value).__name__)
    fitting = [one for one in schema.get("anyOf", [schema]) if one.get("type") == kind]
    if isinstance(value, dict) and fitting:
        fields = fitting[0]["properties"]
        return {name: _filled(value.get(name), inner) for name, inner in fields.items()}
    if isinstance(value, list) and fitting:
        return [_filled(one, fitting[0]["items"]) for one in value]
    return value


NASTY = 'Say {{ x }}, {% if %} and "quotes" \\ — 日本 🎈\n\n# not a comment: - x'


def test_the_test_set_is_a_spec_that_asks_what_the_chat_asked() -> None:
    said = talk(NASTY, NASTY, "Two?", '{"a": 1}')
    made = cases.text(cases.spec(said, [MODEL], system=NASTY, max_output_tokens=2_000))
    found = read_text(made, "chat.yaml", Sources(None))
    assert found.mistakes == ()
    assert found.spec is not None
    all_cells = Cells(found.spec)
    requests = [all_cells.request(cell) for cell in all_cells]
    assert len(requests) == cases.cases(said) == 2
    assert requests[1] == requesting.request(said, MODEL, system=NASTY, max_output_tokens=2_000)
    types = [[check.type for check in all_cells.checks(cell)] for cell in all_cells]
    assert types[0] == ["not-is-refusal", "word-count", "rouge-n"]
    assert types[1] == ["not-is-refusal", "contains-json", "rouge-n"]


def test_the_last_question_alone_makes_cases_without_history() -> None:
    said = talk("One?", "1", "Two?", "2")
    found = read_text(cases.text(cases.spec(said, [MODEL], whole=False)), "c", Sources(None))
    assert found.spec is not None
    all_cells = Cells(found.spec)
    asked = [[m.text for m in all_cells.request(cell).messages] for cell in all_cells]
    assert asked == [["One?"], ["Two?"]]


def test_the_sample_makes_all_of_it() -> None:
    said = pasted(sample.SHARED)
    found = requesting.proposal(said, MODEL)
    assert "patient bookkeeper" in found.system
    assert found.schema is not None
    assert found.schema["properties"]["rows"]["items"]["properties"]["uses"] == {"type": "integer"}
    assert cases.cases(said) == 3
