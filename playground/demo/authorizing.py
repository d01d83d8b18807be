"""Signing in with a plan, simulated: the pages and endpoints that OpenAI documents for local tools under auth.openai.com.

Nobody has an account here: whoever opens the page allows or refuses. Codes and refresh tokens hold once, as documented;
access tokens are those that `plan` knows.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from playground.demo.plan import PLAN, USED_UP

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ROOT = "/openai-sign-in"
"""The issuer's address below the server's."""
RESOURCE = "https://api.openai.com/v1"
FIRST = "dynamic_agent_client"
"""The client id of a tool that has none yet."""
CALLBACK = "/auth/callback"
SCOPES = "openid profile email offline_access resource.invoke chatgpt.tokens.use.direct"
SECONDS = 3_600
"""Of an access token."""
CODE_SECONDS = 300.0
MOST = 1_000
"""Codes and tokens that are remembered."""
PERSON = {"sub": "user-simulated", "name": "Sam Simulated", "email": "sam@example.com", "email_verified": True}  # fmt: skip
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in (simulated)</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:18px/1.5 system-ui;max-width:32rem;margin:12vh auto;padding:0 1rem}}a{{display:inline-block;margin:.5rem
.5rem 0 0;padding:.6rem 1rem;border:1px solid;border-radius:.5rem;color:inherit}}</style></head><body>
<h1>Sign in (simulated)</h1><p>This is the simulation's stand-in for the page of OpenAI. Nobody signs in here.</p>
<p><b>{name}</b> asks to use the ChatGPT plan of {person}.</p>
<p><a href="{allow}">Allow</a><a href="{used_up}">Allow, with a plan that is used up</a><a href="{refuse}">Refuse</a></p>
</body></html>"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What was allowed to whom, until it is redeemed or renewed."""

    client: str
    redirect: str
    challenge: str
    nonce: str
    used_up: bool
    until: float = 0.0


@dataclass(slots=True)
class Issuer:
    """Codes and refresh tokens of one server."""

    codes: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)
    """Refresh tokens that were used or revoked."""

    def routes(self) -> list[Route]:
        """Discovery, keys, the page, tokens and their end."""
        return [
            Route(f"{ROOT}/.well-known/openid-configuration", self.discovery),
            Route(f"{ROOT}/.well-known/jwks.json", self.keys),
            Route(f"{ROOT}/api/accounts/authorize", self.page),
            Route(f"{ROOT}/api/accounts/allow", self.allow),
            Route(f"{ROOT}/api/accounts/oauth/token", self.token, methods=["POST"]),
            Route(f"{ROOT}/api/accounts/oauth/revoke", self.revoke, methods=["POST"]),
        ]

    async def discovery(self, request: Request) -> Response:
        at = _issuer(request)
        return JSONResponse({
            "issuer": at,
            "authorization_endpoint": f"{at}/api/accounts/authorize",
            "token_endpoint": f"{at}/api/accounts/oauth/token",
            "revocation_endpoint": f"{at}/api/accounts/oauth/revoke",
            "jwks_uri": f"{at}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        })  # fmt: skip

    async def keys(self, request: Request) -> Response:
        numbers = _key().public_key().public_numbers()
        row = {"kty": "RSA", "kid": "simulated", "alg": "RS256", "use": "sig",
               "n": _encoded(_bytes(numbers.n)), "e": _encoded(_bytes(numbers.e))}  # fmt: skip
        return JSONResponse({"keys": [row]})

    async def page(self, request: Request) -> Response:
        """Whether to allow it, or what is wrong with the request."""
        query = dict(request.query_params)
        if wrong := _wrong(query):
            return HTMLResponse(f"<h1>{html.escape(wrong)}</h1>", 400)
        where = f"{_issuer(request)}/api/accounts/allow?{urlencode(query)}"
        links = {"allow": where, "used_up": f"{where}&used_up=1", "refuse": f"{where}&refuse=1"}
        name = query.get("agent_name_hint") or "A tool that is known already"
        told = {"name": name, "person": PERSON["name"], **links}
        return HTMLResponse(PAGE.format(**{k: html.escape(str(v)) for k, v in told.items()}))

    async def allow(self, request: Request) -> Response:
        """Back to the tool, with a code or with a refusal."""
        query = dict(request.query_params)
        if wrong := _wrong(query):
            return HTMLResponse(f"<h1>{html.escape(wrong)}</h1>", 400)
        back = {"state": query["state"]}
        if "refuse" in query:
            back |= {"error": "access_denied", "error_description": "The user refused."}
        else:
            known = query["client_id"] != FIRST
            client = query["client_id"] if known else f"oaiapp_{secrets.token_hex(8)}"
            grant = Grant(
                client=client,
                redirect=query["redirect_uri"],
                challenge=query["code_challenge"],
                nonce=query["nonce"],
                used_up="used_up" in query,
                until=time.monotonic() + CODE_SECONDS,
            )
            back |= {"code": _put(self.codes, grant), "client_id": client}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        """Tokens for a code or for a refresh token, each of which holds once."""
        form = dict(parse_qsl((await request.body()).decode("latin-1")))
        take = {"authorization_code": self._redeemed, "refresh_token": self._renewed}
        kind = form.get("grant_type", "")
        found = take[kind](form) if kind in take else "unsupported_grant_type"
        if isinstance(found, str) or form.get("resource") != RESOURCE:
            code = found if isinstance(found, str) else "invalid_target"
            return JSONResponse({"error": code, "error_description": f"Simulated: {code}."}, 400)
        return JSONResponse({
            "access_token": f"demo-{PLAN}-{USED_UP if found.used_up else 'fresh'}-{secrets.token_hex(8)}",
            "token_type": "Bearer",
            "expires_in": SECONDS,
            "refresh_token": _put(self.refresh, found),
            "id_token": _signed({"iss": _issuer(request), "aud": found.client, "nonce": found.nonce, **PERSON}),
            "scope": SCOPES,
        })  # fmt: skip

    async def revoke(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("latin-1")))
        self._end(form.get("token", ""))
        return Response()

    def _redeemed(self, form: Mapping[str, str]) -> Grant | str:
        grant = self.codes.pop(form.get("code", ""), None)
        given = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        right = grant and (
            time.monotonic() < grant.until
            and form.get("client_id") == grant.client
            and form.get("redirect_uri") == grant.redirect
            and _encoded(given) == grant.challenge
        )
        return grant if grant and right else "invalid_grant"

    def _renewed(self, form: Mapping[str, str]) -> Grant | str:
        token = form.get("refresh_token", "")
        if token in self.gone:
            return "refresh_token_reused"
        grant = self._end(token)
        return grant if grant and form.get("client_id") == grant.client else "invalid_grant"

    def _end(self, token: str) -> Grant | None:
        found = self.refresh.pop(token, None)
        if found:
            self.gone[token] = None
            while len(self.gone) > MOST:
                self.gone.pop(next(iter(self.gone)))
        return found


def _wrong(query: Mapping[str, str]) -> str | None:
    """What is missing from a request for the page; None where nothing is."""
    needed = ("client_id", "state", "nonce", "code_challenge", "redirect_uri", "scope")
    if missing := [name for name in needed if not query.get(name)]:
        return f"missing: {', '.join(missing)}"
    back = urlsplit(query["redirect_uri"])
    if (back.scheme, back.hostname, back.path) != ("http", "127.0.0.1", CALLBACK):
        return f"redirect_uri must be http://127.0.0.1:PORT{CALLBACK}"
    first = query["client_id"] == FIRST
    if first and not (query.get("agent_name_hint") and query.get("ext_agent_host_id")):
        return "a first registration needs agent_name_hint and ext_agent_host_id"
    if not first and not query["client_id"].startswith("oaiapp_"):
        return "no such client_id"
    rest = {"response_type": "code", "code_challenge_method": "S256", "resource": RESOURCE}
    wrong = [name for name, value in rest.items() if query.get(name) != value]
    return f"not as documented: {', '.join(wrong)}" if wrong else None


def _put(kept: dict[str, Grant], grant: Grant) -> str:
    name = secrets.token_urlsafe(24)
    kept[name] = grant
    while len(kept) > MOST:
        kept.pop(next(iter(kept)))
    return name


def _issuer(request: Request) -> str:
    return f"http://{request.headers['host']}{ROOT}"


@functools.cache
def _key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def _signed(claims: Mapping[str, Any]) -> str:
    """An ID token: RS256, as OpenAI signs."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    head = {"alg": "RS256", "kid": "simulated", "typ": "JWT"}
    body = {"iat": int(time.time()), "exp": int(time.time()) + SECONDS, **claims}
    said = ".".join(_encoded(json.dumps(part).encode()) for part in (head, body))
    return f"{said}.{_encoded(_key().sign(said.encode(), PKCS1v15(), SHA256()))}"


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
