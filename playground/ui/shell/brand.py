"""The product's name and mark."""

import base64

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.PageConfig_pb2 import PageConfig
from streamlit.runtime.scriptrunner import get_script_run_ctx

NAME = "AI API playground"

# A drawing of our own: Streamlit fetches the image of an emoji or a Material icon from a font server.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0F6E84"/>
<rect x="6" y="8" width="5" height="16" rx="2" fill="#fff"/>
<rect x="13.5" y="12" width="5" height="12" rx="2" fill="#fff"/>
<rect x="21" y="5" width="5" height="19" rx="2" fill="#fff"/></svg>"""

_SOURCE = f"data:image/svg+xml;base64,{base64.b64encode(ICON.encode()).decode()}"
BRAND = f'<span class="brand"><img src="{_SOURCE}" alt="" width="24" height="24">{NAME}</span>'
"""Both as they stand at the left of the menu."""


def mark_tab() -> None:
    """Show the mark in the browser's tab: st.set_page_config would import numpy and Pillow only to look at what kind of image it is."""
    message = ForwardMsg()
    page = message.page_config_changed
    page.favicon = _SOURCE
    page.layout = PageConfig.LAYOUT_UNSET  # what is not unset is changed, and the page jumps
    page.initial_sidebar_state = PageConfig.SIDEBAR_UNSET
    if (context := get_script_run_ctx()) is not None:
        context.enqueue(message)
