"""Compare: one prompt, several models, side by side."""

import streamlit as st

from playground.ui.compare.lanes import (
    NARROWEST,
    first_problem,
    lane_row,
    names_of,
    request,
)
from playground.ui.compare.prompt import ask
from playground.ui.compare.remarks import remarks
from playground.ui.live.component import live_run
from playground.ui.parts.card import result_card
from playground.ui.parts.summary import summary
from playground.ui.session import compose, once
from playground.ui.session.endpoints import endpoints
from playground.ui.session.keeping import start
from playground.ui.session.looking import look_at, looked_at
from playground.ui.session.sidebar import sidebar

sidebar()
st.title("Compare", anchor=False)
st.caption(
    "One prompt, several models: the answers side by side, with the tokens that each provider reports,"
    " the latency, and the computed cost."
)

where = endpoints()
run = looked_at(compose.PLACE)
asked = ask()
chosen = lane_row(where, asked)

with st.container(horizontal=True, vertical_alignment="center"):
    pressed = once.button(
        compose.PLACE.name,
        run,
        "Run",
        "Run again",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Ctrl+Enter",
        key="run",
    )
    if run and not run.done:
        st.button("Stop all", icon=":material/stop:", key="stop_all", on_click=run.stop)
    remarks(chosen, asked, where)

if once.goes(compose.PLACE.name, run, pressed, (chosen, asked)):
    problem = asked.problem or first_problem(chosen)
    if problem:
        st.error(problem)
    else:
        started = start([request(lane, asked) for lane in chosen], where)
        if started:
            once.started(compose.PLACE.name, (chosen, asked))
            look_at(compose.PLACE, started)
            st.rerun()

if run is None:
    st.info(
        "Press **Run**, or Ctrl+Enter, and all lanes answer at once. Then open a lane's cost to see its"
        " receipt, its events to see the stream as it came, or its code to repeat the call.",
        icon=":material/lightbulb:",
    )
    st.stop()

done = run.done
names = names_of(run)
with st.grid(columns=4, min_column_width=NARROWEST, gap="small") as grid:
    for lane in run.lanes:
        with grid.cell():
            if lane.response:
                result_card(
                    names[lane.index],
                    lane.request,
                    lane.response,
                    where.get(lane.request.model.provider),
                    key=f"{run.id}_{lane.index}",
                )
            else:
                live_run(
                    run,
                    key=f"live_{run.id}_{lane.index}",
                    titles=names,
                    notes=["simulated" if simulated else "" for simulated in run.simulations],
                    lanes=[lane.index],
                )

if done:
    summary(names, run.run())
elif (
    run.done
):  # the last lane ended while the others were drawn, and no live text is left to say so
    st.rerun()
