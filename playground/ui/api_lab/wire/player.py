"""An answer played back at its own pace, beside the list of its events: the browser has all of them, and asks for nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from playground.domain import Response
from playground.lab.wire import events_document

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "playground_wire",
    html=(HERE / "player.html").read_text("utf-8"),
    css=(HERE / "player.css").read_text("utf-8"),
    js=(HERE / "player.js").read_text("utf-8"),
)


def player(response: Response, key: str) -> None:
    """Draw it; where the answer came whole, or nothing came, that is said."""
    exchange = response.exchange
    if exchange is None or not exchange.events:
        whole = bool(exchange and exchange.response_body)
        st.caption("The answer came as one body, not as events." if whole else "No event came.")
        if exchange and exchange.response_body:
            st.code(exchange.response_body, language="json", wrap_lines=True)
        return
    _component(key=f"lab_wire_player_{key}", data={"id": key, **_document(key, response)})


@st.cache_data(max_entries=4, show_spinner=False)
def _document(key: str, _response: Response) -> dict[str, Any]:
    return events_document(_response)
