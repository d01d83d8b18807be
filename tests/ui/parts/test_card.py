"""A lane's card shows whatever was on the wire, the odd included."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def body_shown(body: str) -> str:
    """What the Events tab shows of an answer that was one body."""

    def draw(body: str) -> None:
        from playground.domain import Exchange, ModelRef, Response
        from playground.ui.parts import card

        wire = Exchange(
            method="POST",
            url="http://127.0.0.1",
            request_headers={},
            request_body={},
            response_body=body,
        )
        card._events(Response(model=ModelRef("openai", "chat", "m"), exchange=wire))

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
