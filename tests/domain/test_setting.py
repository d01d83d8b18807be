"""The rows of settings and the request's fields are the same, and a value is read, put and told apart by its row."""

from __future__ import annotations

import typing
from dataclasses import fields
from typing import Any

import pytest

from playground.domain import ModelRef, Request, Settings, Tool, setting
from playground.domain.setting import SETTINGS, Setting
from playground.domain.typed import READ, written
from playground.domain.values import changed, default, put, value

PLAIN = Request.ask(ModelRef.parse("openai:m"), "Hi")
TOOL = Tool(name="weather", description="", parameters={})
OTHERWISE: dict[str, tuple[Any, str]] = {
    "max_output_tokens": (1234, "1,234"),
    "effort": ("low", "low"),
    "reasoning_summary": (True, "on"),
    "verbosity": ("high", "high"),
    "stop": (("a b", 'c"'), '"a b", "c\\""'),
    "response_schema": ({"type": "object"}, '{"type": "object"}'),
    "temperature": (0.5, "0.5"),
    "top_p": (0.0, "0.0"),
    "top_k": (3, "3"),
    "seed": (-7, "-7"),
    "server_tools": (("web_search", "code_execution"), "web_search, code_execution"),
    "tools": ((TOOL,), "weather"),
    "tool_choice": ("none", "none"),
    "service_tier": ("flex", "flex"),
    "cache_ttl": ("5m", "5m"),
    "extra": ({"ü": 1}, '{"ü": 1}'),
    "stream": (False, "off"),
}
"""A value other than the default for every row, and how people read it."""


def test_every_field_of_settings_has_its_row_and_every_row_its_field() -> None:
    names = [row.name for row in SETTINGS]
    own = {field.name for field in fields(Settings)}
    assert len(set(names)) == len(names)
    assert own <= set(names)
    assert set(names) - own <= {field.name for field in fields(Request)}
    assert set(OTHERWISE) == set(names)


def test_rows_are_told_apart_on_screen_and_in_the_terminal() -> None:
    assert len({row.label for row in SETTINGS}) == len(SETTINGS)
    assert len({row.option for row in SETTINGS}) == len(SETTINGS)
    for row in SETTINGS:
        assert row.option.startswith("--")
        assert row.help.endswith((".", "…"))


def test_one_kind_after_the_other_stands_together_on_the_screen() -> None:
    groups = [row.group for row in SETTINGS]
    assert groups == sorted(groups, key=groups.index)


def test_the_choices_are_those_of_the_field() -> None:
    literal, _ = typing.get_args(typing.get_type_hints(Settings)["tool_choice"])
    row = setting.find("tool_choice")
    assert row
    assert row.choices == typing.get_args(literal)


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.name)
def test_a_value_is_put_and_read_and_told_from_the_default(row: Setting) -> None:
    chosen, words = OTHERWISE[row.name]
    assert list(changed(PLAIN)) == []
    request = put(PLAIN, {row.name: chosen})
    assert value(request, row.name) == chosen
    assert list(changed(request)) == [(row, chosen)]
    assert written(row, chosen) == words
    assert put(request, {row.name: default(row.name)}) == PLAIN


def test_what_was_changed_comes_in_the_order_of_the_table() -> None:
    request = put(PLAIN, {name: chosen for name, (chosen, _) in reversed(OTHERWISE.items())})
    assert [row for row, _ in changed(request)] == list(SETTINGS)


def test_kinds_with_json_are_those_that_can_be_read() -> None:
    assert {row.kind for row in SETTINGS} >= set(READ)
