"""Headers that keep foreign content out, and the cookie by which a reloaded page finds its runs."""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.ui.live import grants
from playground.ui.shell import first_page
from playground.ui.shell.document import script_hashes


class SecurityHeaders:
    """ASGI middleware: headers that keep foreign content out, and a cookie by which a reloaded page finds its runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(security_headers(request.get("host", "")))
                if _is_page(request, message["status"], headers):
                    _name_the_owner(request, headers, secure=scope.get("scheme") == "https")
            await send(message)

        await self.app(scope, receive, send_with_headers)
        if "/static/" in scope["path"]:
            first_page.served()


@functools.lru_cache(maxsize=64)
def security_headers(host: str) -> Mapping[str, str]:
    """The headers of every answer to a request with this Host header.

    Away from this computer the app may be framed by its own site, which is how Streamlit Community Cloud shows it.
    """
    host = host if re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host) else ""
    framed = not _is_loopback(host)
    return {
        "Content-Security-Policy": content_security_policy(host, framed=framed),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def content_security_policy(host: str, *, framed: bool = False) -> str:
    """What the page may load: only this server. `blob:` scripts are how Streamlit loads a component's own code."""
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {script_hashes()}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": f"'self' ws://{host} wss://{host}" if host else "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'" if framed else "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _is_loopback(host: str) -> bool:
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return name in ("localhost", "127.0.0.1", "[::1]")


def _is_page(request: Headers, status: int, response: Headers) -> bool:
    """A page, or word that the browser's copy of one is still good: it may have outlived the cookie."""
    if status == 304:
        return "text/html" in request.get("accept", "")
    return response.get("content-type", "").startswith("text/html")


def _name_the_owner(request: Headers, response: MutableHeaders, *, secure: bool) -> None:
    if grants.owner_cookie(request.get("cookie", "")) is None:
        attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
        response.append(
            "set-cookie", f"{grants.OWNER_COOKIE}={secrets.token_urlsafe(24)}; {attributes}"
        )
