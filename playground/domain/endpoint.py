"""Where a provider is reached and with which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.domain.model import ModelRef
from playground.domain.provider import provider_of
from playground.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One provider's address and key, as one user has set it for one session; never stored with a run."""

    provider: str
    """The provider's name as in `ModelRef.provider`."""
    base_url: str
    """What the SDK is given: with `/v1` for OpenAI and every compatible server, without it for the other two."""
    key: Secret | None = None
    """None where the endpoint needs none (a local server) or none was given."""
    simulated: bool = False
    """True when the built-in demo server answers: every screen and export says so."""
    own: bool = False
    """True when this process runs the server itself: it is called directly, though it is on loopback."""
    user_supplied: bool = False
    """True when a person typed the address: a key held by the server is never sent there."""
    problem: str = ""
    """Why it can't be used as it was set (a base URL or a key that is none); empty = nothing is wrong with it."""
    key_from_server: bool = False
    """True when the key is the server's own (environment, secrets file), not one that this user typed."""


def bills(model: ModelRef, endpoints: Mapping[str, Endpoint]) -> bool:
    """Whether a real API answers for this model: a simulated one and one on this computer bill nothing, one without an endpoint is not asked."""
    endpoint = endpoints.get(model.provider)
    return endpoint is not None and not endpoint.simulated and not provider_of(model.provider).here
