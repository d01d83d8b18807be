"""The script that Streamlit runs for every page: it draws what all pages share, then the page asked for."""

from pathlib import Path

import streamlit as st

from playground.ui.live import component
from playground.ui.shell import ahead, brand, lifespan, pages, sign_in, tour

LOOK = "".join(
    file.read_text("utf-8") for file in (Path(__file__).with_name("look.css"), component.HEAD)
)

ahead.draw()
# Before the pages are named: their icons would be fetched from a font server for the tab's.
brand.mark_tab()
st.set_page_config(
    layout="wide",
    initial_sidebar_state="collapsed",
    page_title=brand.NAME,
    menu_items={"About": tour.about()},
)
page = st.navigation(pages.pages(), position="top")
st.set_page_config(page_title=f"{page.title} · {brand.NAME}")
st.html(f"<style>{LOOK}</style>")
sign_in.gate()
with component.followed():
    page.run()
    lifespan.first_page_shown()
