"""What the first page needs is there when it is asked for, and what it does not need comes after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit import delta_generator, env_util
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from playground.ui import names
from playground.ui.shell import lifespan
from playground.ui.shell.serving import ROUTER, own_components_only

ROOT = Path(__file__).parents[3]
EARLY = """
import sys
from playground.ui.shell import lifespan
lifespan._import_first_page()
wanted = ("playground.ui.compare.lane", "playground.ui.session.top_bar")
later = ("numpy", "PIL", "sqlalchemy", "altair", "openai", "pydantic_core", "markdown_it", "playground.export.projects")
print(*(int(name in sys.modules) for name in (*wanted, *later)), sys.getswitchinterval())
"""


def test_the_first_pages_imports_are_done_ahead_and_no_others() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [*"11", *"00000000", "0.005"]


DRAWN = """
import sys
from streamlit.testing.v1 import AppTest
from playground.ui.shell.serving import ROUTER
page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
print(len(page.button), *(name for name in ("numpy", "PIL", "pandas", "altair") if name in sys.modules))
"""


def test_the_first_page_is_drawn_without_what_draws_tables_and_pictures() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRAWN], cwd=ROOT, capture_output=True, text=True, check=True
    )
    buttons, *found = done.stdout.split()
    assert int(buttons) > 3
    assert found == []


def test_the_first_element_does_not_look_through_all_modules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    monkeypatch.setattr(env_util, "is_repl", lambda: pytest.fail("looks where it runs"))
    lifespan._warn_nobody()
    st.empty()


def test_the_start_does_not_read_what_every_package_says_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", lambda: pytest.fail("reads"))
    own_components_only()
    BidiComponentManager().discover_and_register_components()


def drawn(page: AppTest) -> set[str | None]:
    fields = (*page.text_input, *page.text_area, *page.selectbox, *page.toggle)
    return {field.key for field in fields}


def test_what_is_behind_a_button_is_drawn_when_it_is_opened_and_keeps_what_was_typed() -> None:
    page = AppTest.from_file(str(ROUTER), default_timeout=60)
    for key in (names.KEYS_OPEN, names.lane_settings(0)):
        page.session_state[key] = False
    page.run()
    own = names.lane_prompt(0)
    assert not {names.provider_key("openai"), own} & drawn(page)
    page.session_state[names.KEYS_OPEN] = page.session_state[names.lane_settings(0)] = True
    page.run()
    assert {names.provider_key("openai"), own} <= drawn(page)
    page.text_area(key=own).set_value("Only here.").run()
    page.session_state[names.lane_settings(0)] = False
    page.run()
    assert own not in drawn(page)
    page.session_state[names.lane_settings(0)] = True
    page.run()
    assert page.text_area(key=own).value == "Only here."
