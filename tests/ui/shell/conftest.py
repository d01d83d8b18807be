"""The real app to ask over HTTP."""

from __future__ import annotations

import pytest
import streamlit as st
from starlette.testclient import TestClient

from playground.ui.shell.serving import parts

LOCAL = "http://localhost:8501"


@pytest.fixture(scope="session")
def client() -> TestClient:
    """The real app, all of Streamlit's routes included; not started, for the runtime is one to a process."""
    return TestClient(st.App(**parts()), base_url=LOCAL)
