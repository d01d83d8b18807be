"""An OpenID Connect provider on loopback: discovery, consent, code for token with PKCE, an RS256 id_token, and its keys."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "playground", "canary-client-secret-4b7e"
PEOPLE = ("Ann", "Bob")


@dataclass
class Identity:
    """The provider, who may come to it, and what it has refused."""

    url: str
    key: RSAKey
    callback: str = ""
    """Where it sends people back to; any other address is refused."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Code → who, and what was asked; each is good for once."""
    refused: list[str] = field(default_factory=list)

    def secrets_toml(self, cookie_secret: str) -> str:
        """The section that lets an app sign people in here."""
        rows = {
            "redirect_uri": self.callback,
            "cookie_secret": cookie_secret,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "server_metadata_url": f"{self.url}/.well-known/openid-configuration",
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in rows.items()]
        return "\n".join(["[auth]", *lines]) + "\n"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def consent(self, asked: dict[str, str]) -> str:
        """A page that asks who one is."""
        if asked["client_id"] != CLIENT or asked["redirect_uri"] != self.callback:
            self.refused.append("a stranger's client")
            return "No."
        links = [(urlencode({**asked, "who": who}), who) for who in PEOPLE]
        return "".join(f'<p><a href="/allow?{query}">{who}</a></p>' for query, who in links)

    def allow(self, asked: dict[str, str]) -> str:
        """Where whoever has chosen is sent."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{self.callback}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code; None where anything about it is wrong."""
        held = self.codes.pop(asked["code"], None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            held is None
            or authorization != basic
            or asked["redirect_uri"] != self.callback
            or held.get("code_challenge") != challenge
        ):
            self.refused.append("a token")
            return None
        now, who = int(time.time()), held["who"]
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": f"id-of-{who}",
            "email": f"{who.lower()}@example.org",
            "iat": now,
            "exp": now + 300,
            "nonce": held["nonce"],
        }
        header = {"alg": "RS256", "kid": self.key.kid}
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": jwt.encode(header, claims, self.key),
        }


@contextmanager
def provider(callback: str) -> Iterator[Identity]:
    """A provider as long as the block, which sends people back to this address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    key = RSAKey.generate_key(2048, {"use": "sig", "kid": "one"})
    server.identity = Identity(f"http://127.0.0.1:{server.server_port}", key, callback)  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.identity  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def identity(self) -> Identity:
        found: Identity = self.server.identity  # type: ignore[attr-defined]
        return found

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = _single(parts.query)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._answer(json.dumps(self.identity.metadata()))
            case "/keys":
                self._answer(json.dumps({"keys": [self.identity.key.as_dict(private=False)]}))
            case "/authorize":
                self._answer(self.identity.consent(asked), kind="text/html")
            case "/allow":
                self._answer("", 302, Location=self.identity.allow(asked))
            case _:
                self._answer("", 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        made = self.identity.token(_single(body), self.headers.get("authorization", ""))
        self._answer(json.dumps(made or {"error": "invalid_grant"}), 200 if made else 400)

    def _answer(
        self, body: str, status: int = 200, kind: str = "application/json", **more: str
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def _single(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
