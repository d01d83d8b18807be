"""Asking by one's own ChatGPT plan: signing in as OpenAI documents it for tools on the user's computer, or on the simulation."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from playground import figures as fmt
from playground import settings
from playground.demo.process import get_demo
from playground.domain import Endpoint, ModelRef, Response
from playground.engine import get_engine
from playground.lab.signing_in import FILE, Installation, SignIn
from playground.lab.wallet_trial import PROMPT, by_plan, models_of
from playground.providers import plan_sign_in
from playground.providers.plan_sign_in import ISSUER, RESOURCE, Account, NotSignedIn
from playground.ui import names
from playground.ui.parts.markdown import plain, safe
from playground.ui.session import once
from playground.ui.session.state import session
from playground.wire import Pool

PATIENCE = 60.0
PLACE, ANSWER = "plan", "answer"
SIMULATED = "/openai-sign-in"
"""The issuer of the simulation, below its address."""
NOT_HERE = (
    "OpenAI sends the browser back to 127.0.0.1, so this works only where app and browser run on the same computer: a hosted"
    " copy of this app, or one on another computer, may not do it."
)
HOW = (
    "OpenAI documents this for open-source tools on the user's own computer: you sign in on OpenAI's own page and allow this app"
    " to use your Plus or Pro plan, up to a weekly cap that you set in ChatGPT's settings. The tokens stay in this tab's memory"
    " and go with it; what is kept is the id by which OpenAI knows this installation."
)


def own_plan() -> None:
    """Sign in, ask, sign out; where that can't be, why."""
    st.subheader("Ask by your own ChatGPT plan", anchor=False)
    if settings.hosted() or not _same_computer():
        st.info(NOT_HERE, icon=":material/info:")
        return
    st.caption(HOW)
    account = session().plan
    if account is None:
        _sign_in()
    else:
        _signed_in(account)


def _same_computer() -> bool:
    """Whether the browser reached the app under a loopback name."""
    return urlsplit(st.context.url or "http://127.0.0.1").hostname in (
        "localhost",
        "127.0.0.1",
        "::1",
    )


def _sign_in() -> None:
    with st.container(horizontal=True):
        if st.button("Continue with ChatGPT", key="wallets_chatgpt", icon=":material/login:"):
            _begin(ISSUER, Installation(settings.data_dir() / FILE))
        if st.button("Sign in on the simulation", key="wallets_demo", icon=":material/science:"):
            _begin(get_demo().base_url + SIMULATED, Installation(None))
    attempt: SignIn | None = st.session_state.get(names.WALLETS_SIGN_IN)
    if attempt is None:
        return
    with st.container(horizontal=True):
        st.link_button(
            "Open the sign-in page", attempt.url, icon=":material/open_in_new:", type="primary"
        )
        st.button("I have signed in", key="wallets_signed", icon=":material/check:", on_click=_take)
    if attempt.over:
        _say_why(attempt)


def _begin(issuer: str, installation: Installation) -> None:
    before: SignIn | None = st.session_state.get(names.WALLETS_SIGN_IN)
    if before:
        before.stop()
    st.session_state[names.WALLETS_SIGN_IN] = SignIn(get_engine(), installation, issuer=issuer)


def _take() -> None:
    """Take the account that the browser brought."""
    attempt: SignIn | None = st.session_state.get(names.WALLETS_SIGN_IN)
    if attempt is None:
        return
    try:
        session().plan = attempt.account(2.0)
        del st.session_state[names.WALLETS_SIGN_IN]
    except NotSignedIn:
        pass  # said below the buttons
    except TimeoutError:
        st.toast("Nobody has come back from the browser yet.", icon=":material/hourglass:")


def _say_why(attempt: SignIn) -> None:
    try:
        attempt.account()
    except NotSignedIn as error:
        st.error(safe(str(error)))


def _signed_in(account: Account) -> None:
    simulated = account.issuer != ISSUER
    st.markdown(f"Signed in as **{plain(account.name)}**.")
    if simulated:
        st.badge("simulated", icon=":material/science:", color="violet")
    endpoint = _endpoint(simulated)
    try:
        models = _models(account, endpoint)
    except (NotSignedIn, TimeoutError) as error:
        st.error(safe(str(error) or "OpenAI did not say which models the plan has."))
        models = []
    account = session().plan or account  # it may have been renewed
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox("Model of the plan", models, format_func=str, key="wallets_model")
        pressed = once.button(PLACE, None, "Ask by the plan", key="wallets_ask", type="primary")
        if once.goes(PLACE, None, pressed and model is not None, model) and model:
            _ask(account, model, endpoint)
        st.button("Sign out", key="wallets_out", icon=":material/logout:", on_click=_sign_out)
    if answer := _asked().get(ANSWER):
        _answer(answer)


def _endpoint(simulated: bool) -> Endpoint:
    if simulated:
        return get_demo().endpoints()["openai"]
    return Endpoint(provider="openai", base_url=RESOURCE)


def _models(account: Account, endpoint: Endpoint) -> list[ModelRef]:
    """Asked once for each sign-in."""
    held = st.session_state.get(names.WALLETS_MODELS)
    if not held or held[0] != account.subject:
        work = get_engine().submit(lambda pool: models_of(account, endpoint, pool=pool))
        session().plan, models = work.result(PATIENCE)
        held = (account.subject, models)
        st.session_state[names.WALLETS_MODELS] = held
    found: list[ModelRef] = held[1]
    return found


def _ask(account: Account, model: ModelRef, endpoint: Endpoint) -> None:
    tab, held = session(), _asked()

    async def there(pool: Pool) -> None:
        """What comes is held here: a newer press ends this run of the page."""
        fresh, held[ANSWER] = await by_plan(account, model, endpoint, pool=pool)
        if tab.plan is account:  # and nobody has signed out meanwhile
            tab.plan = fresh

    work = get_engine().submit(there)
    try:
        with st.spinner("Asking …"):
            try:
                work.result(PATIENCE)
            finally:
                once.started()
    except NotSignedIn as error:
        st.error(safe(str(error)))
    except TimeoutError:
        st.error(f"No whole answer within {PATIENCE:.0f} seconds: ask again.")


def _asked() -> dict[str, Response]:
    """What the plan answered in this tab."""
    kept: dict[str, Response] = st.session_state.setdefault(names.WALLETS_ASKED, {})
    return kept


def _answer(response: Response) -> None:
    if response.failure:
        st.error(safe(response.failure.told))
        st.caption(
            "Your plan's use: https://chatgpt.com/settings/usage. No key is used in its place."
        )
        return
    usage = response.usage
    st.markdown(f"“{PROMPT}”")
    st.code(response.text, language=None, wrap_lines=True)
    st.caption(
        f"{fmt.count(usage.input_tokens)} input and {fmt.count(usage.output_tokens)} output tokens, paid by the plan: no dollars"
        " are charged for the call, and the answer names none."
    )


def _sign_out() -> None:
    """Forget the tokens, and end them at the issuer."""
    account, session().plan = session().plan, None
    for name in (names.WALLETS_ASKED, names.WALLETS_MODELS):
        st.session_state.pop(name, None)
    if account:
        work = get_engine().submit(lambda pool: plan_sign_in.revoke(account, pool=pool))
        try:
            work.result(PATIENCE)
        except (NotSignedIn, TimeoutError) as error:
            st.toast(
                safe(str(error) or "The sign-in could not be ended at OpenAI."),
                icon=":material/warning:",
            )
