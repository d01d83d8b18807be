"""Where a provider is reached and with which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.domain.base_url import origin
from playground.domain.model import ModelRef, Source
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
    lent: str = ""
    """The class whose key pays; the key is not in here: the server puts it in when a run starts."""


LOOPBACK = ("localhost", "127.0.0.1", "::1")


def nearby(endpoint: Endpoint) -> bool:
    """Whether a server that a person has added listens on this computer: who bills for it, if anyone, is not known."""
    added = not provider_of(endpoint.provider).built_in
    return added and origin(endpoint.base_url)[0] in LOOPBACK


REPLAYED = "recorded/"
"""What the name of an endpoint begins with that replays a provider's recorded answers beside its real API."""


def endpoint_of(model: ModelRef, endpoints: Mapping[str, Endpoint]) -> Endpoint | None:
    """Where this model is asked: a recorded answer never at the real API, whatever key there is; None = nowhere."""
    found = endpoints.get(model.provider)
    if model.recorded and not (found and found.simulated):
        return endpoints.get(REPLAYED + model.provider)
    return found


def replaying(simulation: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """The simulation's endpoints under the names by which recorded answers find them beside real ones."""
    return {REPLAYED + name: endpoint for name, endpoint in simulation.items()}


def source_of(model: ModelRef, endpoints: Mapping[str, Endpoint]) -> Source:
    """Who would answer for this model."""
    endpoint = endpoint_of(model, endpoints)
    return model.source(endpoint is not None and endpoint.simulated)


def bills(model: ModelRef, endpoints: Mapping[str, Endpoint]) -> bool:
    """Whether a real API answers for this model, which nobody else bills for; one without an endpoint is not asked."""
    asked = endpoint_of(model, endpoints) is not None
    return asked and source_of(model, endpoints) == "real"
