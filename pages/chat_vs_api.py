"""Chat vs API: what a chat product adds, hides and costs."""

import streamlit as st

from playground.ui import (
    breakeven,
    chat,
    chat_choose,
    chat_points,
    chat_start,
    conversation,
    ladder,
    paste,
)
from playground.ui.session import endpoints
from playground.ui.sidebar import sidebar

SECTIONS = {
    chat.START: chat_start.view,
    chat.LADDER: ladder.view,
    chat.CONVERSATION: conversation.view,
    chat.PASTE: paste.view,
    chat.PAY: breakeven.view,
    chat.POINTS: chat_points.view,
    chat.CHOOSE: chat_choose.view,
}

sidebar()
st.title("Chat vs API", anchor=False)
st.caption(
    "The same model, in an app and through its API: what the product adds, what it hides, and what each way costs."
)
SECTIONS[chat.view()](endpoints())
