"""The web app: `streamlit run playground/app.py`, `playground`, or any ASGI server given this `app`."""

import sys
from pathlib import Path

import streamlit as st
from streamlit import config

# `streamlit run` puts this file's folder on the path, not the repository's.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playground.ui.session.endpoints import settings_from_secrets
from playground.ui.shell.exposure import refuse_to_start
from playground.ui.shell.serving import parts

settings_from_secrets()
if getattr(config, "_server_mode", None) == "starlette-app":
    refuse_to_start()  # `streamlit run` listens where it was told; other servers are looked at connection by connection
app = st.App(**parts())
