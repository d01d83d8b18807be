"""The word diff: complete, escaped, and symmetric where it should be."""

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from playground.figures.differing import changes, similarity
from playground.ui.parts.words import diff_html


@given(st.text(), st.text())
def test_nothing_is_lost_on_either_side(left: str, right: str) -> None:
    pieces = list(changes(left, right))
    assert "".join(text for kind, text in pieces if kind != "added") == left
    assert "".join(text for kind, text in pieces if kind != "removed") == right


def test_a_changed_word_is_removed_and_added() -> None:
    assert list(changes("a red fox", "a blue fox")) == [
        ("same", "a "),
        ("removed", "red"),
        ("added", "blue"),
        ("same", " fox"),
    ]


def test_similarity_counts_words_and_spaces() -> None:
    # "a", " ", "red", " ", "fox" against "a", " ", "blue", " ", "fox": 4 of 5 on each side.
    assert similarity("a red fox", "a blue fox") == 2 * 4 / (5 + 5)
    assert similarity("", "") == 1.0


def test_hostile_text_stays_text() -> None:
    html = diff_html("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    assert "<script" not in html
    assert "<img" not in html


def test_controls_of_direction_are_seen() -> None:
    assert "a⟦RLO⟧b" in diff_html("a\u202eb", "a\u202eb")


def test_the_names_of_the_texts_are_no_markdown() -> None:
    def page() -> None:
        from playground.ui.parts.words import word_diff

        word_diff("a", "b", left_name="gpt~429", right_name="luna~429")

    (said,) = AppTest.from_function(page).run().caption
    assert r"gpt\~429" in said.value
    assert r"luna\~429" in said.value
