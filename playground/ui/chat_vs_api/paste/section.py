"""A lane for what a chat product answered: pasted, timed with a stopwatch, and set beside the API's answers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from playground import tokens
from playground.domain import PROVIDERS, Endpoint, ModelRef, Request, Response
from playground.domain.nouns import NotARun, jsonable, noun
from playground.engine import LiveRun
from playground.lab.text_statistics import MOST_CHARACTERS
from playground.providers import acceptance
from playground.ui import names
from playground.ui.chat_vs_api.paste.sides import Side, compare, would_cost
from playground.ui.live.component import live_run
from playground.ui.parts.examples import EXAMPLES
from playground.ui.parts.number_field import Typed, number_field, written
from playground.ui.session import compose, keeping, once
from playground.ui.session.looking import Place, look_at, looked_at
from playground.ui.session.models import default_model, pick_models, simulated_note
from playground.ui.session.stored import note

ANOTHER = "another product"
PRODUCTS = (*(row.app for row in PROVIDERS.values() if row.app), ANOTHER)
FIRST = EXAMPLES["What is a token?"]
"""What Compare asks at first."""
SAMPLE = """Great question! Think of **tokens** as the small pieces a language model reads and writes. 🧩

- A short common word is usually one token; a long or rare word is split into several.
- You pay for the tokens you send *and* for the tokens you get back.
- As a rule of thumb, 100 tokens are about 75 English words.

An **API key** is something else entirely: it is the secret that proves who you are, so that the provider knows whose account to charge. Never share it.

In short: the key opens the door, the tokens are what you are charged for once you are inside. Would you like me to show you how to count the tokens of a text?"""
"""Of our own, in the manner of a chat product."""
MOST_MODELS = 4


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a chat product answered."""

    product: str
    text: str
    seconds: float | None


PASTE = "paste"
"""Under this name the run of the API's answers holds what was pasted."""


def _fill(run: LiveRun) -> None:
    """The question, the models and what was pasted, of a comparison that is opened."""
    if not run.lanes:
        return
    st.session_state[names.PASTE_PROMPT] = compose.prompt_of(run.lanes[0].request)
    st.session_state[names.PASTE_MODELS] = [str(lane.request.model) for lane in run.lanes]
    with suppress(NotARun):
        pasted = noun(Pasted, run.context.get(PASTE), PASTE)
        st.session_state[names.PASTE_TEXT] = pasted.text
        st.session_state[names.PASTE_SECONDS] = written(pasted.seconds)
        if pasted.product in PRODUCTS:
            st.session_state[names.PASTE_PRODUCT] = pasted.product


PLACE = Place("paste", _fill)
"""Where the tab looks at the API's answers."""


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole section."""
    run = looked_at(PLACE)
    st.markdown(
        "**Ask the product and the API the same question.** Ask in the app, stop the time if you like, paste the answer"
        " here, and see what differs: words, length, reading level, format, and what it would have cost by API."
    )
    prompt, pasted, wrong = _fields()
    problem = problem_of(pasted.text)
    if problem:
        (st.info if not pasted.text.strip() else st.error)(problem)
    models = pick_models(names.PASTE_MODELS, where, most=MOST_MODELS, default=[default_model()])
    pressed = once.button(
        PLACE.name,
        run,
        "Ask the API the same",
        "Ask again",
        type="primary",
        icon=":material/play_arrow:",
        key="paste_go",
    )
    if once.goes(PLACE.name, run, pressed, (prompt, models)):
        if wrong:
            st.error("Nothing was sent: mend the seconds first.")
        elif not prompt.strip():
            st.error("The question is empty: type what you asked the product.")
        elif models:
            _ask(prompt, models, pasted, where)
    simulated_note(models, where)
    if run and not run.done:
        live_run(run, key=f"paste_live_{run.id}")
        return
    if run and not wrong and prompt == compose.prompt_of(run.lanes[0].request):
        _keep(run, pasted)
    responses = run.run().responses if run else ()
    sides = [_api_side(response) for response in responses if response.text]
    if not problem:
        sides.insert(0, _pasted(pasted, prompt, models))
    compare(sides, pasted=not problem)


def _fields() -> tuple[str, Pasted, bool]:
    """The question, what is pasted, and whether a field can't be read."""
    _prefill()
    prompt = st.text_area(
        "The question that you asked the product",
        key=names.PASTE_PROMPT,
        height=80,
        placeholder="The same words for both.",
        persist_state="session",
    )
    left, right = st.columns([3, 2])
    with left:
        text = st.text_area(
            "The product's answer",
            key=names.PASTE_TEXT,
            height=220,
            placeholder="Paste it here. It is sent to nobody, and kept with the run of the API's answers.",
            persist_state="session",
        )
    with right:
        product = st.selectbox(
            "Product", PRODUCTS, key=names.PASTE_PRODUCT, persist_state="session"
        )
        seconds = _stopwatch()
        st.button(
            "Load a sample answer",
            icon=":material/draft:",
            key="paste_sample",
            on_click=_load_sample,
            help="In our words, in the manner of a chat product: to try this page without one.",
        )
    took = None if seconds.value is None else float(seconds.value)
    return prompt or "", Pasted(product or PRODUCTS[0], text or "", took), seconds.wrong


def _prefill() -> None:
    """The question is Compare's, until another one is typed."""
    if not st.session_state.get(names.PASTE_PROMPT) and names.PASTE_BEGUN not in st.session_state:
        st.session_state[names.PASTE_PROMPT] = st.session_state.get(names.PROMPT) or FIRST
    st.session_state[names.PASTE_BEGUN] = True


def _load_sample() -> None:
    """A whole comparison to try: question, answer, seconds."""
    st.session_state[names.PASTE_PROMPT] = FIRST
    st.session_state[names.PASTE_TEXT] = SAMPLE
    st.session_state[names.PASTE_SECONDS] = "4.2"
    st.session_state[names.PASTE_PRODUCT] = ANOTHER


def _ask(
    prompt: str, models: Sequence[ModelRef], pasted: Pasted, where: Mapping[str, Endpoint]
) -> None:
    requests = [acceptance.fit(Request.ask(ref, prompt)) for ref in models]
    held = {PASTE: jsonable(_cut(pasted))}
    if started := keeping.start(requests, where, kind="chat", context=held):
        look_at(PLACE, started)
        st.rerun()


def _keep(run: LiveRun, pasted: Pasted) -> None:
    """What is pasted after the API has answered the same question belongs to that run, too."""
    held = jsonable(_cut(pasted))
    if run.context.get(PASTE) != held:
        note(run, **{PASTE: held})


def _cut(pasted: Pasted) -> Pasted:
    """Nothing that is too long to be read is kept."""
    return pasted if len(pasted.text) <= MOST_CHARACTERS else replace(pasted, text="")


def problem_of(text: str) -> str | None:
    """Why this paste can't be used; None when it can."""
    if not text.strip():
        return "Nothing is pasted yet: copy the product's whole answer and paste it above."
    if len(text) > MOST_CHARACTERS:
        return (
            f"The paste has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read."
            " Paste one answer, not the whole chat."
        )
    return None


def _stopwatch() -> Typed:
    """Seconds that the product took: measured with two clicks, or typed."""
    started = st.session_state.get(names.PASTE_CLOCK)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seconds = number_field(
            "Seconds it took",
            names.PASTE_SECONDS,
            most=36_000,
            whole=False,
            needed=False,
            placeholder="unknown",
            width=160,
        )
        if started is None:
            st.button("Start", icon=":material/timer:", key="paste_start", on_click=_start_clock)
        else:
            st.button("Stop", icon=":material/timer_off:", key="paste_stop", on_click=_stop_clock)
    st.caption(
        "The clock runs: press Stop when the answer is complete."
        if started is not None
        else "Start when you send the question in the app, Stop when its answer is complete. Exact to about half a second."
    )
    return seconds


def _start_clock() -> None:
    st.session_state[names.PASTE_CLOCK] = time.monotonic()


def _stop_clock() -> None:
    started = st.session_state.pop(names.PASTE_CLOCK, None)
    if started is not None:
        st.session_state[names.PASTE_SECONDS] = written(round(time.monotonic() - started, 1))


def _pasted(pasted: Pasted, prompt: str, models: Sequence[ModelRef]) -> Side:
    ref = models[0] if models else default_model()
    counted = tokens.estimate(pasted.text, ref)
    return Side(
        f"{pasted.product} (pasted)",
        pasted.text,
        pasted.seconds,
        counted.tokens,
        True,
        would_cost(prompt, pasted.text, ref),
        None,
    )


def _api_side(response: Response) -> Side:
    stand_in = f" ({response.stand_in})" if response.stand_in else ""
    return Side(
        f"{response.model}{stand_in}",
        response.text,
        response.timing.duration,
        response.visible_output_tokens,
        False,
        response.cost,
        response.usage.reasoning_output_tokens,
    )
