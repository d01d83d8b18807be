"""A schema in the prompt: clients without a field for it write it there, and a model follows it."""

import json
from typing import Any

import jsonschema
import pytest
from anthropic import Anthropic
from openai import OpenAI

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "city": {"type": "string"},
    },
    "required": ["name", "age", "city"],
}
ADA = "Ada Lovelace is 36 years old and lives in London. Extract the person."
FOUND = {"name": "Ada Lovelace", "age": 36, "city": "London"}
ORDERS = {
    "an object compatible with a schema": f"Always respond with a JSON object that's compatible with this schema:\n\n"
    f"{json.dumps(PERSON)}\n\nDon't include any text or Markdown fencing before or after.",
    "objects in json that match": f"Provide the parsed objects in json that match the following json_schema:\n"
    f"{json.dumps(PERSON, indent=2)}\nReturn an instance of the JSON, not the schema itself.",
    "with an example before it": 'The output should be formatted as a JSON instance. As an example, {"foo": ["bar"]} is '
    f"well formatted, {{'foo'}} is not.\n```\n{json.dumps(PERSON)}\n```",
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_schema_in_the_system_prompt_is_followed(anthropic: Anthropic, order: str) -> None:
    answer = anthropic.messages.create(
        model="claude-sonnet-5-5",
        max_tokens=4000,
        system=order,
        messages=[{"role": "user", "content": ADA}],
    )
    text = next(block.text for block in answer.content if block.type == "text")
    jsonschema.validate(json.loads(text), PERSON)
    assert json.loads(text) == FOUND


def chat(openai: OpenAI, prompt: str, **more: Any) -> str:
    answer = openai.chat.completions.create(
        model="gpt-5.1", messages=[{"role": "user", "content": prompt}], **more
    )
    return answer.choices[0].message.content or ""


def test_json_mode_takes_the_schema_or_the_keys_of_the_prompt(openai: OpenAI) -> None:
    mode = {"response_format": {"type": "json_object"}}
    order = next(iter(ORDERS.values()))
    assert json.loads(chat(openai, f"{ADA}\n{order}", **mode)) == FOUND
    asked = f"{ADA} Answer as JSON with name, age and city."
    assert json.loads(chat(openai, asked, **mode)) == FOUND


def test_a_fence_that_is_asked_for_is_there(openai: OpenAI) -> None:
    order = f"Return JSON for the schema {json.dumps(PERSON)} within a ```json codeblock."
    text = chat(openai, f"{ADA}\n{order}")
    assert text.startswith("```json\n")
    assert json.loads(text.removeprefix("```json").removesuffix("```")) == FOUND


def test_a_schema_that_is_only_talked_about_is_no_order(openai: OpenAI) -> None:
    text = chat(openai, f"What is wrong with this schema? {json.dumps(PERSON)}")
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(text)
