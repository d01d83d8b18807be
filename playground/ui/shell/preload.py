"""Which of Streamlit's own scripts the first page will need: named in its document, the browser fetches them early.

Streamlit's page asks for the script of an element when the element has come, and for what that imports when it has been
read: three rounds, while the server draws.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from streamlit import file_util

ELEMENTS = (
    "BidiComponent",
    "Html",
    "TextArea",
    "MenuButton",
    "Checkbox",
    "Button",
    "ButtonGroup",
    "Selectbox",
)
"""What the first page is drawn with, by the names of Streamlit's scripts."""
_IMPORTED = re.compile(r"""(?:from|import)\s*["'`]\./([\w.-]+\.js)["'`]""")


@functools.cache
def needed() -> list[str]:
    """Names of files; none where Streamlit's scripts have other names."""
    folder = Path(file_util.get_static_dir())
    return _with_imports(folder / "static" / "js", (folder / "index.html").read_text("utf-8"))


def _with_imports(folder: Path, at_once: str) -> list[str]:
    """The elements' scripts and everything that they import, and that these import; without what comes `at_once`, with its own."""
    found: dict[str, None] = {}
    open_ = [file.name for element in ELEMENTS for file in folder.glob(f"{element}.*.js")]
    while open_:
        name = open_.pop()
        if name not in found and name not in at_once and (folder / name).is_file():
            found[name] = None
            open_ += _IMPORTED.findall((folder / name).read_text("utf-8"))
    return list(found)
