"""Recorded: real answers of real services, replayed."""

import streamlit as st

from playground.ui.recorded.gallery import gallery
from playground.ui.session.top_bar import top_bar

top_bar()
st.title("Recorded", anchor=False)
st.caption(
    "What the real services answered, as other open projects recorded it: no key, nothing billed, the same SDKs and the same"
    " receipts."
)
gallery()
