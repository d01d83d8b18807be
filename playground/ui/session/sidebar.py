"""Keys and endpoints: typed here, kept in this tab's memory, sent to their provider only."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from playground import pricing, settings
from playground.domain import Endpoint, Secret
from playground.domain.provider import addable, provider_of
from playground.engine import get_engine
from playground.providers import ProviderError, list_models
from playground.settings import SettingsError
from playground.ui.session import keeping
from playground.ui.session.endpoints import is_real, real_endpoints
from playground.ui.session.state import session

TEST_SECONDS = 20.0
OTHER = "other…"


def sidebar() -> None:
    """The whole sidebar: one key field a provider, further endpoints, and where answers come from."""
    with st.sidebar:
        st.subheader("API keys", anchor=False)
        st.caption(
            "Kept in this tab's memory, sent to their provider only. Without a key, a provider is simulated."
        )
        for problem in (*settings.load().problems, *pricing.load().problems):
            st.warning(problem, icon=":material/error:")
        found = real_endpoints()
        for name, endpoint in found.items():
            _provider(name, endpoint)
        _add_endpoint()
        if any(endpoint.key for name, endpoint in found.items() if provider_of(name).built_in):
            session().simulate_all = st.toggle(
                "Simulate everything",
                value=session().simulate_all,
                help="Use the built-in simulation even where there is a key: nothing is sent or billed.",
            )
        keeping.panel()


def _provider(name: str, endpoint: Endpoint) -> None:
    row = provider_of(name)
    st.text_input(
        f"{row.label} key",
        type="password",
        key=f"key_{name}",
        placeholder="set · type to replace" if endpoint.key else _hint(name),
        autocomplete="off",
        on_change=_keep_key,
        args=(name,),
        help=None if row.built_in else endpoint.base_url,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _chip(name, endpoint)
        if is_real(endpoint):
            now = st.button("Test", key=f"test_{name}", type="tertiary", help="List its models")
            if now or st.session_state.get("test_now") == name:
                st.session_state.pop("test_now", None)
                with st.spinner(f"Asking {row.label}…"):
                    _test(name, endpoint)
                st.rerun()
            if name in session().keys or name in session().custom:
                st.button(
                    "Forget", key=f"forget_{name}", type="tertiary", on_click=_forget, args=(name,)
                )
    worked, sentence = session().tests.get(name, (True, ""))
    if not worked:
        st.error(sentence)


def _hint(name: str) -> str:
    return "paste to use the real API" if provider_of(name).built_in else "only if it asks for one"


def _chip(name: str, endpoint: Endpoint) -> None:
    """One word on where this provider's lanes go, and whether its key is known to work."""
    worked, sentence = session().tests.get(name, (None, ""))
    if not is_real(endpoint):
        st.badge("simulated", icon=":material/science:", color="violet")
    elif worked is None:
        st.badge("not tested", icon=":material/key:", color="blue")
    elif worked:
        st.badge(sentence, icon=":material/check:", color="green")
    else:
        st.badge("failed", icon=":material/close:", color="red")


def _keep_key(name: str) -> None:
    """Take a typed key out of the widget into memory, so that the page never sends it back to the browser."""
    typed = st.session_state[f"key_{name}"]
    st.session_state[f"key_{name}"] = ""
    if not typed.strip():
        return
    session().tests.pop(name, None)
    try:
        session().keys[name] = settings.check_key(typed)
    except SettingsError as error:
        session().tests[name] = (False, str(error))


def _forget(name: str) -> None:
    current = session()
    for known in (current.keys, current.custom, current.tests, current.listed):
        known.pop(name, None)


def _test(name: str, endpoint: Endpoint) -> None:
    """List the provider's models; the outcome is kept as a sentence."""
    current = session()
    try:
        models = (
            get_engine().submit(lambda pool: list_models(endpoint, pool=pool)).result(TEST_SECONDS)
        )
    except ProviderError as error:
        current.tests[name] = (False, f"{error.failure.meaning} {error.failure.next_step}")
    except TimeoutError:
        current.tests[name] = (False, f"No answer in {TEST_SECONDS:.0f} seconds.")
    else:
        current.listed[name] = tuple(sorted(model.id for model in models))
        current.tests[name] = (True, f"{len(models):,} models")


def _add_endpoint() -> None:
    with st.expander("Add an endpoint", icon=":material/add:"):
        st.caption("Any server that speaks OpenAI's Chat Completions: local or hosted.")
        known = {row.name: row for row in addable()}
        preset = st.selectbox("Server", [*known, OTHER], key="endpoint_preset")
        row = known.get(preset)
        name = st.text_input("Name", value=row.name if row else "", key=f"endpoint_name_{preset}")
        url = st.text_input(
            "Base URL",
            value=row.base_url if row else "",
            placeholder="http://localhost:11434/v1",
            key=f"endpoint_url_{preset}",
        )
        st.text_input(
            "Key, if it needs one", type="password", key="endpoint_key", autocomplete="off"
        )
        keep = not settings.hosted() and st.checkbox(
            "Keep it for next time",
            help="Name and address go to a file that the CLI shares, never the key.",
        )
        st.button("Add", key="endpoint_add", on_click=_add, args=(name, url, keep))
        if problem := st.session_state.pop("endpoint_problem", None):
            st.error(problem)


def _add(name: str, url: str, keep: bool) -> None:
    typed = st.session_state.endpoint_key
    st.session_state.endpoint_key = ""
    try:
        key: Secret | None = settings.check_key(typed) if typed.strip() else None
        endpoint = settings.custom(name, url, key)
        if keep:
            settings.add(name, url)
    except SettingsError as error:
        st.session_state.endpoint_problem = str(error)
        return
    session().custom[name] = replace(endpoint, key=None)
    session().tests.pop(name, None)
    st.session_state.test_now = name
    if key:
        session().keys[name] = key
