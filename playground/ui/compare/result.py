"""What is said of a run as a whole: who won above the lanes; table, charts, differences and files beneath them."""

from __future__ import annotations

import streamlit as st

from playground import settings
from playground.domain import lane_names
from playground.engine import LiveRun
from playground.ui import names
from playground.ui.compare import blind, shown
from playground.ui.compare.verdict import caution, verdict
from playground.ui.live.held import held
from playground.ui.parts.summary import summary
from playground.ui.session.keeping import opened
from playground.ui.session.state import owner


def above(run: LiveRun | None) -> None:
    """One line above the lanes, as high before the end as after it."""
    # With a run the prompt is one line until it is wanted: shell/look.css.
    with (
        st.container(key="verdict", gap=None),
        st.container(key="with_run" if run else "without_run", gap=None),
    ):
        if run is None:
            st.markdown(
                "Press **Run** and all lanes answer at once. Above each answer stand its cost, its times and its"
                " tokens."
            )
        elif held(run):
            blind.ballot(run)
        elif not shown.all_done(run):
            ended = sum(lane.ended for _, lane in shown.answers(run))
            st.markdown(f"{ended} of {len(run.lanes)} lanes ended so far …")
        else:
            responses = shown.as_run(run).responses
            short = short_names(run)
            said = (
                blind.voted(run, short),
                verdict(short, responses),
                caution(responses),
            )
            st.markdown(" ".join(filter(None, said)))


def short_names(run: LiveRun) -> list[str]:
    """The lanes' models without their providers where that is enough to tell them apart."""
    models = [lane.request.model for _, lane in shown.answers(run)]
    bare = [f"{m.live.model} (recorded)" if m.recorded else m.model for m in models]
    return bare if len(set(bare)) == len(bare) else lane_names(models)


def below(run: LiveRun | None, done: bool) -> None:
    """Everything under the lanes, where all had ended before they were drawn."""
    if run is None:
        return
    if done and held(run):
        return
    if done:
        whole = shown.as_run(run)
        summary(lane_names(request.model for request in whole.requests), whole, blind.vote_of(run))
        _share(run)
        st.session_state[names.ANSWERED].whole = True
    elif shown.all_done(run):  # the last one ended meanwhile, and no live text is left to say so
        st.rerun()


def _share(run: LiveRun) -> None:
    """A menu that makes a link to the run, where visitors see their own runs only; what is in it needs the database."""
    if not settings.hosted() or not settings.keeps_history() or run.owner != owner():
        return
    with st.popover(
        "Share", icon=":material/share:", type="tertiary", key="share_open", on_change="rerun"
    ) as menu:
        if menu.open and (store := opened()):
            from playground.ui.session.sharing import share

            share(store, run.id)
