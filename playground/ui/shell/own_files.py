"""What the app serves to one browser, or has from it, is nobody else's: pictures, saved files, uploads.

Streamlit serves `/media/…` to whoever knows the address, which is no secret of its owner's for ever, and lets whoever knows the
id of a session put files into it and take them out.
"""

from __future__ import annotations

import os
import re
import sys
from collections import OrderedDict
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from playground import settings
from playground.ui.live import grants
from playground.ui.shell.uploads import UPLOAD

MEDIA = re.compile(r"/media/([^/]+)$")
MOST = 10_000
"""Files whose browsers are known before those that are gone are looked for, and downloads that were offered and not asked for."""


class OwnFilesOnly:
    """ASGI middleware: in hosted mode a file that was made for another browser is not found."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._manager: Any = None
        """Streamlit's files."""
        self._made: dict[str, set[str]] = {}
        """A file's id → the browsers that it was made for, by their cookies."""
        self._offered: OrderedDict[str, str] = OrderedDict()
        """Download that is made when it is asked for → its browser."""
        self._most = MOST

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and settings.hosted():
            self._watch()
            if not self._theirs(scope):
                await PlainTextResponse("Not found", 404)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _theirs(self, scope: Scope) -> bool:
        """Whether this browser may have it; what nobody is known to have is Streamlit's to find or not."""
        known: set[str] | None = None
        if found := MEDIA.search(scope["path"]):
            known = self._made.get(_id(found[1]))
        elif found := UPLOAD.search(scope["path"]):
            known = _browsers_of(found[1])
        return (
            not known
            or (grants.owner_cookie(Headers(scope=scope).get("cookie", "")) or "") in known
        )

    def _watch(self) -> None:
        """Note from now on for whom Streamlit keeps a file: it forgets that with each run of the script."""
        if self._manager is not None or not runtime.exists():
            return
        manager: Any = runtime.get_instance().media_file_mgr
        self._manager = manager
        add, offer, make = manager.add, manager.add_deferred, manager.execute_deferred

        def added(*given: Any, **named: Any) -> str:
            return self._note(add(*given, **named), grants.owner())

        def offered(*given: Any, **named: Any) -> str:
            id: str = offer(*given, **named)
            self._offered[id] = grants.owner()
            while len(self._offered) > MOST:
                self._offered.popitem(last=False)
            return id

        def made(id: str) -> str:
            return self._note(make(id), self._offered.get(id))

        manager.add, manager.add_deferred, manager.execute_deferred = added, offered, made

    def _note(self, url: str, browser: str | None) -> str:
        if browser is not None:
            self._made.setdefault(_id(url.rpartition("/")[2]), set()).add(browser)
        if len(self._made) > self._most:
            there = self._manager.read_file
            self._made = {name: of for name, of in list(self._made.items()) if there(name)}
            self._most = max(MOST, 2 * len(self._made))
        return url


def _id(name: str) -> str:
    """A file's id: Streamlit finds it by its name with any ending, and without."""
    return os.path.splitext(name)[0]


def _browsers_of(session: str) -> set[str] | None:
    """The browser of Streamlit's session of this id; None where it is not known, or has no cookies."""
    state: Any = sys.modules.get(
        "playground.ui.session.state"
    )  # where no page was drawn, nobody is there
    found = state and state.open_sessions.get(session)
    return {found.browser} if found and found.browser else None
