"""One use of a tool that a provider runs itself, before a door writes it in its own form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Keeps = Callable[[Mapping[str, Any]], bool]
"""What a file says of itself → whether it is searched."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a passage that the simulated search found."""

    title: str
    url: str
    text: str
    file_id: str = ""
    """Of a passage out of a file that somebody uploaded."""
    score: float = 0.0
    store: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What the file says of itself."""


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a tool."""

    id: str
    """Letters and digits."""
    tool: str
    """A row of `hosted.ASKED_FOR`, or `mcp_list` for the tools that an MCP server was asked for."""
    wanted: str
    """The query, the code, or an MCP call's arguments as JSON; empty where the model asked for nothing."""
    output: str = ""
    """What the code, the command or the MCP server printed."""
    opened: bool = False
    """True when one of the pages was opened after the search."""
    pages: tuple[Page, ...] = ()
    store: str = ""
    """Where files were searched."""
    server: str = ""
    """An MCP server's label."""
    name: str = ""
    """The MCP server's tool."""
    approved: str = ""
    """The id of the request that somebody agreed to."""

    @property
    def waits(self) -> bool:
        """True for an MCP call that somebody has to agree to first."""
        return self.tool == "mcp_approval"

    @property
    def fed(self) -> str:
        """What goes back into the model, and is counted as its input."""
        return self.output + "".join(f"{page.title}\n{page.text}\n" for page in self.pages)
