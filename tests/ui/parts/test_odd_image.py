"""A server or an import may call anything an image: the page says so and goes on."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page(data: bytes) -> None:
    from playground.domain import File, ModelRef, Response
    from playground.ui.parts.views import answer as _answer

    file = File(media_type="image/png", data=data, name="odd")
    _answer(Response(model=ModelRef("openai", "responses", "x"), text="beside", files=(file,)))


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_an_image_that_is_none_is_named(data: bytes) -> None:
    shown = AppTest.from_function(page, kwargs={"data": data}).run()
    assert not shown.exception
    assert "no image" in shown.caption[0].value
