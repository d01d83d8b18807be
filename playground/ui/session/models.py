"""Choosing models: what there is to choose from, and what a person typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import streamlit as st

from playground import catalog, pricing
from playground.demo import faults, recorded
from playground.domain import Endpoint, ModelRef, clock
from playground.domain.provider import unknown
from playground.figures import rate
from playground.ui.session.membership import listed
from playground.ui.session.state import session


def model_options(where: Mapping[str, Endpoint]) -> list[str]:
    """All spellings to choose from: the catalog's current models, then what the providers listed."""
    known = [str(ref) for ref in catalog.current()]
    listed = [
        f"{provider}:{model}"
        for provider, models in session().listed.items()
        if provider in where
        for model in models
    ]
    return list(dict.fromkeys([*known, *listed]))


MOST_LABELS = 2_000
"""Models whose words are kept: people type others."""
_labels: tuple[pricing.PriceBook, date, dict[str, str]] | None = None
"""How models were shown, by which prices and on which day."""


def labelling() -> Callable[[str], str]:
    """How a model is shown in a menu: its spelling, then what it is chosen by, at the prices of now.

    A menu holds every model, and a press of Run draws one in each lane: made anew they took a fourth of its time.
    """
    global _labels
    book, today, kept = pricing.load(), clock.today(), _labels
    if kept is None or kept[0] is not book or kept[1] != today:
        kept = _labels = (book, today, {})
    labels = kept[2]

    def label(spelling: str) -> str:
        found = labels.get(spelling)
        if found is None:
            found = " · ".join([str(_live(spelling)), *_known_of(spelling, book)])
            if len(labels) < MOST_LABELS:
                labels[spelling] = found
        return found

    return label


def _live(spelling: str) -> ModelRef | str:
    """The model without what says which recorded answer of it is meant."""
    try:
        return recorded.parse(spelling).live
    except ValueError:
        return spelling


def _known_of(spelling: str, book: pricing.PriceBook) -> Iterator[str]:
    """Price per million tokens, window, what it reads beside text, and its last day where that is near."""
    try:
        ref = recorded.parse(spelling)
    except ValueError:
        return
    model = catalog.find(ref)
    price = book.find(ref.provider, ref.model, clock.today())
    if ref.recorded:
        yield f"recorded on {ref.recorded}"
    elif price:
        read, written = (
            rate(price.rates[way]) if way in price.rates else "–" for way in ("input", "output")
        )
        yield f"{read} / {written} per 1M"
    if model is None:
        return
    if model.context_window:
        yield f"{_short(model.context_window)} window"
    if model.images:
        yield "images"
    if model.retires_soon():
        yield f"ends {model.retires}"


def _short(number: int) -> str:
    """`400k`, `1M`, `1.05M`."""
    return f"{number / 1_000_000:.3g}M" if number >= 1_000_000 else f"{number / 1_000:.0f}k"


def _with_provider(name: str) -> str:
    """A model's bare name with its provider in front, where the catalog knows just one of that name; a fault stays."""
    if ":" in name:
        return name
    bare, fault = faults.split(name.strip())
    known = [str(ref) for ref in catalog.current() if ref.model == bare]
    return known[0] + (f"~{fault}" if fault else "") if len(known) == 1 else name


def read(spelling: str | None, where: Mapping[str, Endpoint]) -> tuple[ModelRef | None, str]:
    """The model that a person typed or chose; None and a sentence where it can't be asked."""
    try:
        ref = recorded.parse(_with_provider(spelling or ""))
    except ValueError as error:
        return None, f"{error}."
    if ref.provider not in where:
        return None, unknown(ref.provider, where, "Add it under Keys.")
    return ref, ""


def pick_models(
    key: str, where: Mapping[str, Endpoint], *, most: int, default: Sequence[ModelRef]
) -> tuple[ModelRef, ...]:
    """A field for one or more models, which begins with those of `default`, or what a class has in their place.

    What can't be asked is left out with a sentence.
    """
    if key not in st.session_state:
        st.session_state[key] = list(dict.fromkeys(str(listed(ref, where)) for ref in default))
    options = list(dict.fromkeys([*model_options(where), *st.session_state[key]]))
    chosen = st.multiselect(
        "Models",
        options,
        key=key,
        max_selections=most,
        accept_new_options=True,
        placeholder="choose, or type provider:model",
        help=f"Up to {most}. Type provider:model for one that is not listed, openai/chat:… for another API of its provider.",
        persist_state="session",
        filter_mode="contains",
    )
    found = []
    for spelling in chosen:
        ref, problem = read(spelling, where)
        if ref and ref.recorded:
            ref, problem = None, f"{spelling} was given to one prompt: see Recorded, or Compare."
        if ref is None:
            st.error(problem)
        else:
            found.append(ref)
    return tuple(dict.fromkeys(found))


def simulated_note(refs: Sequence[ModelRef], where: Mapping[str, Endpoint]) -> None:
    """Say which of the models are simulated."""
    names = [ref.model for ref in refs if where[ref.provider].simulated]
    if names:
        which = "All models are" if len(names) == len(refs) else f"{', '.join(names)}:"
        st.caption(
            f":violet[:material/science: {which} simulated]: real arithmetic on made-up answers, nothing is billed."
            " Add a key under Keys for the real API."
        )


def default_model() -> ModelRef:
    """The first model of the catalog's defaults."""
    return catalog.defaults()[0]
