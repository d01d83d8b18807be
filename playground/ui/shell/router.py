"""The script that Streamlit runs for every page: it draws what all pages share, then the page asked for."""

from pathlib import Path

import streamlit as st

from playground.ui.live import component
from playground.ui.shell import lifespan, pages

# A drawing of our own: Streamlit fetches the image of an emoji or a Material icon from a font server.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0F6E84"/>
<rect x="6" y="8" width="5" height="16" rx="2" fill="#fff"/>
<rect x="13.5" y="12" width="5" height="12" rx="2" fill="#fff"/>
<rect x="21" y="5" width="5" height="19" rx="2" fill="#fff"/></svg>"""

LOOK = Path(__file__).with_name("look.css")

st.set_page_config(page_title="AI API playground", page_icon=ICON, layout="wide")
st.html(LOOK)
page = st.navigation(pages.pages())
with component.followed():
    page.run()
    lifespan.first_page_shown()
