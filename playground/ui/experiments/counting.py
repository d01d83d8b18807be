"""What takes seconds to reckon is waited for beside the page: every click is answered at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

import streamlit as st

from playground.experiments.reckoned import reckoned

T = TypeVar("T")

PATIENCE = 0.15
"""Seconds that a click waits for it: small experiments are there by then."""
LOOK = 0.5


def counted(
    key: Hashable, make: Callable[[], T], meanwhile: Callable[[], object] | None = None
) -> T | None:
    """What `make` gives; None while it is reckoned, when `meanwhile` is shown and the page drawn again at its end."""
    future = reckoned(key, make)
    try:
        return future.result(timeout=PATIENCE)
    except TimeoutError:
        if future.done():  # it was what it raised
            raise
    _wait(future)
    if meanwhile is not None:
        meanwhile()
    return None


@st.fragment(run_every=LOOK)
def _wait(future: Future[Any]) -> None:
    if future.done():
        st.rerun()
    st.caption(":material/hourglass_top: Reckoning intervals and tests of every difference …")
