"""A call's secrets are masked in every spelling, and other people's words are left alone."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from playground.domain import Secret
from playground.wire import MASK, Redactor

KEY = "sk-canary+7f/3a9c=42"
REDACTOR = Redactor([Secret(KEY), None])


@pytest.mark.parametrize(
    "spelling",
    [
        KEY,
        quote(KEY, safe=""),
        base64.b64encode(KEY.encode()).decode().rstrip("="),
        base64.b64encode(f"user:{KEY}".encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    ],
)
def test_no_spelling_of_the_key_stays(spelling: str) -> None:
    shown = REDACTOR.text(f"before {spelling} after")
    assert spelling not in shown
    assert MASK in shown
    assert shown.startswith("before ")


def test_text_without_the_key_is_unchanged() -> None:
    assert REDACTOR.text("sk-other is someone else's") == "sk-other is someone else's"


def test_headers_that_carry_keys_are_masked_whatever_they_hold() -> None:
    names = ["Authorization", "x-api-key", "X-Goog-Api-Key", "api-key", "Cookie", "Set-Cookie"]
    shown = REDACTOR.headers([(name, "anything") for name in names])
    assert set(shown.values()) == {MASK}
    assert set(shown) == {name.lower() for name in names}


def test_other_headers_are_kept_and_repeated_ones_joined() -> None:
    assert REDACTOR.headers([("X-A", "1"), ("x-a", f"2 {KEY}")]) == {"x-a": f"1, 2 {MASK}"}


def test_a_key_in_a_query_and_a_password_in_a_url_are_masked() -> None:
    assert (
        REDACTOR.url("https://u:p@h/x?alt=sse&key=abc") == f"https://{MASK}@h/x?alt=sse&key={MASK}"
    )


def test_values_are_masked_at_any_depth() -> None:
    assert REDACTOR.value({"a": [KEY, 1, None], KEY: {"b": f"x{KEY}"}}) == {
        "a": [MASK, 1, None],
        MASK: {"b": f"x{MASK}"},
    }


def test_a_key_too_short_to_be_one_does_not_tear_words_apart() -> None:
    assert Redactor([Secret("x")]).text("an excellent example") == "an excellent example"
    assert Redactor([Secret("x")]).headers([("authorization", "Bearer x")]) == {
        "authorization": MASK
    }
