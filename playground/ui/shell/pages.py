"""Which pages there are, and how the menu shows them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from playground import files

FOLDER = files.shipped("pages")


class PageRow(NamedTuple):
    """One page of the app: a file in `pages/` and how the menu shows it."""

    file: str
    title: str
    icon: str
    help: str
    listed: bool = True
    """Whether it is in the menu; one that is not is reached by a link, such as the one under Keys."""


PAGES = (
    PageRow(
        "compare.py",
        "Compare",
        ":material/compare_arrows:",
        "Send one prompt to several models and see answers, tokens, latency and cost side by side.",
    ),
    PageRow(
        "chat_vs_api.py",
        "Chat vs API",
        ":material/forum:",
        "See what a chat product adds to your prompt, what it hides, and what each way to pay costs.",
    ),
    PageRow(
        "api_lab.py",
        "API lab",
        ":material/science:",
        "See each part of the APIs at work with the HTTP open: the wire, doors, errors, gateways.",
    ),
    PageRow(
        "tokens.py",
        "Tokens",
        ":material/straighten:",
        "Cut a text into tokens, count it three ways, and measure languages, windows and keys.",
    ),
    PageRow(
        "costs.py",
        "Costs",
        ":material/receipt_long:",
        "Every price with its source, a calculator that draws where long requests cost more, and what your runs could cost instead.",
    ),
    PageRow(
        "experiments.py",
        "Experiments",
        ":material/labs:",
        "Ask many prompts, cases and models many times, judge the answers by checks, and see which differences are real.",
    ),
    PageRow(
        "history.py",
        "History",
        ":material/history:",
        "Find, open, compare, repeat and export every run; see what it cost and set spending limits.",
    ),
    PageRow(
        "prompts.py",
        "Prompts",
        ":material/library_books:",
        "Keep prompts with their versions and variables, see what changed, and open them in Compare.",
    ),
    PageRow(
        "chats.py",
        "Your chats",
        ":material/upload_file:",
        "Give the export of ChatGPT, Claude or Gemini and see what your own conversations would cost as API calls.",
    ),
    PageRow(
        "learn.py",
        "Learn",
        ":material/school:",
        "Short lessons with experiments, questions and teacher's notes; a glossary, and what people ask.",
    ),
    PageRow(
        "recorded.py",
        "Recorded",
        ":material/voicemail:",
        "Replay real answers of the real services: reasoning, caching, searches, refusals, pictures, each with its source.",
    ),
    PageRow(
        "classes.py",
        "Class",
        ":material/groups:",
        "Lend a key to a class or team: members join by a code, each within a budget, a list of models and an end.",
        listed=False,
    ),
)
"""Every page, the first is the one that opens; a new page is a new row."""


def path(file: str) -> str:
    """A page as `st.switch_page` and `st.page_link` want it: seen from the script that runs every page."""
    return Path(os.path.relpath(FOLDER / file, Path(__file__).parent)).as_posix()


COMPARE = path("compare.py")
CHAT_VS_API = path("chat_vs_api.py")
PROMPTS = path("prompts.py")
API_LAB = path("api_lab.py")
CHATS = path("chats.py")
EXPERIMENTS = path("experiments.py")
CLASS = path("classes.py")


def pages() -> list[Any]:
    """The rows of PAGES as Streamlit's pages."""
    return [
        st.Page(
            FOLDER / row.file,
            title=row.title,
            icon=row.icon,
            help=row.help,
            default=row is PAGES[0],
            visibility="visible" if row.listed else "hidden",
        )
        for row in PAGES
    ]


def to_first_page() -> Route:
    """The page that opens lives at `/`; at its file's name Streamlit would say that there is no such page."""

    def redirect(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"./{query}")

    return Route(f"/{Path(PAGES[0].file).stem}", redirect)
