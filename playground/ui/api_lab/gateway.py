"""Gateway truth: any proxy between us and the demo, and what it makes of a call in both directions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import streamlit as st

from playground import catalog, settings
from playground import figures as fmt
from playground.demo.process import get_demo
from playground.domain import Endpoint, ModelRef, Secret
from playground.engine import LiveRun
from playground.lab import gateway
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts.head import head
from playground.ui.parts.markdown import code, plain
from playground.ui.session import once
from playground.ui.session.keeping import start
from playground.ui.session.looking import Place, look_at, looked_at

PANEL = "gateway"
NOTED = "gateway_noted"
"""In a run's context: under which token the demo noted it, and how many calls it had noted before."""
PLACE = Place("gateway", lambda run: None)
KEPT = names.lab(PANEL, "kept")
"""The gateway's address and the key that was typed for it."""
SAID = names.lab(PANEL, "said")
"""Why what was typed is no key."""


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    if settings.hosted():
        st.info("Here the demo can't be reached from outside: start the app on your own computer.")
        return
    run = looked_at(PLACE)
    key = names.lab(PANEL, "token")
    token = st.session_state.setdefault(key, secrets.token_urlsafe(16))
    root = get_demo().base_url
    st.markdown("Give your gateway one of these as the provider's address, with any key:")
    rows = gateway.upstreams(root, token)
    st.code("\n".join(f"{name:10} {url}" for name, url in rows.items()), language=None)
    proxy = st.text_input(
        "Your gateway's base URL, as the SDK is to be given it",
        key=names.lab(PANEL, "proxy"),
        placeholder="http://localhost:4000/v1 (empty: a sample gateway that is part of the demo)",
        persist_state="session",
    )
    left, middle, right = st.columns(3)
    with left:
        door = st.selectbox(
            "Asked through",
            gateway.DOORS,
            key=names.lab(PANEL, "door"),
            persist_state="session",
        )
    provider, api = door.split("/")
    usual = next(ref for ref in catalog.defaults() if ref.provider == provider)
    with middle:
        model = st.text_input(
            "Model, as the gateway calls it",
            key=f"lab_gateway_{provider}_model",
            persist_state="session",
        )
    with right:
        kept = _key(where_to := (proxy or "").strip())
    ref = ModelRef(provider, api, (model or "").strip() or usual.model)
    st.caption(":violet[:material/science: simulated]: behind the gateway the demo answers.")
    _send(run, ref, root, token, where_to, kept)
    if run is None:
        asking.empty(
            PANEL,
            "what a gateway does to your calls. Press **Send**: the demo notes what arrives, and you see each header and byte that"
            " was added, changed or taken away, in both directions.",
        )
    elif asking.ended(run, "lab_gateway_live"):
        _told(run)


def _key(proxy: str) -> Secret | None:
    """The key that was typed for the gateway at this address: it goes to no other one."""
    address, key = st.session_state.get(KEPT, ("", None))
    known: Secret | None = key if address == proxy else None
    st.text_input(
        "Key for the gateway",
        key=names.lab(PANEL, "key"),
        type="password",
        placeholder="set · type to replace" if known else "none",
        autocomplete="off",
        on_change=_keep_key,
        args=(proxy,),
    )
    if problem := st.session_state.get(SAID):
        st.error(problem)
    if known:
        st.button("Forget", key="lab_gateway_forget", type="tertiary", on_click=_forget)
    return known


def _keep_key(proxy: str) -> None:
    """Take the typed key out of its field into memory, so that the page never sends it back to the browser."""
    field = names.lab(PANEL, "key")
    typed, st.session_state[field] = st.session_state[field], ""
    st.session_state.pop(SAID, None)
    try:
        st.session_state[KEPT] = (proxy, settings.check_key(typed))
    except settings.SettingsError as error:
        st.session_state[SAID] = str(error)


def _forget() -> None:
    st.session_state.pop(KEPT, None)


def _send(
    run: LiveRun | None, ref: ModelRef, root: str, token: str, proxy: str, key: Secret | None
) -> None:
    pressed = once.button(
        PLACE.name,
        run,
        "Send",
        "Send again",
        type="primary",
        icon=":material/send:",
        key="lab_gateway_send",
    )
    call = f"{token}{secrets.token_hex(4)}" if not proxy else token
    if once.goes(PLACE.name, run, pressed, (ref, proxy)):
        noted = len(get_demo().heard(call))
        where = {ref.provider: gateway.endpoint(ref, root, call, proxy, key)}
        context = {NOTED: [call, noted]}
        started = start([gateway.request(ref)], where, kind=asking.KIND, context=context)
        if started:
            look_at(PLACE, started)
            st.rerun()


def _told(run: LiveRun) -> None:
    response = run.lanes[0].response
    if response is None or response.exchange is None or NOTED not in run.context:
        return
    st.html(head(response))
    if response.failure:
        st.error(plain(response.failure.told))
    token, noted = run.context[NOTED]
    found = gateway.truth(response.exchange, get_demo().heard(token)[noted:])
    if not found.calls:
        st.warning(
            "Nothing arrived at the demo: the gateway asked somebody else, or nobody, or the demo was started anew since."
            " What it may have cost elsewhere is not counted here.",
            icon=":material/signpost:",
        )
        return
    if found.calls > 1:
        st.warning(f"The gateway asked {found.calls} times for one request of ours.")
    for part in found.parts:
        sign = (
            ":green[:material/check: the same]" if part.same else ":orange[:material/edit: changed]"
        )
        st.markdown(f"**{part.name}** · {sign} · {plain(part.said)}")
        if part.changes:
            st.code(fmt.visible("\n".join(part.changes)), language="diff", wrap_lines=True)
        if part.diff:
            with st.expander("Byte by byte" if "byte" in part.said else "Event by event"):
                st.code(fmt.visible("\n".join(part.diff)), language="diff", wrap_lines=True)
    st.caption(
        f"As {code('-')} it left, as {code('+')} it arrived; for answers as the demo sent them and as they came here."
    )
