"""An experiment begun, or gone on with, for this tab: with its keys, its budget, its owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

import streamlit as st

from playground import runs, visitors
from playground.domain import Endpoint, ModelRef
from playground.engine import get_engine
from playground.experiments import background, kept
from playground.experiments.cells import Cells
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.spec import Spec
from playground.store.store import Store
from playground.ui.experiments import opened
from playground.ui.parts.markdown import dollars
from playground.ui.session import once
from playground.ui.session.keeping import secrets
from playground.ui.session.state import owner, session

FIRST = 50
"""Cells whose prompts are looked through for keys, and whose models for budgets, before anything is written down."""


def unknown(spec: Spec, where: Mapping[str, Endpoint]) -> list[str]:
    """Models that can't be asked from here."""
    asked = [ModelRef.parse(model.model) for model in spec.models]
    return [str(ref) for ref in asked if ref.provider not in where]


def simulated(spec: Spec, where: Mapping[str, Endpoint]) -> bool:
    """Whether nothing of it leaves this computer."""
    return all(where[ModelRef.parse(model.model).provider].simulated for model in spec.models)


PLACE = "experiment"
"""Where the presses are that begin one."""


def too_many(spec: Spec) -> str | None:
    """Why these are more calls than a visitor may make, by their number alone: none of them is made for that."""
    return visitors.too_much("experiment", Cells(spec).size)


def begin(store: Store, spec: Spec, where: Mapping[str, Endpoint], *, pressed: bool) -> None:
    """Where its button was pressed: write it down, start it, and open it; or say why not.

    Between the two Streamlit is asked for nothing: a press that has come meanwhile would leave it there, written and not begun.
    """
    if not once.goes(PLACE, None, pressed, kept.digest_of(spec) if pressed else None):
        return
    jobs = Jobs(spec)
    reason = too_many(spec)
    if reason is None:
        first = (jobs.job(number).request for number in islice(range(len(jobs.order)), FIRST))
        refusal = runs.refused(
            [request for request in first if request],
            where,
            owner=owner(),
            session=session().id,
            secrets=secrets(),
        )
        reason = refusal.reason if refusal else None
    if reason:
        st.error(dollars(reason))
        return
    whose, start = opened.whose(), _start(store, where)
    made = kept.create(store, spec, jobs.places(), owner=whose, simulated=simulated(spec, where))
    start(made)
    once.started()
    opened.show(made.id)
    st.rerun()


def go_on(store: Store, experiment: Experiment, where: Mapping[str, Endpoint]) -> None:
    """Go on where it stood still; nothing where another process has it."""
    _start(store, where)(experiment)


def _start(store: Store, where: Mapping[str, Endpoint]) -> Callable[[Experiment], object]:
    """What starts an experiment for this tab."""
    mine, here, known = owner(), session().id, secrets()
    return lambda experiment: background.start(
        get_engine(),
        store,
        experiment,
        dict(where),
        budget=experiment.spec.budget,
        owner=mine,
        session=here,
        secrets=known,
    )
