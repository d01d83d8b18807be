"""Answers without names beside each other, a vote, and what the votes come to beside the checks."""

from __future__ import annotations

from string import ascii_uppercase

import streamlit as st

from playground.experiments import votes
from playground.experiments.cells import Cell, CellError, Cells
from playground.experiments.kept import Experiment
from playground.experiments.votes import Ballot, Candidate, Opinions
from playground.history.labels import Choice
from playground.store.store import Store
from playground.ui import names
from playground.ui.experiments.matrix import case_name
from playground.ui.experiments.words import share
from playground.ui.parts import markdown
from playground.ui.parts.markdown import plain

VERDICTS = {True: "passed its checks", False: "did not pass its checks", None: "was not judged"}


def voting(store: Store, experiment: Experiment) -> None:
    """The last vote with its names, the next ballot, and all votes."""
    found = votes.opinions(store, experiment)
    _last(store, experiment)
    ballot = votes.next_ballot(store, experiment)
    if ballot is not None:
        _ballot(store, experiment, ballot)
    elif found.votes:
        st.success("Every case was voted on.", icon=":material/how_to_vote:")
    else:
        st.info(
            "It takes a case with the answers of two models to choose between.",
            icon=":material/how_to_vote:",
        )
    if found.votes:
        _opinions(found)


def _ballot(store: Store, experiment: Experiment, ballot: Ballot) -> None:
    spot = ballot.spot
    st.subheader("Which answer is best?", anchor=False)
    st.caption(
        f"{plain(case_name(experiment, spot.prompt, spot.case))} · names, costs and verdicts are hidden until you have voted."
    )
    if asked := _asked(experiment, ballot):
        with st.expander("What was asked", icon=":material/chat:"):
            st.code(asked, language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center", key="experiment_ballot"):
        for letter, candidate in zip(ascii_uppercase, ballot.candidates, strict=False):
            _choice(store, experiment, ballot, f"Answer {letter}", "best", candidate)
        _choice(store, experiment, ballot, "Tie", "tie")
        _choice(store, experiment, ballot, "None is good", "none")
    columns = min(3, len(ballot.candidates))
    with st.grid(columns=columns, min_column_width=300, gap="small") as grid:
        for letter, candidate in zip(ascii_uppercase, ballot.candidates, strict=False):
            with grid.cell(), st.container(border=True):
                st.markdown(f"**Answer {letter}**")
                with st.container(key=f"answer_experiment_{letter}"):
                    markdown.answer(candidate.text)
                if not candidate.whole:
                    st.caption("The beginning: its exchange was not kept.")


def _asked(experiment: Experiment, ballot: Ballot) -> str:
    """What the models got, as far as it is the same for all."""
    cells = Cells(experiment.spec)
    spot = ballot.spot
    try:
        request = cells.request(Cell(spot.prompt, spot.case, 0, spot.repeat))
    except CellError:
        return ""
    return "\n\n".join(message.text for message in request.messages if message.text)


def _choice(
    store: Store,
    experiment: Experiment,
    ballot: Ballot,
    label: str,
    choice: Choice,
    best: Candidate | None = None,
) -> None:
    st.button(
        label,
        key=f"experiment_vote_{label.split()[-1].lower()}",
        on_click=_vote,
        args=(store, experiment, ballot, choice, best),
    )


def _vote(
    store: Store, experiment: Experiment, ballot: Ballot, choice: Choice, best: Candidate | None
) -> None:
    votes.vote(store, experiment, ballot.spot, choice, best.model if best else None)
    st.session_state[names.EXPERIMENT_VOTED] = (experiment.id, ballot, choice, best)


def _last(store: Store, experiment: Experiment) -> None:
    """Who wrote what on the ballot before, and the way back."""
    id, ballot, choice, best = st.session_state.get(names.EXPERIMENT_VOTED, ("", None, "", None))
    if id != experiment.id or ballot is None:
        return
    chosen = {
        "tie": "You voted that none is better.",
        "none": "You voted that none is good.",
        "best": f"You voted for **{plain(best.model)}**, which {VERDICTS[best.passed]}."
        if best
        else "",
    }[choice]
    names_ = " · ".join(
        f"{letter} {plain(one.model)}"
        for letter, one in zip(ascii_uppercase, ballot.candidates, strict=False)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{chosen} {names_}", width="content")
        st.button(
            "Take it back",
            icon=":material/undo:",
            type="tertiary",
            key="experiment_unvote",
            on_click=_take_back,
            args=(store, experiment, ballot),
        )


def _take_back(store: Store, experiment: Experiment, ballot: Ballot) -> None:
    votes.take_back(store, experiment, ballot.spot)
    st.session_state.pop(names.EXPERIMENT_VOTED, None)


def _opinions(found: Opinions) -> None:
    """People and checks side by side, over the same answers."""
    st.subheader(f"{found.votes:,} {'vote' if found.votes == 1 else 'votes'}", anchor=False)
    st.dataframe(
        {
            "Model": [one.model for one in found.models],
            "Voted best": [share(one.won, "no vote") for one in found.models],
            "Checks passed": [share(one.passed, "not judged") for one in found.models],
            "Tie": [one.tied for one in found.models],
            "None was good": [one.none for one in found.models],
        },
        hide_index=True,
        alt="Votes of people beside the verdicts of checks, model by model",
    )
    said = []
    if found.best_passed.of:
        said.append(
            f"The answer voted best had passed its checks in {found.best_passed.count:,} of {found.best_passed.of:,} votes."
        )
    if found.none_passed.of:
        said.append(
            f"Where none was good, an answer had passed them in {found.none_passed.count:,} of {found.none_passed.of:,}."
        )
    st.caption(" ".join(["Of the answers that were voted on, with 95 % intervals.", *said]))
