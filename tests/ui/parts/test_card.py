"""A lane's card shows whatever was on the wire, the odd included."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from playground.ui.parts.ending import NEXT_STEPS


def body_shown(body: str) -> str:
    """What the Events tab shows of an answer that was one body."""

    def draw(body: str) -> None:
        from playground.domain import Exchange, ModelRef, Response
        from playground.ui.parts import views

        wire = Exchange(
            method="POST",
            url="http://127.0.0.1",
            request_headers={},
            request_body={},
            response_body=body,
        )
        views.events(Response(model=ModelRef("openai", "chat", "m"), exchange=wire))

    page = AppTest.from_function(draw, args=(body,), default_timeout=30).run()
    assert not page.exception
    return str(page.code[0].value)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"a": "\\ud83d"}', '"\\ud83d"'),
        ('{"a": "😀"}', '"😀"'),
        ("not JSON", "not JSON"),
    ],
)
def test_a_body_is_shown_as_it_came(body: str, shown: str) -> None:
    assert shown in body_shown(body)


def answer_shown() -> AppTest:
    """The Answer tab of a refusal with reasoning and a tool call in which Streamlit and others would see more."""

    def draw() -> None:
        from playground.domain import ModelRef, Response, ToolCall
        from playground.ui.parts import views

        views.answer(
            Response(
                model=ModelRef("openai", "chat", "m"),
                reasoning_text="![x](https://evil.example/1.png) :x: \u202e",
                refusal="![x](https://evil.example/2.png) :red[sorry] $5 or $6",
                tool_calls=(ToolCall(id="1", name="get_it", arguments={"a": "\u202e"}),),
            )
        )

    page = AppTest.from_function(draw, default_timeout=30).run()
    assert not page.exception
    return page


def test_refusals_and_reasoning_are_filtered_as_answers_are() -> None:
    page = answer_shown()
    assert page.warning[0].value == r"(image not loaded: x) \:red[sorry] \$5 or \$6"
    assert page.markdown[0].value == r"(image not loaded: x) :color[\:]x: ⟦RLO⟧"
    assert page.code[0].value == '{\n  "a": "⟦RLO⟧"\n}'
    said = [caption.value for caption in page.caption]
    assert said == [NEXT_STEPS["refused"], "Asks to run the tool `get_it` with"]
