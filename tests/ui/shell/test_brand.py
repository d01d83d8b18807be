"""The mark in the browser's tab."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.PageConfig_pb2 import PageConfig

from playground.ui.shell import brand


class Context:
    """Keeps what a script sends."""

    def __init__(self) -> None:
        self.sent: list[ForwardMsg] = []

    def enqueue(self, message: ForwardMsg) -> None:
        self.sent.append(message)


def test_the_tab_has_the_mark_and_nothing_else_of_the_page_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = Context()
    monkeypatch.setattr(brand, "get_script_run_ctx", lambda: context)
    brand.mark_tab()
    (page,) = (message.page_config_changed for message in context.sent)
    assert page.favicon.startswith("data:image/svg+xml;base64,")
    unset = (PageConfig.LAYOUT_UNSET, PageConfig.SIDEBAR_UNSET)
    assert (page.layout, page.initial_sidebar_state) == unset
    assert (page.title, page.HasField("menu_items")) == ("", False)
