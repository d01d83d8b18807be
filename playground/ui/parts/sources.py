"""What the provider's own tools did for an answer, and the pages that it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from playground.domain import Response
from playground.ui.parts.markdown import plain

NAMELESS = "server_tool_use"
"""Anthropic's block for a call; the result behind it names the tool."""


def own_tools(response: Response) -> None:
    """Say which of its own tools the provider ran and how often, and list the pages that the answer cites."""
    ran = [f"{plain(name)} × {times}" for name, times in called(response).items()]
    if ran:
        st.caption(f":material/build: The provider ran {', '.join(ran)}.")
    pages = dict(sources(response))
    if pages:
        with st.expander(f"Sources ({len(pages)})", icon=":material/link:"):
            st.markdown("\n".join(f"- [{plain(title)}](<{url}>)" for url, title in pages.items()))


def called(response: Response) -> dict[str, int]:
    """Tool → how often: as the usage counts it, otherwise as the answer shows it, in the provider's words."""
    counted = {name: n for name, n in response.usage.server_tool_calls.items() if n}
    shown = Counter(kind for kind in response.server_tools if kind != NAMELESS)
    for kind in list(shown):
        answered = kind.endswith("_result") and kind.removesuffix("_result") + "_call" in shown
        if answered or any(name in kind for name in counted):
            del shown[kind]
    return {_words(name): n for name, n in (*counted.items(), *shown.items())}


def sources(response: Response) -> Iterator[tuple[str, str]]:
    """Address and title of every page that is cited, whatever the provider's shape."""
    for citation in response.citations:
        page = citation.get("web") if isinstance(citation, Mapping) else None
        found: Any = page or citation
        url = (found.get("url") or found.get("uri")) if isinstance(found, Mapping) else None
        if isinstance(url, str) and re.fullmatch(r"https?://[^\s<>]+", url):
            yield url, str(found.get("title") or url)


def _words(kind: str) -> str:
    """`executableCode` and `web_search_call` as words."""
    return re.sub(r"([a-z])([A-Z])", r"\1 \2", kind).replace("_", " ").lower()
