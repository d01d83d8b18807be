"""Chat vs API: what a chat product adds, hides and costs."""

import streamlit as st

from playground.ui import advice, breakeven, chat, conversation, ladder, paste
from playground.ui.session import endpoints
from playground.ui.sidebar import sidebar

SECTIONS = {
    chat.START: advice.start,
    chat.LADDER: ladder.view,
    chat.CONVERSATION: conversation.view,
    chat.PASTE: paste.view,
    chat.PAY: breakeven.view,
    chat.POINTS: advice.points,
    chat.CHOOSE: advice.choose,
}

sidebar()
st.title("Chat vs API", anchor=False)
st.caption(
    "The same model, in an app and through its API: what the product adds, what it hides, and what each way costs."
)
SECTIONS[chat.view()](endpoints())
