"""Chat vs API: what a chat product adds, hides and costs."""

import streamlit as st

from playground.ui.chat_vs_api import asked, choose, memory, points, sections, start, wallets
from playground.ui.chat_vs_api.conversation import section as conversation
from playground.ui.chat_vs_api.ladder import section as ladder
from playground.ui.chat_vs_api.paste import section as paste
from playground.ui.chat_vs_api.pay import section as pay
from playground.ui.parts.present import present
from playground.ui.session.rooms import asked_in
from playground.ui.session.top_bar import top_bar

SECTIONS = {
    sections.START: start.view,
    sections.LADDER: ladder.view,
    sections.CONVERSATION: conversation.view,
    sections.MEMORY: memory.view,
    sections.PASTE: paste.view,
    sections.PAY: pay.view,
    sections.WALLETS: wallets.view,
    sections.ASKED: asked.view,
    sections.POINTS: points.view,
    sections.CHOOSE: choose.view,
}

top_bar()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Chat vs API", anchor=False, width="content")
    present()
st.caption(
    "The same model, in an app and through its API: what the product adds, what it hides, and what each way costs."
)
SECTIONS[sections.view()](asked_in("chat_vs_api"))
