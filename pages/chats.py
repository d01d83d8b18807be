"""Your chats: what one's own conversations with a chat product cost as API calls."""

import streamlit as st

from playground.ui.chats.reading import given
from playground.ui.chats.shown import shown
from playground.ui.chats.to_request import section
from playground.ui.session.rooms import asked_in
from playground.ui.session.top_bar import top_bar

top_bar()
st.title("Your chats", anchor=False)
st.caption(
    "What your own conversations would cost as API calls. The export stays in this tab: nothing is kept, it is gone when you"
    " close the tab, and nothing is sent anywhere until you ask for it by a button that says so."
)
summary, where = given(), asked_in("chats")
if summary:
    shown(summary, where)
section(summary, where)
