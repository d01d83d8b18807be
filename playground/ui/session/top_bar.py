"""The bar that every page has: the product's name, and behind one button keys, endpoints and what becomes of runs."""

from __future__ import annotations

import streamlit as st

from playground import pricing, settings
from playground.domain import Endpoint, Secret
from playground.domain.provider import addable, provider_of
from playground.engine import get_engine
from playground.figures import fenced
from playground.providers import ProviderError, list_models
from playground.settings import SettingsError
from playground.ui import names
from playground.ui.live.guard import guard
from playground.ui.session import keeping, local, membership
from playground.ui.session.endpoints import is_real, real_endpoints
from playground.ui.session.state import session
from playground.ui.shell import sign_in
from playground.ui.shell.brand import BRAND

TEST_SECONDS = 20.0
OTHER = "other…"


def top_bar() -> None:
    """The product's name at the left of the menu, the keys at its right; the button says who answers."""
    membership.follow_link()
    with st.container(key="topbar", horizontal=True, vertical_alignment="center"):
        st.html(BRAND, width="content")
        guard()
        # Open it stays under another label, which makes it another widget for Streamlit.
        st.session_state[names.KEYS_OPEN] = st.session_state.get(names.KEYS_OPEN, False)
        with st.popover(
            _who_answers(),
            icon=":material/key:",
            key=names.KEYS_OPEN,
            width="content",
            on_change=_opened,
        ) as box:
            if box.open:
                _keys()
    for problem in (*settings.load().problems, *pricing.load().problems):
        st.warning(problem, icon=":material/error:")
    keeping.warn()


def _opened() -> None:
    """A callback, so that all is drawn also where a field's own callback asks for a part of the page just then."""


def _who_answers() -> str:
    """The button's label: `simulated`, or which providers are real."""
    real = [
        "this computer" if provider_of(name).here else name
        for name, endpoint in real_endpoints().items()
        if is_real(endpoint)
    ]
    shown = f"real: {', '.join(real[:2])}" if real else membership.label() or "simulated"
    more = f" + {len(real) - 2}" if len(real) > 2 else ""
    return f"Keys · {shown}{more}"


def _keys() -> None:
    """One key field a provider, further endpoints, and where answers come from."""
    st.caption(
        "Kept in this tab's memory, sent to their provider only. Without a key, a provider is simulated."
    )
    found = real_endpoints()
    for name, endpoint in found.items():
        if not endpoint.own:
            _provider(name, endpoint)
    _add_endpoint()
    membership.panel()
    local.panel()
    if any(endpoint.key for name, endpoint in found.items() if provider_of(name).built_in):
        st.toggle(
            "Simulate everything",
            value=session().simulate_all,
            key=names.SIMULATE_ALL,
            help="Use the built-in simulation even where there is a key: nothing is sent or billed.",
            on_change=_simulate_all,
        )
    keeping.panel()
    sign_in.account()


def _simulate_all() -> None:
    session().simulate_all = st.session_state[names.SIMULATE_ALL]


def _provider(name: str, endpoint: Endpoint) -> None:
    row = provider_of(name)
    st.text_input(
        f"{row.label} key",
        type="password",
        key=names.provider_key(name),
        placeholder="set · type to replace" if endpoint.key else _hint(name),
        autocomplete="off",
        on_change=_keep_key,
        args=(name,),
        help=None if row.built_in else endpoint.base_url,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _chip(name, endpoint)
        if is_real(endpoint):
            st.button(
                "Test",
                key=f"test_{name}",
                type="tertiary",
                help="List its models",
                on_click=_ask_for_test,
                args=(name,),
            )
            if st.session_state.get(names.TEST_NOW) == name:
                with st.spinner(f"Asking {row.label}…"):
                    _test(name, endpoint)
                # only now: whoever types meanwhile has the page drawn anew before this one is through
                st.session_state.pop(names.TEST_NOW, None)
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
    key = names.provider_key(name)
    typed = st.session_state[key]
    st.session_state[key] = ""
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


def _ask_for_test(name: str) -> None:
    st.session_state[names.TEST_NOW] = name


def _test(name: str, endpoint: Endpoint) -> None:
    """List the provider's models; the outcome is kept as a sentence."""
    current = session()
    try:
        models = (
            get_engine().submit(lambda pool: list_models(endpoint, pool=pool)).result(TEST_SECONDS)
        )
    except ProviderError as error:
        failure = error.failure
        said = f"\n\n{fenced(failure.detail)}" if failure.detail else ""
        current.tests[name] = (False, f"{failure.meaning} {failure.next_step}{said}")
    except TimeoutError:
        current.tests[name] = (
            False,
            f"No answer in {TEST_SECONDS:.0f} seconds: look whether {endpoint.base_url} is right and up.",
        )
    else:
        current.listed[name] = tuple(sorted(model.id for model in models))
        current.tests[name] = (True, f"{len(models):,} model{'' if len(models) == 1 else 's'}")


def _add_endpoint() -> None:
    with st.expander("Add an endpoint", icon=":material/add:"):
        st.caption("Any server that speaks OpenAI's Chat Completions: local or hosted.")
        known = {row.name: row for row in addable()}
        preset = st.selectbox("Server", [*known, OTHER], key=names.ENDPOINT_PRESET)
        row = known.get(preset)
        st.text_input("Name", value=row.name if row else "", key=names.endpoint_name(preset))
        st.text_input(
            "Base URL",
            value=row.base_url if row else "",
            placeholder="http://localhost:11434/v1",
            key=names.endpoint_url(preset),
        )
        st.text_input(
            "Key, if it needs one", type="password", key=names.ENDPOINT_KEY, autocomplete="off"
        )
        if not settings.hosted():
            st.checkbox(
                "Keep it for next time",
                key=names.ENDPOINT_KEEP,
                help="Name and address go to a file that the CLI shares, never the key.",
            )
        # Each server has a button of its own: a click that comes after another one was chosen, and before its fields
        # are on the screen, adds nothing and sends no key anywhere.
        st.button("Add", key=f"endpoint_add_{preset}", on_click=_add, args=(preset,))
        if problem := st.session_state.pop(names.ENDPOINT_PROBLEM, None):
            st.error(problem)


def _add(preset: str) -> None:
    """Add what is in the fields now: the key goes to the address that is on the screen, and to no other."""
    name: str = st.session_state[names.endpoint_name(preset)]
    url: str = st.session_state[names.endpoint_url(preset)]
    typed: str = st.session_state[names.ENDPOINT_KEY]
    st.session_state[names.ENDPOINT_KEY] = ""
    try:
        key: Secret | None = settings.check_key(typed) if typed.strip() else None
        endpoint = settings.custom(name, url, key)
        if st.session_state.get(names.ENDPOINT_KEEP, False):
            settings.add(name, url)
    except SettingsError as error:
        st.session_state[names.ENDPOINT_PROBLEM] = str(error)
        return
    session().add(endpoint)
    st.session_state[names.TEST_NOW] = name
