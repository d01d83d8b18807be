"""The script that Streamlit runs for every page: it draws what all pages share, then the page asked for."""

import streamlit as st

from playground.ui import shell

st.set_page_config(
    page_title="AI API playground", page_icon=":material/compare_arrows:", layout="wide"
)
st.navigation(shell.pages()).run()
shell.first_page_shown()
