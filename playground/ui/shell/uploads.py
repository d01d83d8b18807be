"""How much visitors of a hosted app may have uploaded at once, in one session and from one network address."""

from __future__ import annotations

import re
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from playground import settings, visitors

UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+/?$")
UNSAID = "Here an upload has to say how large it is (Content-Length)."


class UploadLimits:
    """ASGI middleware: refuses the file that would be too much, before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._addresses: dict[str, str] = {}
        """Streamlit's session → the network address that it uploads from."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = UPLOAD.search(scope["path"]) if _is_put(scope) else None
        refusal = self._refusal(found[1], scope) if found and settings.hosted() else None
        if refusal:
            await PlainTextResponse(refusal[1], refusal[0])(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, session: str, scope: Scope) -> tuple[int, str] | None:
        told = Headers(scope=scope).get("content-length", "")
        if not (told.isascii() and told.isdigit()):
            return 411, UNSAID
        held = _held()
        self._addresses = {known: a for known, a in self._addresses.items() if known in held}
        self._addresses[session] = address = (scope.get("client") or ("",))[0]
        near = [known for known, other in self._addresses.items() if other == address]
        mine = int(told) + held.get(session, 0)
        ours = int(told) + sum(held.get(known, 0) for known in near)
        said = visitors.too_much("uploads", mine) or visitors.too_much("uploads_address", ours)
        return (413, said) if said else None


def _is_put(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["method"] == "PUT")


def _held() -> dict[str, int]:
    """Session → the bytes that it has uploaded and not taken out again."""
    if not runtime.exists():
        return {}
    manager: Any = runtime.get_instance().uploaded_file_mgr
    files = dict(getattr(manager, "file_storage", {}))
    return {session: sum(len(f.data) for f in kept.values()) for session, kept in files.items()}
