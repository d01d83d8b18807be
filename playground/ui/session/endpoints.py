"""Where this session's questions go: the real APIs where it has a key, the simulation otherwise."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground import settings
from playground.demo.process import get_demo
from playground.domain import Endpoint, Secret
from playground.domain.provider import built_in, provider_of
from playground.ui.session import local
from playground.ui.session.state import session
from playground.ui.shell import first_page
from playground.ui.shell.sign_in import secrets_toml

FROM_SECRETS = (
    "PLAYGROUND_HOSTED",
    "PLAYGROUND_OPEN_TO_NETWORK",
    "PLAYGROUND_ALLOWED_HOSTS",
    "PLAYGROUND_HISTORY",
    "PLAYGROUND_SIGN_IN",
)
"""Settings that `secrets.toml` may hold too: Streamlit Community Cloud has no other place for them."""


def real_endpoints() -> dict[str, Endpoint]:
    """Every provider that can be reached for real, with the key this session may use, if any."""
    current = session()
    found = dict(settings.endpoints())
    if not settings.hosted():
        kept = secrets_toml()
        for name, endpoint in found.items():
            if endpoint.key is None and (key := _key_in(kept, name)):
                found[name] = replace(endpoint, key=key, key_from_server=True)
    found |= current.custom
    found |= local.endpoint()
    for name, key in current.keys.items():
        if name in found:
            found[name] = replace(found[name], key=key, key_from_server=False)
    return found


def endpoints() -> Mapping[str, Endpoint]:
    """Where each provider's lanes go: the real API where there is a key, the simulation otherwise.

    What a class pays is put over it by `rooms`, which every page asks.

    Until the first page is on the screen the simulation is only promised: its start would hold the page up.
    """
    simulated = functools.cache(lambda: get_demo().endpoints(start=first_page.shown.is_set()))
    real = real_endpoints()
    return {
        name: endpoint if is_real(endpoint) else simulated()[name]
        for name, endpoint in real.items()
    }


def prepare() -> None:
    """Start the simulation after the first page, where some provider has no key of this computer's."""
    found = settings.endpoints()
    if any(found[row.name].key is None for row in built_in()):
        get_demo().start()


def is_real(endpoint: Endpoint) -> bool:
    """True when a lane of this provider goes to the real API."""
    if not provider_of(endpoint.provider).built_in:
        return True
    return endpoint.key is not None and not session().simulate_all


def _key_in(kept: Mapping[str, Any], provider: str) -> Secret | None:
    """The provider's key among what `.streamlit/secrets.toml` holds."""
    values = (str(kept.get(name, "")) for name in settings.key_variables(provider))
    return next((Secret(value) for value in values if value.strip()), None)


def settings_from_secrets() -> None:
    """Take the settings that `secrets.toml` holds, never a key, where the environment has none of them."""
    for name, value in secrets_toml().items():
        if name in FROM_SECRETS:
            os.environ.setdefault(name, str(value))
