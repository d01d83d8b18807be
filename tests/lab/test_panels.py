"""The table of panels: each row is whole, drawn, and has a command."""

from __future__ import annotations

import pytest

from playground.cli.lab.commands import COMMANDS
from playground.lab.panels import GROUPS, PANELS, Panel
from playground.ui.api_lab.panels import DRAW


def test_every_panel_is_drawn_and_nothing_else_is() -> None:
    assert list(DRAW) == list(PANELS)


def test_every_command_is_called_as_its_panel_is() -> None:
    assert {command.name for command in COMMANDS} <= set(PANELS)


def test_every_panel_that_runs_something_has_its_command() -> None:
    assert set(PANELS) - {command.name for command in COMMANDS} == set()


@pytest.mark.parametrize("panel", PANELS.values(), ids=lambda panel: panel.name)
def test_a_row_says_in_two_sentences_what_to_look_for_and_where_to_read_on(panel: Panel) -> None:
    assert panel.name.isidentifier()
    assert panel.group in GROUPS
    for sentence in panel.look_for:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert panel.documentation
    for link in panel.documentation:
        assert link.url.startswith("https://")
        assert link.provider
        assert link.label
