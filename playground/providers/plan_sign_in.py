"""Signing in with ChatGPT, as OpenAI documents it for open-source tools on the user's own computer, and nothing beyond.

https://developers.openai.com/siwc/token-sharing-open-source/sign-in (read 2026-11-27, an undated copy): OpenID Connect with
PKCE, no client secret; a tool that has no client id yet registers as `dynamic_agent_client` and is given one in the
callback, which is on 127.0.0.1. No login, client id or address of another program is used.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import httpcore2
import httpx2

from playground.domain import Secret
from playground.wire import ForbiddenHost, Pool
from playground.wire.guarded import Guarded

ISSUER = "https://auth.openai.com"
RESOURCE = "https://api.openai.com/v1"
FIRST = "dynamic_agent_client"
NAME = "AI API playground"
"""How this tool calls itself, the same in every installation."""
CALLBACK = "/auth/callback"
PLAN_USE = "chatgpt.tokens.use.direct"
SCOPES = f"openid profile email offline_access resource.invoke {PLAN_USE}"
EARLY = 60.0
"""Seconds before its end at which an access token is renewed."""
SKEW = 120.0
"""Seconds by which two clocks may differ."""
PATIENCE = 30.0


class NotSignedIn(Exception):
    """There is no plan to use; the message says why, and never holds a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in under way."""

    url: str
    """What the browser opens."""
    client: str
    redirect: str
    state: str
    nonce: str
    verifier: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A plan that may be used, in memory only."""

    name: str
    subject: str
    """Who that is at the issuer."""
    client: str
    """This tool's id there; no secret."""
    access: Secret
    refresh: Secret | None
    until: float
    """time.monotonic() at which the access token ends."""
    issuer: str = field(default=ISSUER)


def begin(port: int, host: str, *, client: str = FIRST, issuer: str = ISSUER) -> Attempt:
    """A new attempt whose callback is at this port of 127.0.0.1; `host` names this installation, a UUID."""
    verifier = secrets.token_urlsafe(48)
    challenge = _encoded(hashlib.sha256(verifier.encode()).digest())
    redirect = f"http://127.0.0.1:{port}{CALLBACK}"
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    query = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": redirect,
        "scope": SCOPES,
        "resource": RESOURCE,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ext_agent_host_id": f"urn:uuid:{host}",
        **({"agent_name_hint": NAME} if client == FIRST else {}),
    }
    return Attempt(
        url=f"{issuer}/api/accounts/authorize?{urlencode(query)}",
        client=client,
        redirect=redirect,
        state=state,
        nonce=nonce,
        verifier=Secret(verifier),
    )


def called_back(attempt: Attempt, query: Mapping[str, str]) -> tuple[Secret, str]:
    """The code and the client id that the callback brought; NotSignedIn where it brought neither."""
    if not secrets.compare_digest(query.get("state", ""), attempt.state):
        raise NotSignedIn("What came back belongs to another attempt: begin again.")
    if error := query.get("error"):
        refused = error == "access_denied"
        raise NotSignedIn("It was refused in the browser." if refused else f"OpenAI says: {error}.")
    client = query.get("client_id") or attempt.client
    if not query.get("code") or client == FIRST:
        raise NotSignedIn("What came back has no code or no client id: begin again.")
    return Secret(query["code"]), client


async def redeem(attempt: Attempt, code: Secret, client: str, *, pool: Pool) -> Account:
    """The account behind a code; NotSignedIn where it is not proven, or its plan may not be used."""
    issuer = attempt.url.partition("/api/accounts/")[0]
    form = {
        "grant_type": "authorization_code",
        "client_id": client,
        "code": code.reveal(),
        "code_verifier": attempt.verifier.reveal(),
        "redirect_uri": attempt.redirect,
        "resource": RESOURCE,
    }
    async with _http(pool) as http:
        tokens = await _tokens(http, issuer, form)
        claims = await _proven(http, issuer, str(tokens.get("id_token") or ""), client)
    if claims.get("nonce") != attempt.nonce:
        raise NotSignedIn("The identity that came back belongs to another attempt: begin again.")
    name = str(claims.get("name") or claims.get("email") or "your account")
    return _account(tokens, issuer, client, str(claims["sub"]), name)


async def renewed(account: Account, *, pool: Pool) -> Account:
    """The account with a token that holds for a while: the same where it still does; NotSignedIn where it has ended."""
    if time.monotonic() < account.until - EARLY:
        return account
    if account.refresh is None:
        raise NotSignedIn("The sign-in has ended: sign in again.")
    form = {
        "grant_type": "refresh_token",
        "client_id": account.client,
        "refresh_token": account.refresh.reveal(),
        "resource": RESOURCE,
    }
    async with _http(pool) as http:
        tokens = await _tokens(http, account.issuer, form)
    fresh = _account(tokens, account.issuer, account.client, account.subject, account.name)
    return replace(fresh, refresh=fresh.refresh or account.refresh)


async def revoke(account: Account, *, pool: Pool) -> None:
    """End the sign-in at the issuer; NotSignedIn where that did not work (the tokens are forgotten all the same)."""
    async with _http(pool) as http:
        found = await _json(http, f"{account.issuer}/.well-known/openid-configuration")
        where = str(found.get("revocation_endpoint") or "")
        if not where.startswith(f"{account.issuer}/"):
            raise NotSignedIn("The issuer names no place to end a sign-in: use ChatGPT's settings.")
        token = (account.refresh or account.access).reveal()
        answer = await _sent(http, "POST", where, {"token": token, "client_id": account.client})
        if answer.status_code != 200:
            raise NotSignedIn("The sign-in could not be ended there: use ChatGPT's settings.")


async def models(account: Account, base_url: str, *, pool: Pool) -> tuple[str, ...]:
    """The models that the plan may use, in the provider's order; NotSignedIn where it does not say."""
    async with _http(pool) as http:
        head = {"authorization": f"Bearer {account.access.reveal()}"}
        found = await _json(http, f"{base_url}/models", head)
    rows = found.get("models")
    rows = rows if isinstance(rows, list) else []
    return tuple(
        str(row["slug"])
        for row in rows
        if isinstance(row, dict) and row.get("visibility") == "list" and row.get("slug")
    )


def _http(pool: Pool) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=Guarded(pool), timeout=PATIENCE, trust_env=False)


async def _tokens(http: httpx2.AsyncClient, issuer: str, form: Mapping[str, str]) -> dict[str, Any]:
    answer = await _sent(http, "POST", f"{issuer}/api/accounts/oauth/token", form)
    found = _object(answer)
    if answer.status_code != 200:
        said = found.get("error")
        code = said.get("code") if isinstance(said, dict) else said
        raise NotSignedIn(f"No token was given ({code or answer.status_code}): sign in again.")
    granted = str(found.get("scope") or "").split()
    if PLAN_USE not in granted:
        raise NotSignedIn(
            "This account is signed in, but its plan may not be used from here: Plus and Pro can, if the workspace allows it."
        )
    return found


async def _proven(
    http: httpx2.AsyncClient, issuer: str, token: str, client: str
) -> Mapping[str, Any]:
    """The claims of an ID token that the issuer signed for this client and that still holds."""
    found = await _json(http, f"{issuer}/.well-known/openid-configuration")
    where = str(found.get("jwks_uri") or "")
    if found.get("issuer") != issuer or not where.startswith(f"{issuer}/"):
        raise NotSignedIn("The issuer does not say who it is.")
    keys = await _json(http, where)
    try:
        head, claims = _verified(token, keys)
    except (ValueError, KeyError, TypeError) as error:
        raise NotSignedIn(f"The identity is not proven ({type(error).__name__}).") from None
    now = time.time()
    right = (
        head.get("alg") == "RS256"
        and claims.get("iss") == issuer
        and claims.get("aud") in (client, [client])
        and float(claims.get("exp") or 0) > now - SKEW
        and float(claims.get("iat") or 0) < now + SKEW
        and bool(claims.get("sub"))
    )
    if not right:
        raise NotSignedIn("The identity was given to somebody else, or has ended: begin again.")
    return claims


def _verified(token: str, keys: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claims of a token that one of these keys signed; ValueError where none did."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.hazmat.primitives.hashes import SHA256

    said, _, signature = token.rpartition(".")
    head, claims = (json.loads(_decoded(part)) for part in said.split("."))
    for row in keys["keys"]:
        if row.get("kty") != "RSA" or row.get("kid") != head.get("kid"):
            continue
        modulus, exponent = (int.from_bytes(_decoded(row[name]), "big") for name in ("n", "e"))
        try:
            key = RSAPublicNumbers(exponent, modulus).public_key()
            key.verify(_decoded(signature), said.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return head, claims
    raise ValueError("no key of the issuer signed it")


def _account(
    tokens: Mapping[str, Any], issuer: str, client: str, subject: str, name: str
) -> Account:
    access, refresh = tokens.get("access_token"), tokens.get("refresh_token")
    if not isinstance(access, str) or not access:
        raise NotSignedIn("No token was given: sign in again.")
    lasts = tokens.get("expires_in")
    return Account(
        name=name,
        subject=subject,
        client=client,
        access=Secret(access),
        refresh=Secret(refresh) if isinstance(refresh, str) and refresh else None,
        until=time.monotonic() + (float(lasts) if isinstance(lasts, int | float) else 0.0),
        issuer=issuer,
    )


async def _json(
    http: httpx2.AsyncClient, url: str, head: Mapping[str, str] | None = None
) -> dict[str, Any]:
    answer = await _sent(http, "GET", url, None, head)
    if answer.status_code != 200:
        raise NotSignedIn(f"{httpx2.URL(url).host} answered {answer.status_code}: try again.")
    return _object(answer)


async def _sent(
    http: httpx2.AsyncClient,
    method: str,
    url: str,
    form: Mapping[str, str] | None,
    head: Mapping[str, str] | None = None,
) -> httpx2.Response:
    try:
        return await http.request(method, url, data=form, headers=head)
    except (httpx2.HTTPError, httpcore2.NetworkError, httpcore2.TimeoutException) as error:
        host = httpx2.URL(url).host
        raise NotSignedIn(f"{host} could not be reached ({type(error).__name__}).") from None
    except (httpcore2.ProtocolError, httpcore2.ProxyError, ForbiddenHost) as error:
        raise NotSignedIn(f"The call did not go through: {error}") from None


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
