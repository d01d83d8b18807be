"""What one browser session holds in memory: keys, endpoints, listed models, and which run it looks at."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from playground import settings
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Secret
from playground.engine import LiveRun, get_engine
from playground.settings import PROVIDERS
from playground.ui import shell, stream


@dataclass(slots=True)
class Session:
    """One browser tab's state; it dies with the tab and is written nowhere."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    keys: dict[str, Secret] = field(default_factory=dict)
    """Keys typed by the user, by provider."""
    custom: dict[str, Endpoint] = field(default_factory=dict)
    """Endpoints typed by the user, by name."""
    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Model ids from the providers' own models endpoints."""
    tests: dict[str, tuple[bool, str]] = field(default_factory=dict)
    """Outcome of the last Test by provider: worked, sentence."""
    simulate_all: bool = False
    """Use the simulation even where there is a key."""
    run_id: str | None = None
    """The run that Compare shows."""
    opened: LiveRun | None = None
    """The run that was last opened from the history."""


def session() -> Session:
    """This tab's session, made at first use."""
    if "session" not in st.session_state:
        st.session_state.session = Session()
    kept: Session = st.session_state.session
    return kept


def owner() -> str:
    """Who sits at this browser: its cookie, the same after a reload; where cookies are off, this tab alone."""
    return stream.owner() or session().id


@functools.cache
def demo() -> DemoServer:
    """The process's one simulation, started when first needed and stopped at exit."""
    return DemoServer()


def real_endpoints() -> dict[str, Endpoint]:
    """Every provider that can be reached for real, with the key this session may use, if any."""
    current = session()
    found = dict(settings.endpoints())
    if not settings.hosted():
        for name, endpoint in found.items():
            if endpoint.key is None and (key := _from_secrets(name)):
                found[name] = replace(endpoint, key=key, key_from_server=True)
    found |= current.custom
    for name, key in current.keys.items():
        if name in found:
            found[name] = replace(found[name], key=key, key_from_server=False)
    return found


def endpoints() -> Mapping[str, Endpoint]:
    """Where each provider's lanes go: the real API where there is a key, the simulation otherwise."""
    real = real_endpoints()
    return {
        name: endpoint if is_real(endpoint) else demo().endpoints()[name]
        for name, endpoint in real.items()
    }


def is_real(endpoint: Endpoint) -> bool:
    """True when a lane of this provider goes to the real API."""
    if endpoint.provider not in PROVIDERS:
        return True
    return endpoint.key is not None and not session().simulate_all


def current_run() -> LiveRun | None:
    """The run this tab looks at: its own, or after a reload the one that the address names."""
    current = session()
    run_id = current.run_id or st.query_params.get("run")
    run = get_engine().find(run_id, owner()) if run_id else None
    if run is None and run_id:
        run = _opened(run_id)
    current.run_id = run.id if run else None
    return run


def _opened(run_id: str) -> LiveRun | None:
    """A run of the history, read once: whoever has its link may look at it."""
    from playground.ui.keeping import TO_FILL, stored_run

    current = session()
    if current.opened is None or current.opened.id != run_id:
        current.opened = stored_run(run_id)
        if current.opened:
            st.session_state[TO_FILL] = tuple(lane.request for lane in current.opened.lanes)
            st.rerun()
    return current.opened


def show_run(run: LiveRun) -> None:
    """Make this the tab's run, and put its id in the address so that a reload finds it."""
    session().run_id = run.id
    st.query_params["run"] = run.id


def lane_names(refs: tuple[ModelRef, ...]) -> list[str]:
    """A short unique name for each lane: the model's id, numbered where the same model runs twice."""
    spellings = [str(ref) for ref in refs]
    return [
        spelling
        if spellings.count(spelling) == 1
        else f"{spelling} #{spellings[: i + 1].count(spelling)}"
        for i, spelling in enumerate(spellings)
    ]


def _from_secrets(provider: str) -> Secret | None:
    """A key from `.streamlit/secrets.toml`, read without Streamlit, which would copy it into the environment."""
    kept = shell.secrets_toml()
    values = (str(kept.get(name, "")) for name in settings.key_variables(provider))
    return next((Secret(value) for value in values if value.strip()), None)
