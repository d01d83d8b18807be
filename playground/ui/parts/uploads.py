"""The files of a field, read where the field itself is not drawn."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile


def held(key: str) -> list[Any]:
    """The field's files that the server has: a tab that comes back after a restart names some that it has no more."""
    given = st.session_state.get(key) or ()
    return [upload for upload in given if not isinstance(upload, DeletedFile)]
