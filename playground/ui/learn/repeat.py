"""The experiment "repeat": many questions in two wordings, and what becomes of the difference as they come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground.domain import Endpoint
from playground.engine import LiveRun
from playground.figures.palette import GREY, ORANGE
from playground.lessons import asking
from playground.lessons.asking import SLOT, Step
from playground.lessons.lesson import Lesson, Repeat
from playground.ui import names
from playground.ui.learn.ask import KIND, asked_here
from playground.ui.live.component import live_run
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt
from playground.ui.session.looking import Place, looked_at
from playground.ui.session.models import simulated_note
from playground.ui.session.sending import send

HEIGHT = 240
LONGEST = 300


def _fill(run: LiveRun) -> None:
    """Nothing: the wordings stay as they are here."""


def view(lesson: Lesson, repeat: Repeat, where: Mapping[str, Endpoint]) -> None:
    """Both wordings, the button, and what was found."""
    place = Place("run", _fill, page=f"learn {lesson.name}")
    run = looked_at(place)
    wordings = [_wording(lesson, repeat, number) for number in (0, 1)]
    good = all(wording.count(SLOT) == 1 for wording in wordings)
    if not good:
        st.error(f"Each wording needs {SLOT} once: there each of the questions will stand.")
    asked = asking.worded(repeat, wordings, asked_here(where)) if good else []
    simulated_note([request.model for request in asked[:1]], where)
    st.caption(f"{len(repeat.questions)} questions, each in both wordings.")
    send(place, run, asked, where, kind=KIND, label="Ask all", key=names.learn(lesson.name, "send"))
    if run is None:
        return
    if not run.done:
        ready = sum(lane.ended for lane in run.lanes)
        st.progress(ready / len(run.lanes), text=f"{ready} of {len(run.lanes)} answers")
        live_run(run, key=names.learn(lesson.name, f"live_{run.id}"), lanes=())
        return
    _found(run)


def _wording(lesson: Lesson, repeat: Repeat, number: int) -> str:
    key = names.learn(lesson.name, f"wording_{number}")
    st.session_state.setdefault(key, repeat.wordings[number])
    text = st.text_input(
        "One wording" if number == 0 else "The other wording",
        key=key,
        persist_state="session",
        max_chars=LONGEST,
    )
    return text or ""


def _found(run: LiveRun) -> None:
    found = asking.pairs(run.run().responses)
    if not found:
        st.error("No question was answered in both wordings.")
        return
    steps = asking.steps(list(found.values()))
    first, last = steps[0], steps[-1]
    st.markdown(
        f"**The first question alone** says: the other wording makes the answer {_told(first.difference)}."
        f" **All {last.questions}** say: {_verdict(last)}"
    )
    charts.draw(_chart(steps))
    st.caption(
        "The dot is the mean difference after so many questions, the line where the true one lies in 95 of 100 such"
        " experiments. Where the line crosses zero, nothing is found yet."
    )
    with st.expander("Every question", icon=":material/list:"):
        st.dataframe(
            {
                "Question": [run.lanes[2 * number].request.messages[0].text for number in found],
                "One wording": [int(one) for one, _ in found.values()],
                "The other": [int(other) for _, other in found.values()],
                "Difference": [int(other - one) for one, other in found.values()],
            },
            hide_index=True,
            alt="Output tokens of each question in both wordings",
        )
        st.caption("Output tokens, what is thought unseen included.")


def _told(difference: float) -> str:
    size = f"{abs(difference):,.0f} tokens"
    return f"{size} {'longer' if difference > 0 else 'shorter'}" if difference else "no longer"


def _verdict(step: Step) -> str:
    if step.low is None or step.high is None:
        return "too few to say anything."
    between = f"between {_signed(step.low)} and {_signed(step.high)} tokens"
    if step.open:
        return f"{between}. **Zero lies in between: no difference is found.**"
    return f"{between}. **Zero is not among them: the difference is more than chance.**"


def _signed(number: float) -> str:
    return f"{number:+,.0f}".replace("-", "−")


def _chart(steps: Sequence[Step]) -> Picture:
    values = [step._asdict() for step in steps]
    base = alt.Chart({"values": values}, height=HEIGHT).encode(
        x=alt.X("questions:O", title="questions so far", axis=alt.Axis(labelAngle=0, ticks=False))
    )
    lines = base.mark_rule(color=ORANGE, strokeWidth=2, aria=False).encode(
        y=alt.Y("low:Q", title="difference, tokens"), y2="high:Q"
    )
    dots = base.mark_point(color=ORANGE, filled=True, opacity=1, size=60, aria=False).encode(
        y="difference:Q"
    )
    zero = (
        alt.Chart({"values": [{"zero": 0}]})
        .mark_rule(color=GREY, strokeDash=[4, 3], aria=False)
        .encode(y="zero:Q")
    )
    told = " ".join(
        f"After {s.questions}: {_signed(s.difference)}"
        + (
            "."
            if s.low is None or s.high is None
            else f", from {_signed(s.low)} to {_signed(s.high)}."
        )
        for s in steps
    )
    return Picture(alt.layer(zero, lines, dots).properties(height=HEIGHT), {}, told)
